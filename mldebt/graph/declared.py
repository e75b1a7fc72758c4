"""What files other than code say: SQL scripts, schemas, and jobs with the inputs and outputs that they declare."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import normpath

from msgspec.structs import replace

from mldebt.evaluate.command_lines import filled_commands, targets
from mldebt.evaluate.learned_in_sql import of_models
from mldebt.evaluate.naming import file_identity, names_a_file
from mldebt.evaluate.picking import clocked
from mldebt.evaluate.trace import ALL, Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.images import mark_images
from mldebt.graph.sql_projects import SqlProjects
from mldebt.read.facts import COPY, MOUNT, OUTPUT, Command, FileFacts, SqlColumn, SqlStatement
from mldebt.sites import Site
from mldebt.terms import Term, column
from mldebt.terms.term import unpacked
from mldebt.terms.whole import divided_by

NO_DATA = (".py", ".sh", ".r", ".R", ".yaml", ".yml", ".toml", ".ipynb", ".sql", ".ini", ".cfg", ".lock", ".jl", ".md")


def add_declarations(workspace: Workspace, trace: Trace) -> None:
    projects = SqlProjects(workspace)
    for facts in workspace.facts.values():
        for number, statement in enumerate(projects.statements(facts)):
            add_sql(trace, facts, statement, number)
            projects.mark(trace, facts, statement)
        for command in filled_commands(workspace, facts):
            if command.program not in (COPY, MOUNT):
                add_job(workspace, trace, facts, command)
    mark_images(workspace, trace)
    projects.add(trace)
    for key, task in trace.tasks.items():
        add_task(workspace, trace, key, task)


def add_sql(trace: Trace, facts: FileFacts, statement: SqlStatement, number: int) -> None:
    """A statement of a .sql file: a schema, a flow from tables to a table, or rows that are given in it."""
    site = facts.site(statement.line, statement.end_line)
    if statement.kind == "create_table" and not (statement.reads or statement.mode) and statement.columns:
        node = _table(trace, statement.target)
        for name in statement.columns:
            trace.column((node, name), "schema", site)
        trace.nodes[node].attributes["closed"] = True
        return
    made = statement.kind in ("create_table", "create_view") and bool(statement.mode)
    given = (statement.kind == "insert" or made) and not statement.reads
    name = statement.target or statement.model or "".join(statement.asked[:1])
    models = statement.model or statement.asked
    if not name or not (statement.reads or given or models) or statement.kind in ("drop", "delete"):
        return
    if statement.kind == "select" and not models:
        return
    frame = f"frame:{facts.file}::query:{name}" + (f"#{number}" if number and not given else "")
    trace.node(frame, "frame", name, site, scope=f"{facts.file}::", variable="")
    nodes = {table: _table(trace, table) for table in statement.reads}
    of_models(trace, statement, frame, nodes, f"{facts.file}::query#{number}", site)
    picks = tuple((op, told, unpacked(test) if test else None) for op, told, test in statement.rows)
    for node in nodes.values():
        trace.edge(node, frame, "READS", site, **clocked(*picks))
    if not statement.target:
        others = tuple(use for use in statement.uses if use[2] != "value" or not statement.model)
        _sql_uses(trace, replace(statement, uses=others), nodes, site)
        return
    target = _table(trace, statement.target)
    computed = {output.name: _term(output) for output in statement.outputs if output.name != "*"}
    whole = any(output.name == "*" for output in statement.outputs)
    trace.edge(
        frame, target, "WRITES", site, mode=statement.mode or "replace", columns=None, computed=computed, passes=whole
    )
    _sql_columns(trace, statement, nodes, target, facts)


def _term(output: SqlColumn) -> Term | None:
    """How an output is computed; one that is passed on is a column."""
    if output.transform:
        return divided_by(unpacked(output.term), "div") if output.term else None
    names = {name for _, name in output.sources}
    return column(names.pop()) if len(names) == 1 else None


def _sql_columns(trace: Trace, statement: SqlStatement, nodes: dict[str, str], target: str, facts: FileFacts) -> None:
    site = facts.site(statement.line, statement.end_line)
    _sql_uses(trace, statement, nodes, site)
    for output in statement.outputs:
        for table, _ in output.sources if output.name == "*" else ():
            if table in nodes:
                trace.use_all(nodes[table], "sink", site)
        sources = {(nodes[table], name) for table, name in output.sources if table in nodes and name != "*"}
        if output.name != "*":
            trace.column((target, output.name), "written", site, sources)
            for ref in sources:
                trace.column(ref, "projection", site)
                trace.use(ref, "sink", site)


def _sql_uses(trace: Trace, statement: SqlStatement, nodes: dict[str, str], site: Site) -> None:
    for table, name, use in statement.uses:
        if table == OUTPUT:
            continue
        node = nodes.get(table) or (next(iter(nodes.values())) if len(nodes) == 1 else "")
        for one in nodes.values() if not node and not table and name != ALL else ():
            trace.use((one, name), "escape", site)  # it may be a column of each
        if node and name == ALL:
            trace.use_all(node, use, site)
        elif node:
            trace.column((node, name), "projection", site)
            trace.use((node, name), use if use != "value" else "sink", site)


def _table(trace: Trace, name: str) -> str:
    if not names_a_file(name):
        return trace.node(f"dataset:{name}", "dataset", name, store="table")
    file = file_identity(name)
    return trace.node(
        f"dataset:{file.name}",
        "dataset",
        file.name,
        store=file.store,
        format=file.format,
        template=file.template or None,
    )


def add_job(workspace: Workspace, trace: Trace, facts: FileFacts, command: Command) -> None:
    """A stage, service or task of a manifest, what it runs, and what it declares to read and write."""
    files = targets(workspace, command, facts)
    if not (files or command.reads or command.writes):
        return
    site = facts.site(command.line)
    if facts.kind == "python" and not command.job:
        start_files(trace, facts.file, files, site)
        return
    name = command.job or command.target or command.program
    job = trace.node(
        f"job:{facts.file}::{name}", "job", name, site, file=facts.file, kind=command.trigger,
        command=" ".join((command.program, command.target, *command.arguments)).strip(),
        schedule=command.schedule or None,
    )  # fmt: skip
    for file in files:
        unit = trace.node(f"job:{file}", "job", file, file=file)
        trace.edge(job, unit, "TRIGGERS", site, "declared")
    if not files and command.reads and command.writes:
        add_flow(trace, command, site)
    for path, role in [(path, "reads") for path in command.reads] + [(path, "writes") for path in command.writes]:
        for node in _declared(trace, normpath(path)):
            trace.edge(job, node, "DECLARES", site, "declared", role=role)


def _declared(trace: Trace, path: str) -> list[str]:
    """The stored thing of a path, or all that lie in the folder that it is."""
    kinds = ("dataset", "artifact", "stored")
    exact = [f"{kind}:{path}" for kind in kinds if f"{kind}:{path}" in trace.nodes]
    within = tuple(f"{kind}:{path}/" for kind in kinds)
    return exact or [node for node in trace.nodes if node.startswith(within)]


def add_task(workspace: Workspace, trace: Trace, key: str, task: Mapping[str, object]) -> None:
    """A function that code declares to be a job of a framework."""
    file, job = str(task.get("file", "")), f"job:{key}"
    if task.get("kind") != "task" or file not in workspace.facts or job in trace.nodes:
        return
    site = workspace.facts[file].site(int(str(task["line"])))
    name = str(task["name"])
    trace.node(job, "job", name, site, file=file, kind="task", schedule=task.get("schedule") or None)
    unit = trace.node(f"job:{file}", "job", file, file=file)
    trace.edge(job, unit, "TRIGGERS", site, "declared")


def add_flow(trace: Trace, command: Command, site: Site) -> None:
    """What a program that can't be seen into is declared to make out of what it is declared to take."""
    for source in _data_of(command.reads):
        for target in _data_of(command.writes):
            for name in (source, target):
                trace.node(f"dataset:{name}", "dataset", name, site, store="file", declared=True)
            trace.edge(f"dataset:{source}", f"dataset:{target}", "DERIVES", site, "declared", operation="command")


def _data_of(paths: tuple[str, ...]) -> list[str]:
    return [normpath(path) for path in paths if _is_data(path)]


def _is_data(path: str) -> bool:
    """Whether a declared path is neither code nor settings."""
    return "." in path.rpartition("/")[2] and not path.endswith(NO_DATA)


def start_files(trace: Trace, file: str, started: list[str], site: Site) -> None:
    """Code that runs other code by a command line."""
    job = trace.node(f"job:{file}", "job", file, file=file)
    for other in started:
        unit = trace.node(f"job:{other}", "job", other, file=other)
        trace.edge(job, unit, "TRIGGERS", site, "declared")
