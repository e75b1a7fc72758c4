"""The packages that modules belong to."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

HOME = Path(__file__).parent / "packages"


def normal(name: str) -> str:
    """A package's name as installers compare it: `Scikit_Learn` is `scikit-learn`."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def distributions_of(module: str) -> frozenset[str]:
    """The names under which the package of a module (its first part) may be installed."""
    first = module.partition(".")[0]
    return frozenset(_known().get(first, ())) | {normal(first)}


@cache
def _known() -> dict[str, list[str]]:
    tables = tomllib.loads((HOME / "distributions.toml").read_text(encoding="utf-8"))
    return {module: list(names) for module, names in tables["distributions"].items()}
