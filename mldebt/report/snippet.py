"""The code of a site with line numbers and a mark under it."""

from __future__ import annotations

from mldebt.report.places import printable_code
from mldebt.rules.result import SourceText
from mldebt.sites import Site

_MOST_LINES = 6


def snippet(site: Site, source: SourceText, width: int) -> list[tuple[str, str]]:
    """Lines as gutter and text: one line is underlined, several are tied together, many are shortened."""
    numbered = [(number, printable_code(line)) for number, line in source.lines(site)]
    if not numbered:
        return []
    margin = len(str(numbered[-1][0]))
    body = _one(*numbered[0]) if len(numbered) == 1 else _several(numbered)
    rows = [(" " * (margin + 1) + "|", "")]
    rows += [(f"{number or '':>{margin}} |", _cut(f" {text}", width - margin - 2)) for number, text in body]
    return [*rows, rows[0]]


def _one(number: int, line: str) -> list[tuple[int, str]]:
    start = len(line) - len(line.lstrip())
    return [(number, line), (0, " " * start + "^" * max(1, len(line.strip())))]


def _several(numbered: list[tuple[int, str]]) -> list[tuple[int, str]]:
    first, rest = numbered[0], numbered[1:]
    rows = [(first[0], f"/ {first[1]}")]
    rows += [(number, f"| {line}") for number, line in rest[: _MOST_LINES - 2]]
    if len(rest) > _MOST_LINES - 1:
        rows.append((0, "| …"))
    rows += [(number, f"| {line}") for number, line in rest[_MOST_LINES - 2 :][-1:]]
    return [*rows, (0, "|" + "_" * max(1, len(numbered[-1][1].rstrip())) + "^")]


def _cut(text: str, width: int) -> str:
    """Not wider than the page; an underline simply ends there."""
    if len(text) <= width:
        return text.rstrip()
    return text[: width - 1] + ("^" if not text.strip(" ^") else "…")
