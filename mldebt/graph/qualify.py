"""What one of several repositories says, in names that hold among them all.

Files get the name of their repository in front, and so does everything that is named after its place in the code. A
stored thing keeps its name where that means the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mldebt.evaluate.trace import Trace, TracedColumn, TracedEdge, TracedNode, TracedRows, TracedUse, united
from mldebt.evaluate.values import ColumnRef
from mldebt.graph.gathered import Gathered
from mldebt.graph.model import ConfigKey, MissingKey, Unit
from mldebt.graph.names import id_in
from mldebt.graph.records import Claim, DeadBranch, DeadCode, Detour, Environment, Prompt, Stage, StuckFlag
from mldebt.graph.shared_names import canonical, is_shared
from mldebt.graph.stored import bare_tables
from mldebt.sites import Site
from mldebt.terms import Term, is_predicted, predicted

STORED = ("dataset", "artifact", "stored")
AROUND = ("rows", "split")
"""Ids that are made of the id of something else."""


class Places(Struct, frozen=True):
    """What the user says of names: `mounts` maps a beginning of names, as one repository sees it, to what it is;
    `shared` are patterns of names that mean the same everywhere."""

    repositories: tuple[str, ...]
    mounts: Mapping[str, str]
    shared: tuple[str, ...] = ()

    def home(self, repository: str, name: str, store: str) -> tuple[str, str]:
        """The repository in which alone a name means it ("" for all), and the name there."""
        spelled = (f"{repository}/{name}", name)
        for seen in sorted(self.mounts, key=len, reverse=True):
            for each in spelled:
                if each == seen or each.startswith(f"{seen.rstrip('/')}/"):
                    return self._mounted(f"{self.mounts[seen].rstrip('/')}{each[len(seen.rstrip('/')) :]}")
        name = canonical(name)
        return ("" if is_shared(name, store, self.shared) else repository), name

    def _mounted(self, name: str) -> tuple[str, str]:
        first, _, rest = name.partition("/")
        return (first, rest) if first in self.repositories else ("", name)


def qualified(found: Gathered, repository: str, places: Places) -> Gathered:
    """What a repository says, to be put beside what others say."""
    renaming = _Renaming(found, repository, places)
    return Gathered(
        trace=renaming.trace(),
        units={renaming.file(file): renaming.unit(unit) for file, unit in found.units.items()},
        facts={renaming.file(file): replace(facts, file=renaming.file(file)) for file, facts in found.facts.items()},
        written=_within(repository, found.written),
        skipped={renaming.file(file): reason for file, reason in found.skipped.items()},
        repositories=(repository,),
        stages=tuple(map(renaming.stage, found.stages)),
        environments=tuple(map(renaming.environment, found.environments)),
        listed=tuple(map(renaming.file, found.listed)),
        flags=tuple(map(renaming.flag, found.flags)),
        claims=tuple(map(renaming.claim, found.claims)),
        dead=tuple(map(renaming.dead, found.dead)),
        prompts=tuple(map(renaming.prompt, found.prompts)),
        detours=tuple(map(renaming.detour, found.detours)),
    )


def _within(repository: str, written: Callable[[str], bytes]) -> Callable[[str], bytes]:
    return lambda file: written(file.removeprefix(f"{repository}/"))


class _Renaming:
    """New names for all that a trace speaks of."""

    def __init__(self, found: Gathered, repository: str, places: Places) -> None:
        self._trace = found.trace
        self._files = found.facts
        self._repository = repository
        self._places = places
        self._tables = bare_tables(found.trace)
        self._ids: dict[str, str] = {}
        self._homes: dict[str, tuple[str, str]] = {}
        self._sites: dict[Site, Site] = {}

    def file(self, file: str) -> str:
        return f"{self._repository}/{file}"

    def site(self, site: Site) -> Site:
        if site not in self._sites:
            self._sites[site] = site._replace(file=self.file(site.file))
        return self._sites[site]

    def sites(self, sites: Iterable[Site]) -> set[Site]:
        return {self.site(site) for site in sites}

    def id(self, node_id: str) -> str:
        if node_id not in self._ids:
            self._ids[node_id] = self._new_id(node_id)
        return self._ids[node_id]

    def _new_id(self, node_id: str) -> str:
        kind, separator, rest = node_id.partition(":")
        if kind in AROUND and rest.partition(":")[0] in ("frame", "model", "prediction", "loaded", "split"):
            return f"{kind}:{self.id(rest)}"
        if kind not in STORED:
            return f"{kind}:{self.file(rest)}" if separator else node_id
        home, name = self.home(node_id)
        return id_in(kind, home, name) if home else f"{kind}:{name}"

    def home(self, node_id: str) -> tuple[str, str]:
        """Of a stored thing: the repository in which alone its name means it, and the name."""
        node_id = self._tables.get(node_id, node_id)
        if node_id not in self._homes:
            node, name = self._trace.nodes.get(node_id), node_id.partition(":")[2]
            store = str(node.attributes.get("store", "")) if node else ""
            is_asset = node is not None and bool(node.attributes.get("asset"))
            self._homes[node_id] = (
                (self._repository, name) if is_asset else self._places.home(self._repository, name, store)
            )
        return self._homes[node_id]

    def ref(self, ref: ColumnRef) -> ColumnRef:
        return self.id(ref[0]), ref[1]

    def value(self, value: Any) -> Any:
        """An attribute: ids, files and places in files are renamed, whatever else it is stays."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, Site):
            return self.site(value)
        if isinstance(value, ConfigKey):
            return value._replace(sites=self.value(value.sites), reads=self.value(value.reads))
        if isinstance(value, MissingKey):
            return value._replace(sites=self.value(value.sites))
        if isinstance(value, Term):
            return self._term(value)
        if isinstance(value, dict):
            return {key: self.value(item) for key, item in value.items()}
        if isinstance(value, (list, tuple)) and type(value) in (list, tuple):
            return type(value)(map(self.value, value))
        return value

    def _term(self, term: Term) -> Term:
        """The predictions in an expression are renamed."""
        if term.op == "predicted":
            return predicted(self.id(str(term.setting("node"))))
        if not is_predicted(term):
            return term
        return Term(term.op, tuple(map(self._term, term.args)), term.settings)

    def _text(self, text: str) -> str:
        if text in self._trace.nodes or text.partition(":")[0] in AROUND:
            return self.id(text)
        return self.file(text) if text.partition("::")[0] in self._files else text

    def unit(self, unit: Unit) -> Unit:
        return replace(
            unit,
            file=self.file(unit.file),
            roots=tuple(map(self.site, unit.roots)),
            imports=tuple(map(self.file, unit.imports)),
            import_sites=tuple(map(self.site, unit.import_sites)),
            vendors=tuple((package, name, self.site(site)) for package, name, site in unit.vendors),
            copy_of=self.file(unit.copy_of) if unit.copy_of else "",
        )

    def claim(self, claim: Claim) -> Claim:
        names = tuple((name, self.site(site)) for name, site in claim.names)
        return replace(claim, site=self.site(claim.site), names=names)

    def detour(self, one: Detour) -> Detour:
        return Detour(
            one.program, self.site(one.site), self.id(one.written), self.site(one.write), self.id(one.read),
            self.site(one.back),
        )  # fmt: skip

    def prompt(self, one: Prompt) -> Prompt:
        return one._replace(site=self.site(one.site), root=self.site(one.root))

    def dead(self, code: DeadCode) -> DeadCode:
        work = tuple(each._replace(site=self.site(each.site)) for each in code.work)
        return code._replace(file=self.file(code.file), site=self.site(code.site), work=work)

    def stage(self, stage: Stage) -> Stage:
        """Declared paths stay as they are, like the names of what is stored."""
        return replace(
            stage,
            job=self.id(stage.job),
            site=self.site(stage.site),
            runs=tuple(map(self.file, stage.runs)),
            loaded=tuple(map(self.file, stage.loaded)),
            modules=tuple((self.file(file), self.site(site)) for file, site in stage.modules),
            touches=tuple(
                touch._replace(node=self.id(touch.node), site=self.site(touch.site)) for touch in stage.touches
            ),
        )

    def environment(self, environment: Environment) -> Environment:
        return replace(
            environment,
            folder=self.file(environment.folder),
            files=tuple(map(self.file, environment.files)),
            locks=tuple(map(self.file, environment.locks)),
            units=tuple(map(self.file, environment.units)),
            open=tuple(package._replace(site=self.site(package.site)) for package in environment.open),
        )

    def flag(self, flag: StuckFlag) -> StuckFlag:
        return replace(
            flag,
            file=self.file(flag.file),
            site=self.site(flag.site),
            branches=tuple(
                DeadBranch(
                    self.site(branch.condition), self.site(branch.code), branch.holds,
                    tuple(work._replace(site=self.site(work.site)) for work in branch.work),
                )
                for branch in flag.branches
            ),
        )  # fmt: skip

    def trace(self) -> Trace:
        old, new = self._trace, Trace()
        for node in old.nodes.values():
            self._add_node(new, node)
        for edge in old.edges.values():
            self._add_edge(new, edge)
        for ref, column in old.columns.items():
            self._add_column(new, self.ref(ref), column)
        new.uses = {
            TracedUse(self.id(use.owner), use.column, use.kind, self.site(use.site), use.but) for use in old.uses
        }
        for name, rows in old.rows.items():
            new.rows[self.id(name)] = TracedRows(
                rows.operation, tuple(map(self.id, rows.parents)), self.value(rows.split), rows.part,
                self.site(rows.site),
            )  # fmt: skip
        new.loaded_as = {self.id(name): set(natures) for name, natures in old.loaded_as.items()}
        new.io = {(self.site(site), kind): outcome for (site, kind), outcome in old.io.items()}
        new.tasks = {self._text(key): self.value(task) for key, task in old.tasks.items()}
        new.started = {self.file(file): self.sites(sites) for file, sites in old.started.items()}
        new.imports = {
            self.file(file): {self.file(other): self.site(site) for other, site in imported.items()}
            for file, imported in old.imports.items()
        }
        new.forwards = {self.id(one): (self.id(model), self.id(data)) for one, (model, data) in old.forwards.items()}
        new.trained_through = set(map(self.id, old.trained_through))
        new.failures = [(self.site(site), text) for site, text in old.failures]
        new.vendors = {
            (self.file(file), package): {name: self.sites(sites) for name, sites in calls.items()}
            for (file, package), calls in old.vendors.items()
        }
        return new

    def _add_node(self, new: Trace, node: TracedNode) -> None:
        kind = node.id.partition(":")[0]
        stored = kind in STORED
        home, name = self.home(node.id) if stored else ("", self._text(node.name))
        if node.kind == "config" and "keys" in node.attributes:
            name = self.file(node.name)  # settings needn't be among the files that are read as code
        made = self.id(node.id)
        attributes = {key: self.value(value) for key, value in node.attributes.items()}
        if stored and home:
            attributes["repository"] = home
        new.node(made, node.kind, name, **attributes)
        new.nodes[made].sites = united(new.nodes[made].sites, self.sites(node.sites))

    def _add_edge(self, new: Trace, edge: TracedEdge) -> None:
        source, target = self.id(edge.source), self.id(edge.target)
        attributes = {key: self.value(value) for key, value in edge.attributes.items()}
        for site in sorted(edge.sites):
            new.edge(source, target, edge.kind, self.site(site), edge.evidence, **attributes)

    def _add_column(self, new: Trace, ref: ColumnRef, column: TracedColumn) -> None:
        new.column(ref, column.source, None, map(self.ref, column.parents))
        made = TracedColumn(sites=tuple(self.sites(column.sites)), term=column.term, told=column.told)
        Trace.add_column(new.columns[ref], made)
