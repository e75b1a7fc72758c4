"""Where a line of a notebook's cell lies in the notebook's JSON file, for readers that know no cells."""

from __future__ import annotations

from collections.abc import Iterator
from json import JSONDecodeError, JSONDecoder

from mldebt.sites import Site

_BLANKS = " \t\n\r"
_DECODER = JSONDecoder(strict=False)


def line_in_file(text: str, site: Site) -> int | None:
    """The line of the file on which the site begins, None where it can't be found."""
    try:
        start = _source(text, site.cell)
        position = None if start is None else _line_start(text, start, site.line)
    except (JSONDecodeError, IndexError):
        return None
    return None if position is None else text.count("\n", 0, position) + 1


def source_range(text: str, cell: int) -> tuple[int, int] | None:
    """The offsets at which the cell's source begins and ends."""
    start = _source(text, cell)
    return None if start is None else (start, _DECODER.raw_decode(text, start)[1])


def string_items(text: str, start: int) -> Iterator[tuple[str, str]]:
    """The strings of the array at this offset, each with the way in which it is written."""
    for offset in _items(text, start):
        value, end = _DECODER.raw_decode(text, offset)
        yield str(value), text[offset:end]


def _source(text: str, cell: int) -> int | None:
    """The offset of the cell's source, in notebooks of version 4 and older ones."""
    document = dict(_members(text, _skip(text, 0)))
    if "cells" not in document and "worksheets" in document:
        document = dict(_members(text, next(_items(text, document["worksheets"]))))
    if "cells" not in document:
        return None
    for index, item in enumerate(_items(text, document["cells"])):
        if index == cell:
            members = dict(_members(text, item))
            return members.get("source", members.get("input"))
    return None


def _line_start(text: str, source: int, line: int) -> int | None:
    """The offset of the string in which the line begins: usually each line has its own."""
    strings = _items(text, source) if text[source] == "[" else iter((source,))
    passed = 0
    for start in strings:
        value, _ = _DECODER.raw_decode(text, start)
        passed += str(value).count("\n")
        if passed >= line or (not str(value).endswith("\n") and passed + 1 >= line):
            return start
    return None


def _members(text: str, start: int) -> Iterator[tuple[str, int]]:
    """Keys of the object at this offset, each with the offset of its value."""
    if text[start] != "{":
        return
    at = _skip(text, start + 1)
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        yield str(key), at
        at = _behind(text, at)


def _items(text: str, start: int) -> Iterator[int]:
    """Offsets of the items of the array at this offset."""
    if text[start] != "[":
        return
    at = _skip(text, start + 1)
    while text[at] != "]":
        yield at
        at = _behind(text, at)


def _behind(text: str, at: int) -> int:
    """The offset of what follows the value at this offset and the comma behind it."""
    _, end = _DECODER.raw_decode(text, at)
    end = _skip(text, end)
    return _skip(text, end + 1) if text[end] == "," else end


def _skip(text: str, at: int) -> int:
    while text[at] in _BLANKS:
        at += 1
    return at
