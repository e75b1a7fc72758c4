"""Expressions that are computed on tables of examples, and what shows that they differ."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from mldebt.terms import samples
from mldebt.terms.algebra import apply
from mldebt.terms.classes import class_of
from mldebt.terms.dates import misread
from mldebt.terms.difference import NOTHING, Difference, Doubt, Example
from mldebt.terms.limits import held_alike
from mldebt.terms.moments import Duration, Moment
from mldebt.terms.outcomes import UNDEFINED, Undefined, UntoldError
from mldebt.terms.running import Table, run
from mldebt.terms.statistics import STATISTICS
from mldebt.terms.term import IN_ORDER, Term
from mldebt.terms.windows import SERIES, WINDOWS, Vector

HEIGHTS: Final = (1, 2, 3, 5, 8, 14, 33, 64)
LONGEST: Final = 400
"""How long a window is whose end is looked for."""
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
        return _of_history(one, other, world, latest=latest) or _of_gaps(one, other, world, handled)
    found, above = _in_rows(one, other, samples.rows_table(world)), 0
    if found is None and any(part.op == "min" for term in (one, other) for part in term.walk()):
        above = ABOVE  # the least of all was nought
        found = _in_rows(one, other, samples.rows_table(world, above=above))
    if found is not None:
        if found.other is not UNDEFINED and found.one is not UNDEFINED:
            return _of_rows(one, other, world, found, above) or _by_limit(one, other)
        if (_divides(one) or _divides(other)) and None not in (found.one, found.other):
            return Difference("division by zero", found)
    if found is None and (difference := _by_limit(one, other)) is not None:
        return difference
    if not handled:
        return None
    found = _in_rows(one, other, samples.rows_table(world, nulls=handled))
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
    table = samples.rows_table(world)
    ours, theirs = _spread(run(left, table), table), _spread(run(right, table), table)
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
    return one.columns == other.columns and _in_rows(one, other, samples.rows_table(world)) is None


def _by_row(term: Term, world: samples.World) -> bool:
    """Whether each row has a value of its own, but for statistics of the whole that may go into it."""
    if any(part.op in WINDOWS or part.op in ("over", "rolling", "expanding", "ewm", "kept") for part in term.walk()):
        return False
    return isinstance(run(term, samples.rows_table(world)), Vector)


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
        whole = _in_rows(one, other, samples.rows_table(world, whole=True, above=above))
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
    found = _in_rows(*bare, samples.rows_table(world))
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
    left, right = _spread(run(one, table), table), _spread(run(other, table), table)
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


def _spread(value: Vector | object, table: Table) -> list[Any]:
    if isinstance(value, Vector):
        if len(value.values) != table.height:
            raise UntoldError("some of the rows")
        return value.values
    return [value] * table.height


def _given(table: Table, at: int) -> tuple[tuple[str, object], ...]:
    return tuple((name, values[at]) for name, values in table.columns.items() if not name.startswith("\0"))


def _factor(one: Term, other: Term, world: samples.World) -> float | None:
    """What the second is a multiple of the first by, in every row."""
    table = samples.rows_table(world)
    left, right = _spread(run(one, table), table), _spread(run(other, table), table)
    pairs = [(_plain(a), _plain(b)) for a, b in zip(left, right, strict=True)]
    told = [(a, b) for a, b in pairs if isinstance(a, (int, float)) and isinstance(b, (int, float)) and (a or b)]
    if len(told) < 5 or any(not a or not b for a, b in told):
        return None
    ratios = [b / a for a, b in told]
    return ratios[0] if all(math.isclose(ratio, ratios[0], rel_tol=1e-6) for ratio in ratios) else None


def _plain(value: object) -> object:
    if isinstance(value, bool) or value is UNDEFINED:
        return None
    return value.seconds if isinstance(value, Duration) else value


def same(one: object, other: object) -> bool:
    if one is UNDEFINED or other is UNDEFINED:
        return one is other
    if one is None or other is None:
        return one is other
    if isinstance(one, Moment) and isinstance(other, Moment):
        return one.seconds == other.seconds
    if isinstance(one, str) != isinstance(other, str) or isinstance(one, Duration) != isinstance(other, Duration):
        raise UntoldError("values of different kinds")
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-9)
    return one == other


# -- histories: windows, offsets, statistics


def _of_history(one: Term, other: Term, world: samples.World, *, latest: bool) -> Difference | Doubt | None:
    """Where one side looks at what is stored, the row that is asked about may be among it or not: either may be meant.

    They differ where they do under both readings.
    """
    stored = [_looks_back(term) for term in (one, other)]
    readings: list[Callable[[], Example | None]] = [lambda: _histories(one, other, world)]
    if stored[0] != stored[1] and not latest:
        readings.append(lambda: _histories(one, other, world, (0, 1) if stored[1] else (1, 0)))
    found = [example for reading in readings if (example := reading()) is not None]
    if len(found) < len(readings) and all(stored) and (example := _of_nobody(one, other, world)) is not None:
        return Difference("null handling, where nothing is stored", example)
    if len(found) < len(readings):
        return _of_order(one, other, world, stored)
    best = next((example for example in found if None in (example.one, example.other)), max(found, key=_height))
    factor = _factor_of_histories(one, other, world)
    kind = class_of(*(_before(one), _before(other)) if stored[0] != stored[1] else (one, other), factor)
    nulls = None in (best.one, best.other) and kind not in ("order of rows", "offset", "window bound")
    return Difference("null handling" if nulls else kind, best)


def _height(example: Example) -> int:
    return next((rows for name, rows in example.given if name == "rows" and isinstance(rows, int)), 0)


def readings(one: Term, other: Term) -> tuple[Example | None, Example | None] | None:
    """What shows that they differ where what is stored has the row that is asked about, and where it hasn't; None where
    that makes no difference.
    """
    one, other = _of_nothing(one), _of_nothing(other)
    if any(part.op in ("before", "past") for part in other.walk()) or _is_part(one) or _is_part(other):
        return None
    try:
        world = samples.world_of((one, other))
        stored = [_looks_back(term) for term in (one, other)]
        if stored[0] == stored[1] or (_by_row(one, world) and _by_row(other, world)):
            return None
        without = (0, 1) if stored[1] else (1, 0)
        return _histories(one, other, world), _histories(one, other, world, without)
    except (UntoldError, ArithmeticError, ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError):
        return None


def _before(term: Term) -> Term:
    """Without the step back to what came before: that is all that somebody has who asks."""
    if term.op == "shift" and term.setting("periods") == "1":
        return _before(term.args[0])
    return Term(term.op, tuple(map(_before, term.args)), term.settings)


def _factor_of_histories(one: Term, other: Term, world: samples.World) -> float | None:
    """What the second is a multiple of the first by, however long the history is."""
    tables = [samples.history_table(world, height) for height in HEIGHTS[2:]]
    pairs = [(_plain(_last(one, table)), _plain(_last(other, table))) for table in tables]
    numbers = [(a, b) for a, b in pairs if isinstance(a, (int, float)) and isinstance(b, (int, float)) and a and b]
    ratios = [b / a for a, b in numbers]
    same_everywhere = len(ratios) == len(pairs) and all(math.isclose(each, ratios[0], rel_tol=1e-6) for each in ratios)
    return ratios[0] if same_everywhere else None


def _of_nobody(one: Term, other: Term, world: samples.World) -> Example | None:
    """What they say of somebody of whom nothing is stored."""
    table = samples.history_table(world, 0)
    left, right = _last(one, table), _last(other, table)
    if UNDEFINED in (left, right) or same(left, right):
        return None
    return Example((("rows", 0),), left, right)


def _of_gaps(one: Term, other: Term, world: samples.World, handled: set[str]) -> Difference | None:
    """Histories in which the latest value is missing, where one of the two says what becomes of that."""
    for height in HEIGHTS[3:] if handled else ():
        table = samples.history_table(world, height, nulls=handled)
        left, right = _last(one, table), _last(other, table)
        if UNDEFINED not in (left, right) and not same(left, right):
            example = Example((("rows", height), *((name, None) for name in sorted(handled))), left, right)
            return Difference("null handling", example) if _on_purpose(one, other, example) else None
    return None


def _looks_back(term: Term) -> bool:
    """Whether a term asks for parts of what is stored, instead of computing for each row."""
    return not any(part.op in SERIES or part.op in ("rolling", "expanding", "ewm", "kept") for part in term.walk())


def _histories(one: Term, other: Term, world: samples.World, without: tuple[int, int] = (0, 0)) -> Example | None:
    """The first history whose last row differs; `without` its latest row for one of the two."""
    empty: Example | None = None
    for height in _heights(one, other):
        table = samples.history_table(world, height)
        left = _last(one, _shortened(table, without[0]))
        right = _last(other, _shortened(table, without[1]))
        if left is UNDEFINED or right is UNDEFINED or same(left, right):
            continue
        example = Example((("rows", height),), left, right)
        if None not in (left, right):
            return example
        empty = empty or example
    return empty


def _heights(one: Term, other: Term) -> tuple[int, ...]:
    """Lengths of histories: longer ones, too, where a window is longer than these."""
    told = [str(part.setting(name)) for term in (one, other) for part in term.walk() for name in ("window", "n")]
    longest = max((int(text) for text in told if text.isdigit() and int(text) <= LONGEST), default=0)
    return (*HEIGHTS, longest + 3) if longest > HEIGHTS[-1] - 3 else HEIGHTS


def _shortened(table: Table, by: int) -> Table:
    return table.rows(range(table.height - by)) if by else table


def _last(term: Term, table: Table) -> object:
    found = run(term, table)
    if isinstance(found, Vector):
        return found.values[-1] if found.values else None
    return found


def _of_order(one: Term, other: Term, world: samples.World, stored: list[bool]) -> Difference | Doubt | None:
    """The same on rows in order: is one of them put in order, and the other takes rows as they come?"""
    puts = [any(part.op == "sorted" for part in term.walk()) for term in (one, other)]
    parts = [part for term in (one, other) for part in term.walk()]
    told = any(part.op == "kept" or part.setting(IN_ORDER[0][0]) is not None for part in parts)
    if puts[0] == puts[1] or any(stored) or told:
        return None
    table = samples.history_table(world, 14, shuffled=True)
    left, right = _spread(run(one, table), table), _spread(run(other, table), table)
    differs = any(not same(a, b) for a, b in zip(left, right, strict=True) if UNDEFINED not in (a, b))
    return Difference("order of rows", None) if differs else None
