"""Words that several rules share."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.rules.witness import spoken


def listed(names: Sequence[str], limit: int = 8) -> str:
    """`a`, `b` and `c`; of more than `limit` names the first ones and the number of the others."""
    quoted = [spoken(name) for name in names[:limit]]
    if len(names) > limit:
        return ", ".join(quoted) + f" and {len(names) - limit} more"
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f" and {quoted[-1]}"


def opening(name: str) -> str:
    """What a sentence that begins with something stored calls it."""
    said = spoken(name)
    return f"{said[0].upper()}{said[1:]}"


def snippet(*lines: str) -> str:
    """Lines to be pasted somewhere, as a paragraph of a help text of their own."""
    return "\n".join(("\n\n```", *lines, "```\n\n"))


def counted(number: int, thing: str, plural: str = "") -> str:
    """1 file, 2 files."""
    return f"{number} {thing if number == 1 else plural or thing + 's'}"


def literal(names: Sequence[str]) -> str:
    """The names as a Python list to paste."""
    return "[" + ", ".join(f'"{name}"' for name in names) + "]"
