"""Text that people read in columns."""

from __future__ import annotations

from textwrap import fill

READABLE = 80
"""Characters in a line of running text."""


def hanging(head: str, text: str, width: int = READABLE) -> str:
    """A text beside its head; where that leaves it no room, below."""
    if len(head) > width // 2:
        return f"{head.rstrip()}\n{fill(text, width, initial_indent='    ', subsequent_indent='    ')}"
    return fill(text, width, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False)
