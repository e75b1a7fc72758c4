"""Where names and texts stand in the code of one file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

_EXPRESSION = re.compile(r"[<>=@&|()+*/]")
_QUERY = re.compile(r"\bselect\b", re.IGNORECASE)
_PATH = re.compile(r"[^\W\d]\w*(?:\.\w+)+")
"""A part of a nested column, `payload.current.temperature`."""
_WORD = re.compile(r"[^\W\d]\w*")
_COLLECTIONS = ("list", "tuple", "set")
_NAMES = ("columns", "names", "usecols")
_STATEMENTS = frozenset({
    "assign", "aug", "expr", "return", "raise", "assert", "del", "if", "for", "while", "with", "try", "match", "def",
    "class", "magic",
})  # fmt: skip

Lines = tuple[int, int]
"""The first and the last line of a statement."""
ByName = Mapping[str, Sequence[Lines]]


STORED, LISTED = 1, 2


def lines_of_names(body: tuple[Any, ...]) -> tuple[ByName, ByName, ByName]:
    """Where names are spoken of, where assignments store under them, and where lists hold them."""
    spoken: dict[str, list[Lines]] = {}
    stored: dict[str, list[Lines]] = {}
    listed: dict[str, list[Lines]] = {}
    for found, names in ((spoken, _names(body, listed)), (stored, _stored(body))):
        for name, first, last in names:
            found.setdefault(name, []).append((first, last))
    return spoken, stored, listed


def _names(body: tuple[Any, ...], listed: dict[str, list[Lines]] | None = None) -> Iterator[tuple[str, int, int]]:
    """(name, first line, last line of the statement) for each text, attribute, keyword and field of a record in a piece
    of IR; texts in lists go into `listed`."""
    waiting: list[tuple[Any, int, int]] = [(body, 1, 1)] if body else []
    naming: set[int] = set()
    while waiting:
        part, first, last = waiting.pop()
        if len(part) == 2 and part[0] == "name" and type(part[1]) is str:
            continue  # a third of a program
        if len(part) > 2 and type(part[1]) is int and type(part[2]) is int and isinstance(part[0], str):
            first, last = part[1], part[2]
        for name in _own_names(part):
            yield name, first, last
        if listed is not None:
            naming.update(map(id, _naming(part)))
            for name in _listed(part) if id(part) not in naming else ():
                listed.setdefault(name, []).append((first, last))
        for child in _children(part):
            if type(child) is tuple and child:
                waiting.append((child, first, last))


def _stored(body: tuple[Any, ...]) -> Iterator[tuple[str, int, int]]:
    """The same for the names under which assignments store: `df["x"] = df["x"].fillna(0)`."""
    waiting: list[Any] = [body]
    while waiting:
        part = waiting.pop()
        if not isinstance(part, tuple):
            continue
        if len(part) > 3 and part[0] in ("assign", "aug"):
            yield from ((name, part[1], part[2]) for name, _, _ in _names(part[3]))
        elif part and part[0] not in ("expr", "const", "return"):
            waiting += part


def _own_names(part: tuple[Any, ...]) -> Iterable[str]:
    tag, size = part[0], len(part)
    if tag == "const" and size == 2 and isinstance(part[1], str):
        text = part[1]
        return (text, *(_WORD.findall(text) if _is_expression(text) or _PATH.fullmatch(text) else ()))
    if tag == "attr" and size == 3 and isinstance(part[2], str):
        return (part[2],)
    if tag == "call" and size == 6:
        return [name for name, _ in part[3] if name]
    if tag == "class" and size == 8:
        return [name for field in part[7] for name in _field(field)]
    return ()


def _field(statement: tuple[Any, ...]) -> Iterable[str]:
    """`spend: float`: rows go into records by the names of their fields."""
    if statement[0] == "assign" and statement[5] is not None:
        return [target[1] for target in statement[3] if target[0] == "name"]
    return ()


def _naming(part: tuple[Any, ...]) -> Iterable[Any]:
    """The lists in it that only say which columns a table has: `df[["a", "b"]]`, which is followed, and `columns=`."""
    if part[0] == "index" and len(part) == 3:
        return (part[2],)
    if part[0] == "call" and len(part) == 6:
        return [value for name, value in part[3] if name in _NAMES]
    return ()


def _listed(part: tuple[Any, ...]) -> Iterable[str]:
    items = _items(part) or ()
    return [item[1] for item in items if item and item[0] == "const" and isinstance(item[1], str)]


def _is_expression(text: str) -> bool:
    """`age > 30`; not a SELECT, which is read as SQL and says only which columns there are."""
    return bool(_EXPRESSION.search(text)) and not _QUERY.search(text)


def _children(part: tuple[Any, ...]) -> Iterable[Any]:
    items = _items(part)
    return part if items is None else [item for item in items if item and item[0] != "const"]


def _items(part: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """The expressions of a list; None of what is none, as an argument that is called so: `pick(list=3)`."""
    if part[0] not in _COLLECTIONS or len(part) != 2 or not isinstance(part[1], (tuple, list)):
        return None
    return tuple(part[1]) if all(isinstance(item, (tuple, list)) for item in part[1]) else None


def lines_of_texts(body: tuple[Any, ...], part: str) -> Sequence[int]:
    """The lines of statements that have a text in which a part stands."""
    return tuple(sorted({line for text, line in _texts(body, 0) if part in text}))


def _texts(tree: object, line: int) -> Iterator[tuple[str, int]]:
    """Every string of the code with the line of its statement."""
    if not isinstance(tree, tuple) or not tree:
        return
    if tree[0] in _STATEMENTS and len(tree) > 2 and isinstance(tree[1], int):
        line = tree[1]
    if tree[0] == "const":
        if isinstance(tree[1], str):
            yield tree[1], line
        return
    if tree[0] == "fstr":
        yield from ((part, line) for part in tree[1] if isinstance(part, str))
    for child in tree:
        yield from _texts(child, line)
