"""How many random cases are tried: few, always the same, so that a run is quick and can be repeated.

`MLDEBT_PROGRAMS=10000` in the environment tries so many, new ones each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

MANY = int(os.environ.get("MLDEBT_PROGRAMS", "0"))


def checked(few: int = 100) -> settings:
    """The settings of a property that is tried on `few` cases by default."""
    return settings(
        deadline=None,
        derandomize=not MANY,
        max_examples=MANY or few,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
