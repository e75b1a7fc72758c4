"""Tables that classes of the repository stand for: what is asked of them, and what is added to them."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator

from mldebt.evaluate.attributes import class_member
from mldebt.evaluate.calls import Call
from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import children
from mldebt.evaluate.queries import connections, table_node
from mldebt.evaluate.values import (
    NONE,
    Choice,
    Class,
    Connection,
    Frame,
    Instance,
    Map,
    Method,
    Object,
    Seq,
    Text,
    Unknown,
    Value,
    options_of,
)
from mldebt.evaluate.writing import write_data

NAMED = "__tablename__"
BASE = "Model"
STATEMENT, TABLE, COLUMN = "statement", "sql_table", "column"
FILLING = frozenset({"default", "server_default", "default_factory", "insert_default"})
SESSION = re.compile(r"session|(?:^|_)db(?:_|$)", re.IGNORECASE)
FETCHED = ("query", "records", "row", "scalar")


def table_of(machine: Machine, value: Value) -> str:
    """The table that a class, an instance of it, a column or a table object stands for; "" for anything else."""
    if isinstance(value, Instance):
        value = value.cls
    if isinstance(value, Class):
        return _of_class(machine, value)
    if isinstance(value, Object) and value.kind in (TABLE, COLUMN):
        return str(value.facts.get("table", ""))
    return ""


def _of_class(machine: Machine, cls: Class) -> str:
    named = class_member(machine, cls, NAMED)
    if isinstance(named, Text):
        schema = _schema(class_member(machine, cls, "__table_args__"))
        return f"{schema}.{named.template}" if schema else named.template
    if any(isinstance(base, Method) and base.name == BASE for base in cls.bases):
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.qualname.rpartition(".")[2]).lower()
    return ""


def _schema(arguments: Value | None) -> str:
    for part in (arguments, *(arguments.items if isinstance(arguments, Seq) else ())):
        found = part.entries.get("schema") if isinstance(part, Map) else None
        if isinstance(found, Text) and found.literal:
            return found.literal
    return ""


def tables_in(machine: Machine, value: Value, depth: int = 3) -> Iterator[str]:
    """The tables that a value speaks of, in order."""
    if name := table_of(machine, value):
        yield name
    elif isinstance(value, Object) and value.kind == STATEMENT:
        yield from value.facts["tables"]
    elif depth > 0 and isinstance(value, (Seq, Map, Choice)):
        for child in children(value):
            yield from tables_in(machine, child, depth - 1)


def asks_a_table(machine: Machine, call: Call) -> bool:
    """Whether a call can only be one of a session: it is given a statement, or what stands for a table."""
    first = call.args[0] if call.args else None
    return first is not None and next(tables_in(machine, first), "") != ""


def puts_back(receiver: Value, name: str, call: Call) -> bool:
    """`self._session.add(order)` of an order that was asked for, whoever has made the session."""
    rows = call.args[0] if call.args and name in ("add", "merge") else None
    fetched = isinstance(rows, Frame) and rows.form in FETCHED and bool(rows.open)
    return fetched and isinstance(receiver, Unknown) and SESSION.search(receiver.label or "") is not None


def asks_rows(machine: Machine, call: Call) -> bool:
    """Whether a call is given what stands for a table, not a statement about it."""
    first = call.args[0] if call.args else None
    is_statement = isinstance(first, Object) and first.kind == STATEMENT
    return not is_statement and asks_a_table(machine, call)


def compared_column(left: Value, right: Value) -> Object | None:
    """`orders.c.user == 3`: part of a statement, which speaks of that table."""
    for one in (left, right):
        side = one.receiver if isinstance(one, Method) else one
        if isinstance(side, Object) and side.kind in (TABLE, COLUMN) and side.facts.get("table"):
            return side
    return None


def column(operation: Operation) -> Value:
    """`Column(Integer)`: a column of the class that it is written in. `filled`: rows that don't name it have it."""
    return Object(COLUMN, operation.dotted, {"table": "", "filled": not FILLING.isdisjoint(operation.call.kwargs)})


def table(operation: Operation) -> Value:
    """`Table("orders", metadata, …)`."""
    name = operation.given("name")
    return Object(TABLE, operation.dotted, {"table": name.template if isinstance(name, Text) else ""})


