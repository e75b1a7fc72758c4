from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.report.notebook_lines import line_in_file
from mldebt.sites import Site

from .churn_files import NOTEBOOK_CELLS, notebook


@pytest.mark.parametrize(("cell", "line"), [(0, 2), (1, 2), (2, 1), (2, 2), (2, 4), (3, 1)])
def test_a_line_of_a_cell_is_found_in_the_file(cell: int, line: int) -> None:
    text = notebook()
    number = line_in_file(text, Site("x.ipynb", line, line, cell))
    assert number is not None
    stored = json.loads(text.splitlines()[number - 1].strip().removesuffix(","))
    assert stored.strip() == NOTEBOOK_CELLS[cell][1].splitlines()[line - 1]


def test_a_source_in_one_string_lies_where_it_begins() -> None:
    text = '{\n"nbformat": 4,\n"cells": [\n{"source":\n"a = 1\\nb = 2"}]}'
    assert line_in_file(text, Site("x.ipynb", 2, 2, 0)) == 5


def test_notebooks_of_version_three_have_worksheets() -> None:
    text = '{"worksheets": [{"cells": [\n{"cell_type": "code",\n"input": [\n"a = 1\\n",\n"b = 2"]}]}]}'
    assert line_in_file(text, Site("x.ipynb", 2, 2, 0)) == 5


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"cells": []}', '{"cells": [{}]}', '{"cells": [{"source": []}]}', "{'"]
)
def test_what_is_not_there_has_no_line(text: str) -> None:
    assert line_in_file(text, Site("x.ipynb", 1, 1, 0)) is None


@given(st.lists(st.text(alphabet='a"\\é \n{}[],:', min_size=1, max_size=20), min_size=1, max_size=6), st.booleans())
def test_any_source_of_any_layout_is_found(sources: list[str], indented: bool) -> None:
    cells = [{"metadata": {"a": ["]", "}"]}, "source": source.splitlines(keepends=True)} for source in sources]
    text = json.dumps({"metadata": {}, "cells": cells}, indent=1 if indented else None)
    for index, source in enumerate(sources):
        for number, line in enumerate(source.split("\n")[: source.count("\n") or 1], 1):
            found = line_in_file(text, Site("x.ipynb", number, number, index))
            assert found is not None
            assert json.dumps(line)[1:-1] in text.splitlines()[found - 1]
