"""Tables of examples, made of what two expressions ask about."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from mldebt.terms.moments import UNITS, Moment, floor_to
from mldebt.terms.running import CLOCK, Table
from mldebt.terms.samples import OF_LENGTHS, Column, World

NUMBERS: Final = (0, 1, 2, 3, 5, 7, 10, 12, 20, 37, 64, 100, 250, 1000, 5000, 12345)
FRACTIONS: Final = (0.25, 0.5, 1.5, 3.7, 7.25, 12.5, 99.875, 1234.567)
BELOW: Final = (-1, -3.5, -12, -250)
TEXTS: Final = ("other", "x", "two words", "")
MARKED: Final = ("Room 12", "it's, well-made_x!")
"""With digits and other signs, where single ones are replaced."""
BEGIN: Final = datetime(2024, 2, 27, 22, 40, 10)
ROWS: Final = 160


def rows_table(world: World, *, nulls: Iterable[str] = (), whole: bool = False, above: int = 0, seed: int = 1) -> Table:
    """Many different rows; in the columns of `nulls` some values are missing. `whole`: whole numbers only; `above`:
    what all numbers are raised by.
    """
    draw = random.Random(seed)
    empty = set(nulls)
    columns: dict[str, list[Any]] = {CLOCK: [float(at) * 86400 for at in range(ROWS)]}
    for place, one in enumerate(world.columns):
        pool = _pool(one, world, whole)
        pool = [value + above for value in pool] if above and one.kind == "number" else pool
        values = [pool[at % len(pool)] if place == 0 else draw.choice(pool) for at in range(ROWS)]
        if one.name in empty:
            values = [None if (at % 7 == place % 7 or at % 5 == 4) else value for at, value in enumerate(values)]
        columns[one.name] = values
    for key in world.keys:
        columns[key] = [draw.choice("abc") for _ in range(ROWS)]
    return Table(columns, ROWS)


def history_table(
    world: World, height: int, *, seed: int = 1, shuffled: bool = False, nulls: Iterable[str] = ()
) -> Table:
    """What happened to one customer, the latest last. Two things on some days, nothing on others.

    In the columns of `nulls` the latest value is missing, and some before.
    """
    empty = set(nulls)
    draw = random.Random(seed * 1000 + height)
    gaps = [draw.choice((0.3, 1.0, 1.0, 1.0, 1.0, 2.5)) + draw.random() / 50 for _ in range(height)]
    clock = [world.pace * sum(gaps[: at + 1]) for at in range(height)]
    order = list(range(height))
    if shuffled:
        draw.shuffle(order)
    columns: dict[str, list[Any]] = {CLOCK: [clock[at] for at in order]}
    for one in world.columns:
        pool = _pool(one, world, whole=False)
        if one.kind == "time":
            columns[one.name] = [Moment(BEGIN + timedelta(seconds=clock[at])) for at in order]
        elif one.kind == "clock":
            columns[one.name] = columns[CLOCK].copy()
        elif one.kind == "number":
            drawn = [round(draw.uniform(1, 90), 3) for _ in range(height)]
            near = [value + step for value in one.numbers[:20] for step in (0, 0.5, 7) if value > 0]
            drawn = [draw.choice(near) if near and at % 5 == 1 else value for at, value in enumerate(drawn)]
            drawn = [-value if one.sifted and at % 6 == 2 else value for at, value in enumerate(drawn)]
            columns[one.name] = [drawn[at // 4] if at % 4 == 3 else drawn[at] for at in order]
        else:
            columns[one.name] = [draw.choice(pool) for _ in order]
        if one.name in empty:
            values = columns[one.name]
            columns[one.name] = [None if (height - at) % 5 == 1 else value for at, value in enumerate(values)]
    for key in world.keys:
        columns[key] = ["a"] * height
    latest = BEGIN + timedelta(seconds=1 + (clock[-1] if clock else 0.0))  # what happened last is past
    return Table(columns, height, Moment(latest))


def _pool(one: Column, world: World, whole: bool) -> list[Any]:
    if one.kind == "text":
        return _text_pool(one, world)
    if one.kind == "flag":
        return [False, True]
    if one.kind == "time":
        found = [Moment(moment) for moment in _moments(later=one.later and not world.signed)]
        return [floor_to(moment, "D") for moment in found] if one.whole_days else found
    if one.kind == "epoch":
        step = UNITS.get(one.unit.lower(), 1)
        return [int((1.7e9 + at * 47_111 + at % 3) / step) for at in range(60)]
    near = [value + step for value in one.numbers[:40] for step in (-1, -0.5, 0, 0.5, 1)]
    pool = [*NUMBERS, *FRACTIONS, *near, *(value * 10 for value in one.numbers[:40])]
    if world.signed:
        pool += BELOW
    kept = [value for value in pool if (value >= 0 or world.signed) and not (whole and value != int(value))]
    return list(dict.fromkeys(int(value) if value == int(value) else value for value in kept))


def _text_pool(one: Column, world: World) -> list[Any]:
    pool = [*one.texts, *TEXTS, *(MARKED if world.marked else ())]
    pool += [f"{text}{by}{text}" for by in world.splits for text in pool[:12] if by not in text]
    if world.worded:
        pool += [f"{text} {last}" for text, last in zip(pool, [*pool[1:], *OF_LENGTHS], strict=False)]
        pool.append(" ".join(OF_LENGTHS))
    if world.spelled:
        pool += [form for text in pool for form in (text.upper(), text.title(), f" {text} ", text.lower())]
    return list(dict.fromkeys(pool))


def _moments(*, later: bool) -> Iterable[datetime]:
    """Nights and days, weekdays and weekends, ends of months and years; where one is taken from another, after it."""
    start = datetime(2024, 3, 1, 0, 17, 40) if later else datetime(2019, 11, 28, 5, 41, 30)
    for at in range(90):
        yield start + timedelta(days=at * 5 + at % 3, hours=at * 7 % 24, minutes=at * 13 % 60, seconds=at % 2)
