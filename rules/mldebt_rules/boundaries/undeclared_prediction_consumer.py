"""MLD105: somebody reads predictions without being declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mldebt.graph.model import Graph, Node, weakest
from mldebt.graph.questions.consumers import (
    Publication,
    Reader,
    evidence_of_reading,
    foreign_readers,
    is_declared_consumer,
    publications,
    seen_from,
    writer_of,
)
from mldebt.rules.fix import SCAFFOLD
from mldebt.rules.model import Finding, Fix, Rule, Settings, certainty
from mldebt.rules.witness import place, witness
from mldebt_rules.contracts import consumer_of
from mldebt_rules.wording import snippet


class UndeclaredPredictionConsumer(Rule):
    code = "MLD105"
    name = "undeclared-prediction-consumer"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        seen: set[str] = set()
        for publication in publications(graph):
            readers = _undeclared(graph, publication, settings.consumers)
            if readers and publication.dataset not in seen:
                seen.add(publication.dataset)
                yield self.found(graph, publication, readers)

    def found(self, graph: Graph, publication: Publication, readers: Sequence[Reader]) -> Finding:
        dataset = graph[publication.dataset]
        return self.finding(
            _message(graph, publication, dataset, readers),
            subject=(dataset.id,),
            locations=(*(place(reader.read) for reader in readers), place(publication.write)),
            path=witness(graph, (*publication.path, *readers[0].way)),
            evidence=certainty(weakest(evidence_of_reading(graph, publication, reader) for reader in readers)),
            help=_help(dataset, readers),
            effort_minutes=45 * len(readers),
            fixes=[_declared(dataset, readers)],
            severity="critical" if any("decision" in reader.uses for reader in readers) else "high",
        )


def _undeclared(graph: Graph, publication: Publication, declared: Sequence[Mapping[str, object]]) -> list[Reader]:
    dataset = graph[publication.dataset]
    readers = foreign_readers(graph, publication)
    known = [reader for reader in readers if certainty(evidence_of_reading(graph, publication, reader)) != "heuristic"]
    return [reader for reader in known if not is_declared_consumer(graph, dataset, reader.unit, declared)]


def _message(graph: Graph, publication: Publication, dataset: Node, readers: Sequence[Reader]) -> str:
    owner = seen_from(graph, writer_of(graph, publication), readers[0].unit).owner
    who = ", ".join(dict.fromkeys(reader.unit.owner for reader in readers))
    verb = "reads" if len({reader.unit.owner for reader in readers}) == 1 else "read"
    return (
        f"{who} {verb} the predictions in `{dataset.name}` without being declared as a consumer. They are written by "
        f"{owner} at {place(publication.write)} and read at {'; '.join(_told(reader) for reader in readers)}. A new "
        "scale, threshold or column breaks the reader silently, because the writer doesn't know of it."
    )


def _told(reader: Reader) -> str:
    columns = ", ".join(f"`{column}`" for column in reader.columns)
    used = [USES[use] for use in reader.uses if use in USES]
    return f"{place(reader.read)}" + (f" ({columns}{': ' if used else ''}{', '.join(used)})" if columns else "")


USES = {
    "decision": "decides on it", "filter": "filters by it", "feature": "trains on it", "label": "learns it as a label",
    "key": "joins on it", "order": "ranks by it", "sink": "passes it on",
}  # fmt: skip


def _declared(dataset: Node, readers: Sequence[Reader]) -> Fix:
    files = {reader.unit.file: reader for reader in readers}
    tables = tuple(consumer_of(dataset.name, file, reader.columns, reader.unit.owner) for file, reader in files.items())
    return Fix("Declare who reads the predictions, and say why", tables, SCAFFOLD)


def _help(dataset: Node, readers: Sequence[Reader]) -> str:
    tables = "\n\n".join(
        f'[[consumers]]\ndataset = "{dataset.name}"\nconsumer = "{reader.unit.file}"\nowner = "{reader.unit.owner}"\n'
        f'reason = "why it needs the predictions"'
        for reader in readers
    )
    return (
        "Declare the consumer in mldebt.toml, so that who changes the predictions knows whom to ask, or close the path:"
        f"{snippet(tables)}Publish `model_version` and `scored_at` with the predictions, so that readers can tell "
        "models apart."
    )
