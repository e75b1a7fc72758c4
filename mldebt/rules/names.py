"""Names of things apart from what changes without them."""

from __future__ import annotations

import re

_CALL = re.compile(r"@[0-9a-f]{6}(?=[:.\[#]|$)")
"""What stands in an id for the arguments of a call."""


def apart_from_calls(name: str) -> str:
    """`model:src/train.py::fit@1a2b3c:scaler` as `model:src/train.py::fit:scaler`: however the function is called."""
    return _CALL.sub("", name)
