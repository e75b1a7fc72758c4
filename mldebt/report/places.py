"""How places and texts from a stranger's repository are written on a terminal."""

from __future__ import annotations

import re

from mldebt.rules.result import SourceText
from mldebt.sites import Site

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def place(site: Site) -> str:
    """`path:line`, in a notebook `path:cell 3:line` with cells counted from 0, as in JSON."""
    cell = f"cell {site.cell}:" if site.cell >= 0 else ""
    return f"{site.file}:{cell}{site.line}"


def exact_place(site: Site, source: SourceText) -> str:
    return f"{place(site)}:{source.region(site).column}"


def printable(text: str) -> str:
    """The text on one line, without anything that could steer a terminal or turn the direction of writing."""
    return _CONTROL.sub("\ufffd", " ".join(text.split()))


def printable_code(line: str) -> str:
    """A line of code, its blanks kept."""
    return _CONTROL.sub("\ufffd", line.expandtabs(4))


def visible(text: str) -> str:
    """A text of several lines, for a log."""
    return "\n".join(_CONTROL.sub("\ufffd", line.expandtabs(4)) for line in re.split(r"\r\n|\r|\n", text))
