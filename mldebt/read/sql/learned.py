"""Models that a database itself learns and asks: `CREATE MODEL … AS SELECT …`, `ML.PREDICT(MODEL …, (SELECT …))`.

No dialect's parser reads all of them: what is learned from and what is asked about are queries like others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

HEAD = re.compile(
    r"\s*+CREATE\s++(?:OR\s++REPLACE\s++)?(?:TEMP(?:ORARY)?\s++)?MODEL\s++(?:IF\s++NOT\s++EXISTS\s++)?"
    r"(?P<name>`[^`]*+`|[^\s(`]++)",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"\bML\s*+\.\s*+(?P<function>[A-Z_]++)\s*+\(\s*+MODEL\s++(?P<name>`[^`]*+`|[^\s(),`]++)", re.IGNORECASE
)
PREDICTING = frozenset(("PREDICT", "FORECAST", "EXPLAIN_PREDICT", "EXPLAIN_FORECAST", "DETECT_ANOMALIES", "RECOMMEND"))
PART = re.compile(r"'(?:[^'\\]|\\.)*+'|\"(?:[^\"\\]|\\.)*+\"|`[^`]*+`|--[^\n]*+|[()\[\],]|\w++", re.DOTALL)
LABELS = re.compile(
    r"\b(?:input_label_cols|time_series_data_col)\s*+=\s*+(?:\[([^\]]*+)\]|['\"](\w++)['\"])", re.IGNORECASE
)
KIND = re.compile(r"\bmodel_type\s*+=\s*+['\"](\w++)['\"]", re.IGNORECASE)
TARGET = re.compile(r"\bTARGET\s++(\w++)", re.IGNORECASE)
NAMED_PARTS = re.compile(r"\s*+\(\s*+training_data\s++AS\s*+\(", re.IGNORECASE)
PREDICTED = re.compile(r"\bpredicted_\w++|\bforecast_value\b", re.IGNORECASE)
MANY = 20


class Learned(Struct, frozen=True):
    """`query`: what is left to be parsed. `model`: the one that is made; `labels` and `kind` of it; `asked`: those that
    predict."""

    query: str
    model: str = ""
    labels: tuple[str, ...] = ()
    kind: str = ""
    asked: tuple[str, ...] = ()


def learned(text: str) -> Learned:
    """What a statement says of models, and the query that is left without them."""
    head = HEAD.match(text)
    if head is None:
        query, asked = _without_asking(text)
        return Learned(query, asked=asked)
    options, query = _parts(text, head.end())
    listed = LABELS.search(options)
    found = re.findall(r"\w+", listed[1] or listed[2] or "") if listed else TARGET.findall(text[head.end() :])
    kind = KIND.search(options)
    return Learned(_without_asking(query)[0], _plain(head["name"]), tuple(found), kind[1] if kind else "")


def _plain(name: str) -> str:
    return name.replace("`", "").strip('"')


def _parts(text: str, start: int) -> tuple[str, str]:
    """What stands before the query that a model learns from, and that query."""
    for word, depth, at, end in _words(text, start):
        if depth == 0 and word.upper() == "AS":
            query = text[end:]
            named = NAMED_PARTS.match(query)
            if named is not None:
                inner = query[query.index("(") + 1 : query.rindex(")")]
                query = f" WITH {inner} SELECT * FROM training_data"
            return text[start:at], query
        if depth == 0 and word.upper() == "FROM":
            rest = text[end:].lstrip()
            source = rest[: _closed(rest)] if rest.startswith("(") else rest.split(None, 1)[0] if rest else ""
            return text[start:at], source[1:-1] if source.startswith("(") else f"SELECT * FROM {source}"
    return text[start:], ""


def _without_asking(text: str) -> tuple[str, tuple[str, ...]]:
    """`ML.PREDICT(MODEL m, (SELECT …))` is replaced by what it is given; the models that predict."""
    asked: list[str] = []
    for _ in range(MANY):
        found = ASKED.search(text)
        if found is None:
            break
        if found["function"].upper() in PREDICTING:
            asked.append(_plain(found["name"]))
        opening = text.index("(", found.start())
        closing = opening + _closed(text[opening:])
        given = _first_given(text[found.end() : closing - 1])
        names = sorted({name.lower() for name in PREDICTED.findall(text)})
        columns = ", ".join(["*", *(f"NULL AS {name}" for name in names)])
        text = f"{text[: found.start()]}(SELECT {columns} FROM {given}){text[closing:]}"
    return text, tuple(dict.fromkeys(asked))


def _first_given(rest: str) -> str:
    """What stands behind the model: a query in brackets, `TABLE t`, or nothing that holds rows."""
    rest = rest.lstrip().removeprefix(",").lstrip()
    if rest.startswith("("):
        return rest[: _closed(rest)]
    words = rest.replace(",", " ").split()
    return words[1] if len(words) > 1 and words[0].upper() == "TABLE" else "(SELECT 1 AS nothing)"


def _closed(text: str) -> int:
    """Where the bracket closes that a text begins with."""
    return next((end for word, depth, _, end in _words(text, 0) if word == ")" and depth == 0), len(text))


def _words(text: str, start: int) -> Iterator[tuple[str, int, int, int]]:
    """Words and brackets outside of quotes, with how deep they lie, and where."""
    depth = 0
    for match in PART.finditer(text, start):
        word = match[0]
        depth -= word in (")", "]")
        yield word, depth, match.start(), match.end()
        depth += word in ("(", "[")
