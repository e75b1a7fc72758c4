"""Every rule makes findings that a baseline knows again when lines move and files are renamed."""

from __future__ import annotations

import json
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from mldebt.cli.main import main
from mldebt.rules.model import Rule
from mldebt.rules.page import Case
from mldebt.testing import cases, write_case
from mldebt_rules import rules

EXAMPLES = [
    pytest.param(rule, case, id=f"{rule.code}-{case.title}")
    for rule in rules()
    for case in [case for case in cases(rule) if case.kind == "example"][:2]
]


def run(*arguments: str) -> str:
    output = StringIO()
    with redirect_stdout(output), redirect_stderr(StringIO()):
        main(list(arguments))
    return output.getvalue()


@pytest.mark.parametrize(("rule", "case"), EXAMPLES)
def test_findings_are_known_again(
    rule: type[Rule], case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_case(case, tmp_path)
    monkeypatch.chdir(tmp_path)
    options = ("--extend-select", rule.code, "--no-cache")
    run("baseline", "create", *options)
    entries = json.loads(Path("mldebt-baseline.json").read_text("utf-8"))
    assert any(label.startswith(rule.code) for label in entries)
    for name, text in case.files:
        stem = Path(name).stem
        mentioned = any(stem in other for other_name, other in case.files if other_name != name)
        if name.endswith(".py") and not text.startswith("# %%"):
            Path(name).write_text(f"# moved\n\n\n{text}", "utf-8")
            if not mentioned:
                Path(name).rename(Path(name).with_name(f"{stem}_renamed.py"))
    document = json.loads(run("check", "--baseline", "mldebt-baseline.json", "--output-format", "json", *options))
    assert [finding["message"] for finding in document["findings"]] == []
