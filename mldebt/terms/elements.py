"""Operations on single values, nulls included."""

from __future__ import annotations

import hashlib
import math
import re
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from mldebt.terms import moments
from mldebt.terms.moments import Duration, Moment
from mldebt.terms.outcomes import UNDEFINED, UntoldError

Settings = Mapping[str, Any]


def compute(op: str, values: list[Any], told: Settings) -> object:
    """The value of an operation; nulls stay null where the operation doesn't say what becomes of them."""
    if any(value is UNDEFINED for value in values) and op not in ("where",):
        return UNDEFINED
    handler = SPECIAL.get(op)
    if handler is not None:
        return handler(values, told)
    if op in COMPARISONS:
        return _compared(op, *values)
    if any(value is None for value in values):
        return None
    if op in moments.OF_MOMENT or op in moments.OF_DURATION or op == "date":
        return moments.part(op, values[0])
    function = FUNCTIONS.get(op)
    if function is None or (told and op not in TOLD):
        raise UntoldError(op)
    try:
        return function(*values, **told)
    except (ArithmeticError, ValueError):
        return UNDEFINED
    except (TypeError, AttributeError, IndexError) as error:
        raise UntoldError(op) from error


def truth(value: object) -> bool:
    if isinstance(value, (list, tuple)):
        return bool(value)
    if isinstance(value, (Moment, Duration)):
        return True
    return bool(value)


def _seconds(value: object) -> Any:
    return value.seconds if isinstance(value, (Duration, Moment)) else value


def _add(a: Any, b: Any) -> Any:
    if isinstance(a, Moment) and isinstance(b, Duration):
        return moments.from_epoch(a.seconds + b.seconds, "s", a.zone)
    if isinstance(a, Duration) and isinstance(b, Moment):
        return _add(b, a)
    if isinstance(a, Duration) and isinstance(b, Duration):
        return Duration(a.seconds + b.seconds)
    return a + b


def _sub(a: Any, b: Any) -> Any:
    if isinstance(a, Moment) and isinstance(b, Moment):
        return Duration(a.seconds - b.seconds)
    if isinstance(b, Duration):
        return _add(a, Duration(-b.seconds))
    return a - b


def _div(a: Any, b: Any) -> Any:
    if isinstance(a, Duration):
        whole = a.seconds / _seconds(b)
        return whole if isinstance(b, Duration) else Duration(whole)
    return a / b


def _mul(*values: Any) -> Any:
    durations = [value for value in values if isinstance(value, Duration)]
    found = math.prod(_seconds(value) for value in values)
    return Duration(found) if len(durations) == 1 else found


def _sum(*values: Any) -> Any:
    found = values[0]
    for value in values[1:]:
        found = _add(found, value)
    return found


def _floordiv(a: Any, b: Any) -> Any:
    return _seconds(a) // _seconds(b)


def _at(a: Any, at: int) -> Any:
    return a[at] if -len(a) <= at < len(a) else None


def _hashed(name: str) -> Callable[[Any], int]:
    return lambda a: int(hashlib.new(name, str(a).encode()).hexdigest(), 16)


FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = MappingProxyType({
    "add": _sum, "sub": _sub, "mul": _mul, "div": _div, "floordiv": _floordiv, "mod": lambda a, b: a % b,
    "pow": lambda a, b: _real(a**b), "neg": lambda a: Duration(-a.seconds) if isinstance(a, Duration) else -a,
    "abs": lambda a: Duration(abs(a.seconds)) if isinstance(a, Duration) else abs(a), "sqrt": math.sqrt,
    "cbrt": math.cbrt, "exp": math.exp,
    "exp2": lambda a: 2.0**a, "expm1": math.expm1, "log": lambda a, base=math.e: math.log(a) / math.log(base),
    "log2": math.log2, "log10": math.log10, "log1p": math.log1p, "sin": math.sin, "cos": math.cos, "tan": math.tan,
    "sinh": math.sinh, "cosh": math.cosh, "tanh": math.tanh, "arcsin": math.asin, "arccos": math.acos,
    "arctan": math.atan, "atan2": math.atan2, "hypot": math.hypot, "radians": math.radians, "degrees": math.degrees,
    "floor": math.floor, "ceil": math.ceil, "trunc": math.trunc, "sign": lambda a: (a > 0) - (a < 0),
    "square": lambda a: a * a, "reciprocal": lambda a: 1 / a, "round": lambda a, decimals=0: round(a, int(decimals)),
    "lower": lambda a: a.lower(), "upper": lambda a: a.upper(), "title": lambda a: a.title(),
    "capitalize": lambda a: a.capitalize(), "casefold": lambda a: a.casefold(),
    "swapcase": lambda a: a.swapcase(), "strip": lambda a, characters=None: a.strip(characters),
    "lstrip": lambda a, characters=None: a.lstrip(characters),
    "rstrip": lambda a, characters=None: a.rstrip(characters),
    "length": len, "startswith": lambda a, pattern: a.startswith(pattern),
    "endswith": lambda a, pattern: a.endswith(pattern), "split": lambda a, by=None, expand=False: a.split(by),
    "isalnum": lambda a: a.isalnum(), "tokens": lambda a: re.findall(r"\w+|[^\w\s]", a),
    "stem": lambda a: re.sub("(ing|ed|s)$", "", a), "lemmatize": lambda a: re.sub("s$", "", a),
    "stop_words": lambda language="english": ["a", "its", "not", "some", "the", "to"],
    "joined": lambda a, by: by.join(map(str, a)),
    "isdigit": lambda a: a.isdigit(), "isalpha": lambda a: a.isalpha(), "isnumeric": lambda a: a.isnumeric(),
    "crc32": lambda a: zlib.crc32(str(a).encode()), "adler32": lambda a: zlib.adler32(str(a).encode()),
    **{name: _hashed(name) for name in ("md5", "sha1", "sha256", "sha512", "blake2b")},
    "hash": lambda a: zlib.crc32(f"hash {a}".encode()),
    "timedelta": lambda a, unit="ns": Duration(a * moments.UNITS[unit.lower()]),
    "occurrences": lambda a, pattern: len(re.findall(pattern, a)),
    "isupper": lambda a: a.isupper(), "islower": lambda a: a.islower(),
    "concat": lambda *parts: "".join(map(str, parts)),
    "slice": lambda a, start=None, stop=None: a[start:stop], "get": lambda a, at: _at(a, at),
    "timestamp": lambda a: a.seconds,
    "transform": lambda a, by="": a, "xor": lambda a, b: bool(a) != bool(b),
    "strftime": lambda a, **told: a.clock.strftime(told["format"]), "normalize": lambda a: moments.floor_to(a, "D"),
    "floor_time": lambda a, unit: moments.floor_to(a, unit), "tz_convert": lambda a, tz="UTC": moments.in_zone(a, tz),
    "tz_localize": lambda a, tz=None: Moment(a.clock, tz),
    "swap_day_and_month": moments.swapped,
    "from_epoch": lambda a, tz="UTC": moments.from_epoch(a, "s", tz),
    "to_timedelta": lambda a, unit="ns": a if isinstance(a, Duration) else Duration(a * moments.UNITS[unit.lower()]),
    "replace_text": lambda a, old, new, regex=False: _replaced(a, old, new, regex),
})  # fmt: skip
TOLD: Final = frozenset((
    "log", "round", "strip", "lstrip", "rstrip", "startswith", "endswith", "split", "slice", "get", "strftime",
    "occurrences", "timedelta", "floor_time", "tz_convert", "tz_localize", "from_epoch", "to_timedelta",
    "replace_text", "transform", "joined", "stop_words",
))  # fmt: skip


def _real(value: Any) -> Any:
    if isinstance(value, complex):
        raise ValueError
    return value


PATTERN: Final = 40
"""A longer pattern, or one with groups in it, may take its time."""


