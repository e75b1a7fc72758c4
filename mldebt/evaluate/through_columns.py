"""Changes that are made to a column where it stands in its table: `df["age"].fillna(0, inplace=True)`."""

from __future__ import annotations

from mldebt.evaluate import keeping
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Frame, Text, Unknown, Value
from mldebt.read.facts import Expr

IN_PLACE = ("inplace", ("const", True))
ROWS = ("loc", "iloc", "at", "iat", "ix")
PLAIN = ("name", "attr")


def changed_in_place(machine: Machine, expression: Expr, value: Value) -> None:
    """A method of a column that is told to work in place changes the table."""
    if expression[0] != "call" or expression[1][0] != "attr" or IN_PLACE not in expression[3]:
        return
    column = expression[1][1]
    found = _column_of(machine, column)
    if found is not None and isinstance(value, Frame):
        keeping.store(machine, *found, value)
    elif isinstance(value, Frame) and column[0] == "index" and column[1][0] in PLAIN:
        owner, name = machine.evaluate(column[1]), machine.evaluate(column[2])
        if isinstance(owner, Frame) and owner.form == "table" and isinstance(name, (Text, Unknown)):
            keeping.mix_in(machine, owner, value)


def stored_in_rows(machine: Machine, target: Expr, value: Value) -> bool:
    """`df["age"][missing] = mean`, `df["age"].iloc[rows] = mean`: a column gets other values in some rows."""
    inner = target[1]
    if inner[0] == "attr" and inner[2] in ROWS:
        inner = inner[1]
    elif target[2][0] == "const" and isinstance(target[2][1], str):
        return False  # as likely the column of one of several tables
    found = _column_of(machine, inner)
    if found is None:
        return False
    keeping.store(machine, *found, value, partly=True)
    return True


def _column_of(machine: Machine, expression: Expr) -> tuple[Frame, Text] | None:
    """The table and the name for `df["age"]` and `df.age`."""
    if expression[0] not in ("index", "attr") or expression[1][0] not in PLAIN:
        return None
    if expression[0] == "index":
        key = expression[2]
        name = key[1] if key[0] == "const" and isinstance(key[1], str) else _text(machine, key)
    else:
        name = expression[2]
    owner = machine.evaluate(expression[1]) if name else None
    if not isinstance(owner, Frame) or owner.form != "table":
        return None
    known = expression[0] == "index" or name in owner.columns or _reads_one(machine, expression, owner)
    return (owner, Text((name,))) if name and known else None


def _reads_one(machine: Machine, expression: Expr, owner: Frame) -> bool:
    """Whether an attribute of a table whose columns nobody has seen is one of them."""
    column = machine.evaluate(expression) if owner.open else None
    if not isinstance(column, Frame) or column.form != "series":
        return False
    return expression[2] in {name for _, name in column.refs()}


def _text(machine: Machine, key: Expr) -> str | None:
    value = machine.evaluate(key) if key[0] == "name" else None
    return value.literal if isinstance(value, Text) else None
