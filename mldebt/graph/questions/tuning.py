"""Choices that were made by the rows that the result is then reported on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.assessments import Assessment, assessments
from mldebt.graph.questions.overlap import APART, COPIES, UNKNOWN, RowSides
from mldebt.graph.questions.rows import RowFlow, rows_of
from mldebt.sites import Site

STOPPED, FOLDS, SEARCHED, KEPT = "stopped", "folds", "searched", "kept"
THRESHOLD, COMPARED, WINNER = "threshold", "compared", "winner"
"""What the rows decided: when training ends, in one fold after the other or once; the result of a search; which of
several scores is taken; from which value on a prediction counts; what a setting is that was tried out before; which
of several models wins."""
GUESSING = "dummy"
FEWEST_MODELS = 2


class Tuned(Struct, frozen=True):
    """A figure on rows that had a say in the model. `choice` is the place of the choice, `by` what made it."""

    kind: str
    assessment: Assessment
    choice: Site
    by: Node | None = None


def tuned_on_test(graph: Graph) -> Iterator[Tuned]:
    asked = _Choices(graph)
    yield from asked.stopped()
    yield from asked.searched()
    yield from asked.kept()
    yield from asked.compared()


class _Choices:
    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._sides = RowSides(graph)
        self._all = assessments(graph)
        self._judged = [one for one in self._all if one.measured and one.how in ("predict", "score")]

    def stopped(self) -> Iterator[Tuned]:
        """Early stopping, or the best of the stored states."""
        for one in self._judged:
            if one.model.attributes.get("searched") or self._only_tried(one):
                continue  # its figure is one of many that a search looks at, not the one that is reported
            same = [rows for rows in one.chosen if self._sides.same(rows, one.evaluated)]
            if same and not self._judged_elsewhere(one, one.chosen):
                fits = [found for found in self._all if found.model.id == one.model.id and found.how == "eval_set"
                        and found.evaluated in same]  # fmt: skip
                place = min((_place(found) for found in fits), default=_place(one))
                if not self._sides.is_fold(one.evaluated, one.trained):
                    yield Tuned(STOPPED, one, place)
                elif not (self._held_out_beside(one) or self._leaves_a_part(one)):
                    yield Tuned(FOLDS, one, place)

    def _only_tried(self, one: Assessment) -> bool:
        """Whether a loop tries settings, and the one that it finds is judged on other rows further down."""
        finals = self._judged_after(one) if one.model.attributes.get("varied") else ()
        return any(not self._sides.same(final.evaluated, one.evaluated) for final in finals)

    def _held_out_beside(self, one: Assessment) -> bool:
        """Whether the file of a cross-validation has a figure of rows that were kept out of all of its folds."""
        here = (other for other in self._judged if _place(other).file == _place(one).file)
        beside = (other for other in here if not other.model.attributes.get("searched") and self._held_out(other))
        return any(self._sides.relation(one.trained, other.evaluated)[0] in (APART, COPIES) for other in beside)

    def searched(self) -> Iterator[Tuned]:
        """What a search found on all rows is taken over by a model that is judged on some of them."""
        for one in self._judged:
            for search in one.model.attributes.get("tuned_by") or ():  # type: ignore[attr-defined]
                for seen in self._seen_by(search):
                    rows = rows_of(self._graph, seen.source)
                    apart = self._sides.relation(one.trained, one.evaluated)[0] == APART
                    if apart and self._sides.contains(rows, one.evaluated):
                        yield Tuned(SEARCHED, one, min(seen.sites), self._graph[search])

    def _seen_by(self, search: str) -> Iterator[Edge]:
        """The rows that a search fits on, or cross-validates by."""
        yield from self._graph.into(search, "TRAINS_ON")
        judged = self._graph.into(search, "EVALUATES_ON")
        yield from (edge for edge in judged if edge.attributes.get("operation") == "cross_validate")

    def kept(self) -> Iterator[Tuned]:
        """The best of several scores on the same rows, or the threshold that does best on them."""
        for edge in self._graph.edges_of_kind("EVALUATES_ON"):
            how = edge.attributes.get("operation")
            if how not in ("choice", "threshold"):
                continue
            if self._is_spread(edge):
                continue
            if how == "threshold" and not (edge.attributes.get("told") or self._measured_after(edge)):
                continue
            for one in self._asked_by(edge):
                kind = self._kind_of(edge, one)
                alone = kind is not None and not self._judged_elsewhere(one, (one.evaluated,), _first(edge))
                if kind is not None and alone and (self._held_out(one) or self._from_other_side(one)):
                    yield Tuned(kind, one, _first(edge))

    def _is_spread(self, choice: Edge) -> bool:
        """Whether the highest and the lowest of the scores are told beside each other: how far they go up and down."""
        picked, file = choice.attributes.get("bare"), _first(choice).file
        beside = (other for other in self._graph.into(choice.target, "EVALUATES_ON") if other.source == choice.source)
        others = {other.attributes.get("bare") for other in beside if _first(other).file == file}
        return picked in ("max", "min") and {"max", "min"} <= others

    def compared(self) -> Iterator[Tuned]:
        """A setting is tried out in a loop on the rows that a model of the same class is then judged on."""
        for tried in self._judged:
            if not tried.model.attributes.get("varied") or not self._held_out(tried) or self._leaves_a_part(tried):
                continue
            again = (final for final in self._judged_after(tried) if self._sides.same(final.evaluated, tried.evaluated))
            judged = next((one for one in again if not self._judged_elsewhere(one, (one.evaluated,))), None)
            if judged is not None:
                yield Tuned(COMPARED, judged, _place(tried), tried.model)

    def _judged_after(self, tried: Assessment) -> Iterator[Assessment]:
        """The judgements of models of the same class, in one setting, later in the file."""
        place, of_class = _place(tried), tried.model.attributes.get("class")
        later = self._in_one_setting.get((place.file, of_class), ())
        return (final for last, final in later if last > place.order)

    @cached_property
    def _in_one_setting(self) -> dict[tuple[str, object], list[tuple[tuple[str, int, int, int], Assessment]]]:
        """By file and class of the model, each with how far down it is judged."""
        found: dict[tuple[str, object], list[tuple[tuple[str, int, int, int], Assessment]]] = {}
        for one in self._judged:
            if not one.model.attributes.get("varied"):
                key = (_place(one).file, one.model.attributes.get("class"))
                found.setdefault(key, []).append((_last(one).order, one))
        return found

    def _leaves_a_part(self, one: Assessment) -> bool:
        """Whether training and judging share one side of an earlier split, so that the other can judge the choice."""
        flow = self._graph.once(RowFlow)
        shared = flow.parts(one.trained) & flow.parts(one.evaluated) if one.trained else ()
        return any(self._parts_of[split] - {part} for split, part in shared)

    @cached_property
    def _parts_of(self) -> dict[str, set[str]]:
        """The parts of each split that something takes; rows that are only thrown away are none."""
        found: dict[str, set[str]] = {}
        for rows in self._graph.rowsets.values():
            if rows.split:
                found.setdefault(rows.split, set()).add(rows.part)
        return found

    def _asked_by(self, choice: Edge) -> Iterable[Assessment]:
        """The judgements whose scores were compared: those of a model, or of its prediction."""
        for one in self._judged:
            asked = choice.target == one.evaluation.target
            asked |= choice.target == one.model.id and choice.source == one.frame
            if asked and self._is_known(one.model):
                yield one

    def _is_known(self, model: Node) -> bool:
        """Whether something is a model for sure; one whose class is not in sight is told labels when it is fitted."""
        name = model.attributes.get("class")
        return name is not None and (name != "unknown" or bool(self._graph.into(model.id, "LABELS")))

    def _kind_of(self, choice: Edge, one: Assessment) -> str | None:
        """What a choice decides: from when on a prediction counts, which try is kept, or which of several models."""
        if choice.attributes["operation"] == "threshold":
            return THRESHOLD
        rivals = {self._made_of(other.model) for other in self._rivals_of(choice, one)}
        other_kinds = len(rivals) >= FEWEST_MODELS
        if one.model.attributes.get("varied") and not other_kinds:
            return KEPT
        if choice.attributes.get("bare"):
            return None  # the height of a chart, or how far the figures go up and down
        if one.evaluated in self._drawn_anew:
            return KEPT
        alone = len({other.model.id for other in self._rivals_of(choice, one)}) < FEWEST_MODELS
        alone |= _first(choice) in self._thresholds  # whose the best of them is, the caller knows before
        return None if alone or self._leaves_a_part(one) else WINNER

    @cached_property
    def _thresholds(self) -> frozenset[Site]:
        """The places that choose from which value on a prediction counts."""
        edges = self._graph.edges_of_kind("EVALUATES_ON")
        return frozenset(_first(edge) for edge in edges if edge.attributes.get("operation") == "threshold")

    def _rivals_of(self, choice: Edge, one: Assessment) -> list[Assessment]:
        """The models that this file trains and judges by the same rows, and one of which is chosen here."""
        rivals = self._rivals.get(_first(choice), ())
        same = [other for other in rivals if self._sides.same(other.evaluated, one.evaluated)]
        fitted = [other for other in same if _is_fitted_beside(other)]
        return fitted if one in fitted else []

    def _made_of(self, model: Node) -> tuple[str, ...]:
        """The class of a model and those of its steps."""
        steps = [
            edge.source for edge in self._graph.into(model.id, "DERIVES") if edge.attributes.get("operation") == "step"
        ]
        return (
            str(model.attributes.get("class")),
            *sorted(str(self._graph[one].attributes.get("class")) for one in steps),
        )

    @cached_property
    def _rivals(self) -> dict[Site, list[Assessment]]:
        """The judgements of each place that chooses by them."""
        found: dict[Site, list[Assessment]] = {}
        for edge in self._graph.edges_of_kind("EVALUATES_ON"):
            if edge.attributes.get("operation") == "choice":
                found.setdefault(_first(edge), []).extend(self._asked_by(edge))
        return found

    @cached_property
    def _drawn_anew(self) -> frozenset[str]:
        """The parts of splits that a loop draws with one seed after the other."""
        edges = self._graph.edges_of_kind("DERIVES")
        return frozenset(rows_of(self._graph, edge.target) for edge in edges if edge.attributes.get("anew"))

    def _measured_after(self, choice: Edge) -> bool:
        edges = self._graph.into(choice.target, "EVALUATES_ON")
        metric = [edge for edge in edges if edge.attributes.get("operation") == "metric"]
        places, chosen = [site.order for edge in metric for site in edge.sites], _first(choice).order
        in_the_same = chosen in places and min(places) < chosen
        return in_the_same or any(place > chosen for place in places)

    def _held_out(self, one: Assessment) -> bool:
        """Whether the rows were kept out of the training once, not in one fold after the other."""
        known = self._sides.relation(one.trained, one.evaluated)[0]
        return known in (APART, COPIES) and not self._sides.is_fold(one.evaluated, one.trained)

    def _from_other_side(self, one: Assessment) -> bool:
        """Whether the training rows were made of one side of a split, however, and the judged ones are of the other."""
        flow = self._graph.once(RowFlow)
        judged = dict(flow.parts(one.evaluated))
        made = [self._graph.rowsets[rows] for rows in flow.before(one.trained) if rows in self._graph.rowsets]
        sides = {(rows.split, rows.part) for rows in made if rows.split in judged}
        apart = bool(sides) and all(judged[split] != part for split, part in sides)
        return apart and not self._sides.is_fold(one.evaluated, one.trained)

    def _judged_elsewhere(self, one: Assessment, rows: Iterable[str], choice: Site | None = None) -> bool:
        """Whether a figure comes of rows that had no say: neither those of the choice nor those of the training. With a
        place that chooses, it may be that of another model: the one that is fitted anew with what was chosen."""
        mine = list(rows)
        for other in self._judged:
            model = other.model.id == one.model.id
            if not (model or (choice is not None and _may_follow(other, one, choice))):
                continue
            if any(self._sides.same(each, other.evaluated) for each in mine):
                continue
            if self._sides.relation(other.trained, other.evaluated)[0] in (APART, COPIES, UNKNOWN):
                return True
        return False


def _is_fitted_beside(one: Assessment) -> bool:
    """Whether the file that judges a model trains it too: an old model that a new one has to beat was there before."""
    fitted = one.training is not None and _first(one.training).file == _place(one).file
    return fitted and one.model.attributes.get("family") != GUESSING


def _may_follow(other: Assessment, one: Assessment, choice: Site) -> bool:
    """Whether a judgement is of the same file and may come after a choice: statements of a file run in their order."""
    if _place(other).file != _place(one).file:
        return False
    in_order = _is_outside_functions(other) and _is_outside_functions(one)
    return not in_order or _last(other).order > choice.order


def _is_outside_functions(one: Assessment) -> bool:
    return str(one.model.attributes.get("scope", "")).endswith("::")


def _place(one: Assessment) -> Site:
    return _first(one.evaluation)


def _last(one: Assessment) -> Site:
    """Where a model is judged, or fitted: what judges may be a function that is written above all its calls."""
    edges = (one.evaluation, one.training) if one.training is not None else (one.evaluation,)
    return max(map(_first, edges), key=lambda site: site.order)


def _first(edge: Edge) -> Site:
    return min(edge.sites, key=lambda site: site.order)