def _replaced(text: str, old: str, new: str, regex: object) -> str:
    if regex in (False, None):
        return text.replace(old, new)
    if len(old) > PATTERN or "(" in old or "\\" in new:
        raise UntoldError("pattern")
    try:
        return re.sub(old, new, text)
    except re.error as error:
        raise UntoldError("pattern") from error


COMPARISONS: Final = frozenset({"eq", "ne", "lt", "le"})


def _compared(op: str, a: Any, b: Any) -> bool:
    if a is None or b is None:
        return op == "ne"
    if isinstance(a, str) != isinstance(b, str):
        if op in ("eq", "ne"):
            return op == "ne"
        raise UntoldError(op)
    left, right = _seconds(a), _seconds(b)
    if isinstance(left, (list, tuple)) or isinstance(right, (list, tuple)):
        raise UntoldError(op)
    return bool({"eq": left == right, "ne": left != right, "lt": left < right, "le": left <= right}[op])


# -- operations that say what becomes of nulls


def _where(values: list[Any], told: Settings) -> object:
    if len(values) != 3:
        raise UntoldError("where")
    if values[0] is UNDEFINED:
        return UNDEFINED
    return values[1] if truth(values[0]) else values[2]


def _filled(values: list[Any], told: Settings) -> object:
    if len(values) != 2 or told:
        raise UntoldError("fill_null")
    return values[1] if values[0] is None else values[0]


def _clip(values: list[Any], told: Settings) -> object:
    value = values[0]
    if value is None or len(values) != 1:
        return None if len(values) == 1 else _refuse("clip")
    lower, upper = told.get("lower"), told.get("upper")
    if isinstance(value, (str, list)) or any(isinstance(bound, str) for bound in (lower, upper)):
        raise UntoldError("clip")
    value = value if lower is None else max(value, lower)
    return value if upper is None else min(value, upper)


def _refuse(op: str) -> object:
    raise UntoldError(op)


def _cast(values: list[Any], told: Settings) -> object:
    value, to = values[0], str(told.get("to"))
    if value is None:
        return None
    if to.startswith(("int", "uint")) or to in ("long", "short"):
        return _whole(value)
    if to.startswith("float") or to == "decimal":
        return _number(value)
    if to == "bool":
        return truth(value)
    if to == "str":
        return _text(value)
    if to in ("datetime", "category"):
        return value
    if to == "date" and isinstance(value, Moment):
        return moments.floor_to(value, "D")
    raise UntoldError(to)


def _text(value: object) -> object:
    if isinstance(value, (Moment, Duration, list, float)):
        raise UntoldError("text")
    return str(value)


def _whole(value: Any) -> object:
    try:
        return int(value)
    except ValueError:
        return UNDEFINED
    except (TypeError, OverflowError) as error:
        raise UntoldError("int") from error


def _number(value: Any) -> object:
    try:
        found = float(value)
    except ValueError:
        return UNDEFINED
    except TypeError as error:
        raise UntoldError("float") from error
    return None if math.isnan(found) else found


def _in(values: list[Any], told: Settings) -> object:
    members = told.get("values", values[1] if len(values) > 1 else None)
    if isinstance(members, dict):
        members = list(members)
    if not isinstance(members, (list, tuple)):
        raise UntoldError("in")
    return values[0] is not None and values[0] in members


def _between(values: list[Any], told: Settings) -> object:
    value, low, high = values
    if value is None:
        return False
    inclusive = str(told.get("inclusive", "both"))
    above = _compared("le" if inclusive in ("both", "left", "true") else "lt", low, value)
    below = _compared("le" if inclusive in ("both", "right", "true") else "lt", value, high)
    return above and below


def _mapped(values: list[Any], told: Settings) -> object:
    table = told.get("mapping")
    if not isinstance(table, dict):
        raise UntoldError("mapping")
    key = values[0]
    if isinstance(key, bool):
        key = str(key)
    if isinstance(key, float) and key.is_integer():
        key = int(key)
    return table.get(str(key)) if key is not None else None


