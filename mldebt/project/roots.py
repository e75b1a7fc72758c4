"""Where files lie: below the one root, or each below the root of its repository."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def located(file: str, root: Path, several: Mapping[str, Path]) -> Path:
    """`several`: the roots of several repositories by the names that stand before their files; without any, `root`."""
    name, _, rest = file.partition("/")
    return several[name] / rest if rest and name in several else root / file
