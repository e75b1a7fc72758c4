"""Names against patterns with `*`: there are thousands of both, and compiling a pattern takes longer than trying it."""

from __future__ import annotations

from fnmatch import fnmatchcase


def fits(name: str, pattern: str) -> bool:
    """Like `fnmatchcase`."""
    if "?" in pattern or "[" in pattern:
        return fnmatchcase(name, pattern)
    first, star, rest = pattern.partition("*")
    if not star:
        return name == pattern
    *middle, last = rest.split("*")
    at, end = len(first), len(name) - len(last)
    if end < at or not name.startswith(first) or not name.endswith(last):
        return False
    for piece in middle:
        found = name.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True
