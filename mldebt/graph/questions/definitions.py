"""Where one feature is computed in several places, and whether these agree."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from mldebt.graph.model import Column, Edge, Graph, Node, weakest
from mldebt.graph.questions.jobs import is_at_work, sites_at_work
from mldebt.graph.questions.serving import trainings
from mldebt.graph.questions.stored_features import StoredFeatures
from mldebt.sites import Site
from mldebt.terms import Term, apply
from mldebt.terms import column as named
from mldebt.terms.difference import Difference, compare
from mldebt.terms.term import substitute

UNLIKE_COLUMNS = re.compile(r"[^a-z0-9]")


@dataclass(frozen=True, slots=True)
class Definition:
    """One place that computes a feature. `side`: train or serve; `node` holds it; `never_null`: what it may rely on."""

    name: str
    term: Term
    site: Site
    side: str
    node: str
    path: tuple[Edge, ...] = ()
    never_null: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Divergence:
    """A feature that two places compute differently. `model`: the stored model that meets both, if it is known.

    `swapped`: the features that come at each other's place, where the order is all that is wrong.
    """

    feature: str
    one: Definition
    other: Definition
    difference: Difference
    evidence: str
    model: Node | None = None
    swapped: tuple[str, ...] = ()


def divergent_definitions(graph: Graph) -> Iterator[Divergence]:
    """Every feature whose definitions differ: of one model first, then of one name; one for two places."""
    index = _Index(graph)
    seen: set[tuple[str, frozenset[str]]] = set()
    for found in (*_of_one_model(graph, index), *_of_one_name(graph, index)):
        key = (_plain(found.feature), frozenset((found.one.site.file, found.other.site.file)))
        if key not in seen:
            seen.add(key)
            yield found


# -- a model that was trained on one and is asked with the other


def _of_one_model(graph: Graph, index: _Index) -> Iterator[Divergence]:
    for use in graph.edges_of_kind("PREDICTS"):
        if not sites_at_work(graph, use) or not _terms(use):
            continue
        for path in sorted(trainings(graph, use), key=lambda path: (path[0].sites, path[0].source)):
            same_file = {site.file for site in path[0].sites} & {site.file for site in use.sites}
            if same_file or not sites_at_work(graph, path[0]):
                continue
            yield from _between(graph, index, path)


def _between(graph: Graph, index: _Index, path: tuple[Edge, ...]) -> Iterator[Divergence]:
    training, use = path[0], path[-1]
    inputs = list(_traced(index.stored, training, use))
    if swapped := _swapped(inputs) if _names(use) is None else ():
        yield _out_of_order(graph, path, inputs, swapped)
    for name, one, other in inputs:
        if name in swapped:
            continue
        trained = _definition(graph, index, name, one, training, "train")
        served = _definition(graph, index, name, other, use, "serve")
        difference = divergence(trained, served)
        if difference is not None:
            evidence = weakest(edge.evidence for edge in path)
            yield Divergence(name, replace(trained, path=path[:1]), replace(served, path=path[1:]), difference,
                             evidence, graph[path[1].target])  # fmt: skip


def _swapped(inputs: list[tuple[str, Term, Term]]) -> tuple[str, ...]:
    """The inputs that come at the place of another, where a row is written out without names."""
    wrong = [at for at, (_, one, two) in enumerate(inputs) if not equal(one, two)]
    places = {at: [to for to in wrong if to != at and equal(inputs[to][1], inputs[at][2])] for at in wrong}
    moved = [at for at in wrong if len(places[at]) == 1]
    return tuple(inputs[at][0] for at in moved) if len(moved) > 1 and len(moved) == len(wrong) else ()


def _out_of_order(
    graph: Graph, path: tuple[Edge, ...], inputs: list[tuple[str, Term, Term]], swapped: tuple[str, ...]
) -> Divergence:
    training, use = path[0], path[-1]
    one, two = next((one, two) for name, one, two in inputs if name == swapped[0])
    trained = Definition(swapped[0], one, min(training.sites), "train", training.source, path[:1])
    served = Definition(swapped[0], two, min(use.sites), "serve", use.target, path[1:])
    evidence = weakest(edge.evidence for edge in path)
    return Divergence(
        swapped[0], trained, served, Difference("order of inputs", None), evidence, graph[path[1].target], swapped
    )


def equal(one: Term, other: Term) -> bool:
    """Whether two definitions are known to be the same."""
    left, right = without_transforms(one), without_transforms(other)
    turned = _aligned(left, right)
    return turned is not None and compare(left, turned) is None


def _traced(stored: StoredFeatures, training: Edge, use: Edge) -> Iterator[tuple[str, Term, Term]]:
    """The inputs as they are computed from what nothing here writes, however often they were stored between."""
    for name, learned, asked in inputs_of(training, use):
        if is_transformed(learned) and not is_transformed(asked):
            continue  # preprocessing that is left out is another matter
        one, other = stored.traced(learned, training.source), stored.traced(asked, use.target)
        if one is not None and other is not None:
            yield name, one, other


def inputs_of(training: Edge, use: Edge) -> Iterator[tuple[str, Term, Term]]:
    """The inputs of a model, each as it was when the model learned and as it is when it is asked."""
    learned, asked = _terms(training), _terms(use)
    names, asked_names = _names(training), _names(use)
    if asked_names is not None and names is not None:
        by_name = dict(zip(asked_names, asked, strict=False))
        pairs = [(name, term, by_name.get(name)) for name, term in zip(names, learned, strict=False)]
    elif len(learned) == len(asked):
        pairs = [
            (names[at] if names else asked_names[at] if asked_names else f"input {at + 1}", one, other)
            for at, (one, other) in enumerate(zip(learned, asked, strict=True))
        ]
    else:
        return
    for name, one, two in pairs:
        if one is not None and two is not None:
            yield name, one, two


def _terms(edge: Edge) -> Sequence[Term | None]:
    found = edge.attributes.get("expressions")
    return found if isinstance(found, (tuple, list)) else ()


def _names(edge: Edge) -> tuple[str, ...] | None:
    found = edge.attributes.get("columns")
    return tuple(map(str, found)) if isinstance(found, (tuple, list)) and found else None


def _definition(graph: Graph, index: _Index, name: str, term: Term, edge: Edge, side: str) -> Definition:
    """A model's input at its place: where the column is computed, else where the model is given it."""
    files = {site.file for site in edge.sites}
    made = index.places(name, term)
    near = [site for site in made if site.file in files]
    site = min(near or (made if term != named(name) and side == "train" else []) or sites_at_work(graph, edge))
    owner = edge.source if side == "train" else edge.target
    return Definition(name, term, site, side, owner, (), index.required(site.file))


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
    return {name for edge in graph.edges_of_kind("TRAINS_ON") for name in _names(edge) or ()}


