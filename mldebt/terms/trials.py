"""Expressions that are computed on tables of examples, and what shows that they differ."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from mldebt.terms import samples
from mldebt.terms.algebra import apply
from mldebt.terms.alike import plain, same, spread
from mldebt.terms.classes import class_of
from mldebt.terms.dates import misread
from mldebt.terms.difference import NOTHING, Difference, Doubt, Example
from mldebt.terms.histories import HEIGHTS, differing_history, last_of, looks_back, of_history
from mldebt.terms.limits import held_alike
from mldebt.terms.outcomes import UNDEFINED, Undefined, UntoldError
from mldebt.terms.running import Table, run
from mldebt.terms.sample_tables import history_table, rows_table
from mldebt.terms.statistics import STATISTICS
from mldebt.terms.term import Term
from mldebt.terms.windows import WINDOWS, Vector

NULLED: Final = frozenset({"fill_null", "is_null", "is_not_null", "default", "forward_fill"})
"""What says what becomes of nulls; `x or 1` is said of nought as often."""
OF_LISTS: Final = frozenset(
    {"appended", "sorted", "filter", "rows", "unique", "rolling", "expanding", "ewm", "over", "percentile", "kept"}
)
ABOVE: Final = 4
PARTIAL: Final = frozenset({"cut", "map_values", "replace_strict"})
"""Where these have no answer, the one that asks usually knows that nobody will come."""


def tried(
    one: Term, other: Term, never_null: Iterable[str], assumes: Sequence[Term], *, latest: bool = False
) -> Difference | Doubt | None:
    """What `compare` answers of two that are not written alike.

    `latest`: the second has the row that is asked about.
    """
    if one == other or _as_read(one) == _as_read(other):
        return None
    if not latest and any(part.op in ("before", "past") for part in other.walk()):
        return _under_both(one, other, never_null, assumes)
    if _is_part(one) or _is_part(other):
        return Doubt("part of a list or a text")
    for test in assumes:
        other = apply("where", [test, other, NOTHING]) or other
    one, other = misread(_of_nothing(one), _of_nothing(other))
    try:
        found = _compare(one, other, frozenset(never_null), latest=latest)
        if assumes and isinstance(found, Difference) and found.kind == "division by zero":
            return None  # what would be divided by zero was refused before
        if isinstance(found, Difference) and (one, other) != (_as_read(one), _as_read(other)):
            return (
                found
                if _compare(_as_read(one), _as_read(other), frozenset(never_null), latest=latest) is not None
                else None
            )
        return found
    except UntoldError as untold:
        return Doubt(str(untold))
    except (ArithmeticError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        return Doubt(f"{type(error).__name__}: {error}")


def _under_both(
    one: Term, other: Term, never_null: Iterable[str], assumes: Sequence[Term]
) -> Difference | Doubt | None:
    """What came before, beside a value that has just come: that value may be the last of it or not.

    Where it is put behind what came before, it is not.
    """
    with_last = [] if any(part.op == "appended" for part in other.walk()) else [_history(other, whole=True)]
    readings = (*with_last, _history(other, whole=False))
    found = [tried(one, reading, never_null, assumes, latest=True) for reading in readings]
    return next((each for each in found if not isinstance(each, Difference)), found[-1])


def _history(term: Term, *, whole: bool) -> Term:
    if term.op == "past":
        return _history(term.args[0], whole=True) if whole else term
    if term.op == "before":
        inner = term.args[0]
        return inner if whole else Term("span", (inner,), (("stop", "-1"),))
    return Term(term.op, tuple(_history(arg, whole=whole) for arg in term.args), term.settings)


def _is_part(term: Term, parent: str = "") -> bool:
    """Whether some of the items of a list stand where one value is meant: it may be a text that was cut."""
    if term.op in ("head", "tail", "span") and not (parent in STATISTICS or parent in WINDOWS or parent in OF_LISTS):
        return True
    return any(_is_part(arg, term.op) for arg in term.args)


def _of_nothing(term: Term, filled: bool = False) -> Term:
    """A sum that is asked whether it is null comes from where the sum of nothing is null."""
    told = (("empty", "null"),) if filled and term.op == "sum" and not term.settings else term.settings
    filled = term.op in ("fill_null", "default") or (filled and term.op in ("cast", "over", "div", "mul", "round"))
    return Term(term.op, tuple(_of_nothing(arg, filled and at == 0) for at, arg in enumerate(term.args)), told)


def _as_read(term: Term) -> Term:
    """Without what only makes a number of a column as it comes in: `int(form["age"])`, `df.age.astype(int)`."""
    if term.op == "cast" and _is_read(term.args[0]) and term.setting("to") in ("int", "float", "str"):
        return term.args[0]
    return Term(term.op, tuple(map(_as_read, term.args)), term.settings)


def _is_read(term: Term) -> bool:
    """A column, or what stands for it where a record has none."""
    return term.op == "column" or (term.op == "default" and term.args[0].op == "column")


def _compare(one: Term, other: Term, never_null: frozenset[str], *, latest: bool) -> Difference | Doubt | None:
    world = samples.world_of((one, other))
    handled = (_handled(one) | _handled(other)) - never_null
    if not (_by_row(one, world) and _by_row(other, world)):
        return of_history(one, other, world, latest=latest) or _of_gaps(one, other, world, handled)
    found, above = _in_rows(one, other, rows_table(world)), 0
    if found is None and any(part.op == "min" for term in (one, other) for part in term.walk()):
        above = ABOVE  # the least of all was nought
        found = _in_rows(one, other, rows_table(world, above=above))
    if found is not None:
        if found.other is not UNDEFINED and found.one is not UNDEFINED:
            return _of_rows(one, other, world, found, above) or _by_limit(one, other)
        if (_divides(one) or _divides(other)) and None not in (found.one, found.other):
            return Difference("division by zero", found)
    if found is None and (difference := _by_limit(one, other)) is not None:
        return difference
    if not handled:
        return None
    found = _in_rows(one, other, rows_table(world, nulls=handled))
    if found is None or found.one is UNDEFINED or found.other is UNDEFINED:
        return None
    return Difference("null handling", found) if _on_purpose(one, other, found) else None


def _by_limit(one: Term, other: Term) -> Difference | None:
    found = _at_limits(one, other)
    return Difference(class_of(_there(one), _there(other)), found) if found is not None else None


def _at_limits(one: Term, other: Term) -> Example | None:
    """Where what is made of several columns is just the number that it is held against."""
    held = held_alike(one, other, lambda left, right: left == right or _is_same(left, right))
    if held is None or held[:2] == (one, other):
        return None
    left, right, names = held
    world = samples.world_of((left, right))
    limits = {column.name: _reached(column, one) for column in world.columns if column.name in names}
    table = rows_table(world)
    ours, theirs = spread(run(left, table), table), spread(run(right, table), table)
    for at in range(table.height):
        exact = any(table.columns[name][at] in numbers for name, numbers in limits.items())
        told = not {type(None), Undefined} & {type(ours[at]), type(theirs[at])}
        if exact and told and not same(ours[at], theirs[at]):
            return Example(_given(table, at), ours[at], theirs[at])
    return None


def _reached(column: samples.Column, within: Term) -> list[float]:
    """The numbers that a column is held against: fractions only where something is divided."""
    return [value for value in column.numbers if _divides(within) or value == int(value)]


def _is_same(one: Term, other: Term) -> bool:
    world = samples.world_of((one, other))
    return one.columns == other.columns and _in_rows(one, other, rows_table(world)) is None


def _by_row(term: Term, world: samples.World) -> bool:
    """Whether each row has a value of its own, but for statistics of the whole that may go into it."""
    if any(part.op in WINDOWS or part.op in ("over", "rolling", "expanding", "ewm", "kept") for part in term.walk()):
        return False
    return isinstance(run(term, rows_table(world)), Vector)


def _handled(term: Term) -> set[str]:
    """The columns of which an expression says what becomes of their nulls, but for rows that are dropped."""
    while term.op == "where" and term.args[2:] == (NOTHING,):
        term = term.args[1]
    asked = [part.args[0] for part in term.walk() if part.op in NULLED and part.args]
    return {name for arg in asked for name in arg.columns if samples.bare(arg, name)}


def _divides(term: Term) -> bool:
    return any(part.op in ("div", "floordiv", "mod") for part in term.walk())


def _on_purpose(one: Term, other: Term, found: Example) -> bool:
    """A default for a key that may be missing says nothing of nulls where the other side doesn't speak of them."""
    if found.one is None and found.other is not None:
        return any(part.op in NULLED - {"default"} for part in other.walk())
    return True


