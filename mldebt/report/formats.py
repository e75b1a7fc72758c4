"""The formats that results are written in; only the module of one that is used is loaded."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from mldebt.rules.result import Result

MODULES = {
    "full": "full",
    "concise": "concise",
    "json": "json_format",
    "json-lines": "json_lines",
    "sarif": "sarif",
    "github": "github",
    "gitlab": "gitlab",
    "junit": "junit",
    "azure": "azure",
    "rdjson": "rdjson",
    "sonar": "sonar",
    "markdown": "markdown_summary",
}
FORMATS = tuple(MODULES)
FOR_TERMINALS = ("full", "concise")
EXPLAINING = ("sarif", "sonar")
"""Those that say what each rule is."""


class Look(Struct, frozen=True):
    """What a terminal can do: colours, places that can be clicked, and how much fits on a line."""

    color: bool = False
    links: bool = False
    width: int = 80


def render(result: Result, name: str, look: Look | None = None) -> str:
    """The result in one of the formats."""
    module = import_module(f"mldebt.report.{MODULES[name]}")
    text: str
    if name in FOR_TERMINALS:
        look = look or Look()
        width = {"width": look.width} if name == "full" else {}
        text = module.render(result, color=look.color, links=look.links, **width)
    else:
        text = module.render(result)
    return text
