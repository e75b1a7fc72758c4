"""Random draws without a seed on the way to what a training leaves behind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.jobs import is_aside, is_at_work, sites_at_work
from mldebt.graph.questions.lineage import origins
from mldebt.sites import Site

MADE_OF = ("TRAINS_ON", "LABELS", "FITS", "DERIVES", "READS", "WRITES", "PREDICTS", "PERSISTS")
"""Backwards along these edges lies all that a model depends on; another stored model (LOADS) answers for itself."""


RANDOM_NUMBERS = "random numbers"


@dataclass(frozen=True, slots=True)
class Draw:
    """A call that draws random numbers without a seed: where, in words, and the node that it makes."""

    site: Site
    what: str
    node: str
    evidence: str = "resolved"
    package: str = ""


@dataclass(frozen=True, slots=True)
class Irreproducible:
    """What comes out differently every time: the stored models, else the models that a unit only measures."""

    artifacts: tuple[Node, ...]
    models: tuple[Node, ...]
    draws: tuple[Draw, ...]


def irreproducible_artifacts(graph: Graph) -> list[Irreproducible]:
    """Stored models with unseeded draws behind them; one whose draws are all behind another one is listed with it."""
    behind = [
        (artifact, makers, unseeded_draws(graph, [model.id for model in makers]))
        for artifact in graph.of_kind("artifact")
        if (makers := _makers(graph, artifact))
    ]
    groups: list[Irreproducible] = []
    for artifact, makers, draws in sorted(behind, key=lambda found: (-len(found[2]), found[0].id)):
        if not draws:
            continue
        host = next((number for number, group in enumerate(groups) if set(draws) <= set(group.draws)), None)
        if host is None:
            groups.append(Irreproducible((artifact,), makers, draws))
        else:
            group = groups[host]
            groups[host] = Irreproducible((*group.artifacts, artifact), group.models, group.draws)
    return groups


def irreproducible_metrics(graph: Graph) -> Iterator[tuple[str, Irreproducible]]:
    """For each unit that trains or evaluates: unseeded draws behind the models that it measures but nobody stores."""
    measured: dict[str, set[str]] = {}
    for edge in graph.edges_of_kind("EVALUATES_ON"):
        for model in _measured(graph, edge):
            if not graph.out(model, "PERSISTS"):
                for site in edge.sites:
                    measured.setdefault(site.file, set()).add(model)
    for file in sorted(measured):
        unit = graph.units.get(file)
        if unit is None or not unit.roles & {"train", "eval"} or not is_at_work(unit):
            continue
        draws = unseeded_draws(graph, measured[file])
        if draws:
            yield file, Irreproducible((), tuple(graph[model] for model in sorted(measured[file])), draws)


def unseeded_draws(graph: Graph, models: Iterable[str]) -> tuple[Draw, ...]:
    """Every unseeded draw that the models depend on, by place; one for each statement."""
    depends = set(origins(graph, models, MADE_OF))
    found: dict[Site, Draw] = {}
    for draw in sorted(
        (*_model_draws(graph, depends), *_row_draws(graph, depends)), key=lambda one: (one.site, one.node)
    ):
        if not is_aside(graph.unit_of(draw.site)):
            found.setdefault(draw.site, draw)
    return tuple(found.values())


def _makers(graph: Graph, artifact: Node) -> tuple[Node, ...]:
    """What is stored in an artifact that code at work makes or loads."""
    saves, loads = graph.into(artifact.id, "PERSISTS"), graph.out(artifact.id, "LOADS")
    if not any(sites_at_work(graph, edge) for edge in (*saves, *loads)):
        return ()
    return tuple(graph[edge.source] for edge in saves if not all(is_aside(graph.unit_of(site)) for site in edge.sites))


def _measured(graph: Graph, edge: Edge) -> list[str]:
    """The models that an evaluation is about: its target, or those behind the prediction that it is about."""
    target = graph[edge.target]
    if target.kind == "model":
        return [target.id]
    return [made.source for made in graph.into(target.id, "PREDICTS")]


def _model_draws(graph: Graph, depends: set[str]) -> Iterator[Draw]:
    """Unseeded estimators; a composite only where none of its parts already is one."""
    for node_id in sorted(depends):
        node = graph[node_id]
        if node.kind == "model" and _is_bare(node) and not any(_is_bare(part) for part in _parts(graph, node)):
            dotted = str(node.attributes.get("class", node.name))
            library = str(node.attributes.get("base", dotted))
            for site in node.sites[:1]:
                yield Draw(site, f"{dotted.rpartition('.')[2]}()", node.id, package=library.partition(".")[0])


def _row_draws(graph: Graph, depends: set[str]) -> Iterator[Draw]:
    """Unseeded splits, samples, shuffles and random values."""
    for edge in (edge for node in sorted(depends) for edge in graph.into(node, "DERIVES")):
        if _is_unseeded(edge.attributes) and not _by_drawn_mask(graph, edge):
            operation = str(edge.attributes.get("operation", ""))
            what = {"part": "the train/test split", "sample": "the sample", "shuffle": "the shuffle"}.get(operation)
            for site in edge.sites[:1]:
                yield Draw(site, what or RANDOM_NUMBERS, edge.target, edge.evidence)
    for frame in (graph[node] for node in sorted(depends)):
        if frame.kind == "frame" and _is_unseeded(frame.attributes):
            for site in frame.sites[:1]:
                yield Draw(site, RANDOM_NUMBERS, frame.id)


def _is_unseeded(attributes: Mapping[str, object]) -> bool:
    return bool(attributes.get("random")) and attributes.get("seed") == "absent"


def _by_drawn_mask(graph: Graph, edge: Edge) -> bool:
    """Whether rows are chosen by a mask of random numbers, which is a draw of its own."""
    return any(_is_unseeded(graph[other.source].attributes) for other in graph.into(edge.target, "DERIVES"))


def _is_bare(node: Node) -> bool:
    return bool(node.attributes.get("stochastic")) and node.attributes.get("seed") == "absent"


def _parts(graph: Graph, node: Node) -> list[Node]:
    return [graph[e.source] for e in graph.into(node.id, "DERIVES") if e.attributes.get("operation") == "step"]
