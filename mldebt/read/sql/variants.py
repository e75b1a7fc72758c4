"""Other ways to write a statement, for those that no dialect can parse as they stand."""

from __future__ import annotations

import re

from mldebt.read.sql.templates import HOLE

NOT_AFTER = frozenset((
    "from", "join", "into", "where", "and", "or", "by", "select", "on", "in", "set", "values", "table", "update",
))  # fmt: skip
LOOSE = re.compile(rf"(?P<gap>(?<=[)'\"`])\s*|(?<=\w)\s+){HOLE}\d+_(?=\s|;|\)|$)", re.IGNORECASE)
REPLACE_INTO = re.compile(r"(?i)^\s*replace\s+(?=into\b)")
QUERY_HOLE = re.compile(rf"\bas\s*\(?\s*\b({HOLE}\d+_)\s*\)?\s*$", re.IGNORECASE)
COLUMN_HOLE = re.compile(rf"(?<=[,(])\s*{HOLE}\d+_\s+(?=\w+\s+\w+)", re.IGNORECASE)
ON_COMMIT = re.compile(r"(?i)\bon\s+commit\s+(?:drop|(?:preserve|delete)\s+rows)(?=\s+as\b)")
UNLOAD = re.compile(r"(?is)^\s*unload\s*\(\s*(?:'((?:[^']|'')*)'|\$\$(.*?)\$\$)\s*\)\s*to\s+('[^']*').*$")
CREATE_TABLE = re.compile(r"(?is)^\s*create\b[^(]*\btable\b[^(]*\(")
WORD = re.compile(r"\w*$")


def variants(text: str) -> tuple[str, ...]:
    """The statement as it stands, then simpler forms that read and write the same tables."""
    known = ON_COMMIT.sub("", REPLACE_INTO.sub("INSERT OR REPLACE ", UNLOAD.sub(_as_copy, text)))
    plain = QUERY_HOLE.sub(r"AS SELECT * FROM \1", known)
    return tuple(dict.fromkeys((plain, _without_loose_holes(plain), _without_table_options(plain))))


def _as_copy(match: re.Match[str]) -> str:
    """UNLOAD as the COPY that does the same."""
    query = match[2] if match[1] is None else match[1].replace("''", "'")
    return f"COPY ({query}) TO {match[3]}"


def _without_loose_holes(text: str) -> str:
    """Without the holes that stand behind a complete part, where a whole clause is filled in."""
    return LOOSE.sub(
        lambda match: match[0] if _expects_more(text[max(0, match.start() - 20) : match.start()]) else match["gap"],
        text,
    )


def _expects_more(before: str) -> bool:
    word = WORD.search(before)
    return word is not None and word[0].lower() in NOT_AFTER


def _without_table_options(text: str) -> str:
    """CREATE TABLE only up to the end of its columns, without those that a hole stands for."""
    text = COLUMN_HOLE.sub(" ", text)
    match = CREATE_TABLE.match(text)
    if match is None:
        return text
    depth = 1
    for at in range(match.end(), len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return text[: at + 1]
    return text
