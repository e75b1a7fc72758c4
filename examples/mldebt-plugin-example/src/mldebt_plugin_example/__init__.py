"""A rule for mldebt, in a package of its own."""

from __future__ import annotations

from mldebt.rules.model import Rule
from mldebt_plugin_example.backup_as_input import BackupAsInput


def rules() -> list[type[Rule]]:
    """What the entry point names."""
    return [BackupAsInput]
