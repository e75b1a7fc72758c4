"""Keys of the knowledge base: `{a,b}` names several things, `*`, `**` and `[A-Z]` match what is not listed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

WILD = re.compile(r"\*+|\[[^\]]+\]")
BRACES = re.compile(r"\{([^{}]*)\}")


def expand(key: str) -> Iterator[str]:
    """The keys that a key with braces stands for: `np.{sin,cos}` gives `np.sin` and `np.cos`."""
    group = BRACES.search(key)
    if group is None:
        yield key
        return
    for option in group[1].split(","):
        yield from expand(key[: group.start()] + option.strip() + key[group.end() :])


def is_wild(key: str) -> bool:
    return "*" in key or "[" in key


def last_segment(key: str) -> str:
    return key.rpartition(".")[2]


def rank(key: str) -> tuple[int, int, str]:
    """Sorts the most specific pattern first: fewer wildcards, then more literal text."""
    return (len(WILD.findall(key)), -len(WILD.sub("", key)), key)


def compile_pattern(key: str) -> re.Pattern[str]:
    """`*` stays within a segment, a segment `**` stands for any number of them, none included."""
    segments = key.split(".")
    parts = [_segment(segment, last=at == len(segments) - 1) for at, segment in enumerate(segments)]
    return re.compile("".join(parts))


def _segment(segment: str, last: bool) -> str:
    if segment == "**":
        return r".+" if last else r"(?:[^.]+\.)*"
    at, parts = 0, []
    for wild in WILD.finditer(segment):
        parts.append(re.escape(segment[at : wild.start()]))
        parts.append(r"[^.]*" if wild[0].startswith("*") else wild[0])
        at = wild.end()
    return "".join(parts) + re.escape(segment[at:]) + ("" if last else r"\.")


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled key together with what stands under it."""

    regex: re.Pattern[str]
    key: str

    def matches(self, name: str) -> bool:
        return self.regex.fullmatch(name) is not None


def patterns(keys: Iterator[str] | list[str]) -> list[Pattern]:
    """The patterns of wild keys, most specific first."""
    return [Pattern(compile_pattern(key), key) for key in sorted(keys, key=rank)]
