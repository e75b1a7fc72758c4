"""A scan of a small customer-churn repository, for every report to show."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from mldebt.graph.model import Graph
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.page import RulePage, parse_page
from mldebt.rules.result import Result

from . import churn_files, churn_graph

_PAGE = """\
# {code} {name}

## What it finds

Debt of the kind *{name}*. It follows data from `dataset` to model.

## Why it is debt

Because it **costs** later ([Sculley et al.](https://papers.nips.cc/paper/5656), section 3).

- first reason
- second reason

## Example

```python title="train.py"
model.fit(X, y)  # mldebt: {code}
```

## How to fix it

1. Look at the path.
2. Change the code:

   ```python
   fixed = True
   ```
"""


@pytest.fixture(scope="session")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("churn")
    for name, text in churn_files.FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def result(root: Path) -> Result:
    findings = churn_graph.findings()
    return Result(
        findings=findings,
        graph=churn_graph.graph(),
        root=root,
        name="churn",
        rules={finding.code: page(finding) for finding in findings},
        problems=("rule slow-rule of mldebt-extra 1.0 failed: ValueError: no such column",),
        version="0.1.0",
    )


@pytest.fixture(scope="session")
def empty(root: Path) -> Result:
    return Result((), Graph(), root, "nothing", version="0.1.0")


def page(finding: Finding) -> RulePage:
    class Described(Rule):
        code = finding.code
        name = finding.rule
        severity = finding.severity

        def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
            return ()

    return parse_page(Described, _PAGE.format(code=finding.code, name=finding.rule))
