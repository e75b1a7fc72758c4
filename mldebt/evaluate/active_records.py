"""Classes of the repository that ask and change their table themselves: the models of Django, Peewee and Tortoise."""

from __future__ import annotations

from mldebt.evaluate.attributes import library_base
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.orm import read_rows, write_rows, written
from mldebt.evaluate.values import NONE, Class, Connection, Instance, Map, Method, Object, Text, Value, options_of

MANAGERS = {"django.db.models.Model": "objects", "peewee.Model": "", "tortoise.models.Model": "", "tortoise.Model": ""}
"""The library's class → what its table is asked through, "" for the class itself."""
MANAGER, ROW = "table_manager", "table_row"
OWN_NAME = ("db_table", "table_name", "table")
OF_A_ROW = ("save", "asave", "delete", "delete_instance")


def of_class(machine: Machine, cls: Class, name: str) -> Value | None:
    """`Order.objects`, `Order.create`."""
    library = library_base(machine, cls) or ""
    if library not in MANAGERS:
        return None
    manager = Object(MANAGER, library, _facts(cls))
    through = MANAGERS[library]
    return Method(manager, name) if not through else manager if name == through else None


def of_row(machine: Machine, row: Instance, name: str) -> Value | None:
    """`order.save`, of an order that was made before."""
    if name not in OF_A_ROW or library_base(machine, row.cls) not in MANAGERS:
        return None
    return Method(Object(ROW, row.cls.qualname, {**_facts(row.cls), "row": row}), name)


def _facts(cls: Class) -> dict[str, object]:
    own = cls.members.get("Meta")
    named = [own.members.get(key) for key in OWN_NAME] if isinstance(own, Class) else []
    told = next((name for name in named if isinstance(name, Text)), None)
    table = told.template if told is not None else cls.qualname.rpartition(".")[2].lower()
    return {"table": table, "database": _database(cls)}


def _database(cls: Class, depth: int = 8) -> Connection | None:
    """The database that Peewee's classes hand down."""
    own = cls.members.get("Meta")
    found = own.members.get("database") if isinstance(own, Class) else None
    if isinstance(found, Connection) or depth == 0:
        return found if isinstance(found, Connection) else None
    above = (_database(base, depth - 1) for base in cls.bases if isinstance(base, Class))
    return next((one for one in above if one is not None), None)


def find(operation: Operation) -> Value:
    """`Order.objects.filter(late=True)`: rows, however they are narrowed down afterwards."""
    holders = _holders(operation)
    form = "records" if operation.entry.text("returns") == "records" else "query"
    return join(read_rows(operation, [_table(one)], _connection(one), form) for one in holders) if holders else NONE


def keep(operation: Operation) -> Value:
    """`Order.create(km=3)`, `order.save()`: a row is stored; what it is, where it is given as arguments."""
    given = operation.given("data")
    for holder in _holders(operation):
        row = holder.facts.get("row", given)
        data = written(row) if isinstance(row, Value) else Map(dict(operation.call.kwargs.items()))
        write_rows(operation, _table(holder), _connection(holder), data, operation.entry.text("default_mode", "append"))
    return operation.receiver if operation.receiver is not None else NONE


def _holders(operation: Operation) -> list[Object]:
    options = options_of(operation.receiver) if operation.receiver is not None else ()
    return [option for option in options if isinstance(option, Object)]


def _table(holder: Object) -> str:
    return str(holder.facts["table"])


def _connection(holder: Object) -> Connection:
    database = holder.facts.get("database")
    return database if isinstance(database, Connection) else Connection(Text(("",)), "table")
