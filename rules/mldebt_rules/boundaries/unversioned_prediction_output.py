"""MLD106: published predictions carry neither the version of the model nor the time."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.graph.model import Graph
from mldebt.graph.questions.consumers import (
    Publication,
    is_evaluation,
    is_relied_on,
    publications,
    published_columns,
    publishes,
)
from mldebt.graph.questions.datasets import PERSISTENT_STORES, is_partitioned, tells_time, tells_version
from mldebt.graph.questions.exposure_logs import bare_logs
from mldebt.graph.questions.lineage import evidence_of
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import place, witness
from mldebt_rules.wording import snippet


class UnversionedPredictionOutput(Rule):
    code = "MLD106"
    name = "unversioned-prediction-output"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        seen = set(bare_logs(graph))  # told there: more than the version is missing
        for publication in publications(graph, PERSISTENT_STORES):
            columns = published_columns(graph, publication)
            if publication.dataset in seen or not columns or not _is_traceless(graph, publication, columns):
                continue
            relied_on = publishes(graph, publication) and is_relied_on(graph, publication)
            if relied_on and not is_evaluation(graph, publication):
                seen.add(publication.dataset)
                yield self.found(graph, publication, columns)

    def found(self, graph: Graph, publication: Publication, columns: tuple[str, ...]) -> Finding:
        dataset, prediction = graph[publication.dataset], graph[publication.prediction]
        said = ", ".join(f"`{column}`" for column in columns[:8]) + (", …" if len(columns) > 8 else "")
        return self.finding(
            f"The predictions written to `{dataset.name}` carry neither a model version nor a time. The columns are "
            f"{said}, and the name has no date. Nobody can tell which model made a row, when, or what to recompute "
            "after a bad release.",
            subject=(dataset.id,),
            locations=(place(publication.write), *prediction.sites[:1]),
            path=witness(graph, publication.path),
            evidence=certainty(evidence_of(publication.path)),
            help="Write both beside the predictions:"
            + snippet("out = out.assign(model_version=MODEL_VERSION, scored_at=pd.Timestamp.now(tz='UTC'))")
            + "where MODEL_VERSION is stored with the model (a hash of the artifact, a registry version, a commit).",
            effort_minutes=30,
        )


def _is_traceless(graph: Graph, publication: Publication, columns: tuple[str, ...]) -> bool:
    dataset = graph[publication.dataset]
    known = {*columns, *(column.name for column in dataset.columns)}
    marked = any(tells_time(column) or tells_version(column) for column in known - set(publication.columns))
    return not marked and not is_partitioned(dataset, [publication.write])
