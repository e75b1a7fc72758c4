"""Names that are bound once, to a value that is written there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from mldebt.read.bindings import bound_by, names_of
from mldebt.read.facts import Expr, Stmt

REWRITING = frozenset({"globals", "exec", "vars", "locals", "setattr", "__dict__", "run_path", "run_module"})
"""What may bind a name that no statement binds."""

_OPENING = tuple(word.encode() for word in (*REWRITING, "match", "magic"))


class Stuck(Struct, frozen=True):
    """A name with one value: of a module, or of the function `scope`; without a name, a constant in a condition."""

    file: str
    scope: str
    name: str
    value: object
    line: int


def stuck_names(file: str, scope: str, body: tuple[Stmt, ...], params: Iterable[Any] = ()) -> dict[Expr, Stuck]:
    """The names that a module or a function binds once, in the row of its own statements."""
    candidates = {
        target[1]: (statement[4][1], statement[1])
        for statement in body
        if statement[0] == "assign" and statement[4] is not None and _is_plain(statement[4])
        for target in statement[3]
        if target[0] == "name"
    }
    if not candidates:
        return {}
    bound = Counter(_bound((*params, *body)))
    return {
        ("name", name): Stuck(file, scope, name, value, line)
        for name, (value, line) in candidates.items()
        if bound[name] + sum(param[0] == name for param in params) == 1
    }


def _is_plain(value: Expr) -> bool:
    return value[0] == "const" and isinstance(value[1], bool)


def is_statement(part: Any) -> bool:
    return len(part) > 2 and isinstance(part[0], str) and type(part[1]) is int and type(part[2]) is int


def parts(tree: Any) -> Iterator[tuple[Any, ...]]:
    """All tuples of a piece of code, those inside of others, too."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if part:
            yield part
            if len(part) == 2 and type(part[1]) is not tuple and type(part[0]) is not tuple:
                continue  # a name or a constant, as most are
            waiting += [one for one in part if type(one) is tuple]


def _bound(tree: Any) -> Iterator[str]:
    """Each name, as often as it is bound anywhere in a piece of code; what is global or deleted counts as rebound."""
    for part in parts(tree):
        if is_statement(part):
            yield from _by_statement(part)
        elif part[0] == "walrus" and len(part) == 3:
            yield part[1]
        elif part[0] == "comp" and len(part) == 4:
            yield from (name for generator in part[3] for name in names_of(generator[0]))
        elif part[0] == "lambda" and len(part) == 3:
            yield from (param[0] for param in part[1])


def _by_statement(statement: Stmt) -> Iterator[str]:
    yield from bound_by(statement)
    match statement[0]:
        case "def":
            yield from (param[0] for param in statement[4])
        case "global":
            yield from (*statement[3], *statement[3])
        case "del":
            yield from (name for target in statement[3] for name in (*names_of(target), *names_of(target)))


def may_be_open(packed: bytes) -> bool:
    """What is quickly told, and mostly no."""
    return any(word in packed for word in _OPENING)


def is_open(body: tuple[Stmt, ...]) -> bool:
    """Whether names may be bound here by other means than statements that bind one."""
    return any(
        (part[0] in ("name", "attr") and part[-1] in REWRITING)
        or (part[0] in ("match", "magic") and is_statement(part))
        for part in parts(body)
    )


def settled(body: tuple[Stmt, ...], found: dict[Expr, Stuck]) -> dict[Expr, Stuck]:
    """The names of a module that no `from … import *` behind them binds anew."""
    if not found:
        return found
    stars = [part[1] for part in parts(body) if part[0] == "from" and is_statement(part) and part[5] == "*"]
    return {key: name for key, name in found.items() if name.line > max(stars, default=0)}


def once_bound(body: tuple[Stmt, ...]) -> Mapping[str, int]:
    return Counter(_bound(body))
