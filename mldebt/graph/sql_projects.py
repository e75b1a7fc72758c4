"""Projects in which every SQL file defines a table: what its models read and make, and who is declared to use them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from msgspec.structs import replace

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.read.facts import FileFacts, SqlStatement
from mldebt.read.manifests import dbt
from mldebt.sites import Site

MOST_FILES = 2_000
OWN = "{this}"


class SqlProjects:
    """The projects of a repository; files outside of them are left as they are."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._found: dict[str, dbt.Project | None] = {}
        self._sources: dict[str, dict[str, str]] = {}

    def project(self, file: str) -> dbt.Project | None:
        """The project that a file belongs to."""
        for parent in PurePosixPath(file).parents:
            folder = str(parent)
            if folder not in self._found:
                settings = self._workspace.settings(f"{folder}/{dbt.PROJECT}".removeprefix("./"))
                self._found[folder] = dbt.project_of(folder, settings)
            if (project := self._found[folder]) is not None:
                return project
        return None

    def statements(self, facts: FileFacts) -> tuple[SqlStatement, ...]:
        """The statements of a file; the query of a model is one that makes its table."""
        project = self.project(facts.file) if facts.sql else None
        if project is None:
            return facts.sql
        named = tuple(self._with_sources(project, statement) for statement in facts.sql)
        if not project.holds(facts.file, (*project.models, *project.snapshots)):
            return named
        name, mode = dbt.model_name(facts.file, self._workspace.text(facts.file) or "")
        return tuple(_defining(one, name, mode) for one in named)

    def _with_sources(self, project: dbt.Project, statement: SqlStatement) -> SqlStatement:
        names = self.sources(project)
        if not any(table in names for table in statement.reads):
            return statement
        return replace(
            statement,
            reads=tuple(names.get(table, table) for table in statement.reads),
            uses=tuple((names.get(table, table), column, use) for table, column, use in statement.uses),
            outputs=tuple(
                replace(one, sources=tuple((names.get(table, table), column) for table, column in one.sources))
                for one in statement.outputs
            ),
        )

    def sources(self, project: dbt.Project) -> dict[str, str]:
        if project.folder not in self._sources:
            found = self._sources[project.folder] = {}
            for file in self._schema_files(project):
                found.update(dbt.source_names(self._workspace.settings(file)))
        return self._sources[project.folder]

    def _schema_files(self, project: dbt.Project) -> Iterator[str]:
        for folder in (*project.models, *project.snapshots, *project.seeds):
            for pattern in ("**/*.yml", "**/*.yaml"):
                yield from (f"{folder}/{name}" for name in self._workspace.listing(folder, pattern, MOST_FILES))

    def mark(self, trace: Trace, facts: FileFacts, statement: SqlStatement) -> None:
        """Note of the tables of a project that a framework may call them otherwise."""
        if self.project(facts.file) is not None:
            for name in filter(None, (statement.target, *statement.reads)):
                if f"dataset:{name}" in trace.nodes:
                    trace.node(f"dataset:{name}", "dataset", name, modelled=True)

    def add(self, trace: Trace) -> None:
        """What schema files and folders say besides the queries: seeds, exposures, columns."""
        for project in sorted(
            {one.folder: one for one in self._found.values() if one}.values(), key=lambda p: p.folder
        ):
            for folder in project.seeds:
                for name in self._workspace.listing(folder, "**/*.csv", MOST_FILES):
                    _add_seed(
                        trace, f"{folder}/{name}", Site(f"{project.folder}/{dbt.PROJECT}".removeprefix("./"), 1, 1)
                    )
            for file in self._schema_files(project):
                self._add_schema(trace, project, file)

    def _add_schema(self, trace: Trace, project: dbt.Project, file: str) -> None:
        settings = self._workspace.settings(file)
        lines = (self._workspace.text(file) or "").splitlines()
        for model, column in dbt.columns_of(settings):
            if f"dataset:{model}" in trace.nodes:
                trace.column((f"dataset:{model}", column), "contract", _place(file, lines, column))
        for exposure in dbt.exposures_of(settings):
            site = _place(file, lines, exposure.name)
            node = trace.node(f"consumer:{file}::{exposure.name}", "consumer", exposure.name, site, file=file,
                              declared=True, what=exposure.kind or None, owner=exposure.owner or None)  # fmt: skip
            for used in exposure.uses:
                name = self.sources(project).get(used, used)
                table = trace.node(f"dataset:{name}", "dataset", name, store="table")
                trace.edge(table, node, "CONSUMES", site, "declared")


def _defining(statement: SqlStatement, name: str, mode: str) -> SqlStatement:
    """The query of a model as what makes its table; how far it has got already is no data that it takes."""
    if statement.kind != "select" or statement.target:
        return statement
    reads = tuple(table for table in statement.reads if table != OWN)
    return replace(statement, kind="create_table", target=name, mode=mode, reads=reads)


def _add_seed(trace: Trace, file: str, site: Site) -> None:
    """A file of data that is loaded into a table of its name."""
    name = file.rpartition("/")[2].rpartition(".")[0]
    source = trace.node(f"dataset:{file}", "dataset", file, site, store="file", format="csv")
    table = trace.node(f"dataset:{name}", "dataset", name, site, store="table")
    trace.edge(source, table, "DERIVES", site, "declared", operation="copy")


def _place(file: str, lines: list[str], name: str) -> Site:
    """The line that names something first."""
    bare = (line.replace('"', "").replace("'", "") for line in lines)
    line = next((number for number, text in enumerate(bare, 1) if f"name: {name}" in text), 1)
    return Site(file, line, line)
