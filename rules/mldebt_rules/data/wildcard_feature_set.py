"""Models that learn from whatever columns a table happens to have."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.wildcards import Wildcard, way_to_features, wildcard_feature_sets
from mldebt.rules.model import Finding, Rule, Settings, Step, certainty
from mldebt.rules.witness import display, place, witness
from mldebt_rules.wording import counted, listed, literal

MOST = 30
CONSEQUENCE = (
    "A column that is added there becomes a feature at the next training, be it an identifier or something known only "
    "afterwards, and nothing fails."
)


class WildcardFeatureSet(Rule):
    code = "MLD213"
    name = "wildcard-feature-set"
    severity = "high"
    default = False

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for found in wildcard_feature_sets(graph):
            yield self._found(graph, found)

    def _found(self, graph: Graph, found: Wildcard) -> Finding:
        first = found.trainings[0]
        models = {edge.target for edge in found.trainings}
        more = f" and {counted(len(models) - 1, 'more model')}" if len(models) > 1 else ""
        verb = "learn" if more else "learns"
        return self.finding(
            f"{display(graph[first.target])}{more} {verb} from every column that {_tables(found)} happen"
            f"{'s' if len(found.datasets) == 1 else ''} to have but {listed(found.but, 4)}. {CONSEQUENCE}",
            subject=sorted(dataset.id for dataset in found.datasets),
            locations=found.sites,
            path=[*(Step(dataset.id, f"`{dataset.name}`", min(dataset.sites)) for dataset in found.datasets[1:]),
                  *witness(graph, way_to_features(graph, found))],
            evidence=certainty(weakest(edge.evidence for edge in found.trainings)),
            help=_help(found),
            effort_minutes=20,
            properties={"but": list(found.but), "trained": len({place(edge) for edge in found.trainings})},
        )  # fmt: skip


def _tables(found: Wildcard) -> str:
    names = [dataset.name for dataset in found.datasets]
    return names[0] if len(names) == 1 else f"{names[0]} and {counted(len(names) - 1, 'more table')}"


def _help(found: Wildcard) -> str:
    table = found.datasets[0]
    names = [column.name for column in table.columns]
    known = [name for name in names if name not in found.but]
    as_they_are = len(found.datasets) == 1 and set(found.but) <= set(names)  # else a label may have another name here
    if as_they_are and table.attributes.get("closed") and 0 < len(known) <= MOST:
        return f"Write down which they are: FEATURES = {literal(known)}; X = frame[FEATURES]."
    return (
        "Write down which they are (`print(list(X.columns))` tells today's), in a list that serving imports, too: "
        "X = frame[FEATURES]. Or check the table against a strict schema where it is read."
    )
