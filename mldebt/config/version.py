"""`required-version`: a version of mldebt, or bounds such as `>=0.2,<1`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator

_CLAUSE = re.compile(r"\s*(?P<operator>==|>=|<=|!=|~=|>|<|)\s*v?(?P<version>\d+(?:\.\d+)*)\s*")
_RELEASE = re.compile(r"\d+(?:\.\d+)*")
_COMPARED: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    "": operator.eq, "==": operator.eq, "!=": operator.ne, ">=": operator.ge, "<=": operator.le, ">": operator.gt,
    "<": operator.lt, "~=": operator.ge,
}  # fmt: skip


def version_problem(required: str) -> str:
    """What is wrong with the text, "" for nothing."""
    bad = [clause for clause in required.split(",") if not _CLAUSE.fullmatch(clause)]
    return f'"{bad[0].strip()}" is no bound of a version, such as ">=0.2,<1"' if bad else ""


def fits(version: str, required: str) -> bool:
    found = _RELEASE.match(version)
    return found is None or all(_holds(found[0], *clause) for clause in _clauses(required))


def _clauses(required: str) -> Iterator[tuple[str, str]]:
    for clause in required.split(","):
        if match := _CLAUSE.fullmatch(clause):
            yield match["operator"], match["version"]


def _holds(version: str, comparison: str, bound: str) -> bool:
    found, wanted = _numbers(version), _numbers(bound)
    same_series = comparison != "~=" or found[: bound.count(".")] == wanted[: bound.count(".")]
    return same_series and _COMPARED[comparison](found, wanted)


def _numbers(version: str) -> tuple[int, ...]:
    numbers = tuple(int(part) for part in version.split(".")[:6])
    return numbers + (0,) * (6 - len(numbers))