def _replace(values: list[Any], told: Settings) -> object:
    value, old, new = values[0], told.get("old"), told.get("new")
    if isinstance(old, dict):
        return old.get(str(value), value)
    if isinstance(old, list) and isinstance(new, list):
        return new[old.index(value)] if value in old else value
    if "old" not in told or "new" not in told:
        raise UntoldError("replace")
    return new if value in (old if isinstance(old, list) else [old]) else value


def _cut(values: list[Any], told: Settings) -> object:
    value, bins, labels = values[0], told.get("bins"), told.get("labels")
    if not isinstance(bins, list) or not (isinstance(labels, list) or labels is False):
        raise UntoldError("cut")
    if value is None:
        return None
    edges = [_edge(edge) for edge in bins]
    at = (bisect_left if told.get("right", True) else bisect_right)(edges, value) - 1
    if not 0 <= at < len(edges) - 1:
        return None
    return at if labels is False else labels[at]


def _edge(edge: Any) -> float:
    if not isinstance(edge, (int, float)) and str(edge) not in ("inf", "-inf"):
        raise UntoldError("bins")
    return float(edge)


def _digitize(values: list[Any], told: Settings) -> object:
    bins = told.get("bins")
    if not isinstance(bins, list) or values[0] is None:
        raise UntoldError("digitize")
    return (bisect_left if told.get("right") else bisect_right)(bins, values[0])


def _size(values: list[Any], told: Settings) -> object:
    if len(values) == 1 and isinstance(values[0], (str, list, tuple)):
        return len(values[0])
    raise UntoldError("size")


def _contains(values: list[Any], told: Settings) -> object:
    pattern = str(told.get("pattern"))
    words = [pattern] if told.get("regex") is False else pattern.split("|")
    plain = told.get("regex") is False or not any(sign in pattern for sign in "\\^$.?*+()[]{}")
    if values[0] is None or not plain or not isinstance(values[0], str):
        raise UntoldError("contains")
    if told.get("case") is False:
        return any(word.lower() in values[0].lower() for word in words)
    return any(word in values[0] for word in words)


def _to_datetime(values: list[Any], told: Settings) -> object:
    value = values[0]
    if value is None:
        return None
    unit, zone = told.get("unit"), "UTC" if told.get("utc") is True else told.get("tz")
    if isinstance(value, Moment):
        return moments.in_zone(value, zone) if zone and value.zone else Moment(value.clock, zone or value.zone)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return moments.from_epoch(value, str(unit or "ns"), zone)
    if isinstance(value, str):
        return moments.written(value)
    raise UntoldError("to_datetime")


def _to_number(values: list[Any], told: Settings) -> object:
    if values[0] is None or isinstance(values[0], (int, float)):
        return values[0]
    raise UntoldError("to_number")


def _extreme(pick: Callable[..., Any]) -> Callable[[list[Any], Settings], object]:
    def handler(values: list[Any], told: Settings) -> object:
        known = [value for value in values if value is not None]
        if len(known) < len(values) and told.get("nulls") != "ignore":
            return None
        return pick(known, key=_seconds) if known else None

    return handler


SPECIAL: Final[Mapping[str, Callable[[list[Any], Settings], object]]] = MappingProxyType({
    "where": _where, "fill_null": _filled, "default": _filled, "clip": _clip, "cast": _cast, "in": _in,
    "if_empty": lambda values, told: values[0] if values[0] is not None and truth(values[0]) else values[1],
    "between": _between, "map_values": _mapped, "replace": _replace, "cut": _cut, "digitize": _digitize,
    "size": _size, "contains": _contains, "to_datetime": _to_datetime, "to_number": _to_number,
    "is_null": lambda values, told: values[0] is None, "is_not_null": lambda values, told: values[0] is not None,
    "not": lambda values, told: not truth(values[0]), "and": lambda values, told: all(map(truth, values)),
    "or": lambda values, told: any(map(truth, values)), "list": lambda values, told: list(values),
    "greatest": _extreme(max), "least": _extreme(min),
})  # fmt: skip
