"""MLD201: a model in use is trained on a source as it is at the moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.graph.model import Graph
from mldebt.graph.questions.training_sources import TrainingSource, models_of, store_of, unversioned_inputs
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.witness import witness
from mldebt_rules.wording import listed, snippet


class UnversionedInput(Rule):
    code = "MLD201"
    name = "unversioned-input"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for sources in unversioned_inputs(graph):
            yield self._found(graph, sources)

    def _found(self, graph: Graph, sources: Sequence[TrainingSource]) -> Finding:
        first = sources[0]
        names = [source.dataset.name for source in sources]
        one = len(names) == 1
        return self.finding(
            f"{listed(models_of(sources, graph), 2)} {_is(graph, sources)} trained on {listed(names, 3)} as "
            f"{'it is' if one else 'they are'} at the moment. The same commit gives another model tomorrow, and nobody "
            "can tell which rows the one in use has learned from: nothing names a state of the data, bounds it by a "
            "time, keeps a copy or writes down what was read.",
            subject=[f"store:{store_of(first.dataset)}"],
            locations=list(dict.fromkeys(min(source.path[0].sites) for source in sources)),
            path=witness(graph, (*first.path, first.save)),
            evidence="certain" if first.dataset.attributes.get("store") == "http" else "likely",
            help=_help(first),
            effort_minutes=45,
            properties={"sources": names},
        )


def _is(graph: Graph, sources: Sequence[TrainingSource]) -> str:
    return "is" if len(models_of(sources, graph)) == 1 else "are"


def _help(source: TrainingSource) -> str:
    name, store = source.dataset.name, source.dataset.attributes.get("store")
    record = "Or keep a record beside the model, so that the state can at least be named:" + snippet(
        'record = {"rows": len(table), "sha256": hashlib.sha256(table.to_csv().encode()).hexdigest()}'
    )
    if store == "table":
        return (
            f"Read a state of `{name}` that has a name: a time travel of the database (`VERSION AS OF`), a dated "
            f"partition, or rows up to a time that the run is given (`WHERE created_at < :until`). {record}"
        )
    if store == "http":
        return "Bring it into the project and keep that state:" + snippet(f"dvc import-url {name} data/") + record
    return f"Read a dated copy of `{name}`, or a version of the object that the run is given. {record}"
