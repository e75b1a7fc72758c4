"""The tables of a statement that can't be parsed, where the text leaves no doubt."""

from __future__ import annotations

import re

NAME = r"(?P<name>(?:[\w$#]+|\"[^\"]+\"|`[^`]+`|\[[^\]]+\])(?:\.(?:[\w$]+|\"[^\"]+\"|`[^`]+`|\[[^\]]+\]))*)"
READ = re.compile(rf"(?:\b(?:from|join)|^\s*merge\b[^;]{{0,200}}?\busing)\s+{NAME}(?!\s*\(|[\w.])", re.IGNORECASE)
WRITTEN = re.compile(
    rf"""\b(?:insert\s+(?:or\s+\w+\s+|ignore\s+)?into|insert\s+overwrite(?:\s+table)?|merge\s+into|replace\s+into|^\s*update
    |copy(?=\s+[\w.]+\s*(?:\([^)]*\)\s*)?from\b)
    |create\s+(?:or\s+replace\s+)?(?:\w+\s+)?(?:table|view)(?:\s+if\s+not\s+exists)?|into)\s+{NAME}""",
    re.IGNORECASE | re.VERBOSE,
)
FILE = re.compile(r"\b(?:read_csv|read_csv_auto|read_parquet|parquet_scan|read_json|read_json_auto)\s*\(\s*'([^']+)'")
NO_TABLE = re.compile(r"\b(?:extract|trim|substring|overlay|position)\s*\([^()]*\)|\bdistinct\s+from\b", re.IGNORECASE)
TEXT = re.compile(r"'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/", re.DOTALL)
COMMON = re.compile(r"\b(\w+)\s*(?:\([^()]*\)\s*)?\bas\s*(?:(?:not\s+)?materialized\s*)?\(", re.IGNORECASE)
KEYWORDS = frozenset((
    "select", "lateral", "unnest", "table", "values", "only", "where", "set", "stdin", "stdout", "dual", "on",
    "and", "or", "with", "case",
))  # fmt: skip


def tables_in(text: str) -> tuple[tuple[str, ...], str]:
    """(tables read, table written or "") by the words before them."""
    files = FILE.findall(text)
    text = NO_TABLE.sub(" ", TEXT.sub("''", text))
    common = {name.lower() for name in COMMON.findall(text)}
    written = WRITTEN.search(text)
    target = _plain(written["name"]) if written else ""
    names = dict.fromkeys(_plain(match["name"]) for match in READ.finditer(text))
    reads = tuple(name for name in names if name.lower() not in common and name.lower() not in KEYWORDS)
    return tuple(dict.fromkeys((*reads, *files))), "" if target.lower() in KEYWORDS else target


def _plain(name: str) -> str:
    return re.sub(r"[\"`\[\]]", "", name)
