"""MLD808: a model in use is trained on a file that nothing keeps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from posixpath import dirname

from mldebt.graph.model import Graph
from mldebt.graph.questions.training_sources import TrainingSource, models_of, untracked_files
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.witness import witness
from mldebt_rules.wording import listed, snippet


class UntrackedTrainingData(Rule):
    code = "MLD808"
    name = "untracked-training-data"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for sources in untracked_files(graph):
            yield self._found(graph, sources)

    def _found(self, graph: Graph, sources: Sequence[TrainingSource]) -> Finding:
        first = sources[0]
        names = [source.dataset.name for source in sources]
        models = models_of(sources, graph)
        return self.finding(
            f"{listed(models, 2)} {'is' if len(models) == 1 else 'are'} trained on {listed(names, 3)}, which no commit "
            "and no pointer holds. "
            f"{'It is' if len(names) == 1 else 'They are'} neither in git nor declared to DVC or the like, no code "
            "here makes or hashes the data: a checkout alone is not enough to train the model again, nor to tell "
            "whether a file is still the one that it has learned from.",
            subject=[f"folder:{dirname(first.dataset.name) or '.'}"],
            locations=list(dict.fromkeys(min(source.path[0].sites) for source in sources)),
            path=witness(graph, (*first.path, first.save)),
            evidence="certain",
            help="Keep the state that the model has learned from, and commit the pointer:"
            + snippet(*(f"dvc add {name}" for name in names[:8])),
            effort_minutes=20,
            properties={"files": names},
        )
