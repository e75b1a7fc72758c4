"""A rule and its page to begin with. Both hold together: the examples of the page are found by the rule."""

from __future__ import annotations

from string import Template

from msgspec import Struct

_CODE = Template('''\
"""Data sets that are called old, and are read."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.witness import step


class $class_name(Rule):
    code = "$code"
    name = "$name"
    severity = "$severity"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for dataset in graph.of_kind("dataset"):
            reads = graph.out(dataset.id, "READS")
            if reads and "old" in dataset.name:  # here goes what your rule asks of the graph
                yield self.finding(
                    f"{dataset.name} is old by its name, and is read. Say what is wrong with that, and why.",
                    subject=[dataset.id],
                    locations=sorted({site for read in reads for site in read.sites}),
                    path=[step(graph, read) for read in reads],
                    help=f"Say what to do about {dataset.name}, so that it can be pasted.",
                    effort_minutes=20,
                )
''')
_PAGE = Template("""\
# $code $name

## What it finds

A data set is read although its name says that it is old.

## Why it is debt

Say what it costs, and who says so: a paper and its section.

## Example

```python title="train.py"
import pandas as pd

orders = pd.read_csv("orders_old.csv")  # mldebt: $code
orders.to_parquet("features.parquet")
```

## Better

```python title="train.py"
import pandas as pd

orders = pd.read_csv("orders.csv")
orders.to_parquet("features.parquet")
```

## When it stays silent

### It is only written

Every way to be wrong that you can think of gets a case here.

```python title="backup.py"
import pandas as pd

pd.read_csv("orders.csv").to_csv("orders_old.csv")
```

## How to fix it

Say it step by step.

## Options

None.
""")


class Draft(Struct, frozen=True):
    code: str
    name: str
    severity: str

    @property
    def module(self) -> str:
        return self.name.replace("-", "_")

    @property
    def class_name(self) -> str:
        return self.name.title().replace("-", "")

    def code_of_rule(self) -> str:
        return _CODE.substitute(self._words())

    def page(self) -> str:
        return _PAGE.substitute(self._words())

    def _words(self) -> dict[str, str]:
        return {"code": self.code, "name": self.name, "severity": self.severity, "class_name": self.class_name}
