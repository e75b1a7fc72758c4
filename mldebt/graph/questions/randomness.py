"""Random draws without a seed on the way to what a training leaves behind."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.jobs import is_aside, is_at_work, is_passing, is_put_away, sites_at_work
from mldebt.graph.questions.lineage import origins, reachable
from mldebt.sites import Site

MADE_OF = ("TRAINS_ON", "LABELS", "FITS", "DERIVES", "READS", "WRITES", "PREDICTS", "PERSISTS")
"""Backwards along these edges lies all that a model depends on; another stored model (LOADS) answers for itself."""


RANDOM_NUMBERS = "random numbers"

_REGISTERED = re.compile(r"^\w+://[\w -]+$")
"""A name in a registry that the code doesn't say the address of."""


_MADE_UP = re.compile(
    r"synthetic|simulat|(^|[_/.:])(fake|dummy|mock)|generate_(\w+_)?data|(^|[_/:])create_source_data", re.IGNORECASE
)
"""How code is called that makes data up, for want of any or to see what becomes of them."""


COPIES = 3
"""Scripts from which on the same way to draw is told once."""


class Draw(Struct, frozen=True):
    """A call that draws random numbers without a seed: where, in words, and the node that it makes."""

    site: Site
    what: str
    node: str
    evidence: str = "resolved"
    package: str = ""


class Irreproducible(Struct, frozen=True):
    """What comes out differently every time: the stored models, else the models that a unit only measures.

    `place`: the file that stores it, where the name alone doesn't say which one is meant; `files`: those that measure.
    """

    artifacts: tuple[Node, ...]
    models: tuple[Node, ...]
    draws: tuple[Draw, ...]
    place: str = ""
    files: tuple[str, ...] = ()

    @property
    def sites(self) -> frozenset[Site]:
        return frozenset(draw.site for draw in self.draws)


def irreproducible_artifacts(graph: Graph) -> list[Irreproducible]:
    """Stored models with unseeded draws behind them; each draw is told once, with the model that has most of them."""
    behind = [
        Irreproducible((artifact,), makers, unseeded_draws(graph, [made.id for made in makers]), place)
        for artifact in graph.of_kind("artifact")
        for place, makers in _makers(graph, artifact)
    ]
    groups: list[Irreproducible] = []
    for found in sorted(behind, key=lambda one: (-len(one.draws), one.artifacts[0].id, one.place)):
        told = {site for group in groups for site in group.sites}
        fresh = tuple(draw for draw in found.draws if draw.site not in told)
        if fresh:
            groups.append(replace(found, draws=fresh))
        elif found.draws:
            number = max(range(len(groups)), key=lambda one: len(groups[one].sites & found.sites))
            groups[number] = replace(groups[number], artifacts=_with(groups[number].artifacts, found.artifacts))
    return groups


def told_together(graph: Graph, found: Iterable[Irreproducible]) -> list[Irreproducible]:
    """From three on, those of scripts that draw the same in the same way, as copies of one do, and those of networks in
    scripts of one folder: the one seed of their library is missing for all.
    """
    groups: dict[tuple[object, ...], list[Irreproducible]] = {}
    for one in found:
        groups.setdefault(_way_of_drawing(graph, one), []).append(one)
    together: list[Irreproducible] = []
    for same in groups.values():
        together += [_merged(same)] if len(same) >= COPIES else same
    return together


def _way_of_drawing(graph: Graph, found: Irreproducible) -> tuple[object, ...]:
    """What is drawn, into variables of which names, in functions of which names; of networks where, and by what."""
    networks = {draw.package for draw in found.draws if graph[draw.node].attributes.get("family") == "neural"}
    others = [draw for draw in found.draws if draw.package not in networks and draw.what != RANDOM_NUMBERS]
    if networks and not others:
        return bool(found.artifacts), *sorted(networks), *sorted({_folder(draw.site) for draw in found.draws})
    ways = set()
    for draw in found.draws:
        told = graph[draw.node].attributes
        function = str(told.get("scope", "")).partition("::")[2]
        ways.add((draw.what, str(told.get("variable") or graph[draw.node].name), function))
    return bool(found.artifacts), *sorted(ways)


def _merged(same: Sequence[Irreproducible]) -> Irreproducible:
    artifacts = {node.id: node for one in same for node in one.artifacts}
    models = {node.id: node for one in same for node in one.models}
    draws = {draw.site: draw for one in same for draw in one.draws}
    files = tuple(dict.fromkeys(file for one in same for file in one.files))
    return Irreproducible(tuple(artifacts.values()), tuple(models.values()), tuple(draws.values()), files=files)


