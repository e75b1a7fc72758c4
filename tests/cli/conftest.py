"""A way to run mldebt in this process, and rules and repositories to run it on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from mldebt.cli.main import main
from mldebt.graph.model import Graph
from mldebt.rules.model import Count, Finding, Rule, Settings
from mldebt.rules.registry import RegisteredRule, register
from mldebt.sites import Site


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Mldebt = Callable[..., Ended]

PROGRAM = """\
import pandas as pd

orders = pd.read_csv("orders.csv")
orders.to_parquet("clean.parquet")
"""


class TrainingScript(Rule):
    """Finds every file called train.py, as something to report on."""

    code = "TST101"
    name = "training-script"
    severity = "high"
    options: ClassVar = {"depth": Count()}

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for file in sorted(graph.units):
            if file.endswith("train.py"):
                yield self.finding(
                    f"{file} trains. It is a script.",
                    subject=[f"job:{file}"],
                    locations=[Site(file, 1, 1)],
                    help="Leave it.",
                    effort_minutes=5,
                )


class Quiet(Rule):
    code = "TST102"
    name = "quiet-thing"
    severity = "low"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        return ()


class Failing(Rule):
    code = "TST201"
    name = "failing-thing"
    severity = "low"
    default = False

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        raise LookupError("no such node")


RULES = register(RegisteredRule(rule, "testing 1.0") for rule in (TrainingScript, Quiet, Failing))


@pytest.fixture
def mldebt(capfd: pytest.CaptureFixture[str]) -> Mldebt:
    def run(*arguments: str | Path) -> Ended:
        code = main([str(argument) for argument in arguments])
        captured = capfd.readouterr()
        return Ended(code, captured.out, captured.err)

    return run


@pytest.fixture
def test_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of this module in place of the installed ones, without pages."""
    monkeypatch.setattr("mldebt.cli.analysis.load_rules", lambda: RULES)
    monkeypatch.setattr("mldebt.rules.registry.load_rules", lambda: RULES)
    monkeypatch.setattr("mldebt.cli.analysis._pages", lambda rules: {})


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two folders with a training script each; the tests run in the repository."""
    root = tmp_path / "shop"
    for folder in ("eta", "fraud"):
        (root / folder).mkdir(parents=True)
        (root / folder / "train.py").write_text(PROGRAM)
    monkeypatch.chdir(root)
    return root
