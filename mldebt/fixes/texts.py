"""Lists of names in code."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

import libcst as cst

from mldebt.fixes.code import Part
from mldebt.rules.fix import Edit

_BEHIND = re.compile(r"\s*,?\s*(?:#.*)?")


def written_list(names: Iterable[str]) -> str:
    return "[" + ", ".join(written(name) for name in names) + "]"


def written(text: str) -> str:
    """A text as code, in the quotes that most code has."""
    plain = repr(text)
    return f'"{plain[1:-1]}"' if plain.startswith("'") and '"' not in text else plain


def text_of(node: cst.CSTNode) -> str | None:
    """The text that is written out here."""
    if isinstance(node, cst.SimpleString):
        value = node.evaluated_value
        return value if isinstance(value, str) else None
    return None


def listed_texts(node: cst.CSTNode) -> list[str] | None:
    """The texts of a list or tuple that has nothing else in it."""
    if not isinstance(node, (cst.List, cst.Tuple)):
        return None
    texts = [text_of(element.value) for element in node.elements]
    return [text for text in texts if text is not None] if None not in texts else None


def own_lines(part: Part, node: cst.CSTNode) -> Edit | None:
    """Without an item of a list that stands on lines of its own, with its comma and the comment behind it."""
    start, end = part.ranges[node].start, part.ranges[node].end
    before, behind = part.lines[start.line - 1][: start.column], part.lines[end.line - 1][end.column :]
    if before.strip() or not _BEHIND.fullmatch(behind) or end.line >= len(part.lines):
        return None
    return part.edit((start.line, 0), (end.line + 1, 0), "")


def without_items(part: Part, listed: cst.List, unwanted: Collection[str]) -> tuple[Edit, ...]:
    """The list without some of its texts, laid out as it was; no edits where a comment would go or nothing be left."""
    places = [part.ranges[element] for element in listed.elements]
    kept = [number for number, each in enumerate(listed.elements) if text_of(each.value) not in unwanted]
    if not kept or len(kept) == len(places):
        return ()
    whole = [own_lines(part, each) for number, each in enumerate(listed.elements) if number not in kept]
    if None not in whole:
        return tuple(edit for edit in whole if edit is not None)
    last = kept[-1]
    ranges = [
        (place.start, places[number + 1].start) for number, place in enumerate(places[:last]) if number not in kept
    ]
    if last < len(places) - 1:
        ranges.append((places[last].end, places[-1].end))
    cuts = [((start.line, start.column), (end.line, end.column)) for start, end in ranges]
    if any("#" in part.between(*cut) for cut in cuts):
        return ()
    return tuple(part.edit(*cut, "") for cut in cuts)
