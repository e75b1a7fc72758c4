"""What a loop goes over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from msgspec.structs import replace

from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.containers import keys_of
from mldebt.evaluate.given import item_of
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import derived, sources_of
from mldebt.evaluate.special_methods import special
from mldebt.evaluate.storage import STORED, names_of_object
from mldebt.evaluate.strings import concatenate
from mldebt.evaluate.values import (
    Choice,
    Class,
    Connection,
    Const,
    Frame,
    Function,
    Handle,
    Instance,
    Loaded,
    Map,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    hole,
    text,
)
from mldebt.evaluate.wrappers import held_by
from mldebt.read.facts import Expr
from mldebt.terms.words import SPLIT, one_of


@contextmanager
def row_by_row(machine: Machine, alone: bool) -> Iterator[None]:
    """While a function or a loop is about one row or value after the other, what it averages is that row."""
    machine.in_one_row += alone
    try:
        yield
    finally:
        machine.in_one_row -= alone


def is_one_row(item: Value, whole: Value) -> bool:
    """Whether a loop goes over the rows of a table or array one by one."""
    if isinstance(whole, Frame) and whole.form == "series":
        return True
    parts = item.items if isinstance(item, Seq) and item.kind == "tuple" else [item]
    return any(isinstance(part, Frame) and part.form in ("row", "scalar") for part in parts)


def elements(machine: Machine, value: Value, expression: Expr | None = None) -> tuple[list[Value], bool]:
    """The values that a loop variable takes, and whether these are all of them."""
    if isinstance(value, Seq):
        return list(value.items) or ([Unknown("item of an unknown sequence")] if value.open else []), not value.open
    if isinstance(value, Map):
        return keys_of(value), not value.open
    if isinstance(value, Choice):
        return [item for option in value.options for item in elements(machine, option)[0]], False
    if isinstance(value, Frame) and value.form == "table" and _are_rows(expression):
        return [value.copy(form="row")], False
    if isinstance(value, Frame) and value.form == "table":
        names = [name for name in value.columns if name and name not in value.index]
        return _names(machine, Object("columns", facts={"names": names, "complete": value.closed, "frame": value}))
    if isinstance(value, Object) and value.kind == "columns":
        return _names(machine, value)
    if isinstance(value, (Class, Instance)) and (own := _of_own(machine, value)) is not None:
        return own
    if isinstance(value, Text) and value.literal is not None and len(value.literal) <= 8:
        return [text(character) for character in value.literal], True
    if isinstance(value, Instance) and (inner := special(machine, value, "iter")) is not None and inner is not value:
        return elements(machine, inner)
    return _some(machine, value), False


def _are_rows(expression: Expr | None) -> bool:
    """`df.collect()` gives the rows of a table, whatever else goes over one gives its columns."""
    if expression is None or expression[0] != "call" or expression[1][0] != "attr":
        return False
    return expression[1][2] in ("collect", "toLocalIterator", "take")


def _of_own(machine: Machine, value: Class | Instance) -> tuple[list[Value], bool] | None:
    """The members of an enumeration, or what an object of the repository goes over."""
    from mldebt.evaluate.attributes import member
    from mldebt.evaluate.calls import Call, call_function

    if isinstance(value, Class):
        members: list[Value] = [one for one in value.members.values() if isinstance(one, (Text, Const, Seq))]
        return (members, True) if members and _is_enumeration(value) else None
    given = member(machine, value, "__iter__")
    if not isinstance(given, Function):
        return None
    found = call_function(machine, given, Call(machine.scope.statement[0], -1, [], {}))
    return elements(machine, found) if not isinstance(found, Instance) else None


def _is_enumeration(cls: Class, depth: int = 6) -> bool:
    named = any(isinstance(base, Symbol) and "Enum" in base.dotted for base in cls.bases)
    return named or (depth > 0 and any(isinstance(b, Class) and _is_enumeration(b, depth - 1) for b in cls.bases))


ONE_OF_MANY = ("model_version", "flow_run")
"""What stands for all that a registry or a history gives."""


def _some(machine: Machine, value: Value) -> list[Value]:
    """One value that stands for all that a loop over something of unknown length gives."""
    if isinstance(value, Frame):
        return [_of_frame(value)]
    if isinstance(value, Handle):
        return [_of_handle(machine, value)]
    if isinstance(value, Connection):
        return [row.copy(form="row") for row in value.rows] or [Unknown("rows of an unknown query")]
    if isinstance(value, Object) and isinstance(messages := value.facts.get("messages"), Frame):
        return [messages.copy(form="message")]
    if isinstance(value, Object) and value.kind == "bucket":
        return [_of_bucket(value)]
    if isinstance(value, Object) and value.kind == "splitter":
        return [_of_splitter(machine, value)]
    if isinstance(value, Object) and value.kind == "groupby":
        return [_of_object(value)]
    if found := items_of(machine, value.facts.get("X") if isinstance(value, Object) else value):
        return found
    if isinstance(value, Unknown):
        return [item_of(value)]
    one_of_many = isinstance(value, Loaded) or (isinstance(value, Object) and value.kind in ONE_OF_MANY)
    return [value] if one_of_many else [derived("item of an unknown sequence", value)]


def items_of(machine: Machine, value: Value | None) -> list[Value]:
    """What an object of the repository, or a loader over it, gives: by `__iter__`, else item by item."""
    if (held := held_by(value)) is not None:
        return _some(machine, held)
    if not isinstance(value, Instance):
        return []
    from mldebt.evaluate.attributes import member
    from mldebt.evaluate.calls import Call, call_function

    for name, args in (("__iter__", []), ("__getitem__", [Unknown("number of an item", "index")])):
        method = member(machine, value, name)
        if isinstance(method, Function) and method.key not in machine.active:
            made = call_function(machine, method, Call(machine.scope.statement[0], -1, list(args), {}))
            items = made.items if isinstance(made, Seq) and name == "__iter__" else [made]
            return [item for item in items if sources_of(item)]
    return []


MAX_NAMES = 24


def _names(machine: Machine, value: Object) -> tuple[list[Value], bool]:
    """The names of columns; where they are not all known, or too many to follow, any column may be meant."""
    names: list[Value] = [text(name) for name in value.facts["names"]]
    frame = value.facts.get("frame")
    if names and value.facts["complete"] and len(names) <= MAX_NAMES:
        return names, True
    if isinstance(frame, Frame):
        use_frame(machine, frame, "escape", machine.site())
    return [hole("column", "loop")], False


def _of_frame(value: Frame) -> Value:
    """Iterating over a series or array gives its values, over records its rows."""
    if value.form == "chunks":
        return value.copy(form="table")
    if value.term is not None and value.term.op in SPLIT:
        return value.copy(form="scalar", term=one_of(value.term), terms={})
    if value.form == "messages":
        return value.copy(form="message")
    return value.copy(form="row" if value.form in ("records", "array", "examples") else "series")


def turned(machine: Machine, spread: Sequence[Value]) -> Seq:
    """`zip(*rows)`: the first values of all rows, then the second ones."""
    rows = [row for value in spread for row in elements(machine, value)[0]]
    cells = [cell for row in rows for cell in elements(machine, row)[0]]
    return Seq([Seq(cells, True, "tuple")] if cells else [], bool(spread))


def _of_handle(machine: Machine, value: Handle) -> Value:
    from mldebt.evaluate.handles import read_handle

    return read_handle(machine, value, machine.site(), "row")


def _of_bucket(value: Object) -> Value:
    """One of the things in a bucket, whichever."""
    names = [concatenate([name, text(_between(name)), hole("key", "loop")]) for name in names_of_object(value)]
    return Object("blob", value.dotted, {STORED: join(names)} if names else {})


def _between(folder: Text) -> str:
    """What stands between a bucket or a prefix and the rest of a key; a prefix may end in the middle of a name."""
    last = folder.parts[-1] if folder.parts else ""
    return "" if isinstance(last, str) and last.endswith(("/", "_", "-", ".")) else "/"


def _of_splitter(machine: Machine, value: Object) -> Value:
    """`for train, test in KFold(len(X), n_folds=5):`, as it was in old versions."""
    from mldebt.evaluate.evaluation import folds

    given = folds(machine, value.facts, ("folds", machine.scope.statement))
    return given.items[0] if isinstance(given, Seq) else given


def _of_object(value: Object) -> Value:
    frame = value.facts.get("frame")
    if isinstance(frame, Frame):
        key = replace(hole(value.facts.get("key") or "group", "loop"), sources=frozenset((frame.node,)))
        return Seq([key, frame], kind="tuple")
    return Seq([Unknown("train indices", "train"), Unknown("test indices", "test")], kind="tuple")
