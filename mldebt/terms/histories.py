"""Two expressions on histories: windows, offsets, statistics of what is stored."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from mldebt.terms import samples
from mldebt.terms.alike import plain, same, spread
from mldebt.terms.classes import class_of
from mldebt.terms.difference import Difference, Doubt, Example
from mldebt.terms.outcomes import UNDEFINED
from mldebt.terms.running import Table, run
from mldebt.terms.sample_tables import history_table
from mldebt.terms.term import IN_ORDER, Term
from mldebt.terms.windows import SERIES, Vector

HEIGHTS: Final = (1, 2, 3, 5, 8, 14, 33, 64)
LONGEST: Final = 400
"""How long a window is whose end is looked for."""


def of_history(one: Term, other: Term, world: samples.World, *, latest: bool) -> Difference | Doubt | None:
    """Where one side looks at what is stored, the row that is asked about may be among it or not: either may be meant.

    They differ where they do under both readings.
    """
    stored = [looks_back(term) for term in (one, other)]
    readings: list[Callable[[], Example | None]] = [lambda: differing_history(one, other, world)]
    if stored[0] != stored[1] and not latest:
        readings.append(lambda: differing_history(one, other, world, (0, 1) if stored[1] else (1, 0)))
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


def _before(term: Term) -> Term:
    """Without the step back to what came before: that is all that somebody has who asks."""
    if term.op == "shift" and term.setting("periods") == "1":
        return _before(term.args[0])
    return Term(term.op, tuple(map(_before, term.args)), term.settings)


def _factor_of_histories(one: Term, other: Term, world: samples.World) -> float | None:
    """What the second is a multiple of the first by, however long the history is."""
    tables = [history_table(world, height) for height in HEIGHTS[2:]]
    pairs = [(plain(last_of(one, table)), plain(last_of(other, table))) for table in tables]
    numbers = [(a, b) for a, b in pairs if isinstance(a, (int, float)) and isinstance(b, (int, float)) and a and b]
    ratios = [b / a for a, b in numbers]
    same_everywhere = len(ratios) == len(pairs) and all(math.isclose(each, ratios[0], rel_tol=1e-6) for each in ratios)
    return ratios[0] if same_everywhere else None


def _of_nobody(one: Term, other: Term, world: samples.World) -> Example | None:
    """What they say of somebody of whom nothing is stored."""
    table = history_table(world, 0)
    left, right = last_of(one, table), last_of(other, table)
    if UNDEFINED in (left, right) or same(left, right):
        return None
    return Example((("rows", 0),), left, right)


def looks_back(term: Term) -> bool:
    """Whether a term asks for parts of what is stored, instead of computing for each row."""
    return not any(part.op in SERIES or part.op in ("rolling", "expanding", "ewm", "kept") for part in term.walk())


def differing_history(
    one: Term, other: Term, world: samples.World, without: tuple[int, int] = (0, 0)
) -> Example | None:
    """The first history whose last row differs; `without` its latest row for one of the two."""
    empty: Example | None = None
    for height in _heights(one, other):
        table = history_table(world, height)
        left = last_of(one, _shortened(table, without[0]))
        right = last_of(other, _shortened(table, without[1]))
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


def last_of(term: Term, table: Table) -> object:
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
    table = history_table(world, 14, shuffled=True)
    left, right = spread(run(one, table), table), spread(run(other, table), table)
    differs = any(not same(a, b) for a, b in zip(left, right, strict=True) if UNDEFINED not in (a, b))
    return Difference("order of rows", None) if differs else None
