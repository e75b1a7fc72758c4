"""Another source for a cell of a notebook, and not a sign changed elsewhere in its JSON."""

from __future__ import annotations

import json
import re
from json import JSONDecodeError

from mldebt.report.notebook_lines import source_range, string_items

_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def with_cell(text: str, cell: int, source: str) -> str:
    """The notebook's text with this source in the cell; as it was where the cell has none."""
    try:
        found = source_range(text, cell)
    except (JSONDecodeError, IndexError):
        return text
    if found is None:
        return text
    start, end = found
    if text[start] != "[":
        return text[:start] + _literal(source, text[start:end]) + text[end:]
    return text[:start] + _array(source, text, start, end) + text[end:]


def _array(source: str, text: str, start: int, end: int) -> str:
    """One string a line, written as the others are; a line that was there keeps its own way of writing."""
    known = dict(string_items(text, start))
    literals = [known.get(line) or _literal(line, text[start:end]) for line in _LINE.findall(source)]
    first = text.find('"', start, end)
    blanks = text[start + 1 : first] if first >= 0 else ""
    inner = text[start : end - 1]
    closing = inner[len(inner.rstrip()) :] if first >= 0 else ""
    between = f",{blanks}" if blanks else ", "
    return f"[{blanks}{between.join(literals)}{closing}]" if literals else "[]"


def _literal(line: str, beside: str) -> str:
    return json.dumps(line, ensure_ascii=beside.isascii() and "\\u" in beside)
