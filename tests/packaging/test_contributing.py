"""The rule that CONTRIBUTING writes in ten minutes works as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from mldebt.rules.model import Rule
from mldebt.testing import Case, check_case

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_example_rule_finds_what_its_page_says(tmp_path: Path) -> None:
    ((name, example),) = re.findall(r'^```python title="(.*?)"\n(.*?)^```', TEXT, re.DOTALL | re.MULTILINE)
    (program,) = re.findall(r'^```python\n(""".*?)^```', TEXT, re.DOTALL | re.MULTILINE)
    names: dict[str, object] = {"__name__": "stale_copy"}
    exec(program, names)
    rule = names["StaleCopy"]
    assert isinstance(rule, type)
    assert issubclass(rule, Rule)
    assert check_case(rule, Case("example", "example", ((name, example),)), tmp_path) == []


def test_it_names_every_package() -> None:
    packages = {path.parent.name for path in (Path(__file__).parents[2] / "mldebt").glob("*/__init__.py")}
    assert {name for name in packages if f"`mldebt/{name}/`" not in TEXT} <= {"fixes"}
