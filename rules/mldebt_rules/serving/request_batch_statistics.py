"""Inputs of a model that depend on what else is asked at the same time."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph
from mldebt.graph.questions.asked import BatchStatistic, batch_statistics
from mldebt.graph.questions.serving import stored_as
from mldebt.rules.model import Finding, Rule, Settings, Step, certainty
from mldebt.rules.witness import display, step
from mldebt_rules.wording import listed


class RequestBatchStatistics(Rule):
    code = "MLD604"
    name = "request-batch-statistics"
    severity = "critical"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for found in batch_statistics(graph):
            yield self._finding(graph, found)

    def _finding(self, graph: Graph, found: BatchStatistic) -> Finding:
        asked = min(found.use.sites)
        place = min([asked, *(min(edge.sites) for edge in found.operations)])
        model = display(stored_as(graph, found.model))
        return self.finding(
            f"{model} is asked in {asked} with values that depend on the rest of the batch: {_what(found)}. "
            "The same row gets another prediction in other company.",
            subject=[found.use.target],
            locations=[place, asked],
            path=_path(graph, found),
            evidence=certainty(found.use.evidence),
            help=_help(found),
            effort_minutes=120,
            properties={"columns": [name for name, _ in found.columns]},
        )


def _what(found: BatchStatistic) -> str:
    parts = [f"`{name}` is `{term}`" for name, term in found.columns[:4]]
    methods = tuple(dict.fromkeys(str(edge.attributes.get("operation")) for edge in found.operations))
    if methods:
        parts.append(f"{listed(methods)} takes its codes or columns from it")
    return ", ".join(parts)


def _path(graph: Graph, found: BatchStatistic) -> list[Step]:
    steps = [step(graph, edge) for edge in found.operations[:3]]
    return [*steps, step(graph, found.use)]


def _help(found: BatchStatistic) -> str:
    if found.operations:
        return (
            "Fit an encoder (OneHotEncoder(handle_unknown='ignore'), OrdinalEncoder) in training, store it with the "
            "model and call its transform here; or bring the columns into line with reindex(columns=…, fill_value=0)."
        )
    return (
        "Compute the statistics on the training data, store them with the model (a fitted StandardScaler or "
        "SimpleImputer in one pipeline) and use the stored ones here."
    )
