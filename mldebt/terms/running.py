"""Expressions computed on a table of examples: what each row gets, or the one value of a statistic."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

from mldebt.terms import statistics, windows
from mldebt.terms.elements import compute, truth
from mldebt.terms.moments import UNITS, Duration, Moment, in_zone, length_of
from mldebt.terms.outcomes import UNDEFINED, UntoldError
from mldebt.terms.term import Term
from mldebt.terms.windows import Vector

CLOCK: Final = "\0clock"
"""The column of a table that says when each row came to be, in seconds."""
WORDS: Final = "\0words"
"""The column of a table that holds the parts of one text."""
OF_OTHERS: Final = 7.6875
"""Stands for a statistic of groups where nothing is known of the one that is asked about."""
PENDING: Final = frozenset({"rolling", "expanding", "ewm"})


NOW: Final = Moment(datetime(2025, 6, 15, 13, 37))


class Table(Struct, frozen=True):
    """Rows of examples, and what the clock says when they are asked about; `asked`: those with the row of who asks."""

    columns: Mapping[str, Sequence[Any]]
    height: int
    now: Moment = NOW
    asked: Table | None = None

    def rows(self, numbers: Sequence[int]) -> Table:
        columns = {name: [values[at] for at in numbers] for name, values in self.columns.items()}
        return Table(columns, len(numbers), self.now)


def run(term: Term, table: Table) -> Vector | object:
    """A `Vector` with a value for each row, or a single value; raises `UntoldError` where that can't be told."""
    handler = WHOLE.get(term.op)
    if handler is not None:
        return handler(term, table)
    if term.op in statistics.STATISTICS and len(term.args) == 1:
        return _statistic(term, table)
    if term.op in statistics.STATISTICS and len(term.args) > 1:
        return _each(lambda values: statistics.compute(term.op, values, settings_of(term)), term, table)
    if term.op in windows.WINDOWS:
        return _windowed(term, table)
    return _each(lambda values: compute(term.op, values, settings_of(term)), term, table)


def settings_of(term: Term) -> dict[str, Any]:
    return {name: read(text) for name, text in term.settings}


