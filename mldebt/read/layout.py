"""Where the statements of a file stand and what they say, so that a change elsewhere in the file can be told apart.

Whoever imports a file depends on its top level and on the functions that it calls, not on all of its text. So a file is
laid out in units, in the order of the text: what runs at the top level, and the body of each function and method there.
The same units with the same text mean the same code, on whichever lines they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

from mldebt.read.facts import Layout, Stmt

SIMPLE = frozenset({"assign", "aug", "expr", "return", "raise", "assert", "del", "global", "import", "from"})
Range = tuple[int, int, bool]
"""First and last line, from 1, and whether it is the body of a function."""


def layout(text: str, body: Sequence[Stmt]) -> Layout:
    """The layout of the text of a Python file whose IR is `body`."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    units = list(_with_what_is_between(_ranges(body, len(lines), lines), lines))
    top, digests = blake2b(digest_size=12), []
    for first, last, is_body in units:
        said = "\n".join(lines[first - 1 : last]).encode("utf-8", "surrogateescape")
        top.update(b"\0body" if is_body else b"\0" + said)
        digests.append(blake2b(said, digest_size=12).digest() if is_body else b"")
    starts, ends = tuple(unit[0] for unit in units), tuple(unit[1] for unit in units)
    return Layout(top.digest(), starts, ends, tuple(digests))


def _ranges(body: Sequence[Stmt], end: int, lines: Sequence[str]) -> Iterator[Range]:
    """The units of statements that come one after the other, up to the line `end`."""
    for at, statement in enumerate(body):
        first, last = statement[1], statement[2]
        following = body[at + 1][1] - 1 if at + 1 < len(body) else end
        if statement[0] in SIMPLE:
            yield first, last, False
        elif statement[0] == "def":
            yield first, last, False
            yield from _body(first, last, following, lines)
        elif statement[0] == "class":
            yield first, last, False
            yield from _ranges(statement[7], _last_indented(first, last, following, lines), lines)
        else:
            yield first, _last_said(max(last, _end(statement)), following, lines), False


def _body(first: int, last: int, following: int, lines: Sequence[str]) -> Iterator[Range]:
    end = _last_indented(first, last, following, lines)
    if end > last:
        yield last + 1, end, True


def _last_indented(first: int, last: int, following: int, lines: Sequence[str]) -> int:
    """The last line that surely belongs to a definition, by its indentation."""
    depth, found = _indentation(lines[first - 1]), last
    for number in range(last, min(following, len(lines))):
        if lines[number].strip():
            if _indentation(lines[number]) <= depth:
                break
            found = number + 1
    return found


def _last_said(last: int, following: int, lines: Sequence[str]) -> int:
    """The last line of a compound statement, without the empty lines and comments before the next one."""
    said = (number for number in range(following, last, -1) if lines[number - 1].strip())
    return next((number for number in said if not lines[number - 1].lstrip().startswith("#")), last)


def _end(statement: Stmt) -> int:
    """The last line of the statements inside of a compound one: a text may look like a comment."""
    end, waiting = 0, [statement]
    while waiting:
        part = waiting.pop()
        if len(part) > 2 and isinstance(part[0], str) and type(part[1]) is int and type(part[2]) is int:
            end = max(end, part[2])
        waiting += [one for one in part if type(one) is tuple]
    return end


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _with_what_is_between(units: Iterable[Range], lines: Sequence[str]) -> Iterator[Range]:
    """Units, and each line between them that is neither empty nor a comment: decorators, say, count for the top."""
    done = 0
    for first, last, is_body in units:
        yield from _between(done, first, lines)
        yield first, last, is_body
        done = max(done, last)
    yield from _between(done, len(lines) + 1, lines)


def _between(done: int, first: int, lines: Sequence[str]) -> Iterator[Range]:
    for number in range(done + 1, first):
        written = lines[number - 1].strip()
        if written and not written.startswith("#"):
            yield number, number, False
