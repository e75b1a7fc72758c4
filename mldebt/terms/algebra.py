"""Which expressions are the same: order of operands, turned comparisons, folded constants, nested limits.

Only what holds for every value, nulls included, is made equal.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from mldebt.terms.pictures import PIXEL
from mldebt.terms.term import MAX_SIZE, Term, const, number, written

COMMUTATIVE: Final = frozenset({"add", "mul", "and", "or", "eq", "ne"})
TURNED: Final[Mapping[str, str]] = MappingProxyType({"gt": "lt", "ge": "le"})
OPPOSITE: Final[Mapping[str, str]] = MappingProxyType({"is_null": "is_not_null", "is_not_null": "is_null",
                                                       "eq": "ne", "ne": "eq"})  # fmt: skip
PENDING: Final = frozenset({"rolling", "expanding", "ewm", "resample"})
"""A window that still waits for what is computed in it."""

Settings = Iterable[tuple[str, str]]


def apply(op: str, args: Sequence[Term | None], settings: Settings = ()) -> Term | None:
    """The canonical form of an operation; None where an operand is not known or the whole is too large."""
    known = [arg for arg in args if arg is not None]
    if len(known) != len(args) or sum(arg.size for arg in known) >= MAX_SIZE:
        return None
    if op in TURNED and len(known) == 2:
        op, known = TURNED[op], known[::-1]
    rule = RULES.get(op)
    told = tuple(sorted(settings))
    found = rule(op, known, told) if rule is not None else None
    return found if found is not None else _by_group(op, known, told)


def _made(op: str, args: Sequence[Term], settings: tuple[tuple[str, str], ...] = ()) -> Term:
    return Term(op, tuple(args), settings)


def _by_group(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term:
    """What is computed in a window that opens within groups is computed within the groups."""
    first = args[0] if args else None
    if first is not None and first.op == "over" and first.args[0].op in PENDING and len(args) == 1:
        return _made("over", [_made(op, [first.args[0]], settings)], first.settings)
    return _made(op, args, settings)


def _commutative(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    if op == "add" and any(map(_is_text, args)):
        return _concat("concat", args, settings)
    flat = [part for arg in args for part in (arg.args if arg.op == op and op not in ("eq", "ne") else [arg])]
    if (folded := _folded(op, flat)) is not None:
        return folded
    return _made(op, sorted(flat, key=lambda term: (term.op == "const", str(term))), settings)


TEXTS: Final = frozenset({"concat", "lower", "upper", "strip", "title", "capitalize", "replace_text", "strftime"})


def _is_text(term: Term) -> bool:
    if term.op == "cast":
        return term.setting("to") == "str"
    return term.op in TEXTS or (term.op == "const" and term.settings[0][1].startswith(QUOTE))


def _concat(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term:
    """Texts behind each other: the order matters, an empty one doesn't."""
    flat = [part for arg in args for part in (arg.args if arg.op == "concat" else [arg])]
    kept = [part for part in flat if part != const("")]
    return _made("concat", kept, settings) if len(kept) != 1 else _made("cast", kept, (("to", "str"),))


FOLDS: Final[Mapping[str, Callable[[float, float], float]]] = MappingProxyType({
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b, "div": lambda a, b: a / b,
})  # fmt: skip


def _folded(op: str, args: list[Term]) -> Term | None:
    numbers = [number(arg) for arg in args]
    values = [value for value in numbers if value is not None]
    if len(values) != len(args) or len(args) != 2 or op not in FOLDS or (op == "div" and values[1] == 0):
        return None
    return const(FOLDS[op](*values))


