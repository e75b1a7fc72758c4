"""Where the name of a column is written in code, whatever the evaluator made of it.

"Nobody uses it" is only said of a column that nothing speaks of. Code that can't be followed (a lambda over rows, a
dictionary of aggregations, a helper that takes a name) still has to write the name down somewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mldebt.graph.told import Told
from mldebt.graph.unread import UnreadCode
from mldebt.read.facts import FileFacts
from mldebt.sites import Site

_EXPRESSION = re.compile(r"[<>=@&|()+*/]")
_QUERY = re.compile(r"\bselect\b", re.IGNORECASE)
_PATH = re.compile(r"[^\W\d]\w*(?:\.\w+)+")
"""A part of a nested column, `payload.current.temperature`."""
_WORD = re.compile(r"[^\W\d]\w*")
_COLLECTIONS = ("list", "tuple", "set")


class Mentions:
    """Mentions of names in the files of a repository; a file is looked through when it is first asked about."""

    def __init__(
        self,
        facts: Mapping[str, FileFacts],
        imports: Mapping[str, Iterable[str]],
        unread: UnreadCode | None = None,
        told: Told | None = None,
    ) -> None:
        self._facts = facts
        self._unread = unread
        self._told = told or Told()
        self._near: dict[str, set[str]] = {}
        self._lines: dict[str, tuple[Lines, Lines, Lines]] = {}
        for file, imported in imports.items():
            for other in imported:
                self._near.setdefault(file, set()).add(other)
                self._near.setdefault(other, set()).add(file)

    def elsewhere(self, name: str, sites: Iterable[Site], readers: Iterable[str] = (), *, made: bool = False) -> bool:
        """Whether the name is written at another place than the sites, in the files or next to them by import.

        The files are `readers`, those that read the column's data set; without any, those of the sites. A list of names
        says which columns there are, not what becomes of them, so it does not count, unless the column is `made` here:
        then somebody takes it. Code that can't be read may import anything, so its every word does.
        """
        if self._unread is not None and self._unread.speaks_of(name):
            return True
        own = list(sites)
        files = set(readers) or {site.file for site in own}
        files |= {other for file in files for other in self._near.get(file, ())}
        spelled = name.encode("utf-8", "surrogatepass")
        near = [file for file in files if self._spells(file, spelled)]
        return any(
            not _overlaps(place, own) or self._chained(name, place)
            for file in near
            for place in self._places(file, name)
        ) or (made and any(not _overlaps(place, own) for file in near for place in self._places(file, name, LISTED)))

    def _spells(self, file: str, name: bytes) -> bool:
        """Whether a name can be in a file: what is quickly told, and mostly no."""
        facts = self._facts.get(file)
        return facts is not None and name in facts.packed

    def _chained(self, name: str, place: Site) -> bool:
        """Whether one statement makes a column and speaks of it again: `.select(….alias("x")).filter(col("x") > 0)`."""
        stored = self._places(place.file, name, STORED)
        return self._places(place.file, name).count(place) > 1 and place not in stored

    def _places(self, file: str, name: str, how: int = 0) -> list[Site]:
        """The statements that speak of a name, store under it, or list it."""
        facts = self._facts.get(file)
        if facts is None or not facts.packed:
            return []
        if file not in self._lines:
            self._lines[file] = self._told.of(facts, "names of columns", _lines_of)
        return [facts.site(first, last) for first, last in self._lines[file][how].get(name, ())]


Lines = Mapping[str, Sequence[tuple[int, int]]]
"""The first and the last lines of statements by the names in them."""

STORED, LISTED = 1, 2


def _lines_of(body: tuple[Any, ...]) -> tuple[Lines, Lines, Lines]:
    """Where names are spoken of, where assignments store under them, and where lists hold them."""
    spoken: dict[str, list[tuple[int, int]]] = {}
    stored: dict[str, list[tuple[int, int]]] = {}
    listed: dict[str, list[tuple[int, int]]] = {}
    for found, names in ((spoken, _names(body, listed)), (stored, _stored(body))):
        for name, first, last in names:
            found.setdefault(name, []).append((first, last))
    return spoken, stored, listed


def _names(
    body: tuple[Any, ...], listed: dict[str, list[tuple[int, int]]] | None = None
) -> Iterator[tuple[str, int, int]]:
    """(name, first line, last line of the statement) for each text, attribute, keyword and field of a record in a piece
    of IR; texts in lists go into `listed`."""
    waiting: list[tuple[Any, int, int]] = [(body, 1, 1)] if body else []
    while waiting:
        part, first, last = waiting.pop()
        if len(part) == 2 and part[0] == "name" and type(part[1]) is str:
            continue  # a third of a program
        if len(part) > 2 and type(part[1]) is int and type(part[2]) is int and isinstance(part[0], str):
            first, last = part[1], part[2]
        for name in _own_names(part):
            yield name, first, last
        if listed is not None:
            for name in _listed(part):
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


def _listed(part: tuple[Any, ...]) -> Iterable[str]:
    if part[0] in _COLLECTIONS and len(part) == 2:
        return [item[1] for item in part[1] if item and item[0] == "const" and isinstance(item[1], str)]
    return ()


def _is_expression(text: str) -> bool:
    """`age > 30`; not a SELECT, which is read as SQL and says only which columns there are."""
    return bool(_EXPRESSION.search(text)) and not _QUERY.search(text)


def _children(part: tuple[Any, ...]) -> Iterable[Any]:
    if part[0] in _COLLECTIONS and len(part) == 2:
        return [item for item in part[1] if item and item[0] != "const"]
    return part


def _overlaps(place: Site, sites: Iterable[Site]) -> bool:
    return any(
        place.file == site.file
        and place.cell == site.cell
        and place.line <= site.end_line
        and site.line <= place.end_line
        for site in sites
    )
