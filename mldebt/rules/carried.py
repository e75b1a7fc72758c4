"""Findings of another state, with the lines on which the code stands today."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from posixpath import basename
from typing import Any

from mldebt.graph.positions import elsewhere, placed
from mldebt.rules.model import Finding
from mldebt.rules.plain import MARK, from_plain
from mldebt.sites import Site

_PLACED = ("Site", "Edit")
_NUMBER = re.compile(r"\d+")


def carried(kept: Iterable[Any], moves: Mapping[str, Mapping[int, int]]) -> tuple[Finding, ...] | None:
    """Findings in plain values (`as_plain`), each line where it went; None where one may speak of a line in words.

    KeyError where it isn't known where a line went.
    """
    findings = tuple(kept)
    if any(_speaks_of_lines(finding, moves) for finding in findings):
        return None
    return tuple(from_plain(_carried(finding, moves)) for finding in findings)


def _carried(value: Any, moves: Mapping[str, Mapping[int, int]]) -> Any:
    if type(value) is tuple and value[:1] == (MARK,) and value[1] in _PLACED and value[2] in moves:
        return _put(*value[1:], moves=moves[value[2]])
    if type(value) in (tuple, list):
        return type(value)(_carried(item, moves) for item in value)
    if type(value) is dict:
        return {key: _carried(item, moves) for key, item in value.items()}
    return value


def _put(name: str, file: str, first: int, last: int, *more: Any, moves: Mapping[int, int]) -> Any:
    """A site elsewhere; an edit holds columns too, and what stands there may be another text now."""
    if name == "Edit":
        raise KeyError(file)
    return (MARK, name, *elsewhere(Site(file, first, last, *more), moves))


def _speaks_of_lines(finding: Any, moves: Mapping[str, Mapping[int, int]]) -> bool:
    """Whether a number in it, beside its sites, is a line of a file that it is about."""
    leaves = list(_leaves(finding))
    texts = [leaf for leaf in leaves if isinstance(leaf, str)]
    for file, lines in moves.items():
        if not any(file in text or basename(file) in text for text in texts):
            continue
        gone = {str(placed(then)[0]) for then, now in lines.items() if then != now}
        spoken = {str(leaf) for leaf in leaves if type(leaf) is int}.union(*map(_NUMBER.findall, texts))
        if gone & spoken:
            return True
    return False


def _leaves(value: Any) -> Iterator[Any]:
    """Texts and numbers, without those of sites, of which only the file is given."""
    if type(value) is tuple and value[:2] == (MARK, "Site"):
        yield value[2]
    elif type(value) in (tuple, list):
        for item in value:
            yield from _leaves(item)
    elif type(value) is dict:
        yield from _leaves((*value.keys(), *value.values()))
    else:
        yield value