def _are_comparable(graph: Graph, one: Definition, other: Definition, tied: set[str]) -> bool:
    """Training against serving, where nothing else ties the service to a training; two trainings on the same data."""
    if one.site.file == other.site.file or other.site.file in tied:
        return False
    if other.side == "serve":
        return one.side != "serve"
    both = one.side == other.side == "train" and one.site < other.site
    return both and bool(_stored_columns(graph, one) & _stored_columns(graph, other))


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
        for frame in graph.of_kind("frame"):
            for column in frame.columns:
                if column.source == "derived" and column.expression is not None and column.sites:
                    self._columns.setdefault(column.name, []).append((frame, column))
        self.stored = StoredFeatures(graph)
        self._required: dict[str, set[str]] = {}
        for dataset in graph.of_kind("dataset"):
            fields = dataset.attributes.get("required")
            names = [str(field) for field in fields] if isinstance(fields, (tuple, list)) else []
            for site in dataset.sites:
                self._required.setdefault(site.file, set()).update(names)

    def names(self) -> Iterable[str]:
        return self._columns

    def places(self, name: str, term: Term) -> list[Site]:
        plain = without_transforms(term)
        return [
            min(column.sites)
            for _, column in self._columns.get(name, ())
            if column.expression is not None and without_transforms(column.expression) == plain
        ]

    def required(self, file: str) -> frozenset[str]:
        return frozenset(self._required.get(file, ()))

    def definitions(self, name: str) -> list[Definition]:
        """One for each unit that computes the feature in one way only."""
        by_file: dict[str, dict[Term, Definition]] = {}
        for frame, column in self._columns[name]:
            assert column.expression is not None
            site = min(column.sites)
            made = Definition(name, column.expression, site, self._side(site), frame.id, (), self.required(site.file))
            by_file.setdefault(site.file, {}).setdefault(column.expression, made)
        return [only for found in by_file.values() if len(found) == 1 for only in found.values()]

    def _side(self, site: Site) -> str:
        roles = self.graph.unit_of(site).roles
        if roles & {"serve", "score"} and "train" not in roles:
            return "serve"
        return "train" if "train" in roles else ""


# -- comparing


def divergence(one: Definition, other: Definition) -> Difference | None:
    """How two definitions differ, None where they are equal, or that can't be told."""
    left, right = without_transforms(one.term), without_transforms(other.term)
    turned = _aligned(left, right)
    if turned is None or not left.columns:
        return None
    found = compare(left, turned, never_null=one.never_null | other.never_null)
    return found if isinstance(found, Difference) else None


