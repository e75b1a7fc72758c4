"""Keys of the knowledge base: `{a,b}` names several things, `*`, `**` and `[A-Z]` match what is not listed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Generic, TypeVar

T = TypeVar("T")

_WILD = re.compile(r"\*+|\[[^\]]+\]")
_BRACES = re.compile(r"\{([^{}]*)\}")


def expand(key: str) -> Sequence[str]:
    """The keys that a key with braces stands for: `np.{sin,cos}` gives `np.sin` and `np.cos`."""
    if "{" not in key:
        return (key,)
    pieces = _BRACES.split(key)
    found = pieces[:1]
    for options, rest in zip(pieces[1::2], pieces[2::2], strict=True):
        ends = [option.strip() + rest for option in options.split(",")]
        found = [beginning + end for beginning in found for end in ends]
    return found


def is_wild(text: str) -> bool:
    return "*" in text or "[" in text


def rank(pattern: str) -> tuple[int, int, str]:
    """Sorts the most specific pattern first: fewer wildcards, then more literal text."""
    return (len(_WILD.findall(pattern)), -len(_WILD.sub("", pattern)), pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """`*` stays within a segment, a segment `**` stands for any number of them, none included."""
    head, closing, _ = pattern.rpartition(".**") if pattern.endswith(".**") else (pattern, "", "")
    segments = head.split(".")
    text = "".join(_segment(one, last=at == len(segments) - 1) for at, one in enumerate(segments))
    return re.compile(text + (r"(?:\.[^.]+)*" if closing else ""))


def _segment(segment: str, last: bool) -> str:
    if segment == "**":
        return r"(?:[^.]+\.)*" + ("[^.]+" if last else "")
    at, parts = 0, []
    for wild in _WILD.finditer(segment):
        parts.append(re.escape(segment[at : wild.start()]))
        parts.append(r"[^.]*" if wild[0].startswith("*") else wild[0])
        at = wild.end()
    return "".join(parts) + re.escape(segment[at:]) + ("" if last else r"\.")


def matches(pattern: str, name: str) -> bool:
    return _compiled(pattern).fullmatch(name) is not None


class Names(Generic[T]):
    """Things by name. What was filed under a wildcard is tried, most specific first, where no name is listed."""

    def __init__(self, items: Iterable[tuple[str, T]]) -> None:
        self._listed: dict[str, T] = {}
        self._wild: dict[str, dict[str, T]] = {}
        for key, item in items:
            if is_wild(key):
                head = key.partition(".")[0]
                self._wild.setdefault("*" if is_wild(head) else head, {})[key] = item
            else:
                self._listed[key] = item
        self._candidates = cache(self._ranked)

    @property
    def listed(self) -> Mapping[str, T]:
        """What is filed under a name, not under a pattern."""
        return self._listed

    def find(self, name: str) -> T | None:
        found = self._listed.get(name)
        if found is not None or not self._wild:
            return found
        last = name.rpartition(".")[2]
        for beginning, ending, pattern, item in self._candidates(name.partition(".")[0]):
            if (ending == last or not ending) and name.startswith(beginning) and matches(pattern, name):
                return item
        return None

    def _ranked(self, head: str) -> list[tuple[str, str, str, T]]:
        """(literal beginning, last segment where it is literal, pattern, item) of all patterns that may match a name
        with this head: most are told apart by that, and never compiled.
        """
        found: Mapping[str, T] = {**self._wild.get("*", {}), **self._wild.get(head, {})}
        return [(*_literal_ends(one), one, found[one]) for one in sorted(found, key=rank)]


def _literal_ends(pattern: str) -> tuple[str, str]:
    last = pattern.rpartition(".")[2]
    return _WILD.split(pattern, maxsplit=1)[0].rstrip("."), "" if is_wild(last) else last