def _mul(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """`x * 0.01` is `x / 100`, `x * 1.0` is `x`."""
    for at, arg in enumerate(args if len(args) == 2 else ()):
        value = number(arg)
        if value == 1:
            return args[1 - at]
        if value is not None and 0 < abs(value) < 1 and abs(1 / value - round(1 / value)) < 1e-9:
            return apply("div", [args[1 - at], const(round(1 / value))])
    return _commutative(op, args, settings)


def _plain(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    return _folded(op, args)


def _sub(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """Taking away a number is adding its opposite."""
    value = number(args[1]) if len(args) == 2 else None
    folded = _folded(op, args)
    return folded or (apply("add", [args[0], const(-value)]) if value is not None else None)


def _neg(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    value = number(args[0])
    if value is not None:
        return const(-value)
    return args[0].args[0] if args[0].op == "neg" else None


def _not(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    inner = args[0]
    if inner.op == "not":
        return inner.args[0]
    return _made(OPPOSITE[inner.op], inner.args) if inner.op in OPPOSITE else None


def _clip(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """Limits that are set one after the other are set at once; one that is null is none."""
    told = {name: value for name, value in settings if value != "null"}
    inner = args[0]
    if inner.op == "clip" and not set(told) & {name for name, _ in inner.settings}:
        return _made("clip", inner.args, tuple(sorted({**dict(inner.settings), **told}.items())))
    return _made("clip", args, tuple(sorted(told.items()))) if told else inner


def _extreme(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """The greater of a value and a number is the value with that number as its lower limit."""
    if len(args) == 1:
        return _made("max" if op == "greatest" else "min", args, settings)
    if settings:
        return None
    for at, arg in enumerate(args if len(args) == 2 else ()):
        if number(arg) is not None:
            side = "lower" if op == "greatest" else "upper"
            return apply("clip", [args[1 - at]], [(side, str(arg))])
    flat = [part for arg in args for part in (arg.args if arg.op == op else [arg])]
    return _made(op, sorted(flat, key=str))


def _coalesce(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """The first value that is not null: each one fills the nulls of those before it."""
    found: Term | None = args[0]
    for arg in args[1:]:
        found = apply("fill_null", [found, arg])
    return found


def _otherwise(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """`when(c, a, d, b)` with a last value: one choice within the other."""
    cases, last = args[0], args[1] if len(args) > 1 else const(None)
    found: Term | None = last
    if cases.op != "when" or len(cases.args) % 2:
        return None
    for at in range(len(cases.args) - 2, -1, -2):
        found = apply("where", [cases.args[at], cases.args[at + 1], found])
    return found


def _more_cases(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    flat = [part for arg in args for part in (arg.args if arg.op == "when" else [arg])]
    return _made("when", flat)


def _where(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """A value where it is not null, else another, is the value with its nulls filled."""
    if len(args) != 3:
        return None
    test, then, otherwise = args
    if test.op == "const" and test.settings[0][1] in ("true", "false"):
        return then if test.settings[0][1] == "true" else otherwise
    if test.op == "ne" or test.op == "not":
        turned = apply("not", [test])
        return _made("where", [turned, otherwise, then]) if turned is not None and turned.op != "not" else None
    if test.op == "is_not_null" and test.args[0] == then:
        return apply("fill_null", [then, otherwise])
    if test.op == "is_null" and test.args[0] == otherwise:
        return apply("fill_null", [otherwise, then])
    return then if then == otherwise else None


def _fill_null(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """Nulls that are filled already, or with null, don't change."""
    if len(args) == 2 and args[1].op == "const" and args[1].settings[0][1] == "null":
        return args[0]
    inner = args[0]
    filled = inner.op == "fill_null" and len(inner.args) == 2 and inner.args[1].op == "const"
    return inner if filled else None


def _same(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    return args[0] if args else None


def _filter(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """Rows that are kept twice are those for which both conditions hold."""
    if len(args) == 2 and (told := _beside_itself(args[1])) != args[1]:
        return apply("filter", [args[0], told], settings)
    if len(args) == 2 and args[0].op == "filter" and len(args[0].args) == 2:
        inner = args[0]
        return apply("filter", [inner.args[0], apply("and", [inner.args[1], args[1]])], settings)
    return None


def _beside_itself(test: Term) -> Term:
    """`at > at - 7 days`: the one that is moved is that of whoever asks, beside those of the rows that are kept."""
    if test.op == "and":
        return _made("and", [_beside_itself(part) for part in test.args])
    if test.op not in ("lt", "le") or len(test.columns) != 1 or any(part.op == "latest" for part in test.walk()):
        return test
    for at, side in enumerate(test.args):
        other = test.args[1 - at]
        if side.op in ("sub", "add") and other.op == "column" and side.args[0] == other and not side.args[1].columns:
            moved = _made(side.op, [_made("latest", side.args[:1]), *side.args[1:]], side.settings)
            return _made(test.op, [moved, other] if at == 0 else [other, moved])
        if side.op == "sub" and side.args[0] == side.args[1] and side.args[0].op == "column" and not other.columns:
            age = _made("sub", [_made("latest", side.args[:1]), side.args[1]])
            return _made(test.op, [age, other] if at == 0 else [other, age])
    return test


def _rolling(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """A window of time is content with one value where nothing else is said, one of rows wants them all."""
    told = dict(settings)
    if told.get("window", "").startswith('"') and told.get("min_periods") == told["window"]:
        return _made(op, args, tuple(sorted({**told, "min_periods": "1"}.items())))
    return None


def _over(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """One key is a list of one. Within a group, all are of it: a group of it by the same keys is all of it, and rows
    that are put in order by a key first are in order by what comes next.
    """
    told = dict(settings)
    by = told.get("by", "")
    if by.startswith("["):
        inner = [_within(arg, settings) for arg in args]
        return _made(op, inner, settings) if inner != args else None
    return _made(op, args, (("by", f"[{by if by.startswith(QUOTE) else QUOTE + by + QUOTE}]"),)) if by else None


def _within(term: Term, groups: tuple[tuple[str, str], ...]) -> Term:
    if term.op == "over" and term.settings == groups and len(term.args) == 1:
        return _within(term.args[0], groups)
    settings = _order_within(term.settings, groups) if term.op == "sorted" else term.settings
    return _made(term.op, [_within(arg, groups) for arg in term.args], settings) if term.args else term


def _order_within(
    settings: tuple[tuple[str, str], ...], groups: tuple[tuple[str, str], ...]
) -> tuple[tuple[str, str], ...]:
    told = dict(settings)
    by, keys = _parsed(told.get("by", "")), _parsed(dict(groups).get("by", ""))
    if not isinstance(by, list) or not isinstance(keys, list) or isinstance(_parsed(told.get("ascending", "")), list):
        return settings
    left = [name for name in by if name not in keys]
    return tuple(sorted({**told, "by": written(left)}.items())) if left else settings


QUOTE: Final = '"'


def _in_window(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    window, _, statistic = op.partition("_")
    told = {name: value for name, value in settings if name == "ddof"}
    window_settings = [(name, value) for name, value in settings if name not in told]
    return apply(statistic, [apply(window, args, window_settings)], told.items())


def _repeated(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """Done twice is done once."""
    return args[0] if args and args[0].op == op and args[0].settings == settings else None


def _in(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """The order of what something may be one of doesn't matter."""
    told = dict(settings)
    if len(args) == 2 and args[1].op in ("list", "const") and all(part.op == "const" for part in args[1].args):
        members = args[1].args or args[1:]
        texts = sorted(part.settings[0][1] for part in members)
        return _made(op, args[:1], (("values", f"[{', '.join(texts)}]"),))
    values = told.get("values", "")
    if len(args) == 1 and values.startswith("[") and isinstance(known := _parsed(values), list):
        ordered = sorted(json.dumps(value, ensure_ascii=False) for value in known)
        return _made(op, args, (*((k, v) for k, v in settings if k != "values"), ("values", f"[{', '.join(ordered)}]")))
    return None


def _parsed(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _select(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """The first choice whose condition holds."""
    if len(args) != 3 or any(arg.op != "list" for arg in args[:2]) or len(args[0].args) != len(args[1].args):
        return None
    found: Term | None = args[2]
    for test, value in zip(reversed(args[0].args), reversed(args[1].args), strict=True):
        found = apply("where", [test, value, found])
    return found


def _looked_up(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """A mapping, with what stands for all that is not in it."""
    return apply("fill_null", [apply("map_values", args[:1], settings), *args[1:]]) if args[1:] else None


def _isoweekday(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """Monday is 1, where the day of the week counts from 0."""
    return apply("add", [apply("weekday", args), const(1)])


def _from_sunday(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """Sunday is 1, where the day of the week counts from Monday as 0."""
    return apply("add", [apply("mod", [apply("add", [apply("weekday", args), const(1)]), const(7)]), const(1)])


def _datediff(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """How many midnights lie between two moments."""
    return apply("days", [apply("sub", [apply("date", [arg]) for arg in args])]) if len(args) == 2 else None


SECONDS: Final[Mapping[str, int]] = MappingProxyType({"total_days": 86400, "total_hours": 3600, "total_minutes": 60})


def _whole_units(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """How many whole units a span of time has."""
    return apply("trunc", [apply("div", [apply("total_seconds", args), const(SECONDS[op])])])


def _spread(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """From the least to the greatest."""
    return apply("sub", [apply("max", args), apply("min", args)])


def _of_each(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """A statistic of values that are listed is one of several operands."""
    return _made(op, args[0].args, settings) if len(args) == 1 and args[0].op == "list" else None


def _size(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """How many different values there are."""
    return _made("nunique", args[0].args) if len(args) == 1 and args[0].op == "unique" else None


def _quotient(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """A sum through its count is the mean, but for the empty set: that is written as `mean` with empty=error."""
    if len(args) == 2 and args[0].op == "sum" and args[1].op == "size" and args[0].args == args[1].args:
        return _made("mean", args[0].args, (("empty", "error"),))
    return _folded(op, args)


def _pixel(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term:
    """A value of a picture, whichever it is."""
    return PIXEL


def _pixels(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """Pictures that are scaled as they are read, and changed in no other way that is told."""
    told = {value for _, value in settings} - {"false", "null"}
    return apply("mul", [PIXEL, *args]) if len(args) == 1 and not told else None


def _codes(op: str, args: list[Term], settings: tuple[tuple[str, str], ...]) -> Term | None:
    """The place of each value in a list of categories that is written out, -1 where it is not among them."""
    inner = args[0]
    listed = _parsed(inner.setting("categories") or "") if inner.op == "categories" else None
    if not isinstance(listed, list) or not listed:
        return None
    places = {str(value): at for at, value in enumerate(listed)}
    return apply("fill_null", [apply("map_values", inner.args, [("mapping", written(places))]), const(-1)])


RULES: Final[Mapping[str, Callable[[str, list[Term], tuple[tuple[str, str], ...]], Term | None]]] = MappingProxyType({
    **dict.fromkeys(COMMUTATIVE - {"mul"}, _commutative),
    "mul": _mul, "sub": _sub, "div": _quotient, "neg": _neg, "not": _not, "clip": _clip, "greatest": _extreme,
    "least": _extreme, "coalesce": _coalesce, "otherwise": _otherwise, "when": _more_cases, "where": _where,
    "fill_null": _fill_null, "cast": _repeated, "abs": _repeated, "lower": _repeated, "upper": _repeated,
    "strip": _repeated, "round": _repeated, "in": _in, "select": _select, "size": _size,
    "replace_strict": _looked_up, "isoweekday": _isoweekday, "codes": _codes, "weekday_from_sunday": _from_sunday,
    "datediff": _datediff,
    **dict.fromkeys(("mean", "median", "sum", "min", "max", "std", "var", "prod", "nunique", "count"), _of_each),
    "concat": _concat, "filter": _filter, "is": _same, "rolling": _rolling, "over": _over,
    **dict.fromkeys(("rolling_mean", "rolling_sum", "rolling_max", "rolling_min", "rolling_std", "rolling_var",
                     "rolling_median", "ewm_mean"), _in_window),
    **dict.fromkeys(("total_days", "total_hours", "total_minutes"), _whole_units), "ptp": _spread,
    "pixel": _pixel, "pixels": _pixels,
})  # fmt: skip