def statement(operation: Operation) -> Value:
    """`select(Order)`, `insert(Order)`, and what goes on from there: which tables are meant, nothing is read yet."""
    machine, receiver = operation.machine, operation.receiver
    given = operation.given("tables")
    tables = list(tables_in(machine, given)) if given is not None else []
    if isinstance(receiver, Object) and receiver.kind == STATEMENT:
        facts = {**receiver.facts, "tables": [*receiver.facts["tables"], *tables]}
        data = operation.given("values")
        if data is None and operation.entry.selector("values"):
            data = Map(dict(operation.call.kwargs.items()))
        return Object(STATEMENT, receiver.dotted, {**facts, "data": data or receiver.facts["data"]})
    return Object(STATEMENT, operation.dotted, {"verb": operation.entry.text("verb"), "tables": tables, "data": None})


def ask(operation: Operation) -> Value:
    """`session.query(Order)`: its rows, however they are narrowed down afterwards."""
    tables = [name for value in operation.call.args for name in tables_in(operation.machine, value)]
    return read_rows(operation, tables, connections(operation)[0], "query") if tables else NONE


def run_statement(operation: Operation, asked: Object, connection: Connection) -> list[Frame]:
    """`session.execute(select(Order))`."""
    tables = list(dict.fromkeys(asked.facts["tables"]))
    if not tables:
        return []
    if asked.facts["verb"] == "select":
        return [read_rows(operation, tables, connection, "records")]
    given = operation.call.args[1] if len(operation.call.args) > 1 else None
    data = asked.facts["data"] or given or Unknown("rows of a statement")
    if asked.facts["verb"] != "delete":
        write_rows(operation, tables[0], connection, data, "merge" if asked.facts["verb"] == "update" else "append")
    return []


def rows_of(machine: Machine, cls: Class) -> Frame | None:
    """`Order.query`: the rows of its table."""
    name = table_of(machine, cls)
    return (
        _read(machine, [name], Connection(Text(("",)), "table"), ("query", machine.scope.statement)) if name else None
    )


def read_rows(operation: Operation, tables: list[str], connection: Connection, form: str) -> Frame:
    frame = _read(operation.machine, tables, connection, operation.call.ordinal, operation)
    frame.form = form
    return frame


def _read(
    machine: Machine, tables: list[str], connection: Connection, ordinal: Hashable, operation: Operation | None = None
) -> Frame:
    site = operation.site if operation is not None else machine.site()
    hint = operation.name_in_scope("rows") if operation is not None else "rows"
    frame = new_frame(machine, hint, (ordinal, tuple(tables)), site, operation="read")
    for name in dict.fromkeys(tables):
        node = table_node(machine, name, connection, site)
        machine.trace.access(site, "read", "resolved")
        machine.trace.edge(node, frame.node, "READS", site)
        frame.open = (*frame.open, node)
    frame.form = "query"
    return frame


def add(operation: Operation) -> Value:
    """`session.add(Order(…))`: a row of the table that its class stands for."""
    machine = operation.machine
    given = operation.given("data")
    for option in options_of(given) if given is not None else ():
        rows = operation.given("rows")
        for name in dict.fromkeys(tables_in(machine, option)):
            data = rows if rows is not None else written(option)
            write_rows(operation, name, connections(operation)[0], data, operation.entry.text("default_mode", "append"))
        if isinstance(option, Frame) and option.form in FETCHED:
            _put_back(operation, option)
    return given if given is not None else NONE


def _put_back(operation: Operation, rows: Frame) -> None:
    """`session.add(order)` of an order that was asked for: what was changed in it is written where it came from."""
    for node in rows.open:
        operation.machine.trace.access(operation.site, "write", "resolved")
        write_data(operation.machine, rows, node, operation.site, "resolved", "merge")


def written(value: Value) -> Value:
    """What is known of a row: the fields of the object that stands for it, and what its table fills in."""
    if isinstance(value, Instance):
        row: dict[object, Value] = {name: Unknown("default of a column", name) for name in _filled(value.cls)}
        row.update(value.fields)
        return Map(row)
    return join(written(item) for item in value.items) if isinstance(value, Seq) and value.items else value


def _filled(cls: Class) -> Iterator[str]:
    for name, member in cls.members.items():
        if isinstance(member, Object) and member.kind == COLUMN and member.facts.get("filled"):
            yield name


def change(operation: Operation) -> Value:
    """`session.query(Order).update({…})`."""
    machine, site = operation.machine, operation.site
    for option in options_of(operation.receiver) if operation.receiver is not None else ():
        for node in option.open if isinstance(option, Frame) else ():
            machine.trace.access(site, "write", "resolved")
            write_data(machine, operation.given("data"), node, site, "resolved", "merge")
    return NONE


def write_rows(operation: Operation, name: str, connection: Connection, data: Value, mode: str) -> None:
    machine, site = operation.machine, operation.site
    machine.trace.access(site, "write", "resolved")
    write_data(machine, data, table_node(machine, name, connection, site), site, operation.evidence, mode)
