"""Columns that are loaded or computed although nothing uses them."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.columns import (
    UnusedDerived,
    UnusedLoaded,
    columns_for_complete_rows,
    reads_nothing_else,
    unused_derived_columns,
    unused_loaded_columns,
)
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.graph.questions.stored_columns import (
    AskedInVain,
    StoredInVain,
    columns_asked_in_vain,
    columns_stored_in_vain,
)
from mldebt.rules.fix import SAFE, Projection, Removal
from mldebt.rules.model import Finding, Fix, Rule, Settings, Step, certainty
from mldebt.rules.witness import step
from mldebt_rules.wording import counted, listed, literal

SELECTORS = {"csv": "usecols", "excel": "usecols", "parquet": "columns", "feather": "columns", "orc": "columns"}


class UnusedInputColumn(Rule):
    code = "MLD203"
    name = "unused-input-column"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        told: set[str] = set()
        for loaded in unused_loaded_columns(graph):
            told |= {loaded.dataset.id, *(other.id for other in loaded.alike)}
            yield self._loaded(graph, loaded)
        for asked in columns_asked_in_vain(graph):
            if asked.dataset.id not in told:
                told.add(asked.dataset.id)
                yield self._asked(graph, asked)
        for stored in columns_stored_in_vain(graph):
            if stored.dataset.id not in told:
                yield self._stored(graph, stored)
        for loaded in columns_for_complete_rows(graph):
            yield self._for_complete_rows(graph, loaded)
        for derived in unused_derived_columns(graph):
            yield self._derived(graph, derived)

    def _loaded(self, graph: Graph, unused: UnusedLoaded) -> Finding:
        number, dataset = len(unused.columns), unused.dataset
        known = number + len(unused.kept)
        verb = "has" if number == 1 else "have"
        more = f" and {counted(len(unused.alike), 'data set')} like it" if unused.alike else ""
        return self.finding(
            f"{number} of the {known} columns loaded from {dataset.name}{more} {verb} no use: "
            f"{listed(unused.columns)}. "
            f"{_horizon(graph)}, no feature, label, filter, key, check or output needs {_them(number)}; "
            f"{_cost(unused)}.",
            subject=[dataset.id, *(other.id for other in unused.alike)],
            locations=unused.sites,
            path=[Step(dataset.id, f"`{dataset.name}`"), *(step(graph, edge) for edge in unused.reads)],
            evidence=certainty(weakest(edge.evidence for edge in unused.reads)),
            help=_narrower_read(unused),
            effort_minutes=10,
            severity="low" if unused.picked else "",
            properties={"columns": list(unused.columns)},
            fixes=[_projected(unused)] if reads_nothing_else(graph, unused) else (),
        )

    def _asked(self, graph: Graph, asked: AskedInVain) -> Finding:
        number, dataset = len(asked.columns), asked.dataset
        verb = "has" if number == 1 else "have"
        return self.finding(
            f"{number} of the {number + len(asked.kept)} columns that {listed([str(site) for site in asked.sites], 3)} "
            f"asks for by name in {dataset.name} {verb} no use there: {listed(asked.columns)}. Other code uses "
            f"{_them(number)}, but nothing that can run together with this read does; every change of "
            f"{_them(number)} upstream still reaches this job.",
            subject=[dataset.id],
            locations=asked.sites,
            path=[Step(dataset.id, f"`{dataset.name}`"), *(step(graph, edge) for edge in asked.reads)],
            evidence=certainty(weakest(edge.evidence for edge in asked.reads)),
            help=f"Ask only for what is used: {listed(asked.kept)}.",
            effort_minutes=10,
            properties={"columns": list(asked.columns)},
        )

    def _stored(self, graph: Graph, stored: StoredInVain) -> Finding:
        number, dataset = len(stored.columns), stored.dataset
        verb = "is" if number == 1 else "are"
        sites = sorted({site for edge in stored.writes for site in sites_at_work(graph, edge)})
        return self.finding(
            f"{number} of the {len(dataset.columns)} columns of {dataset.name} {verb} computed and stored for nobody: "
            f"{listed(stored.columns)}. {_horizon(graph)}, no feature, label, filter, key, check or output of its "
            f"readers needs {_them(number)}; what {_they(list(stored.columns))} {verb} made of is loaded and kept "
            "right for nothing.",
            subject=[dataset.id],
            locations=sites,
            path=[*(step(graph, edge) for edge in stored.writes), *(step(graph, edge) for edge in stored.reads)],
            evidence=certainty(weakest(edge.evidence for edge in (*stored.writes, *stored.reads))),
            help=f"Stop computing {listed(stored.columns)}, with what is read only for that; or add "
            f"{_them(number)} to the features of the model if {_they(list(stored.columns))} {_were(number)} meant to "
            "be learned.",
            effort_minutes=10,
            severity="low",
            properties={"columns": list(stored.columns)},
        )

    def _for_complete_rows(self, graph: Graph, loaded: UnusedLoaded) -> Finding:
        number, dataset = len(loaded.columns), loaded.dataset
        verb, a_value = ("is", "it") if number == 1 else ("are", "one of them")
        return self.finding(
            f"{number} of the {number + len(loaded.kept)} columns loaded from {dataset.name} {verb} only good for "
            f"dropping rows: {listed(loaded.columns)}. A row without {a_value} is left out, and "
            f"{_horizon(graph, 'in')}, no feature, label, key or output needs {_them(number)}.",
            subject=[dataset.id],
            locations=loaded.sites,
            path=[
                Step(dataset.id, f"`{dataset.name}`"),
                *(step(graph, edge) for edge in loaded.reads),
                *(
                    Step(dataset.id, "rows with a missing value in any column are dropped", at)
                    for at in loaded.completed
                ),
            ],
            evidence=certainty(weakest(edge.evidence for edge in loaded.reads)),
            help=_named_where_dropped(loaded),
            effort_minutes=20,
            severity="low",
            properties={"columns": list(loaded.columns)},
        )

    def _derived(self, graph: Graph, unused: UnusedDerived) -> Finding:
        names = list(dict.fromkeys(name for name, _, _ in unused.columns))
        what = f"Column {listed(names)} is" if len(names) == 1 else f"{len(names)} columns are"
        tail = "" if len(names) == 1 else f": {listed(names)}"
        return self.finding(
            f"{what} computed in {_scope_name(unused.scope)} and never used{tail}. "
            f"{_horizon(graph)}, no feature, label, filter, key, check or output reads {_them(len(names))}.",
            subject=dict.fromkeys(frame for _, _, frame in unused.columns),
            locations=dict.fromkeys(site for _, site, _ in unused.columns),
            path=[Step(frame, f"`{name}` is computed", site) for name, site, frame in unused.columns],
            help=f"Delete the lines that compute {listed(names)}, or add the {_plural(names)} to the feature list if "
            f"{'it was meant to be a feature' if len(names) == 1 else 'they were meant to be features'}.",
            effort_minutes=10,
            severity="low",
            properties={"columns": names},
            fixes=[_removed(unused)],
        )


def _horizon(graph: Graph, word: str = "In") -> str:
    files = counted(graph.coverage.files, "file") if graph.coverage.files else "files"
    return f"{word} the {files} scanned"


def _cost(unused: UnusedLoaded) -> str:
    if unused.picked:
        return "the code picks by name what it needs, so that the others only cost memory and time"
    return f"every change of {_them(len(unused.columns))} upstream still reaches this job"


def _them(number: int) -> str:
    return "it" if number == 1 else "them"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _they(names: list[str]) -> str:
    return "it" if len(names) == 1 else "they"


def _plural(names: list[str]) -> str:
    return "column" if len(names) == 1 else "columns"


def _narrower_read(unused: UnusedLoaded) -> str:
    """What to write at the read instead."""
    form, kept = str(unused.dataset.attributes.get("format", "")), literal(unused.kept)
    if any(site.file.endswith(".sql") for site in unused.sites) or unused.dataset.attributes.get("store") == "table":
        return f"Select only what is used: SELECT {', '.join(unused.kept)} FROM {unused.table}."
    selector = SELECTORS.get(form, "columns")
    note = " (the order stays that of the file)" if selector == "usecols" else ""
    return f"Read only what is used: {selector}={kept}{note}."


def _named_where_dropped(loaded: UnusedLoaded) -> str:
    """Other rows would stay: no fix, but something to decide."""
    return (
        "Decide which columns must have a value, and name them where rows are dropped: "
        f"subset={literal(loaded.kept)} keeps the rows that lack only {listed(loaded.columns)}, so train again and "
        f"compare. Where these rows are to go, name {listed(loaded.columns)} as well."
    )


def _projected(unused: UnusedLoaded) -> Fix:
    change = Projection(unused.sites, unused.kept, unused.columns)
    return Fix(f"Load only the {counted(len(unused.kept), 'column')} that {_used(unused)} used", (change,), SAFE)


def _used(unused: UnusedLoaded) -> str:
    return "is" if len(unused.kept) == 1 else "are"


def _removed(unused: UnusedDerived) -> Fix:
    """Where a column is computed in several places, all of them go."""
    changes = tuple(Removal(site, name) for name, site, _ in unused.columns)
    return Fix(
        "Remove what computes " + listed(list(dict.fromkeys(name for name, _, _ in unused.columns))), changes, SAFE
    )


def _scope_name(scope: str) -> str:
    file, _, name = scope.partition("::")
    return f"{name}() of {file}" if name else file
