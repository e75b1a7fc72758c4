"""What an export of a notebook leaves of magics, `get_ipython().run_cell_magic("time", "", code)` → the code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from mldebt.read.facts import Expr, Stmt
from mldebt.read.python.bodies import with_bodies
from mldebt.read.python.magics import CODE_CELLS, TIMED
from mldebt.read.python.unreadable import Unreadable

MARK = "get_ipython"
APART = 100_000
"""How far the numbers of the calls in one piece of code are from those of the next."""

Reader = Callable[[str], tuple[tuple[Stmt, ...], int]]


def unwrapped(body: tuple[Stmt, ...], read: Reader) -> tuple[Stmt, ...]:
    """The body with the code that magics run in the place of the calls that run them."""
    return tuple(made for statement in body for made in _unwrapped(statement, read))


def _unwrapped(statement: Stmt, read: Reader) -> Iterator[Stmt]:
    asked = _asked(statement[3]) if statement[0] == "expr" else None
    if asked is None:
        yield with_bodies(statement, lambda body: unwrapped(body, read))
        return
    method, texts, ordinal = asked
    line, end = statement[1:3]
    code = _code(method, texts)
    if code is not None:
        try:
            yield from (_moved(made, line, end, (ordinal + 1) * APART) for made in read(code)[0])
        except Unreadable:
            yield statement
    elif method in ("system", "getoutput") and texts:
        yield ("magic", line, end, "!", texts[0])
    elif method == "run_line_magic" and texts:
        yield ("magic", line, end, "%", " ".join(texts).strip())
    else:
        yield statement


def _asked(value: Expr) -> tuple[str, list[str], int] | None:
    """(method, its arguments, number of the call) for `get_ipython().method("…")`."""
    if value[0] != "call" or value[1][0] != "attr":
        return None
    owner = value[1][1]
    if owner[0] != "call" or owner[1] != ("name", MARK):
        return None
    texts = [argument[1] for argument in value[2] if argument[0] == "const" and isinstance(argument[1], str)]
    return value[1][2], texts, value[5]


def _code(method: str, texts: list[str]) -> str | None:
    """The Python code that a magic runs, None for what is something else."""
    if method == "run_cell_magic" and len(texts) == 3 and texts[0] in CODE_CELLS:
        return texts[2]
    if method == "run_line_magic" and len(texts) == 2 and texts[0] in TIMED and texts[1].strip():
        return texts[1]
    name, _, rest = texts[0].partition(" ") if method == "magic" and texts else ("", "", "")
    return rest if name in TIMED and rest.strip() else None


def _moved(part: Any, line: int, end: int, apart: int) -> Any:
    """Code with the position of the call that runs it, and with numbers of calls that no other code has."""
    if not isinstance(part, tuple):
        return part
    parts = tuple(_moved(each, line, end, apart) for each in part)
    if len(parts) == 6 and parts[0] == "call" and isinstance(parts[5], int):
        return (*parts[:4], line, parts[5] + apart)
    if len(parts) > 3 and isinstance(parts[0], str) and type(parts[1]) is type(parts[2]) is int:
        return (parts[0], line, end, *parts[3:])
    return parts
