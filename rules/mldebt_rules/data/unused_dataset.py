"""MLD204: a data set is written and nothing reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.graph.model import Edge, Graph, Node, weakest
from mldebt.graph.questions.consumers import speaks_of
from mldebt.graph.questions.datasets import units_of, unread_datasets, writers
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import witness
from mldebt.sites import Site
from mldebt_rules.wording import counted


class UnusedDataset(Rule):
    code = "MLD204"
    name = "unused-dataset"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for dataset in unread_datasets(graph):
            if not any(speaks_of(entry, dataset) for entry in settings.consumers):
                yield self.found(graph, dataset)

    def found(self, graph: Graph, dataset: Node) -> Finding:
        writes = writers(graph, dataset.id)
        places = _places(writes)
        return self.finding(
            f"`{dataset.name}` is written and never read in the {counted(graph.coverage.files, 'file')} scanned. "
            f"It is made at {', '.join(str(site) for site in places[:5])}; no other line, stage, pattern or declared "
            "consumer takes data from it.",
            subject=(dataset.id,),
            locations=places,
            path=witness(graph, writes[:1]),
            evidence=_evidence(graph, dataset, writes),
            help=f"Delete the write at {places[0]}, and what is computed only for it. If somebody outside this "
            f'repository reads it, say so in mldebt.toml:\n\n[[consumers]]\ndataset = "{dataset.name}"\n'
            'consumer = "who reads it"\nreason = "what for"',
            effort_minutes=10,
        )


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