def _of_rows(one: Term, other: Term, world: samples.World, found: Example, above: int) -> Difference | None:
    """A difference on fractions alone is none where neither side rounds: the column may hold whole numbers."""
    if any(column.kind == "number" for column in world.columns):
        whole = _in_rows(one, other, rows_table(world, whole=True, above=above))
        shown = whole is not None and UNDEFINED not in (whole.one, whole.other)
        if not shown and not world.rounded:
            return None
        found = whole if shown and whole is not None else found
    if None in (found.one, found.other):
        return Difference("null handling", found)
    factor = _factor(one, other, world)
    if _differ_unfilled(one, other, world):
        one, other = _unfilled(one), _unfilled(other)
    return Difference(class_of(_there(one), _there(other), factor), found)


def _differ_unfilled(one: Term, other: Term, world: samples.World) -> bool:
    """Whether values that are there differ, whatever becomes of those that are missing."""
    bare = _unfilled(one), _unfilled(other)
    if bare == (one, other):
        return False
    found = _in_rows(*bare, rows_table(world))
    return found is not None and not {type(None), Undefined} & {type(found.one), type(found.other)}


def _unfilled(term: Term) -> Term:
    if term.op == "fill_null":
        return _unfilled(term.args[0])
    return Term(term.op, tuple(map(_unfilled, term.args)), term.settings)


