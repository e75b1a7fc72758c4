"""Colours and links of a terminal that has them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

CODES = {"critical": "1;31", "high": "31", "medium": "33", "low": "36", "bold": "1", "faint": "2", "link": "34"}


class Style(Struct, frozen=True):
    """How text may look; a plain one leaves it as it is."""

    color: bool = False
    links: Callable[[str], Path] | None = None
    """Where a file lies, if files are linked."""

    def paint(self, text: str, *styles: str) -> str:
        if not (self.color and text):
            return text
        return f"\x1b[{';'.join(CODES[style] for style in styles)}m{text}\x1b[0m"

    def linked(self, text: str, file: str) -> str:
        """The text with a link to a file of the repository (OSC 8)."""
        if self.links is None:
            return text
        return f"\x1b]8;;{self.links(file).absolute().as_uri()}\x1b\\{text}\x1b]8;;\x1b\\"
