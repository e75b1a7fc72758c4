"""What a reader relies on, as a declaration for the configuration."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.rules.fix import Declaration


def consumer_of(dataset: str, file: str, columns: Sequence[str] = (), owner: str = "") -> Declaration:
    """A contract where columns are told: MLD003 keeps them. Why they are needed is for a person to say."""
    told: list[tuple[str, str | tuple[str, ...]]] = [("dataset", dataset), ("consumer", file)]
    told += [("owner", owner)] if owner else []
    told.append(("reason", "(say why it needs them)"))
    told += [("columns", tuple(columns))] if columns else []
    return Declaration("consumers", tuple(told))
