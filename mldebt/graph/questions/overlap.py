"""Whether rows that a model is judged on are rows that it has learned from."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, RowSet
from mldebt.graph.questions.assessments import Assessment, assessments
from mldebt.graph.questions.doubt import is_outdone
from mldebt.graph.questions.jobs import TABULAR
from mldebt.graph.questions.lineage import origins
from mldebt.graph.questions.rows import ALONG, NARROWER, WIDER, RowFlow, rows_of
from mldebt.graph.questions.rowsets import is_kept_from

KEEPING = WIDER - {"unknown"}
APART, UNKNOWN = "apart", ""
COPIES, SPLITS, WITHIN, AROUND, SAME = "copies", "two splits", "within", "around", "same"
"""How rows come to be on both sides: repeated before the split; split twice; the rows of the test are a part of those
of the training, or the other way round, or both are the same."""
WORST = (COPIES, SPLITS, WITHIN, AROUND, SAME)


class Overlap(Struct, frozen=True):
    """A model that is judged by rows that it was trained on. `cause` is the row set that repeats rows, where one does.

    `kind`: see `WORST`; a cross-validation over repeated rows is of kind copies.
    """

    assessment: Assessment
    kind: str
    cause: RowSet | None = None


class RowSides:
    """How two row sets lie to each other."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._flow = RowFlow(graph)

    def relation(self, trained: str, evaluated: str) -> tuple[str, RowSet | None]:
        """Where the rows of an evaluation are with respect to those of a training, and what repeats rows on both."""
        if trained not in self._graph.rowsets or evaluated not in self._graph.rowsets:
            return UNKNOWN, None
        mine, theirs = self.chain(trained), self.chain(evaluated)
        split = self._split_between(mine, theirs)
        if split:
            together = any(rows in self._together for rows in (*mine, *theirs))
            cause = None if together else self.copies_above(split)
            return (COPIES, cause) if cause is not None else (APART, None)
        if trained == evaluated:
            return (SAME if self._is_trusted(trained) else UNKNOWN), None
        shared = self.held(trained) & set(theirs)
        if any(self._is_trusted(rows) for rows in shared):
            return (WITHIN if self._is_part(evaluated, trained) else SAME), None
        if any(self._is_cut(rows) for rows in shared) and self._is_part(evaluated, trained):
            return WITHIN, None
        if any(self._is_trusted(rows) or self._is_cut(rows) for rows in self.held(evaluated) & set(mine)):
            return AROUND, None
        twice = self._split_twice(mine, theirs) or self._sampled_twice(mine, theirs)
        return (SPLITS if twice else UNKNOWN), None

    def chain(self, rows: str) -> list[str]:
        """The row set and those that contain it, nearest first: what it was taken from, also across stored data."""
        found, waiting = [rows], [rows]
        while waiting:
            here = waiting.pop(0)
            known = self._graph.rowsets.get(here)
            above = known.parents[:1] if known is not None and known.operation in ALONG else ()
            for parent in (*above, *self._flow.written(here)):
                if parent not in found:
                    found.append(parent)
                    waiting.append(parent)
        return found

    def held(self, rows: str) -> set[str]:
        """The row set and those that were put into it as a whole."""
        found, waiting = {rows}, [rows]
        while waiting:
            known = self._graph.rowsets.get(waiting.pop())
            for parent in known.parents if known is not None and known.operation in KEEPING else ():
                if parent not in found:
                    found.add(parent)
                    waiting.append(parent)
        return found

    def only_begin(self, one: Assessment) -> bool:
        """Whether a model goes on from its rows: what it says is put behind them, and it is asked again."""
        if one.how != "predict":
            return False
        said, rows = one.evaluation.target, origins(self._graph, [one.frame], ("DERIVES",))
        behind = [edge.target for edge in self._graph.out(said, "DERIVES")]
        longer = [target for target in behind if self._operation(rows_of(self._graph, target)) == "concat"]
        return any(edge.source in rows for target in longer for edge in self._graph.into(target, "DERIVES"))

    def same(self, one: str, other: str) -> bool:
        """Whether two row sets are the same rows: also those of two arrays that were split together."""
        return bool(one) and self._key(one) == self._key(other)

    def contains(self, rows: str, others: str) -> bool:
        """Whether all of the others are among the rows."""
        keys = {self._key(above) for above in self.chain(others)}
        return any(self._key(held) in keys and self._is_trusted(held) for held in self.held(rows))

    def of_other_data(self, rows: str, others: str) -> bool:
        """Whether it is known of two row sets that nothing which was read is in both."""
        mine, theirs = self._read_for(rows), self._read_for(others)
        return bool(mine and theirs) and mine.isdisjoint(theirs)

    def _read_for(self, rows: str) -> frozenset[str]:
        """What rows were read as, from known tables; nothing where some of them come from elsewhere."""
        tops = [each for each in self._flow.above(rows) if not self._flow.parents(each)] if rows else []
        return frozenset(tops) if all(self._is_trusted(each) for each in tops) else frozenset()

    def split_in_vain(self, rows: str) -> bool:
        """Whether rows were split by chance and none of the parts is learned from or judged by."""
        parts = self._drawn_parts.get(rows, ())
        return bool(parts) and self._used.isdisjoint(parts)

    @cached_property
    def _drawn_parts(self) -> dict[str, list[str]]:
        """The parts that chance took of each row set."""
        found: dict[str, list[str]] = {}
        for one in self._graph.rowsets.values():
            if one.operation == "part" and one.parents and one.id in self._random:
                found.setdefault(one.parents[0], []).append(one.id)
        return found

    @cached_property
    def _used(self) -> frozenset[str]:
        """The rows that some model is trained on or used on, and those that they are a part of."""
        rows = {each for one in assessments(self._graph) for each in (one.trained, one.evaluated)}
        return frozenset(above for each in rows for above in self.chain(each))

    def is_fold(self, evaluated: str, trained: str) -> bool:
        """Whether rows are one part after the other of what is divided into folds, also by hand in a loop."""
        mine = self._parts_of(trained)
        above = self._parts_of(evaluated)
        return any(rows in self._folds or (rows in self._in_turn and rows not in mine) for rows in above)

    def _parts_of(self, rows: str) -> list[str]:
        """What rows were taken from, also those that were put together with others for a while: the rows of a fold are
        encoded beside the rows that are to be foretold, and cut off again."""
        found = [rows]
        for here in found:
            known = self._graph.rowsets.get(here)
            above = known.parents if known is not None and known.operation in (*ALONG, *KEEPING) else ()
            above = above[:1] if known is not None and known.operation == "join" else above
            found += [parent for parent in (*above, *self._flow.written(here)) if parent not in found]
        return found

    def _key(self, rows: str) -> tuple[str, str]:
        known = self._graph.rowsets.get(rows)
        while known is not None and known.operation in ("equal", "join") and known.parents:
            rows = known.parents[0]
            known = self._graph.rowsets.get(rows)
        if known is not None and known.operation == "part" and known.split:
            return known.split, known.part
        return rows, ""

    def copies_above(self, rows: str) -> RowSet | None:
        """What repeats rows above a row set from which parts are then taken, if nothing in between drops duplicates, or
        makes one row of those of a group.
        """
        seen, waiting = {rows}, [rows]
        while waiting:
            here = waiting.pop(0)
            known = self._graph.rowsets.get(here)
            if known is not None and known.operation == "duplicate":
                return known
            one_each = here in self._distinct or (known is not None and known.operation == "group")
            above = () if one_each else self._flow.parents(here)
            waiting += [parent for parent in above if parent not in seen]
            seen.update(above)
        return None

    def _split_between(self, mine: list[str], theirs: list[str]) -> str:
        """The row set that both sides are different parts of; "" where no split is between them."""
        for one in mine:
            for other in theirs:
                left, right = self._graph.rowsets.get(one), self._graph.rowsets.get(other)
                if left is None or right is None or not left.parents:
                    continue
                if left.split and left.split == right.split and is_kept_from(right.part, left.part):
                    return left.parents[0]
                if left.operation == right.operation == "filter" and left.parents == right.parents and one != other:
                    return left.parents[0]
        return ""

    def _is_part(self, evaluated: str, trained: str) -> bool:
        """Whether a split, not only a condition, took the evaluated rows out of those of the training."""
        held = self.held(trained)
        for rows in self.chain(evaluated):
            if rows in held:
                return False
            known = self._graph.rowsets.get(rows)
            if known is not None and known.operation == "part":
                return True
        return False

    def _split_twice(self, mine: list[str], theirs: list[str]) -> bool:
        """Whether both were drawn from the same rows, each by a split of its own."""
        shared = next((rows for rows in mine if rows in theirs), "")
        if not shared or not self._is_trusted(shared):
            return False
        left, right = mine[: mine.index(shared)], theirs[: theirs.index(shared)]
        drawn = [any(rows in self._random for rows in side) for side in (left, right)]
        plain = all(self._operation(rows) in NARROWER | {"equal"} for rows in (*left, *right))
        sides = {known.split for rows in right if (known := self._graph.rowsets.get(rows)) and known.split}
        return all(drawn) and plain and not self._depends(left, sides) and self._different(left, right)

    def _sampled_twice(self, mine: list[str], theirs: list[str]) -> bool:
        """`df.sample(frac=0.8)`, `df.sample(frac=0.2)`: two draws of which neither knows the other."""
        left, right = self._drawn_from(mine), self._drawn_from(theirs)
        if left is None or right is None or left.id == right.id or left.parents != right.parents:
            return False
        return self._different([left.id], [right.id]) and self._is_trusted(left.parents[0])

    def _drawn_from(self, chain: list[str]) -> RowSet | None:
        """The draw that rows come from, if no condition came after it: that may look at another draw."""
        for rows in chain:
            if self._operation(rows) != "equal":
                return self._graph.rowsets[rows] if self._operation(rows) == "sample" else None
        return None

    def _operation(self, rows: str) -> str:
        known = self._graph.rowsets.get(rows)
        return known.operation if known is not None else ""

    def _different(self, left: list[str], right: list[str]) -> bool:
        """Two draws that may be seeded alike give the same parts if they are of the same rows."""
        seeds = {self._random.get(rows) for rows in (*left, *right) if rows in self._random}
        filtered = any(self._operation(rows) == "filter" for rows in (*left, *right))
        return filtered or bool(seeds & {"absent", "global"})

    def _depends(self, chain: list[str], splits: set[str]) -> bool:
        """Whether the choice of some rows looks at the sides of a split: `df[~df.index.isin(test.index)]`."""
        for rows in chain:
            for node in origins(self._graph, [rows.removeprefix("rows:")], ("DERIVES",)):
                known = {one.split for above in self._flow.before(rows_of(self._graph, node))
                         if (one := self._graph.rowsets.get(above)) is not None}  # fmt: skip
                if node in self._graph.nodes and known & splits:
                    return True
        return False

    def _is_trusted(self, rows: str) -> bool:
        """Whether a row set is one set of records: no file that holds several arrays under different names."""
        known = self._graph.rowsets.get(rows)
        if known is None:
            return False
        if known.operation != "read":
            return bool(known.parents) and known.operation != "unknown"
        sources = self._graph.into(rows.removeprefix("rows:"), "READS")
        found = [self._graph[edge.source] for edge in sources]
        return bool(found) and all(
            node.attributes.get("format") in TABULAR - {"hdf", "hdf5", "pickle", "numpy"}
            or node.attributes.get("store") in ("table", "builtin")
            for node in found
        )

    def _is_cut(self, rows: str) -> bool:
        """Whether chance divides rows that were put together here, of whatever: then they are one set of records."""
        return self._operation(rows) == "made" and rows in self._drawn_parts

    @cached_property
    def _together(self) -> frozenset[str]:
        """The parts of splits that keep the rows of a group on one side."""
        return self._marked("grouped")

    @cached_property
    def _folds(self) -> frozenset[str]:
        return self._marked("folds")

    @cached_property
    def _in_turn(self) -> frozenset[str]:
        return self._marked("in_turn")

    @cached_property
    def _distinct(self) -> frozenset[str]:
        return self._marked("distinct")

    def _marked(self, attribute: str) -> frozenset[str]:
        edges = self._graph.edges_of_kind("DERIVES")
        return frozenset(rows_of(self._graph, edge.target) for edge in edges if edge.attributes.get(attribute))

    @cached_property
    def _random(self) -> dict[str, str]:
        """The row sets that chance chose, and how it is seeded."""
        edges = [edge for edge in self._graph.edges_of_kind("DERIVES") if edge.attributes.get("random")]
        return {rows_of(self._graph, edge.target): str(edge.attributes.get("seed", "")) for edge in edges}


