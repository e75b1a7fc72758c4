"""What computing an expression can come to besides a value: nothing at all, or nobody knows."""

from __future__ import annotations

from typing import Final


class UntoldError(Exception):
    """What an expression gives can't be told."""


class Undefined:
    """No value: a division by zero, the logarithm of nothing. One library raises, another answers inf or NaN."""

    def __repr__(self) -> str:
        return "no value"


UNDEFINED: Final = Undefined()