def is_transformed(term: Term) -> bool:
    return any(part.op == "transform" for part in term.walk())


def without_transforms(term: Term) -> Term:
    """An expression before fitted transformers changed it: these are compared elsewhere."""
    if term.op == "transform" and term.args:
        return without_transforms(term.args[0])
    if not any(part.op == "transform" for part in term.walk()):
        return term
    return Term(term.op, tuple(map(without_transforms, term.args)), term.settings, term.size)


def _aligned(one: Term, other: Term) -> Term | None:
    """The second over the columns of the first; None where they are not of the same columns."""
    other = _timed(one, _whole_history(one, other))
    if one.columns == other.columns:
        return other
    names = _matched(one, other)
    shared = {name for name in names.values() if name is not None}
    mine, theirs = one.columns - _tested_only(one), other.columns - _tested_only(other)
    counts = not theirs and any(part.op == "each" for part in other.walk())
    fits = {names[name] for name in theirs} == mine or (counts and len(mine) == 1)
    if not fits and not (shared and _is_part(one, other, names)):
        return None
    return substitute(other, lambda part: named(names[part.settings[0][1]] or _own(part)) if _is_column(part) else part)


def _matched(one: Term, other: Term) -> dict[str, str | None]:
    """The columns of the second by name, each with the column of the first that is the same; None where none is."""
    known = {_plain(name): name for name in one.columns}
    names = {name: known.get(_plain(name)) for name in other.columns}
    if len(names) == 1 and len(known) == 1 and None in names.values():
        (theirs,), (mine,) = names, known.values()
        if _is_history(other) and _is_of(theirs, mine):
            return {theirs: mine}
    return names


def _is_of(theirs: str, mine: str) -> bool:
    """`amounts`, `recent_sales`, `px_history`: what a list of the values of a column is called."""
    short, long = sorted((_plain(theirs), _plain(mine)), key=len)
    words = [word.removesuffix("s") for word in re.split(r"[^a-z0-9]+", theirs.lower())]
    return (short in long and len(short) > 2) or mine.lower().removesuffix("s") in words


def _is_part(one: Term, other: Term, names: dict[str, str | None]) -> bool:
    """Whether one side is made of some of the columns of the other, so that it leaves something out."""
    if any(part.op == "now" for term in (one, other) for part in term.walk()):
        return False
    found = set(names.values())
    return None not in found or one.columns <= found


def _own(part: Term) -> str:
    return part.settings[0][1]


def _is_column(part: Term) -> bool:
    return part.op == "column"


def _whole_history(one: Term, other: Term) -> Term:
    """What came before with what has just come (`history + [amount]`) is all that the other side has of it."""
    if other.op == "appended" and other.args[1].op == "column" and other.args[1].columns <= one.columns:
        return other.args[1]
    if not other.args:
        return other
    return Term(other.op, tuple(_whole_history(one, arg) for arg in other.args), other.settings, other.size)


def _timed(one: Term, other: Term) -> Term:
    """`now()` stands for the only time of the other side, where that is known to be in UTC; else they are not alike."""
    missing = one.columns - other.columns
    clocks = {part for part in other.walk() if part.op == "now"}
    if not clocks or len(missing) != 1 or not _is_utc(one):
        return other
    (name,) = missing
    return _replaced(other, named(name))


def _replaced(term: Term, time: Term) -> Term:
    if term.op == "now":
        return apply("tz_convert", [time], term.settings) or term
    if not term.args:
        return term
    return Term(term.op, tuple(_replaced(arg, time) for arg in term.args), term.settings, term.size)


def _is_utc(term: Term) -> bool:
    told = [(part.op, name, value.strip('"').lower()) for part in term.walk() for name, value in part.settings]
    return any(name == "utc" and value == "true" for _, name, value in told) or any(
        name in ("tz", "unit") and value in ("utc", "s", "ms", "us", "ns") for op, name, value in told if op != "now"
    )


def _tested_only(term: Term) -> frozenset[str]:
    """The columns that only decide which rows go into a value: the other side may leave out that test."""
    tests = [part.args[1] for part in term.walk() if part.op == "filter" and len(part.args) == 2]
    return frozenset().union(*(test.columns for test in tests)) - _outside_tests(term)


def _outside_tests(term: Term) -> frozenset[str]:
    if term.op == "column":
        return term.columns
    args = term.args[:1] if term.op == "filter" else term.args
    return frozenset().union(*map(_outside_tests, args))


def _is_history(term: Term) -> bool:
    """Whether a column holds what came before: a list that something is taken from, or computed over."""
    return any(part.args and part.op not in ("column", "const") for part in term.walk())


def _plain(name: str) -> str:
    return UNLIKE_COLUMNS.sub("", name.lower())
