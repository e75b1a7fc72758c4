"""The packages that modules belong to."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HOME = Path(__file__).parent / "packages"


def normal(name: str) -> str:
    """A package's name as installers compare it: `Scikit_Learn` is `scikit-learn`."""
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def distributions_of(module: str) -> frozenset[str]:
    """The names under which the package of a module (its first part) may be installed."""
    first = module.partition(".")[0]
    return frozenset(_known().get(first, ())) | {normal(first)}


def is_only_types(module: str) -> bool:
    """Whether a module says what type a thing is, and does nothing when code runs."""
    return module in _tables()["types"]


@cache
def _known() -> dict[str, list[str]]:
    return {module: list(names) for module, names in _tables()["distributions"].items()}


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads((HOME / "distributions.toml").read_text(encoding="utf-8"))
