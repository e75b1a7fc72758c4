"""Notebooks are read as one module whose magics stay known and whose broken cells cost only themselves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mldebt.read.notebook import read_notebook
from mldebt.read.one_file import read_one
from mldebt.read.python.unreadable import Unreadable


def notebook(*cells: str | list[str], language: str = "python", **metadata: Any) -> str:
    made: list[dict[str, Any]] = [{"cell_type": "code", "source": source, "metadata": {}} for source in cells]
    return json.dumps({"nbformat": 4, "metadata": {"language_info": {"name": language}, **metadata}, "cells": made})


def tags(text: str) -> list[tuple[Any, ...]]:
    return [(each[0], each[1], *each[3:]) if each[0] == "magic" else each[:2] for each in read_notebook(text).body]


def test_cells_become_one_module_in_order_and_lines_lead_back_to_them() -> None:
    text = json.dumps(
        {
            "nbformat": 4,
            "metadata": {},
            "cells": [
                {"cell_type": "code", "source": ["a = 1\n", "b = 2"]},
                {"cell_type": "markdown", "source": "# Title"},
                {"cell_type": "code", "source": ""},
                {"cell_type": "code", "source": "c = f(\n  3)"},
            ],
        }
    )
    facts = read_one("x/n.ipynb", text.encode())
    assert facts.kind == "notebook"
    assert [str(facts.site(each[1])) for each in facts.body] == ["x/n.ipynb#0:1", "x/n.ipynb#0:2", "x/n.ipynb#3:1"]
    assert facts.site(facts.body[2][1], facts.body[2][2]).end_line == 2
    assert facts.problem == ""


def test_format_3_is_read_too() -> None:
    cells = [{"cell_type": "code", "language": "python", "input": ["a = 1\n", "b"]}, {"cell_type": "markdown"}]
    text = json.dumps({"nbformat": 3, "metadata": {"name": ""}, "worksheets": [{"cells": cells}]})
    assert [each[0] for each in read_notebook(text).body] == ["assign", "expr"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("%matplotlib inline\na", [("magic", 1, "%", "matplotlib inline"), ("expr", 2)]),
        ("!pip install \\\n  x\na", [("magic", 1, "!", "pip install \\\n  x"), ("expr", 3)]),
        ("x = !ls data", [("magic", 1, "!", "ls data"), ("assign", 1)]),
        ("df = %sql SELECT 'a", [("magic", 1, "%", "sql SELECT 'a"), ("assign", 1)]),
        ("?df", [("magic", 1, "%", "pinfo df")]),
        ("df.head?", [("magic", 1, "%", "pinfo df.head")]),
        ("%run other.ipynb", [("magic", 1, "%", "run other.ipynb")]),
        ("%%time\na\nb", [("magic", 1, "%", "time"), ("expr", 2), ("expr", 3)]),
        ("%%capture out\n!ls it's\na", [("magic", 1, "%", "capture out"), ("magic", 2, "!", "ls it's"), ("expr", 3)]),
        ("%%bash\necho 'a\nb", [("magic", 1, "%%bash", "echo 'a\nb")]),
        ("%%sql\nSELECT 1", [("magic", 1, "%%sql", "SELECT 1")]),
        ("%%writefile f.py\nx = (", [("magic", 1, "%%", "writefile f.py"), ("magic", 1, "%%writefile", "x = (")]),
        ("%sql\nSELECT 1", [("magic", 1, "%%sql", "SELECT 1")]),
        ("pip install x\na", [("magic", 1, "!", "pip install x"), ("expr", 2)]),
        ("a = f(\n...     b, c)\n>>> d", [("assign", 1), ("expr", 3)]),
        ("  a\n  b", [("expr", 1), ("expr", 2)]),
        ("x = (a\n  % b)\ny = '''\n!ls\n'''", [("assign", 1), ("assign", 3)]),
        ('d["a=%s" % x] = 1', [("assign", 1)]),
    ],
)
def test_magics_become_statements_and_code_stays(cell: str, expected: list[Any]) -> None:
    assert tags(notebook(cell)) == expected


def test_magics_keep_their_indentation() -> None:
    body = read_notebook(notebook("if a:\n    !ls\nelse:\n    %time -o\nfor x in y:\n    z = !cat {x}")).body
    assert body[0][4][0][3:] == ("!", "ls")
    assert body[0][5][0][3:] == ("%", "time -o")
    assert [each[0] for each in body[1][5]] == ["magic", "assign"]


def test_a_broken_line_costs_only_itself() -> None:
    made = read_notebook(notebook("a = 1", "b = = 2\nc", "d = 4"))
    assert [each[:2] for each in made.body if each[0] != "pass"] == [("assign", 1), ("expr", 3), ("assign", 4)]
    assert made.problem == "cell 1: syntax error at line 1"


def test_a_cell_of_many_broken_lines_is_left_out() -> None:
    made = read_notebook(notebook("a = 1", "b = = 2\n" * 20 + "c", "d = 4"))
    assert [each[1] for each in made.body] == [1, 23]


def test_cells_of_python_2_are_put_into_todays_form() -> None:
    made = read_notebook(notebook("print 'a'", "x = 1", "print x"))
    assert made.problem == ""
    assert [each[1] for each in made.body] == [1, 2, 3]


def test_many_old_cells_that_stay_broken_are_told_in_one_sentence() -> None:
    made = read_notebook(notebook("print 'a'\nb = = 2", "x = 1", "print x\nc = = 3"))
    assert made.problem == "Python 2 in 2 of 3 code cells"
    assert [each[1] for each in made.body if each[0] != "pass"] == [1, 3, 4]


@pytest.mark.parametrize("metadata", [{"language": "R"}, {"language": "", "kernelspec": {"name": "ir"}}])
def test_other_languages_are_left_out(metadata: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="a notebook in R"):
        read_notebook(notebook("x <- 1", **metadata))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"cells": 3}', '{"cells": [1, {"cell_type": "code", "source": 5}]}'])
def test_what_is_no_notebook_never_stops_a_run(text: str) -> None:
    facts = read_one("n.ipynb", text.encode())
    assert facts.body == ()


def test_shell_lines_are_commands_too() -> None:
    facts = read_one("n.ipynb", notebook("x = 1\n!python train.py --epochs 3").encode())
    (command,) = facts.commands
    assert (command.program, command.target, command.line) == ("python", "train.py", 2)


LINES = st.sampled_from((
    "a = 1", "%time x", "!ls 'a", "%%bash", "x = !ls", "if a:", "    b", "    %magic", "'''", "(", "f?", "?f", "\\",
    "%", "%%", "!", "print 1", "\f", "@", "pip install x", "%sql", "%%time", "# c",
))  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(LINES, max_size=5).map("\n".join), max_size=4))
def test_no_notebook_makes_reading_raise_and_lines_stay_in_their_cells(cells: list[str]) -> None:
    facts = read_one("n.ipynb", notebook(*cells).encode())
    assert not facts.problem.startswith("could not")
    for statement in facts.body:
        site = facts.site(statement[1])
        assert 1 <= site.line <= max(1, cells[site.cell].count("\n") + 1)