def read(text: str) -> Any:
    """The value of a setting: a constant, a list, a dictionary, or a word."""
    if text in ("nan", "NaN", "NA", "NaT"):
        return None
    try:
        return json.loads(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text


def _each(function: Callable[[list[Any]], object], term: Term, table: Table) -> Vector | object:
    operands = [run(arg, table) for arg in term.args]
    heights = {len(operand.values) for operand in operands if isinstance(operand, Vector)}
    if not heights:
        return function(operands)
    if len(heights) > 1:
        raise UntoldError("rows of different tables")
    height = heights.pop()
    rows = [[operand.values[at] if isinstance(operand, Vector) else operand for operand in operands]
            for at in range(height)]  # fmt: skip
    return Vector([function(row) for row in rows])


def _column(term: Term, table: Table) -> Vector:
    name = term.settings[0][1]
    if name not in table.columns:
        raise UntoldError(name)
    return Vector(list(table.columns[name]))


def _now(term: Term, table: Table) -> object:
    zone = settings_of(term).get("tz")
    return in_zone(table.now, str(zone) if zone is not None else "local")


def _span(term: Term, table: Table) -> object:
    """A length of time: `timedelta(days=30)`."""
    given = [run(arg, table) for arg in term.args]
    if len(given) == 1 and isinstance(given[0], str):
        return Duration(length_of(given[0]))
    told = settings_of(term)
    if given or any(name not in UNITS or not isinstance(value, (int, float)) for name, value in told.items()):
        raise UntoldError("length of time")
    return Duration(sum(value * UNITS[name] for name, value in told.items()))


def _each_row(term: Term, table: Table) -> Vector:
    return Vector([1] * table.height)


def _const(term: Term, table: Table) -> object:
    return read(term.settings[0][1])


def _where(term: Term, table: Table) -> Vector | object:
    """A list that is tested as a whole (`sum(x) / len(x) if x else 0`) is true where it holds anything."""
    test, *rest = [_or_undefined(arg, table) for arg in term.args]
    if isinstance(test, Vector) and term.args[0].op in LISTS and any(map(_summarises, term.args[1:])):
        test = bool(test.values)
    if not isinstance(test, Vector):
        if len(rest) != 2 or test is UNDEFINED:
            return UNDEFINED
        return rest[0] if truth(test) else rest[1]
    return _each(lambda values: compute("where", values, {}), term, table)


LISTING: Final = frozenset({"filter", "kept", "tail", "head", "span", "sorted", "unique", "appended", "each", "over"})
LISTS: Final = frozenset({"column", "tail", "head", "span", "filter", "sorted"})


def _summarises(term: Term) -> bool:
    return any(part.op in statistics.STATISTICS or part.op == "item" for part in term.walk())


def _or_undefined(term: Term, table: Table) -> Vector | object:
    return run(term, table)


def _statistic(term: Term, table: Table) -> Vector | object:
    told = settings_of(term)
    inner = term.args[0]
    if inner.op in PENDING:
        values = _vector(run(inner.args[0], table))
        rows = windows.frames_of(inner.op, settings_of(inner), values, _clock(table, values))
        return windows.aggregated(term.op, told, inner.op, settings_of(inner), values, rows)
    if inner.op == "over" and not table.height:
        return OF_OTHERS  # other groups have a value
    found = run(inner, table)
    if not isinstance(found, Vector):
        if isinstance(found, list):
            found = Vector(found)
        else:
            raise UntoldError(term.op)
    if term.op == "size" and any(isinstance(value, str) for value in found.values) and inner.op not in LISTING:
        return Vector([len(value) if isinstance(value, str) else UNDEFINED for value in found.values])
    if found.values and all(isinstance(value, list) for value in found.values):
        return Vector([len(value) if term.op == "size" else statistics.compute(term.op, value, told)
                       for value in found.values])  # fmt: skip
    return statistics.compute(term.op, found.values, told)


def _clock(table: Table, values: Vector) -> list[float] | None:
    clock = table.columns.get(CLOCK)
    return list(clock) if clock is not None and len(clock) == len(values.values) else None


def _vector(value: Vector | object) -> Vector:
    if not isinstance(value, Vector):
        raise UntoldError("a single value where rows are wanted")
    return value


def _windowed(term: Term, table: Table) -> Vector | object:
    vector = _vector(run(term.args[0], table))
    return windows.compute(term.op, vector, settings_of(term))


def _over(term: Term, table: Table) -> Vector:
    """Within groups: each group is a table of its own."""
    keys = settings_of(term).get("by")
    if not isinstance(keys, list) or any(str(key) not in table.columns for key in keys):
        raise UntoldError("keys")
    groups: dict[tuple[Any, ...], list[int]] = {}
    for at in range(table.height):
        groups.setdefault(tuple(table.columns[str(key)][at] for key in keys), []).append(at)
    found: list[Any] = [None] * table.height
    if not groups:
        inner = run(term.args[0], table)
        return inner if isinstance(inner, Vector) else _only(inner)
    for numbers in groups.values():
        inner = run(term.args[0], table.rows(numbers))
        for place, at in enumerate(numbers):
            found[at] = inner.values[place] if isinstance(inner, Vector) else inner
    return Vector(found)


def _only(value: object) -> Any:
    return value


def _filter(term: Term, table: Table) -> Vector:
    values, tests = run(term.args[0], table), run(_cut_alike(*term.args), table)
    if not isinstance(values, Vector) or not isinstance(tests, Vector) or len(values.values) != len(tests.values):
        raise UntoldError("filter")
    return Vector([value for value, test in zip(values.values, tests.values, strict=True) if truth(test)])


def _cut_alike(values: Term, test: Term) -> Term:
    """A condition on those rows that are left of all."""
    if values.op not in windows.PARTS:
        return test
    return Term(values.op, (_cut_alike(values.args[0], test),), values.settings)


def _rows(term: Term, table: Table) -> Vector | object:
    """Rows that were chosen without looking at their values, as far as these examples go."""
    if settings_of(term).get("how") not in (
        "dropna",
        "drop_duplicates",
        "part",
        "sample",
        "sort",
        "unique",
        "distinct",
    ):
        raise UntoldError("some rows")
    return run(term.args[0], table)


def _appended(term: Term, table: Table) -> Vector:
    """A list with one value behind it: where that is a column, its latest one."""
    values, last = _vector(run(term.args[0], table)).values, run(term.args[1], table)
    if isinstance(last, Vector):
        last = last.values[-1] if last.values else UNDEFINED
    return Vector([*values, last] if last is not UNDEFINED else values)


def _past(term: Term, table: Table) -> Vector | object:
    """What is computed of what is stored, without the row that is asked about."""
    before = table.rows(range(max(table.height - 1, 0)))
    return run(term.args[0], Table(before.columns, before.height, table.now, table))


def _latest(term: Term, table: Table) -> object:
    """A value of whoever asks, beside those that are stored."""
    values = _vector(run(term.args[0], table.asked or table)).values
    return values[-1] if values else UNDEFINED


def _kept(term: Term, table: Table) -> Vector | object:
    """All that came, one by one, up to the event at hand."""
    return run(term.args[0], table)


def _unique(term: Term, table: Table) -> Vector:
    values = _vector(run(term.args[0], table)).values
    if values and all(isinstance(value, list) for value in values):
        return Vector([list(dict.fromkeys(value)) for value in values])
    return Vector(list(dict.fromkeys(values)))


def _sorted(term: Term, table: Table) -> Vector:
    told = settings_of(term)
    by = told.get("by")
    values = _vector(run(term.args[0], table)).values
    if not isinstance(by, list) or any(name not in table.columns for name in by) or len(values) != table.height:
        raise UntoldError("order")
    ascending = told.get("ascending", True)
    if not isinstance(ascending, bool):
        raise UntoldError("order")
    keys = [tuple(_key(table.columns[name][at]) for name in by) for at in range(table.height)]
    order = sorted(range(table.height), key=lambda at: keys[at], reverse=not ascending)
    return Vector([values[at] for at in order], tuple(order))


def _row_number(term: Term, table: Table) -> Vector:
    """The place of each row, from 1, where they are put in order."""
    keys = [_vector(run(arg, table)).values for arg in term.args]
    ascending = settings_of(term).get("ascending", True)
    if not keys or not isinstance(ascending, bool):
        raise UntoldError("order")
    places = sorted(range(table.height), key=lambda at: tuple(_key(one[at]) for one in keys), reverse=not ascending)
    numbers = {at: number for number, at in enumerate(places, 1)}
    return Vector([numbers[at] for at in range(table.height)])


def _words(term: Term, table: Table) -> Vector | object:
    """The parts of each value, with what is done to each part, of which some are left."""
    split, each, *tests = term.args
    found = run(split, table)
    if isinstance(found, Vector):
        return Vector([_of_parts(parts, each, tests) for parts in found.values])
    return _of_parts(found, each, tests)


def _of_parts(parts: object, each: Term, tests: list[Term]) -> object:
    if not isinstance(parts, list):
        return UNDEFINED
    of_parts = Table({WORDS: parts}, len(parts))
    kept = [_spread(run(test, of_parts), len(parts)) for test in tests]
    values = _spread(run(each, of_parts), len(parts))
    return [value for at, value in enumerate(values) if all(truth(test[at]) for test in kept)]


def _spread(value: Vector | object, height: int) -> list[Any]:
    return value.values if isinstance(value, Vector) else [value] * height


def _word(term: Term, table: Table) -> Vector:
    return Vector(list(table.columns[WORDS]))


def _key(value: Any) -> Any:
    return value.seconds if hasattr(value, "seconds") else value


WHOLE: Final[Mapping[str, Callable[[Term, Table], Vector | object]]] = MappingProxyType({
    "column": _column, "const": _const, "where": _where, "over": _over, "filter": _filter, "sorted": _sorted,
    "rows": _rows, "appended": _appended, "latest": _latest, "past": _past, "kept": _kept, "each": _each_row,
    "unique": _unique, "words": _words, "word": _word, "row_number": _row_number, "now": _now, "span_of": _span,
})  # fmt: skip
