"""A package that offers rules: where it is, or all that it consists of."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from string import Template

from mldebt.errors import UsageError
from mldebt.rules.registry import GROUP
from mldebt.scaffold.draft import Draft

_PROJECT = Template("""\
[build-system]
requires = ["hatchling>=1.27"]
build-backend = "hatchling.build"

[project]
name = "$distribution"
version = "0.1"
description = "Rules for mldebt"
requires-python = ">=3.11"
dependencies = ["mldebt"]

[project.optional-dependencies]
test = ["pytest>=8.0"]

[project.entry-points."$group"]
$package = "$package:rules"

[tool.hatch.build.targets.wheel]
packages = ["src/$package"]
""")
_PACKAGE = Template('''\
"""Rules for mldebt."""

from __future__ import annotations

from mldebt.rules.model import Rule
from $package.$module import $class_name


def rules() -> list[type[Rule]]:
    """What the entry point names."""
    return [$class_name]
''')
_TESTS = Template('''\
"""The pages of the rules are their tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from $package import rules

from mldebt.rules.model import Rule
from mldebt.testing import Case, check_case, every_case, label, shape_problems


@pytest.mark.parametrize(("rule", "case"), every_case(rules()), ids=label)
def test_the_page_tells_the_truth(rule: type[Rule], case: Case, tmp_path: Path) -> None:
    assert check_case(rule, case, tmp_path) == []


@pytest.mark.parametrize("rule", rules(), ids=label)
def test_the_page_has_the_shape_of_all_pages(rule: type[Rule]) -> None:
    assert shape_problems(rule) == []
''')


def package_in(folder: Path) -> Path | None:
    """The module that an entry point of the project in this folder names; None where there is no project."""
    project = folder / "pyproject.toml"
    if not project.exists():
        return None
    try:
        entries = tomllib.loads(project.read_text("utf-8"))["project"]["entry-points"][GROUP]
        module = str(next(iter(entries.values()))).partition(":")[0]
    except (KeyError, TypeError, AttributeError, StopIteration, OSError, ValueError):
        raise UsageError(f'{project} offers no rules: it has no entry point in the group "{GROUP}"') from None
    path = Path(*module.split("."))
    places = [place / path / "__init__.py" for place in (folder / "src", folder, folder / "rules")]
    found = next((place for place in places if place.exists()), None)
    if found is None:
        raise UsageError(f"{project} names the package {module}, which is neither in src/ nor beside it")
    return found


def plugin_files(folder: Path, draft: Draft) -> dict[Path, str]:
    distribution = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-") or "mldebt-rules"
    package = distribution.replace("-", "_")
    if package[0].isdigit() or package in ("mldebt", "mldebt_rules"):
        distribution, package = f"mldebt-rules-{distribution}", f"mldebt_rules_{package}"
    words = {
        "distribution": distribution,
        "package": package,
        "group": GROUP,
        "module": draft.module,
        "class_name": draft.class_name,
    }
    home = folder / "src" / package
    return {
        folder / "pyproject.toml": _PROJECT.substitute(words),
        home / "__init__.py": _PACKAGE.substitute(words),
        home / "py.typed": "",
        home / f"{draft.module}.py": draft.code_of_rule(),
        home / f"{draft.module}.md": draft.page(),
        folder / "tests" / "test_rules.py": _TESTS.substitute(words),
    }
