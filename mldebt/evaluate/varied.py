"""What a loop gives one value after the other, also inside the functions that it calls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.evaluate.values import Function

if TYPE_CHECKING:
    from mldebt.evaluate.calls import Call


def varied_by(function: Function, made: Call, looping: list[str]) -> list[str]:
    """The parameters that a call in a loop gives what the loop goes over."""
    if not looping:
        return []
    names = [name for name, _, _, kind in function.params if kind == "pos"][function.this is not None :]
    told = [*zip(names, made.labels, strict=False), *made.keyword_labels.items()]
    return [name for name, label in told if mentions(label, looping)]


def mentions(expression: object, names: list[str]) -> bool:
    """Whether an expression looks at one of some names."""
    waiting = [expression]
    while waiting:
        part = waiting.pop()
        if type(part) is not tuple:
            continue
        if len(part) == 2 and part[0] == "name":
            if part[1] in names:
                return True
        else:
            waiting += part
    return False
