"""Conditions on rows, written as a mask, an expression or a text."""

from __future__ import annotations

import re

from mldebt.evaluate.formulas import is_expression, on_frame
from mldebt.evaluate.frames import column_refs, select_rows
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.picking import clock_in_text
from mldebt.evaluate.values import Frame, Text, Value

_COMPARISON = re.compile(r"[<>=!]|\b(is|in|like|not|between)\b", re.IGNORECASE)
_WORDS = re.compile(r"(?<![\w@'\".])[A-Za-z_]\w*(?!\w*\()")
_OPERATORS = {"and", "or", "not", "in", "is", "True", "False", "None"}


def condition(operation: Operation) -> Value | None:
    """What `filter` was given where that tests rows instead of naming columns."""
    value = operation.call.args[0] if operation.entry.selector("pattern") and operation.call.args else None
    if isinstance(value, Text) and value.literal is not None:
        return value if _COMPARISON.search(value.literal) else None
    return value if is_expression(value) or (isinstance(value, Frame) and value.form == "series") else None


def kept(operation: Operation, frame: Frame, test: Value) -> Frame:
    """The rows for which all conditions hold."""
    from mldebt.evaluate.selection import filtered

    machine, site = operation.machine, operation.site
    if isinstance(test, Text):
        for name in mentioned(frame, test.template):
            for ref in sorted(column_refs(machine, frame, name, site)):
                machine.trace.use(ref, "filter", site)
        key, clock = (operation.call.ordinal, frame.node), clock_in_text(machine, test)
        return select_rows(machine, frame, key, site, "filter", name=operation.hint, drawn=clock)
    result = frame
    for one in operation.call.args:
        mask = on_frame(machine, frame, one)
        result = filtered(machine, result, mask, site) if isinstance(mask, Frame) else result
    return result


def mentioned(frame: Frame, expression: str) -> list[str]:
    """The columns that an expression in a text names; of an open frame, every name that is no function."""
    words = dict.fromkeys(_WORDS.findall(expression))
    known = [word for word in words if word in frame.columns]
    return known or [word for word in words if frame.open and word not in _OPERATORS]
