"""MLD204: a data set is written and nothing reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.graph.model import Edge, Graph, Node, weakest
from mldebt.graph.questions.consumers import speaks_of
from mldebt.graph.questions.datasets import called, units_of, unread_datasets, writers
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import witness
from mldebt.sites import Site
from mldebt_rules.wording import counted, listed, snippet

SEVERAL = 3
NEAR = 2
"""Lines from the end of one statement to the beginning of another that is written along with it."""


class UnusedDataset(Rule):
    code = "MLD204"
    name = "unused-dataset"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        unread = unread_datasets(graph)
        told = [one for one in unread if not any(speaks_of(entry, one) for entry in settings.consumers)]
        told = [one for one in told if _evidence(graph, one, writers(graph, one.id)) != "heuristic"]
        for datasets in _by_place(graph, told):
            yield self.found(graph, datasets)

    def found(self, graph: Graph, datasets: Sequence[Node]) -> Finding:
        writes = [edge for dataset in datasets for edge in writers(graph, dataset.id)]
        calls = _calls(datasets) if len(_places(writes)) == 1 else []
        places = calls if len(datasets) > 1 and calls else _places(writes)
        several = len(datasets) > 1
        names = listed([dataset.name for dataset in datasets], 3)
        return self.finding(
            f"{names} {'are' if several else 'is'} written and never read in the "
            f"{counted(graph.coverage.files, 'file')} scanned. {'They are' if several else 'It is'} made at "
            f"{', '.join(str(site) for site in places[:5])}; no other line, stage, pattern or declared consumer takes "
            "data from "
            f"{'them' if several else 'it'}.",
            subject=[dataset.id for dataset in datasets],
            locations=places,
            path=witness(graph, writes[:1]),
            evidence=_evidence(graph, datasets[0], writes),
            help=f"Delete the write at {places[0]}, and what is computed only for it. If somebody outside this "
            f"repository reads it, say so in mldebt.toml:"
            + snippet(
                "[[consumers]]",
                f'dataset = "{datasets[0].name}"',
                'consumer = "who reads it"',
                'reason = "what for"',
            ),
            effort_minutes=10,
        )


def _by_place(graph: Graph, datasets: Sequence[Node]) -> list[list[Node]]:
    """Data sets belong together that the same statements write, in a loop or a function that is called for each, and
    three or more that one statement after the other writes: the parts of a table.
    """
    found: dict[frozenset[Site], list[Node]] = {}
    for dataset in datasets:
        sites = frozenset(site for edge in writers(graph, dataset.id) for site in edge.sites)
        found.setdefault(sites, []).append(dataset)
    runs: list[list[Site]] = []
    for (site,) in sorted(sites for sites in map(tuple, found) if len(sites) == 1):
        if runs and _is_next(runs[-1][-1], site):
            runs[-1].append(site)
        else:
            runs.append([site])
    for run in (run for run in runs if len(run) >= SEVERAL):
        found[frozenset(run)] = [dataset for site in run for dataset in found.pop(frozenset((site,)))]
    return list(found.values())


def _is_next(before: Site, here: Site) -> bool:
    return (before.file, before.cell) == (here.file, here.cell) and here.line - before.end_line <= NEAR


def _calls(datasets: Sequence[Node]) -> list[Site]:
    return sorted({place for dataset in datasets for _, place in called(dataset)})


def _places(writes: Sequence[Edge]) -> list[Site]:
    """Where it is made; a statement of a .sql file says that better than the line that runs it."""
    sites = {site for edge in writes for site in edge.sites}
    return sorted(sites, key=lambda site: (not site.file.endswith(".sql"), site))


def _evidence(graph: Graph, dataset: Node, writes: Sequence[Edge]) -> str:
    """Of a table nobody can be certain, others may have access to its database; nor of what is only tried out."""
    level = certainty(weakest(edge.evidence for edge in writes))
    shared = dataset.attributes.get("store") == "table"
    tried = all(unit.roles <= {"explore"} and not unit.production for unit in units_of(graph, writes))
    return "likely" if (shared or tried) and level == "certain" else level
