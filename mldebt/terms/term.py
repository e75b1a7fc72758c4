"""An expression over columns as a small tree, and as text."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from msgspec import Struct

MAX_SIZE: Final = 80
Packed = tuple[str, tuple[Any, ...], tuple[tuple[str, str], ...]]

INFIX: Final[Mapping[str, str]] = MappingProxyType({
    "add": "+", "sub": "-", "mul": "*", "div": "/", "floordiv": "//", "mod": "%", "pow": "**", "eq": "==", "ne": "!=",
    "lt": "<", "le": "<=", "and": "and", "or": "or", "concat": "||", "sql_div": "/", "whole_div": "/",
})  # fmt: skip


class Term(Struct, frozen=True):
    """`op` applied to `args`; `settings` are what it is told besides, by name: a window, a unit, what nulls become.

    A column is `column` with its name, a constant `const` with its value, both as the only setting.
    """

    op: str
    args: tuple[Term, ...] = ()
    settings: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        if self.op == "column":
            return _name(self.settings[0][1])
        if self.op in ("const", "hole"):
            return self.settings[0][1] if self.settings else "_"
        if self.op in INFIX and not self.settings:
            return f" {INFIX[self.op]} ".join(_inner(arg) for arg in self.args)
        told = [f"{name}={value}" for name, value in self.settings]
        return f"{self.op}({', '.join([*map(str, self.args), *told])})"

    def setting(self, name: str) -> str | None:
        return next((value for key, value in self.settings if key == name), None)

    def walk(self) -> Iterator[Term]:
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            if part.args:
                waiting += part.args[::-1]

    @property
    def size(self) -> int:
        """How many operations, columns and constants it is made of."""
        return 1 + sum([arg.size for arg in self.args])

    @property
    def columns(self) -> frozenset[str]:
        """The names of all columns in it."""
        return frozenset(part.settings[0][1] for part in self.walk() if part.op == "column")


USUAL: Final = frozenset(("false", "null", '"raise"'))


def brief(term: Term) -> str:
    """The term for people: without what a call is told that it would do anyway."""
    return str(_without_usual(term))


def _without_usual(term: Term) -> Term:
    if term.op in ("column", "const", "hole"):
        return term
    told = tuple((name, value) for name, value in term.settings if value not in USUAL)
    return Term(term.op, tuple(map(_without_usual, term.args)), told)


def packed(term: Term) -> Packed:
    """A term as plain tuples and texts."""
    return (term.op, tuple(packed(arg) for arg in term.args), term.settings)


def unpacked(data: Packed) -> Term:
    op, args, settings = data
    parts = tuple(unpacked(arg) for arg in args)
    told = tuple((str(name), str(value)) for name, value in settings)
    return Term(op, parts, told)


IN_ORDER: Final = (("as_stored", "false"),)
"""Says of a window that rows are put in order for it, in whichever they are stored."""
HOLE: Final = Term("hole")
"""Stands for a column in what is done to all columns of a table."""


def _name(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"


def _inner(term: Term) -> str:
    return f"({term})" if term.op in INFIX else str(term)


def column(name: str) -> Term:
    return Term("column", (), (("name", name),))


def predicted(node: str) -> Term:
    """What a model says."""
    return Term("predicted", (), (("node", node),))


def is_predicted(term: Term) -> bool:
    """Whether a prediction goes into it."""
    return any(part.op == "predicted" for part in term.walk())


def stored(of: str, key: str) -> Term:
    """A value in a stored document, under the keys that lead to it."""
    return Term("stored", (), (("key", key), ("of", of)))


def part_of_stored(term: Term, name: str) -> Term | None:
    """What lies under one more key."""
    if term.op != "stored":
        return None
    (_, key), (_, of) = term.settings
    return stored(of, f"{key}.{name}")


def const(value: object) -> Term:
    return Term("const", (), (("value", written(value)),))


def written(value: object) -> str:
    """A constant as text; a whole number is the same as a float or an integer."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(_sorted(value), ensure_ascii=False)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, (str, bool, type(None))) else repr(value)


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _sorted(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, (list, tuple)):
        return [_sorted(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


def number(term: Term) -> float | None:
    """The value of a constant number."""
    if term.op != "const":
        return None
    try:
        return float(term.settings[0][1])
    except ValueError:
        return None


def substitute(term: Term, of: Callable[[Term], Term | None]) -> Term | None:
    """A term with each column and hole replaced by what `of` says; None where that can't be told of one."""
    from mldebt.terms.algebra import apply

    if term.op in ("column", "hole"):
        return of(term)
    if not term.args:
        return term
    args = [substitute(arg, of) for arg in term.args]
    return apply(term.op, args, term.settings)
