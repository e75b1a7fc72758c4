"""Where one feature is computed in several places, and whether these agree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from mldebt.graph.model import Column, Edge, Graph, Node, weakest
from mldebt.graph.questions.alignment import beside, plain_name
from mldebt.graph.questions.answers import answers_otherwise
from mldebt.graph.questions.differing import Definition, Divergence, divergence, in_words, of_two_readings
from mldebt.graph.questions.groups import behind, is_of_groups
from mldebt.graph.questions.inputs import (
    filled_otherwise,
    inputs_of,
    is_text,
    is_transformed,
    made_in,
    names_of,
    same_form,
    terms_of,
    without_transforms,
)
from mldebt.graph.questions.jobs import is_at_work, sites_at_work
from mldebt.graph.questions.serving import only_training, trainings, trainings_in_use, uses
from mldebt.graph.questions.shared_code import code_of_training
from mldebt.graph.questions.stored_features import StoredFeatures
from mldebt.graph.questions.stored_values import StoredValues
from mldebt.sites import Site
from mldebt.terms import Term
from mldebt.terms import column as named
from mldebt.terms.across import looks_across
from mldebt.terms.difference import Difference, compare


def divergent_definitions(graph: Graph) -> Iterator[Divergence]:
    """Every feature whose definitions differ: of one model first, then of one name; one for two places."""
    index = _Index(graph)
    seen: set[tuple[object, ...]] = set()
    for found in (*_of_one_model(graph, index), *_of_one_name(graph, index), *answers_otherwise(graph)):
        files = frozenset((found.one.site.file, found.other.site.file))
        computed = (without_transforms(found.one.term), without_transforms(found.other.term))
        keys = {(plain_name(found.feature), files), (*computed, found.swapped, files)}
        if not keys & seen:
            yield found
        seen |= keys


# -- a model that was trained on one and is asked with the other


def _of_one_model(graph: Graph, index: _Index) -> Iterator[Divergence]:
    for use in uses(graph):
        if not sites_at_work(graph, use) or not (terms_of(use) or made_in(use)):
            continue
        paths = trainings_in_use(graph, use) or only_training(graph, use)
        for path in _nearest(paths):
            if not {site.file for site in path[0].sites} & {site.file for site in use.sites}:
                yield from _between(graph, index, path)


def _nearest(paths: list[tuple[Edge, ...]]) -> list[tuple[Edge, ...]]:
    """The trainings that share most folders with where the model is asked: programs that lie apart may each have a
    file of one name.
    """
    shared = [_shared_folders(path[0], path[-1]) for path in paths]
    found = [path for path, depth in zip(paths, shared, strict=True) if depth == max(shared)]
    return sorted(found, key=lambda path: (path[0].sites, path[0].source))


def _shared_folders(training: Edge, use: Edge) -> int:
    one, other = (min(edge.sites).file.split("/")[:-1] for edge in (training, use))
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))


def _between(graph: Graph, index: _Index, path: tuple[Edge, ...]) -> Iterator[Divergence]:
    training, use = path[0], path[-1]
    inputs = list(_traced(index, training, use)) if index.is_new(training, use) else []
    if not inputs or _is_about_groups(inputs):
        return
    if swapped := _swapped(inputs) if names_of(use) is None else ():
        yield _out_of_order(graph, path, inputs, swapped)
    complete = _complete(index, training, inputs)
    alike: list[tuple[Definition, Definition]] = []
    for name, one, other, evidence in inputs:
        if name in swapped:
            continue
        trained = replace(_definition(graph, index, name, one, training, "train"), complete=complete)
        served = _definition(graph, index, name, other, use, "serve")
        texts = len(inputs) == 1 and names_of(use) is None and is_text(one) and is_text(other)
        difference = divergence(*map(in_words, (trained, served))) if texts else divergence(trained, served)
        trained, served = replace(trained, path=path[:1]), replace(served, path=path[1:])
        if difference is not None and not _is_of_nobody(graph, trained, difference):
            known = weakest((evidence, *(edge.evidence for edge in path)))
            yield Divergence(name, trained, served, difference, known)
        elif difference is None:
            alike.append((trained, served))
    yield from of_two_readings(alike)


def _complete(index: _Index, training: Edge, inputs: list[Input]) -> tuple[Term, ...]:
    """The inputs without a value of which a row is not learned from."""
    files = {site.file for site in training.sites} | index.files_behind(training.source)
    plain = [(name, without_transforms(term)) for name, term, _, _ in inputs]
    return tuple(term for name, term in plain if looks_across(term) and any(index.is_complete(name, f) for f in files))


def _is_of_nobody(graph: Graph, trained: Definition, difference: Difference) -> bool:
    """Whether all that differs is the answer for somebody of whom nothing is stored, who is not learned from."""
    found = difference.example
    nobody = found is not None and found.one is None and difference.kind.startswith("null handling")
    return nobody and is_of_groups(graph, trained.node, without_transforms(trained.term))


Input = tuple[str, Term, Term, str]
"""An input of a model: its name, how it is computed for learning and for asking, and how well that is known."""


def _is_about_groups(inputs: list[Input]) -> bool:
    """Whether all that differs is the same statistic of groups of what was learned from: a question of other rows."""
    plain = [(without_transforms(one), without_transforms(two)) for _, one, two, _ in inputs]
    ways = [_statistic(one, two) for one, two in plain if not equal(one, two)]
    return len(ways) > 1 and None not in ways and len(set(ways)) == 1


def _statistic(one: Term, other: Term) -> tuple[str, str] | None:
    """The groups and the statistic, where the other is a statistic of the one over groups."""
    inner = other.args[0] if other.op == "over" and len(other.args) == 1 else None
    if inner is None or len(inner.args) != 1 or not equal(one, inner.args[0]):
        return None
    return inner.op, str(other.setting("by"))


def _swapped(inputs: list[Input]) -> tuple[str, ...]:
    """The inputs that come at the place of another, where a row is written out without names."""
    wrong = [at for at, (_, one, two, _) in enumerate(inputs) if not equal(one, two)]
    places = {at: [to for to in wrong if to != at and equal(inputs[to][1], inputs[at][2])] for at in wrong}
    moved = [at for at in wrong if len(places[at]) == 1]
    return tuple(inputs[at][0] for at in moved) if len(moved) > 1 and len(moved) == len(wrong) else ()


def _out_of_order(graph: Graph, path: tuple[Edge, ...], inputs: list[Input], swapped: tuple[str, ...]) -> Divergence:
    training, use = path[0], path[-1]
    one, two = next((one, two) for name, one, two, _ in inputs if name == swapped[0])
    trained = Definition(swapped[0], one, min(training.sites), "train", training.source, path[:1])
    served = Definition(swapped[0], two, min(use.sites), "serve", use.target, path[1:])
    evidence = weakest(edge.evidence for edge in path)
    return Divergence(swapped[0], trained, served, Difference("order of inputs", None), evidence, swapped)


def equal(one: Term, other: Term) -> bool:
    """Whether two definitions are known to be the same."""
    found = beside(without_transforms(one), without_transforms(other))
    return found is not None and compare(*found) is None


def _traced(index: _Index, training: Edge, use: Edge) -> Iterator[Input]:
    """The inputs as they are computed from what nothing here writes, however often they were stored between.

    Where that can't be told, or is computed from something else, those of one form are compared as they stand: they
    are written for columns that mean the same.
    """
    for name, learned, asked in inputs_of(training, use):
        if is_transformed(learned) and not is_transformed(asked):
            continue  # preprocessing that is left out is another matter
        if (filled := filled_otherwise(name, learned, asked)) is not None:
            yield name, *filled, "inferred"
            continue
        one, other = index.traced(learned, training.source), index.traced(asked, use.target)
        if one is not None and other is not None and (index.fits(one, other) or not same_form(learned, asked)):
            yield name, one, other, "resolved"
        elif same_form(learned, asked):
            yield name, learned, asked, "inferred"


def _definition(graph: Graph, index: _Index, name: str, term: Term, edge: Edge, side: str) -> Definition:
    """A model's input at its place: where the column is computed, else where the model is given it.

    A service that has it computed by code that training shares is told by itself: its own is how it calls that.
    """
    files = {site.file for site in edge.sites}
    made = index.places(name, term)
    shared = graph.once(code_of_training) - files if side == "serve" else frozenset()
    computed = [site for site in _where_computed(edge, term) if site.file not in shared]
    near = computed or [site for site in made if site.file in files]
    site = min(
        near or (made if term != named(name) and side == "train" else []) or sites_at_work(graph, edge) or edge.sites
    )
    owner = edge.source if side == "train" else edge.target
    by_hand = side == "serve" and (names_of(edge) is None or site.file in index.asked)
    return Definition(name, term, site, side, owner, (), index.required(site.file), _assumed(edge), by_hand=by_hand)


def _where_computed(edge: Edge, term: Term) -> list[Site]:
    """Where a model is given values without names: the statement that computes one."""
    places, told = edge.attributes.get("places"), terms_of(edge)
    known = isinstance(places, (tuple, list)) and len(places) == len(told)
    found = [site for one, site in zip(told, places, strict=True) if one == term] if known else []  # type: ignore
    return [site for site in found if isinstance(site, Site)]


def _assumed(edge: Edge) -> tuple[Term, ...]:
    """What was checked, by raising an error, before a model is asked."""
    found = edge.attributes.get("assumes")
    return tuple(found) if isinstance(found, (tuple, list)) else ()


# -- columns of one name


def _of_one_name(graph: Graph, index: _Index) -> Iterator[Divergence]:
    """Definitions that no stored model ties together, but a name that some model learns from."""
    tied = {site.file for use in graph.edges_of_kind("PREDICTS") if any(trainings(graph, use)) for site in use.sites}
    for name in sorted(_learned(graph) & set(index.names())):
        found = [one for one in index.definitions(name) if is_at_work(graph.unit_of(one.site))]
        for one in found:
            for other in found:
                if _are_comparable(graph, one, other, tied) and (difference := divergence(one, other)) is not None:
                    yield Divergence(name, one, other, difference, "inferred")


def _learned(graph: Graph) -> set[str]:
    """The names of inputs of models; where none is trained in sight, of what is made for one that is asked."""
    trained = [*graph.edges_of_kind("TRAINS_ON")]
    made = [] if trained else [frame for frame in graph.of_kind("frame") if _is_record(frame)]
    return {name for edge in trained for name in names_of(edge) or ()} | {
        column.name for frame in made for column in frame.columns
    }


def _is_record(frame: Node) -> bool:
    """Whether a function makes a record of features where it is asked for one."""
    return frame.attributes.get("asked") == "record"


def _are_comparable(graph: Graph, one: Definition, other: Definition, tied: set[str]) -> bool:
    """Training against serving, where nothing else ties the service to a training; two trainings on the same data."""
    if one.site.file == other.site.file or other.site.file in tied:
        return False
    if other.side == "serve":
        return one.side != "serve"
    both = one.side == other.side == "train" and one.site < other.site and _side_by_side(one.site, other.site)
    return both and bool(_stored_columns(graph, one) & _stored_columns(graph, other))


def _side_by_side(one: Site, other: Site) -> bool:
    """Whether two files lie in one part of a repository."""
    return one.file.split("/")[:-1][:1] == other.file.split("/")[:-1][:1]


def _stored_columns(graph: Graph, made: Definition) -> set[tuple[str, str]]:
    """The columns of stored data that a definition is computed from."""
    found: set[tuple[str, str]] = set()
    seen: set[tuple[str, str]] = set()
    waiting = [(made.node, made.name)]
    while waiting:
        ref = waiting.pop()
        if ref in seen:
            continue
        seen.add(ref)
        node = graph.nodes.get(ref[0])
        column = node.column(ref[1]) if node is not None else None
        waiting += column.derived_from if column is not None else ()
        if node is not None and node.kind == "dataset" and node.attributes.get("store") != "http":
            found.add(ref)
    return found


class _Index:
    """Derived columns of the graph by name, with the unit that computes them."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._columns: dict[str, list[tuple[Node, Column]]] = {}
        self._complete: set[tuple[str, str]] = set()
        for frame in graph.of_kind("frame"):
            named = frame.attributes.get("complete")
            self._complete |= {(str(name), site.file) for name in named or () for site in frame.sites}  # type: ignore
            for column in frame.columns:
                self._complete |= {(column.name, use.site.file) for use in column.uses if use.kind == "complete"}
                if column.source == "derived" and column.expression is not None and column.sites:
                    self._columns.setdefault(column.name, []).append((frame, column))
        self.stored = StoredFeatures(graph)
        self.values = StoredValues(graph, self.stored)
        self._traced: dict[tuple[Term, str], Term | None] = {}
        self._fits: dict[tuple[Term, Term], bool] = {}
        self._met: set[tuple[object, ...]] = set()
        self._required: dict[str, set[str]] = {}
        self.asked: set[str] = set()
        for dataset in graph.of_kind("dataset"):
            self.asked |= {site.file for site in dataset.sites if dataset.attributes.get("store") == "http"}
            fields = dataset.attributes.get("required")
            names = [str(field) for field in fields] if isinstance(fields, (tuple, list)) else []
            for site in dataset.sites:
                self._required.setdefault(site.file, set()).update(names)

    def traced(self, term: Term, node: str) -> Term | None:
        if (term, node) not in self._traced:
            found = self.stored.traced(term, node)
            self._traced[term, node] = self.values.told(found) if found is not None else None
        return self._traced[term, node]

    def fits(self, one: Term, other: Term) -> bool:
        """Whether two definitions are of the same columns."""
        if (one, other) not in self._fits:
            self._fits[one, other] = beside(one, other) is not None
        return self._fits[one, other]

    def is_new(self, training: Edge, use: Edge) -> bool:
        """Whether a model that learns from this there and is asked with that here was not met before."""
        files = frozenset(site.file for edge in (training, use) for site in edge.sites)
        stored = self.stored.brought_by(training.source), self.stored.brought_by(use.target)
        told = [(names_of(edge), tuple(terms_of(edge)), tuple(made_in(edge).items())) for edge in (training, use)]
        key = (files, stored, *told)
        known = key in self._met
        self._met.add(key)
        return not known

    def names(self) -> Iterable[str]:
        return self._columns

    def places(self, name: str, term: Term) -> list[Site]:
        plain = without_transforms(term)
        return [
            min(column.sites)
            for _, column in self._columns.get(name, ())
            if column.expression is not None and without_transforms(column.expression) == plain
        ]

    def is_complete(self, name: str, file: str) -> bool:
        """Whether rows without a value of a column are dropped in a file."""
        return (name, file) in self._complete

    def files_behind(self, node: str) -> set[str]:
        """Where the tables are made that a model learns from."""
        return {site.file for edge in behind(self.graph, node) for site in edge.sites}

    def required(self, file: str) -> frozenset[str]:
        return frozenset(self._required.get(file, ()))

    def definitions(self, name: str) -> list[Definition]:
        """One for each unit that computes the feature in one way only."""
        by_file: dict[str, dict[Term, Definition]] = {}
        ended = {min(column.sites).file for frame, column in self._columns[name] if frame.attributes.get("asked")}
        for frame, column in self._columns[name]:
            if min(column.sites).file in ended and not frame.attributes.get("asked"):
                continue  # what a function gives back is what became of it in the end
            assert column.expression is not None
            site = min(column.sites)
            side = "serve" if _is_record(frame) else self._side(site)
            made = Definition(name, column.expression, site, side, frame.id, (), self.required(site.file))
            by_file.setdefault(site.file, {}).setdefault(column.expression, made)
        return [only for found in by_file.values() if len(found) == 1 for only in found.values()]

    def _side(self, site: Site) -> str:
        roles = self.graph.unit_of(site).roles
        if roles & {"serve", "score"} and "train" not in roles:
            return "serve"
        return "train" if "train" in roles else ""
