"""How bad a finding is."""

from __future__ import annotations

SEVERITIES = ("critical", "high", "medium", "low")
NEVER = "never"
"""In place of a severity: nothing is bad enough."""
