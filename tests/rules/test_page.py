from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from mldebt.errors import UsageError
from mldebt.graph.model import Graph
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.page import load_page, parse_page, plain_text
from mldebt.testing import expected, write_case

PAGE = """# TST001 odd-name

## What it finds

A name that is **odd**, see [the paper](https://example.org).

More.

## Why it is debt

It is ([Somebody15], 3.1).

## Example

### two files

```python title="a/train.py"
import pandas as pd
## not a heading
df = pd.read_csv("x.csv")  # mldebt: TST001
```

```sql title="q.sql"
SELECT 1 -- mldebt: TST001, TST002
```

### a notebook

````python title="explore.ipynb"
# %% [markdown]
# Words
# %%
x = 1

# %%
y = 2
z = 3  # mldebt: TST001
````

## Better

```python title="train.py"
x = 1
```

```text
not a file
```

## When it stays silent

```python title="train.py"
y = 1
```

```toml title="mldebt.toml"
[rules.odd-name]
limit = 3
```

## How to fix it

Do.

## Options

None.
"""


class OddName(Rule):
    code = "TST001"
    name = "odd-name"
    severity = "low"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        return ()


def test_a_page_knows_its_sections_and_its_first_paragraph() -> None:
    page = parse_page(OddName, PAGE)
    assert page.title == "TST001 odd-name"
    assert page.summary == "A name that is odd, see the paper."
    assert list(page.sections)[:3] == ["What it finds", "Why it is debt", "Example"]
    assert page.problems == ()


def test_every_heading_with_files_is_a_small_repository() -> None:
    page = parse_page(OddName, PAGE)
    assert [(case.title, case.kind, [name for name, _ in case.files]) for case in page.cases] == [
        ("two files", "example", ["a/train.py", "q.sql"]),
        ("a notebook", "example", ["explore.ipynb"]),
        ("Better", "better", ["train.py"]),
        ("When it stays silent", "silent", ["train.py", "mldebt.toml"]),
    ]
    assert page.cases[3].settings.startswith("[rules.odd-name]")


def test_comments_say_where_a_finding_is_expected() -> None:
    first, second = parse_page(OddName, PAGE).cases[:2]
    assert expected(first) == [("TST001", "a/train.py", 3, -1), ("TST001", "q.sql", 1, -1), ("TST002", "q.sql", 1, -1)]
    assert expected(second) == [("TST001", "explore.ipynb", 2, 2)]


def test_a_block_with_cell_marks_becomes_a_notebook(tmp_path: Path) -> None:
    write_case(parse_page(OddName, PAGE).cases[1], tmp_path)
    cells = json.loads((tmp_path / "explore.ipynb").read_text())["cells"]
    assert [(cell["cell_type"], "".join(cell["source"])) for cell in cells] == [
        ("markdown", "Words"),
        ("code", "x = 1"),
        ("code", "y = 2\nz = 3  # mldebt: TST001"),
    ]


def test_files_outside_the_folder_are_refused(tmp_path: Path) -> None:
    case = parse_page(OddName, PAGE.replace("a/train.py", "../train.py")).cases[0]
    with pytest.raises(UsageError, match="outside its folder"):
        write_case(case, tmp_path)


def test_plain_text_has_the_words_without_the_marks() -> None:
    text = plain_text(PAGE)
    assert "A name that is odd, see the paper." in text
    assert "a/train.py:\n    import pandas as pd" in text
    assert "```" not in text


def test_departures_from_the_shape_are_named() -> None:
    page = parse_page(OddName, PAGE.replace("## Options", "## Choices").replace("TST001 odd-name", "TST001 odd"))
    assert page.problems == (
        'the page is headed "TST001 odd" instead of "TST001 odd-name"',
        '"## Options" is missing',
        '"## Choices" is not one of the fixed headings',
    )


def test_a_rule_without_a_page_is_named() -> None:
    with pytest.raises(UsageError, match="rule TST001 has no page"):
        load_page(OddName)