def irreproducible_metrics(graph: Graph, told: Collection[Site]) -> Iterator[Irreproducible]:
    """For each unit that trains or evaluates: unseeded draws behind the models that it measures but nobody stores.

    Each is told once, in the unit where it stands if that one measures; `told` are those that stored models have.
    """
    measured: dict[str, set[str]] = {}
    for edge in graph.edges_of_kind("EVALUATES_ON"):
        for model in _measured(graph, edge):
            if not graph.out(model, "PERSISTS"):
                for site in edge.sites:
                    measured.setdefault(site.file, set()).add(model)
    behind = {
        file: Irreproducible((), tuple(graph[model] for model in sorted(models)), unseeded_draws(graph, models))
        for file, models in sorted(measured.items())
        if (unit := graph.units.get(file)) and unit.roles & {"train", "eval"} and is_at_work(unit)
    }
    known = set(told)
    for file, found in sorted(behind.items(), key=lambda one: (not _stands_in(one[1], one[0]), one[0])):
        fresh = tuple(draw for draw in found.draws if draw.site not in known)
        known.update(draw.site for draw in fresh)
        if fresh:
            yield replace(found, draws=fresh, files=(file,))


def _stands_in(found: Irreproducible, file: str) -> bool:
    return any(site.file == file for site in found.sites)


def unseeded_draws(graph: Graph, models: Iterable[str]) -> tuple[Draw, ...]:
    """Every unseeded draw that the models depend on, by place; one for each statement."""
    depends = _behind(graph, frozenset(models))
    found: dict[Site, Draw] = {}
    for draw in sorted(
        (*_model_draws(graph, depends), *_row_draws(graph, depends)), key=lambda one: (one.site, one.node)
    ):
        if not _is_kept_out(graph, draw.site):
            found.setdefault(draw.site, draw)
    return tuple(found.values())


def _with(artifacts: tuple[Node, ...], more: tuple[Node, ...]) -> tuple[Node, ...]:
    return tuple({node.id: node for node in (*artifacts, *more)}.values())


def _is_kept_out(graph: Graph, site: Site) -> bool:
    """Tests, examples and code that was put away."""
    unit = graph.unit_of(site)
    return is_aside(unit) or is_put_away(unit)


def _makers(graph: Graph, artifact: Node) -> Iterator[tuple[str, tuple[Node, ...]]]:
    """What is stored in an artifact that code at work makes or loads.

    Under a name that each container has to itself, programs of different folders store different things.
    """
    saves, loads = graph.into(artifact.id, "PERSISTS"), graph.out(artifact.id, "LOADS")
    if not any(sites_at_work(graph, edge) for edge in (*saves, *loads)) or _is_of_tests(graph, artifact):
        return
    places: dict[str, list[tuple[Site, str]]] = {}
    for edge in saves:
        for site in edge.sites:
            if not _is_kept_out(graph, site):
                places.setdefault(_place(artifact, site), []).append((site, edge.source))
    for _, made in sorted(places.items()):
        makers = tuple(graph[source] for source in dict.fromkeys(source for _, source in sorted(made)))
        makers = tuple(node for node in makers if not _is_unseeded(node.attributes))  # a number beside what is stored
        yield min(made)[0].file if len(places) > 1 else "", makers


def _is_of_tests(graph: Graph, artifact: Node) -> bool:
    """A run of an experiment tracker that tests start is known by their file."""
    unit = graph.units.get(artifact.name.partition("://runs/")[2])
    return unit is not None and is_aside(unit)


def _place(artifact: Node, site: Site) -> str:
    """What tells apart artifacts of one name: the folder of the program, the project that registers it."""
    if is_passing(artifact):
        return _folder(site)
    return site.file.partition("/")[0] if _REGISTERED.match(artifact.name) else ""


def _folder(site: Site) -> str:
    return site.file.rpartition("/")[0]


def _behind(graph: Graph, starts: Collection[str]) -> set[str]:
    """All that models depend on; of a stored value that is no model what it is computed of, not whole tables."""
    values = set(origins(graph, (start for start in starts if graph[start].kind != "model"), ("DERIVES",)))
    found = dict.fromkeys((*sorted(set(starts)), *sorted(values)))
    waiting = deque(node for node in found if graph[node].kind == "model")
    while waiting:
        for edge in graph.into(waiting.popleft(), *MADE_OF):
            for source in _sources(graph, edge):
                if source not in found or source in values:
                    values.discard(source)
                    found[source] = None
                    waiting.append(source)
    return set(found)


def _sources(graph: Graph, edge: Edge) -> list[str]:
    """What an edge leads back to: of a data set that each container has to itself, what its own folder wrote."""
    if edge.kind != "READS" or not is_passing(graph[edge.source]):
        return [edge.source]
    folders = {_folder(site) for site in edge.sites}
    writes = graph.into(edge.source, "WRITES")
    return [write.source for write in writes if any(_folder(site) in folders for site in write.sites)]


def _measured(graph: Graph, edge: Edge) -> list[str]:
    """The models that an evaluation is about: its target, or those behind the prediction that it is about."""
    target = graph[edge.target]
    if target.kind == "model":
        return [target.id]
    return [made.source for made in graph.into(target.id, "PREDICTS")]


