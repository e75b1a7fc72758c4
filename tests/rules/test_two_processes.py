"""Half of the rules asked in a second process find what they find in one."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.graph.scan import scan
from mldebt.project.meanwhile import can_fork
from mldebt.rules.model import Settings
from mldebt.rules.registry import load_rules
from mldebt.rules.run import run_rules
from mldebt.terms.memory import MEMORY

SAMPLE = Path(__file__).parents[2] / "fixtures" / "eats_eta"


@pytest.mark.skipif(not can_fork(), reason="only Linux, and only one thread")
def test_findings_and_comparisons_are_those_of_one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = scan(SAMPLE, use_cache=False).graph
    monkeypatch.setattr(MEMORY, "known", {})
    monkeypatch.setattr(MEMORY, "asked", {})
    one = run_rules(load_rules(), graph, Settings())
    compared = dict(MEMORY.known)
    assert one.findings
    assert compared
    MEMORY.known.clear()
    MEMORY.asked.clear()
    two = run_rules(load_rules(), scan(SAMPLE, use_cache=False).graph, Settings(), apart=True)
    assert two.findings == one.findings
    assert two.seconds.keys() == one.seconds.keys()
    assert compared == MEMORY.known