def overlaps(graph: Graph) -> Iterator[Overlap]:
    """For each model and each state that it was trained to: the worst overlap, if no figure is free of it."""
    sides = RowSides(graph)
    states: dict[tuple[str, str], list[Assessment]] = {}
    of_model: dict[str, list[Assessment]] = {}
    everything = assessments(graph)
    for found in everything:
        states.setdefault((found.model.id, found.trained), []).append(found)
        of_model.setdefault(found.model.id, []).append(found)
    for (model, trained), group in sorted(states.items()):
        if graph[model].attributes.get("task") == "clusterer":
            continue  # it is told nothing of what it says
        overlap = _of_state(graph, sides, group) if trained else None
        overlap = overlap or _of_folds(sides, group, of_model[model])
        if overlap is None or is_outdone(graph, overlap.assessment.training):
            continue
        if overlap.kind != SAME or _is_only_judgement(graph, sides, overlap, everything):
            yield overlap


def _of_state(graph: Graph, sides: RowSides, group: list[Assessment]) -> Overlap | None:
    watched = [one for one in group if one.how == "eval_set" and one.evaluation.attributes.get("chooses")]
    inside = [one for one in watched if sides.relation(one.trained, one.evaluated)[0] == WITHIN]
    if inside and len(inside) == len(watched):
        return Overlap(inside[0], WITHIN)
    judged = [one for one in group if one.measured and one.how in ("predict", "score")]
    found = [(_relation(sides, one), one) for one in judged]
    if not judged:
        return _of_copies_watched(sides, watched)
    if any(kind in (APART, UNKNOWN) for (kind, _), _ in found):
        return None
    (kind, cause), worst = min(found, key=lambda each: (WORST.index(each[0][0]), min(each[1].evaluation.sites)))
    chosen = kind == AROUND and graph.rowsets[worst.trained].operation == "filter"
    return None if chosen else Overlap(worst, kind, cause)  # what is normal is learned, and all is asked for the rest


