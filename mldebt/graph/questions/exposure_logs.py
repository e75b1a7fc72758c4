"""What is stored beside the predictions that come back into training: whether their effect can be corrected later."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph
from mldebt.graph.questions.cross_loops import cross_model_loops
from mldebt.graph.questions.datasets import tells_time, tells_version
from mldebt.graph.questions.lineage import Path, evidence_of, reachable
from mldebt.graph.questions.loops import feedback_loops, is_held_in_check, outside_predictions

_WORDS = frozenset({
    "propensity", "propensities", "pscore", "ips", "ipw", "weight", "sampling", "policy", "arm", "explore",
    "exploration", "explored", "random", "randomized", "randomised", "holdout", "control", "treatment", "variant",
    "bucket", "rank", "ranking", "position", "pos", "slot", "slate", "experiment", "epsilon", "pseudo", "guessed",
    "imputed", "synthetic",
})  # fmt: skip


class BareLog(Struct, frozen=True):
    """A data set with predictions that come back into training, without a word on how they came about.

    `columns` are all that is written, `kind` and `models` those of the loop; `crossing` where it runs through several
    models. `path` leads from the model to the write, or round to the training, where no prediction is learned and the
    model only has a say in which rows there are.
    """

    dataset: str
    write: Edge
    columns: tuple[str, ...]
    models: tuple[str, ...]
    kind: str
    crossing: bool
    path: Path


def bare_logs(graph: Graph) -> dict[str, BareLog]:
    """By data set; where it takes part in several loops, with the first of them."""
    return graph.once(_found)


def _found(graph: Graph) -> dict[str, BareLog]:
    found: dict[str, BareLog] = {}
    for models, kind, crossing, path in _returning(graph):
        log = _bare(graph, models, kind, crossing, path)
        if log is not None:
            found.setdefault(log.dataset, log)
    return dict(sorted(found.items()))


def _returning(graph: Graph) -> Iterator[tuple[tuple[str, ...], str, bool, Path]]:
    for loop in feedback_loops(graph):
        if evidence_of(loop.path) != "guessed" and not is_held_in_check(graph, loop):
            yield (loop.identity,), loop.kind, False, loop.path
    for cross in cross_model_loops(graph):
        if evidence_of(cross.path) != "guessed":
            yield from ((cross.models, hop.kind, True, hop.path) for hop in cross.hops)


def _bare(graph: Graph, models: tuple[str, ...], kind: str, crossing: bool, path: Path) -> BareLog | None:
    at, write = next((at, edge) for at, edge in enumerate(path) if edge.kind == "WRITES")
    columns = _written_together(graph, write)
    prediction = path[0].target
    if not columns or _tells(graph, write.target, columns) or _is_logged_elsewhere(graph, prediction, write):
        return None
    return BareLog(
        write.target, write, columns, models, kind, crossing, path if kind == "selection" else path[: at + 1]
    )


def _is_logged_elsewhere(graph: Graph, prediction: str, write: Edge) -> bool:
    """Another table of the same program takes the prediction with what tells how it came about, or with anything."""
    files = {site.file for site in write.sites}
    for node in reachable(graph, [prediction], ("DERIVES", "WRITES"), allowed=outside_predictions):
        for edge in graph.into(node, "WRITES"):
            if edge.target != write.target and files & {site.file for site in edge.sites}:
                columns = _written_together(graph, edge)
                if not columns or _tells(graph, edge.target, columns):
                    return True
    return False


def _written_together(graph: Graph, write: Edge) -> tuple[str, ...]:
    """All columns that are written at the place; empty where they are not all known."""
    site = min(write.sites)
    columns = [edge.attributes.get("columns") for edge in graph.into(write.target, "WRITES") if site in edge.sites]
    if write.attributes.get("passes") or not all(isinstance(names, (tuple, list)) for names in columns):
        return ()
    return tuple(dict.fromkeys(str(name) for names in columns if isinstance(names, (tuple, list)) for name in names))


def _tells(graph: Graph, dataset: str, columns: tuple[str, ...]) -> bool:
    """Whether a column, written here or known of the table, says what decided, or an open part of the name may."""
    node = graph[dataset]
    if any(not tells_time(hole) for hole in re.findall(r"\{([^}]*)\}", node.name)):
        return True
    names = {*columns, *(column.name for column in node.columns)}
    return any(tells_version(name) or _words(name) & _WORDS for name in names)


def _words(name: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return {word for word in re.split(r"[^a-z]+", spaced.lower()) if word}
