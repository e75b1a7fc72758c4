"""Stored models that a training replaces while production loads them under that very name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mldebt.graph.model import Graph, Node, weakest
from mldebt.graph.questions.overwritten import Overwritten, overwritten_artifacts
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import witness
from mldebt_rules.wording import listed, snippet


class OverwrittenModelArtifact(Rule):
    code = "MLD805"
    name = "overwritten-model-artifact"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        by_training: dict[str, list[Overwritten]] = {}
        for found in overwritten_artifacts(graph):
            by_training.setdefault(found.saved.file, []).append(found)
        for _, group in sorted(by_training.items()):
            yield self._finding(graph, sorted(group, key=lambda found: (found.saved, found.artifact.id)))

    def _finding(self, graph: Graph, group: Sequence[Overwritten]) -> Finding:
        first = group[0]
        names = list(dict.fromkeys(found.artifact.name for found in group))
        readers = list(dict.fromkeys(site.file for found in group for site in found.loaded))
        one = len(names) == 1
        return self.finding(
            f"{first.saved.file} overwrites {listed(names, 3)}, which {listed(readers, 3)} "
            f"{'loads' if len(readers) == 1 else 'load'}. With every training the old "
            f"{'model is' if one else 'models are'} gone: after a bad one there is nothing to go back to, and nobody "
            "can tell which training an answer came from.",
            subject=[first.artifact.id],
            locations=[first.saved, *first.loaded],
            path=witness(graph, first.path),
            evidence=certainty(weakest(edge.evidence for edge in first.path)),
            help=_help(first.artifact),
            effort_minutes=60,
            properties={"artifacts": names},
        )


def _help(artifact: Node) -> str:
    """A name that changes, and a pointer that is moved last."""
    stem, dot, ending = artifact.name.rpartition(".")
    if not dot or "/" in ending:
        stem, dot, ending = artifact.name, "", ""
    return (
        "Store every training under a name of its own and let production load the one that a pointer names, "
        "moved once the new model has passed its checks:"
        + snippet(
            'version = f"{datetime.now(timezone.utc):%Y%m%dT%H%M%S}"',
            f'path = Path(f"{stem}-{{version}}{dot}{ending}")',
            f'Path("{stem}.current").write_text(path.name)',
        )
        + "Save the model to that path, and read in production what the second file says. To go back is then to write "
        "the old name. A model registry (a version and an alias) or DVC (an out of a stage) does the same."
    )
