"""Models that are put to use, and whether it is settled with which versions of packages they are trained."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Unit
from mldebt.graph.questions.jobs import is_at_work
from mldebt.graph.records import Environment, OpenPackage
from mldebt.knowledge.distributions import distributions_of, is_only_types
from mldebt.sites import Site

USING = frozenset({"serve", "score"})


class Unlocked(Struct, frozen=True):
    """An environment that is not settled, and the saves of models that are trained in it and used.

    `open`: the packages that may be of any newer version, those first that models are made of; none where no file names
    any, which counts where production runs the training.
    `used`: the place that shows that the first model is used: it is loaded there, or that runs the training.
    """

    environment: Environment
    saves: tuple[Edge, ...]
    open: tuple[OpenPackage, ...]
    used: Site


def unlocked_environments(graph: Graph) -> Iterator[Unlocked]:
    for environment in graph.environments:
        if environment.locks or environment.unknown:
            continue
        saves = [(edge, used) for edge in _saves(graph, environment) if (used := use_of(graph, edge)) is not None]
        open_ = _open(graph, environment, [edge for edge, _ in saves])
        if saves and (open_ or (not environment.files and saves[0][1].file not in graph.units)):
            edges = tuple(edge for edge, _ in saves)
            yield Unlocked(environment, edges, open_, saves[0][1])


def _saves(graph: Graph, environment: Environment) -> list[Edge]:
    units = set(environment.units)
    saves = [edge for edge in fitted_and_stored(graph) if any(site.file in units for site in _fits(graph, edge))]
    return [edge for edge in saves if not _is_by_the_way(graph, edge)]


def _is_by_the_way(graph: Graph, save: Edge) -> bool:
    """Whether what is saved was fitted where a model of the repository is loaded and judged: importances, a figure.

    The model itself is saved where it was trained.
    """
    if graph.out(save.target, "LOADS"):
        return False
    files = {site.file for site in save.sites}
    loaded = {edge.target: edge.source for edge in graph.edges_of_kind("LOADS") if _is_in(edge, files)}
    own = [model for model, stored in loaded.items() if graph.into(stored, "PERSISTS")]
    judged = [model for model in own if any(_is_in(edge, files) for edge in graph.out(model, "PREDICTS"))]
    return bool(judged) and (save.source in judged or not graph.out(save.source, "PREDICTS"))


def _is_in(edge: Edge, files: set[str]) -> bool:
    return any(site.file in files for site in edge.sites)


def fitted_and_stored(graph: Graph) -> list[Edge]:
    """Where models are stored that were fitted by code which does the work of the repository."""
    return [
        edge
        for edge in graph.edges_of_kind("PERSISTS")
        if graph[edge.source].kind == "model"
        if any(is_at_work(graph.unit_of(site)) for site in _fits(graph, edge))
    ]


def _fits(graph: Graph, save: Edge) -> list[Site]:
    return sorted(site for edge in graph.into(save.source, "TRAINS_ON") for site in edge.sites)


def use_of(graph: Graph, save: Edge) -> Site | None:
    """What runs the training in production, or other code that loads the model to ask it.

    A library trains models that its callers name.
    """
    if graph[save.target].name.startswith("{"):
        return None
    units = [graph.unit_of(site) for site in save.sites]
    roots = [root for unit in units if unit.production and not _is_library(unit) for root in unit.roots]
    nearest = min(roots, key=lambda root: (not _trains(graph, root), root), default=None)
    return nearest or min(_loads(graph, save), default=None)


def _trains(graph: Graph, root: Site) -> bool:
    """Whether a place that runs a module is one that trains, and not one that only imports it along with others."""
    return root.file not in graph.units or "train" in graph.units[root.file].roles


def _is_library(unit: Unit) -> bool:
    return "example" in unit.roles


def _loads(graph: Graph, save: Edge) -> Iterator[Site]:
    if "{run_id}" in graph[save.target].name:
        return  # the model of a run that only a run knows: every script speaks of one
    names = {save.target, *(edge.target for edge in graph.out(save.target, "DERIVES"))}
    training = {site.file for site in save.sites}
    for edge in (edge for name in sorted(names) for edge in graph.out(name, "LOADS")):
        yield from (site for site in edge.sites if site.file not in training and _is_using(graph, site))
        yield from (site for site in _asked(graph, save, edge) if _is_using(graph, site))


def _is_using(graph: Graph, site: Site) -> bool:
    unit = graph.unit_of(site)
    return is_at_work(unit) and bool(unit.roles & USING)


def _asked(graph: Graph, save: Edge, load: Edge) -> Iterator[Site]:
    """Where what is loaded foretells something that nobody measures, outside of the function that trains: a node of a
    pipeline is given the model that another file asks, and a small module trains and foretells."""
    trained = {graph[save.source].attributes.get("scope"), *(str(site.file) for site in _fits(graph, save))}
    scope = graph[load.target].attributes.get("scope")
    for edge in graph.out(load.target, "PREDICTS"):
        measured = graph.into(edge.target, "EVALUATES_ON")
        for site in edge.sites:
            here = any(site.file == load_site.file for load_site in load.sites)
            if not measured and (scope not in trained if here else site.file not in trained):
                yield site


def _open(graph: Graph, environment: Environment, saves: list[Edge]) -> tuple[OpenPackage, ...]:
    """The open packages, if a model is made of one of them."""
    classes = {str(graph[edge.source].attributes.get("class") or "") for edge in saves}
    making = {name for dotted in classes if dotted for name in distributions_of(dotted)}
    fitting = {site.file for edge in saves for site in _fits(graph, edge)}
    first = [package for package in environment.open if package.name in making]
    others = (
        package
        for package in environment.open
        if package not in first and fitting & set(package.files) and not is_only_types(package.module)
    )
    return (*first, *others) if first else ()