def _there(term: Term) -> Term:
    """Without the defaults of values that are there."""
    if term.op == "default" and term.args[0].op == "column":
        return term.args[0]
    return Term(term.op, tuple(map(_there, term.args)), term.settings)


def _in_rows(one: Term, other: Term, table: Table) -> Example | None:
    """The first row in which they differ: one in which both have a value, if there is such a row."""
    left, right = spread(run(one, table), table), spread(run(other, table), table)
    undefined: Example | None = None
    skipped = [any(part.op in PARTIAL for part in term.walk()) for term in (one, other)]
    for at in range(table.height):
        if (skipped[0] and left[at] is None) or (skipped[1] and right[at] is None):
            continue
        if same(left[at], right[at]):
            continue
        example = Example(_given(table, at), left[at], right[at])
        if left[at] is not UNDEFINED and right[at] is not UNDEFINED:
            return example
        undefined = undefined or example
    return undefined


def _given(table: Table, at: int) -> tuple[tuple[str, object], ...]:
    return tuple((name, values[at]) for name, values in table.columns.items() if not name.startswith("\0"))


def _factor(one: Term, other: Term, world: samples.World) -> float | None:
    """What the second is a multiple of the first by, in every row."""
    table = rows_table(world)
    left, right = spread(run(one, table), table), spread(run(other, table), table)
    pairs = [(plain(a), plain(b)) for a, b in zip(left, right, strict=True)]
    told = [(a, b) for a, b in pairs if isinstance(a, (int, float)) and isinstance(b, (int, float)) and (a or b)]
    if len(told) < 5 or any(not a or not b for a, b in told):
        return None
    ratios = [b / a for a, b in told]
    return ratios[0] if all(math.isclose(ratio, ratios[0], rel_tol=1e-6) for ratio in ratios) else None


def readings(one: Term, other: Term) -> tuple[Example | None, Example | None] | None:
    """What shows that they differ where what is stored has the row that is asked about, and where it hasn't; None where
    that makes no difference.
    """
    one, other = _of_nothing(one), _of_nothing(other)
    if any(part.op in ("before", "past") for part in other.walk()) or _is_part(one) or _is_part(other):
        return None
    try:
        world = samples.world_of((one, other))
        stored = [looks_back(term) for term in (one, other)]
        if stored[0] == stored[1] or (_by_row(one, world) and _by_row(other, world)):
            return None
        without = (0, 1) if stored[1] else (1, 0)
        return differing_history(one, other, world), differing_history(one, other, world, without)
    except (UntoldError, ArithmeticError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return None


def _of_gaps(one: Term, other: Term, world: samples.World, handled: set[str]) -> Difference | None:
    """Histories in which the latest value is missing, where one of the two says what becomes of that."""
    for height in HEIGHTS[3:] if handled else ():
        table = history_table(world, height, nulls=handled)
        left, right = last_of(one, table), last_of(other, table)
        if UNDEFINED not in (left, right) and not same(left, right):
            example = Example((("rows", height), *((name, None) for name in sorted(handled))), left, right)
            return Difference("null handling", example) if _on_purpose(one, other, example) else None
    return None
