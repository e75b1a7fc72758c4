"""Places in the encoded text that stands for a graph: those of a file found, and put where another state has them.

Rules compare lines and don't count them. So a state in which the lines of a file stand elsewhere, in the same order, is
the same to them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress

import msgspec

from mldebt.sites import Site

Positions = tuple[int, ...]
"""All lines of a file that are spoken of, sorted, each with its cell: see `position`."""
_CELLS = 1 << 32
_SITE, _NUMBERS_OF_SITE = b"\x94", b"\x93"
"""In msgpack a site is an array of four: its file and three numbers."""
_NUMBER = rb"(?:[\x00-\x7f]|\xcc.|\xcd..|\xce....)"
_THREE = _NUMBER + _NUMBER + rb"(?:\xff|" + _NUMBER + rb")"
_AT_FRONT = re.compile(_THREE, re.DOTALL)


def position(line: int, cell: int) -> int:
    """One number for a line: cell by cell, then line by line."""
    return (cell + 1) * _CELLS + line


def placed(number: int) -> tuple[int, int]:
    """The line and the cell of a position."""
    return number % _CELLS, number // _CELLS - 1


def elsewhere(site: Site, to: Mapping[int, int]) -> Site:
    """A site put elsewhere; KeyError where it isn't known where."""
    line, cell = placed(to[position(site.line, site.cell)])
    end_line, also_there = placed(to[position(site.end_line, site.cell)])
    if cell != also_there:
        raise KeyError(site)
    return Site(site.file, line, end_line, cell)


def everywhere(parts: Iterable[bytes], files: Collection[str]) -> dict[str, Positions]:
    """The positions in all of these files."""
    found: dict[str, set[int]] = {}
    pattern = _sites_of(files)
    for encoded in set[bytes]().union(*map(pattern.findall, parts)) if files else ():
        with suppress(msgspec.DecodeError):  # it only looks like one
            file, line, end_line, cell = msgspec.msgpack.decode(encoded)
            if file in files:
                found.setdefault(file, set()).update((position(line, cell), position(end_line, cell)))
    return {file: tuple(sorted(positions)) for file, positions in found.items()}


def of_file(parts: Iterable[bytes], file: str) -> Positions:
    """The positions in one file."""
    places = (place for part in parts for place, _ in _places(part, file) if place is not None)
    return tuple(sorted({position(line, each.cell) for each in places for line in (each.line, each.end_line)}))


def moved(part: bytes, file: str, to: Mapping[int, int]) -> bytes:
    """The same text with each place in a file put elsewhere; KeyError where it isn't known where."""
    head = _SITE + msgspec.msgpack.encode(file)
    if head not in part:
        return part
    pieces = [part[: part.index(head)]]
    for place, rest in _places(part, file):
        pieces += (head, rest if place is None else _numbers(elsewhere(place, to)) + rest)
    return b"".join(pieces)


def _places(part: bytes, file: str) -> Iterator[tuple[Site | None, bytes]]:
    """Each place in a file with what follows up to the next one; None for what only looks like one."""
    for piece in part.split(_SITE + msgspec.msgpack.encode(file))[1:]:
        numbers = _AT_FRONT.match(piece)
        if numbers is None:
            yield None, piece
        else:
            yield Site(file, *msgspec.msgpack.decode(_NUMBERS_OF_SITE + numbers[0])), piece[numbers.end() :]


def _numbers(site: Site) -> bytes:
    return msgspec.msgpack.encode(site[1:]).removeprefix(_NUMBERS_OF_SITE)


def _sites_of(files: Iterable[str]) -> re.Pattern[bytes]:
    """What looks like a site in a file whose name is as long as one of these, which is found much sooner."""
    heads = {(name[: len(name) - len(file)], len(file)) for file, name in map(_named, files)}
    names = b"|".join(re.escape(head) + b".{%d}" % length for head, length in sorted(heads))
    return re.compile(_SITE + b"(?:" + names + b")" + _THREE, re.DOTALL)


def _named(file: str) -> tuple[bytes, bytes]:
    return file.encode(), msgspec.msgpack.encode(file)