def _of_copies_watched(sides: RowSides, watched: list[Assessment]) -> Overlap | None:
    """Where nothing else judges a model: copies of the rows that it learns from say when it has learned enough."""
    for one in watched:
        kind, cause = _relation(sides, one)
        if kind == COPIES:
            return Overlap(one, COPIES, cause)
    return None


def _relation(sides: RowSides, one: Assessment) -> tuple[str, RowSet | None]:
    """How the rows lie to each other; nothing is known of rows that are told apart by what they are called alone."""
    if one.evaluation.attributes.get("called_otherwise") or sides.only_begin(one):
        return UNKNOWN, None
    return sides.relation(one.trained, one.evaluated)


def _is_only_judgement(graph: Graph, sides: RowSides, found: Overlap, everything: list[Assessment]) -> bool:
    """Whether the file judges nothing on rows that were held back: then the figure is no mere look at the fit."""
    model, file = found.assessment.model, min(found.assessment.evaluation.sites).file
    if not graph.into(model.id, "LABELS"):
        return False
    in_vain = sides.split_in_vain(found.assessment.trained)
    for one in everything:
        if _is_written_out(graph, one.frame) or sides.of_other_data(one.trained, found.assessment.trained):
            continue
        if one.how == "predict" and not in_vain and sides.relation(one.trained, one.evaluated)[0] != SAME:
            return False
        here = any(site.file == file for site in one.evaluation.sites)
        mine = one.model.id == model.id and (one.measured or not in_vain)
        folds = one.how == "cross_validate" and (here or mine)
        judged = here and one.measured and one.how != "eval_set"
        if folds or ((judged or mine) and sides.relation(one.trained, one.evaluated)[0] in (APART, UNKNOWN)):
            return False
    return True


def _is_written_out(graph: Graph, frame: str) -> bool:
    """Whether rows stand in the code, as an example: `model.predict([[4.96]])`."""
    return bool(graph[frame].attributes.get("literal"))


def _of_folds(sides: RowSides, group: list[Assessment], of_model: list[Assessment]) -> Overlap | None:
    """A cross-validation over rows that repeat, where nothing else judges the model."""
    if any(one.measured and one.how in ("predict", "score") for one in of_model):
        return None
    for one in group:
        cause = sides.copies_above(one.evaluated) if one.how == "cross_validate" else None
        if cause is not None and not grouped(one.evaluation):
            return Overlap(one, COPIES, cause)
    return None


def grouped(evaluation: Edge) -> bool:
    """Whether the folds of a cross-validation keep the rows of a group together."""
    return bool(evaluation.attributes.get("grouped"))