def _model_draws(graph: Graph, depends: set[str]) -> Iterator[Draw]:
    """Unseeded estimators; a composite only where none of its parts already is one, and none that another caller of the
    same line seeds: tests hand in what is short, a program what its settings say."""
    seeded = graph.once(_seeded)
    for node_id in sorted(depends):
        node = graph[node_id]
        if node.kind == "model" and _is_bare(node) and not any(_is_bare(part) for part in _parts(graph, node)):
            known = (node.sites[:1], node.attributes.get("class")) in seeded
            if known or not _learns(graph, node) or _is_replaced(graph, node):
                continue
            dotted = str(node.attributes.get("class", node.name))
            library = str(node.attributes.get("base", dotted))
            for site in node.sites[:1]:
                yield Draw(site, f"{dotted.rpartition('.')[2]}()", node.id, package=library.partition(".")[0])


def _seeded(graph: Graph) -> frozenset[tuple[tuple[Site, ...], object]]:
    models = (node for node in graph.of_kind("model") if node.attributes.get("seed") == "fixed")
    return frozenset((node.sites[:1], node.attributes.get("class")) for node in models)


def _row_draws(graph: Graph, depends: set[str]) -> Iterator[Draw]:
    """Unseeded splits, samples, shuffles and random values."""
    for edge in (edge for node in sorted(depends) for edge in graph.into(node, "DERIVES")):
        if _is_unseeded(edge.attributes) and not _by_drawn_mask(graph, edge) and not _is_called_made_up(graph, edge):
            operation = str(edge.attributes.get("operation", ""))
            what = {"part": "the train/test split", "sample": "the sample", "shuffle": "the shuffle"}.get(operation)
            for site in edge.sites[:1]:
                yield Draw(site, what or RANDOM_NUMBERS, edge.target, edge.evidence)
    for frame in (graph[node] for node in sorted(depends)):
        if frame.kind != "frame" or not _is_unseeded(frame.attributes):
            continue
        if not (_is_called_made_up(graph, frame) or _is_made_up(graph, frame, depends)):
            for site in frame.sites[:1]:
                yield Draw(site, RANDOM_NUMBERS, frame.id)


def _is_called_made_up(graph: Graph, made: Edge | Node) -> bool:
    """Whether the file or function that draws says that it makes data up: there, every run is to bring others."""
    node = graph[made.target] if isinstance(made, Edge) else made
    place = str(node.attributes.get("scope", "")) or "::".join(site.file for site in node.sites[:1])
    return _MADE_UP.search(place) is not None


def _learns(graph: Graph, node: Node) -> bool:
    """A network that nobody trains only wraps another, shows its layers, or gets stored weights."""
    wholes = (edge.target for edge in graph.out(node.id, "DERIVES"))
    trained = any(graph.into(one, "TRAINS_ON", "FITS") for one in (node.id, *wholes))
    return trained or node.attributes.get("family") != "neural"


def _is_replaced(graph: Graph, node: Node) -> bool:
    """The default of an attribute, in whose place the line that trains has another of that class, seeded or unknown."""
    lines = [edge.sites for edge in graph.into(node.id, "TRAINS_ON")]
    rivals = (other for other in graph.once(_not_bare).get(node.attributes.get("class"), ()) if _succeeds(other, node))
    trained = {edge.sites for other in rivals for edge in graph.into(other.id, "TRAINS_ON")}
    return bool(lines) and all(line in trained for line in lines)


def _not_bare(graph: Graph) -> dict[object, list[Node]]:
    found: dict[object, list[Node]] = {}
    for node in graph.of_kind("model"):
        if not _is_bare(node):
            found.setdefault(node.attributes.get("class"), []).append(node)
    return found


def _succeeds(node: Node, default: Node) -> bool:
    """Whether a model is made in a method of the class in whose body, or whose `__init__`, the default stands."""
    home = str(default.attributes.get("scope", "")).removesuffix(".__init__")
    return "::" in home and str(node.attributes.get("scope", "")).startswith(f"{home}.")


def _is_made_up(graph: Graph, frame: Node, depends: set[str]) -> bool:
    """Noise in the place of data: what is trained on it comes from nowhere else."""
    fed = [node for node in reachable(graph, [frame.id], ("DERIVES",)) if node in depends and _is_fed(graph, node)]
    return bool(fed) and not any(
        graph.into(node, "READS") for one in fed for node in origins(graph, [one], ("DERIVES",))
    )


def _is_fed(graph: Graph, node: str) -> bool:
    return bool(graph.out(node, "TRAINS_ON", "FITS", "LABELS"))


def _is_unseeded(attributes: Mapping[str, object]) -> bool:
    return bool(attributes.get("random")) and attributes.get("seed") == "absent"


def _by_drawn_mask(graph: Graph, edge: Edge) -> bool:
    """Whether rows are chosen by a mask of random numbers, which is a draw of its own."""
    return any(_is_unseeded(graph[other.source].attributes) for other in graph.into(edge.target, "DERIVES"))


def _is_bare(node: Node) -> bool:
    return bool(node.attributes.get("stochastic")) and node.attributes.get("seed") == "absent"


def _parts(graph: Graph, node: Node) -> list[Node]:
    return [graph[e.source] for e in graph.into(node.id, "DERIVES") if e.attributes.get("operation") == "step"]
