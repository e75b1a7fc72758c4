"""Conditions on rows, written as a mask, an expression or a text."""

from __future__ import annotations

import re

from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.formulas import is_expression, on_frame
from mldebt.evaluate.frames import column_refs, names_of, select_rows
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.picking import clock_in_text
from mldebt.evaluate.values import Const, Frame, Text, Unknown, Value, is_none, options_of
from mldebt.sites import Site

_COMPARISON = re.compile(r"[<>=!]|\b(is|in|like|not|between)\b", re.IGNORECASE)
_WORDS = re.compile(r"(?<![\w@'\".])[A-Za-z_]\w*(?!\w*\()")
_OPERATORS = {"and", "or", "not", "in", "is", "True", "False", "None"}


def condition(operation: Operation) -> Value | None:
    """What `filter` was given where that tests rows instead of naming columns."""
    value = operation.call.args[0] if operation.entry.selector("pattern") and operation.call.args else None
    if isinstance(value, Text) and value.literal is not None:
        return value if _COMPARISON.search(value.literal) else None
    return value if is_expression(value) or (isinstance(value, Frame) and value.form == "series") else None


def is_unknown(operation: Operation) -> bool:
    """Whether `filter` was given something of which it can't be told what it tests."""
    value = operation.call.args[0] if operation.entry.selector("pattern") and operation.call.args else None
    return value is not None and any(isinstance(option, Unknown) for option in options_of(value))


def kept(operation: Operation, frame: Frame, test: Value) -> Frame:
    """The rows for which all conditions hold."""
    from mldebt.evaluate.selection import filtered

    machine, site = operation.machine, operation.site
    if isinstance(test, Text):
        for name in tested(machine, frame, test, site):
            for ref in sorted(column_refs(machine, frame, name, site)):
                machine.trace.use(ref, "filter", site)
        key, clock = (operation.call.ordinal, frame.node), clock_in_text(machine, test)
        return select_rows(machine, frame, key, site, "filter", name=operation.hint, drawn=clock)
    result = frame
    for one in operation.call.args:
        mask = on_frame(machine, frame, one)
        result = filtered(machine, result, mask, site) if isinstance(mask, Frame) else result
    return result


def tested(machine: Machine, frame: Frame, test: Value, site: Site) -> list[str]:
    """The columns that a condition in a text names; where not all of the text is known, it may be any of them."""
    if not isinstance(test, Text) or test.literal is None:
        use_frame(machine, frame, "escape", site)
    return mentioned(frame, test.template) if isinstance(test, Text) else []


def decided_by_all(operation: Operation, frame: Frame) -> None:
    """Rows that go because a value is missing or because they are repeated: every column has a say in it.

    Not so where the call names columns and where columns go instead of rows.
    """
    kind, machine, site = operation.entry.text("use"), operation.machine, operation.site
    if not kind or frame.form in ONE_COLUMN or operation.axis(0) in (1, "columns"):
        return
    others = operation.given("other")
    for other in options_of(others) if others is not None else ():
        use_frame(machine, as_frame(machine, other), kind, site)
    named = operation.given("columns")
    if named is None or is_none(named):
        use_frame(machine, frame, kind if _by_any(operation) else "filter", site)
    elif not names_of(named)[1]:
        use_frame(machine, frame, "escape", site)
    elif _by_any(operation) and (known := machine.trace.nodes.get(frame.node)) is not None:
        machine.trace.node(known.id, known.kind, known.name, complete=tuple(names_of(named)[0]))


def _by_any(operation: Operation) -> bool:
    """Whether one value is enough to drop a row, not only all of them or more than so many."""
    call = operation.call
    told = [call.pick((part,)) for part in operation.entry.selector("how")]
    options = [option for value in told if value is not None for option in options_of(value)]
    return all(is_none(one) or (isinstance(one, Const) and one.value == 0) or _says_any(one) for one in options)


def _says_any(value: Value) -> bool:
    return isinstance(value, Text) and value.literal in ("any", "index", "rows")


ONE_COLUMN = ("series", "scalar", "row", "index")


def mentioned(frame: Frame, expression: str) -> list[str]:
    """The columns that an expression in a text names; of an open frame, every name that is no function."""
    words = dict.fromkeys(_WORDS.findall(expression))
    known = [word for word in words if word in frame.columns]
    return known or [word for word in words if frame.open and word not in _OPERATORS]
