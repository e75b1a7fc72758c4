"""Comments that speak to mldebt, found in whatever text there is.

`MLDEBT_PROGRAMS=10000` tries so many texts, new ones each time.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.read.comments import comments_in
from mldebt.read.one_file import read_one
from mldebt.read.pragmas import pragmas_in
from tests.many import checked

CHECKED = checked()
PIECES = st.sampled_from(
    [
        "# mldebt: ignore[MLD203] why", "# mldebt: ignore", "# mldebt: ignore-file[A, ,B]", "# noqa: MLD203,E501 x",
        "-- mldebt: ignore[MLD203]", "#mldebt:ignore[", "]", "[", "(", ")", "{", "}", '"', "'", '"""', "'''", "\\",
        "\n", "\r\n", "\r", " ", "\t", "@cache", "def f():", "x = 1", "%%sql", "!ls (", "%time x", "/*", "*/", "--",
        "#", "\x0c", "\u2028", "é", "𝛼", "\ufeff", "f'{", "r'\\'",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=30).map("".join)


@CHECKED
@given(TEXTS, st.sampled_from(["python", "sql", "manifest"]))
def test_a_comment_is_where_it_is_said_to_be(text: str, language: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for comment in comments_in("\n".join(lines), language):
        assert lines[comment.line - 1][comment.column - 1 :].startswith(comment.text)
        assert comment.last <= len(lines)
    for pragma in pragmas_in(text, language):
        assert lines[pragma.line - 1][pragma.column - 1 : pragma.end_column - 1].startswith(pragma.mark)


@CHECKED
@given(TEXTS, st.sampled_from(["a.py", "a.sql", "a.yml", "Dockerfile", "Makefile", "crontab"]))
def test_no_text_makes_reading_fail(text: str, file: str) -> None:
    assert not read_one(file, text.encode()).problem.startswith("could not be read")


KEYS = st.sampled_from(["cells", "source", "cell_type", "metadata", "worksheets"])


def nested(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    for _ in range(3):
        values = values | st.lists(values, max_size=3) | st.dictionaries(KEYS, values, max_size=3)
    return values


@CHECKED
@given(nested(st.none() | st.booleans() | st.integers() | TEXTS), st.lists(TEXTS, max_size=3))
def test_no_notebook_makes_reading_fail(anything: object, sources: list[str]) -> None:
    cells = [{"cell_type": "code", "source": source} for source in sources]
    for document in (anything, {"cells": [*cells, anything]}, {"cells": anything, "metadata": anything}):
        assert not read_one("a.ipynb", json.dumps(document).encode()).problem.startswith("could not be read")


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("x = 1  # mldebt: ignore[A1]\n", (1, 1)),
        ("x = [\n  1,  # mldebt: ignore[A1]\n]\n", (2, 2)),
        ("x = [\n  1,\n]  # mldebt: ignore[A1]\n", (1, 3)),
        ('x = """\n"""  # mldebt: ignore[A1]\n', (1, 2)),
        ("# mldebt: ignore[A1]\nx = [\n  1,\n]\n", (2, 4)),
        ("# mldebt: ignore[A1]\n@cache\n@other(\n 1)\ndef f():\n  pass\n", (2, 5)),
        ("# mldebt: ignore[A1]\n# and more\nx = 1\n", (3, 3)),
        ("x = [\n  # mldebt: ignore[A1]\n  1,\n]\n", (3, 3)),
        ("!echo (\nx = 1  # mldebt: ignore[A1]\n", (2, 2)),
    ],
)
def test_a_comment_speaks_of_its_statement_or_of_the_one_below(text: str, lines: tuple[int, int]) -> None:
    (pragma,) = pragmas_in(text, "python")
    assert (pragma.first, pragma.last) == lines


def test_a_comment_with_nothing_below_speaks_of_nothing() -> None:
    (pragma,) = pragmas_in("x = 1\n# mldebt: ignore[A1]", "python")
    assert pragma.last < pragma.first
