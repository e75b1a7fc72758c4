"""Why a file is left out."""

from __future__ import annotations


class Unreadable(Exception):  # noqa: N818
    """A file, or a cell of a notebook, that can't be read; `reason` is shown to the user."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line
