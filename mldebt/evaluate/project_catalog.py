"""The catalog of a project as an object: what a notebook or a session of it loads and saves by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.evaluate.values import Map, Object, Text, Unknown, Value, options_of

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine
    from mldebt.evaluate.operation import Operation
    from mldebt.knowledge.entry import Entry

KIND, HELD, GIVEN = "project_catalog", "held", "given"
IN_NOTEBOOKS = dict.fromkeys(("catalog", "context", "session"), "kedro.ipython.catalog")
"""Names that the notebooks of a framework are born with, and what the knowledge base calls them."""


def of_project(operation: Operation) -> Value:
    """`DataCatalog.from_config(…)`, `session.load_context()`: the catalog of the project that the code is in."""
    found = _made(operation.machine, operation.machine.scope.file, operation.entry)
    given = operation.given("data")
    if isinstance(given, Map):
        found.facts[GIVEN] = given
    return found


def given_to_notebooks(machine: Machine, file: str) -> dict[str, Value]:
    """The objects that a notebook within a project has without having made them."""
    made: dict[str, Value] = {}
    for name, dotted in IN_NOTEBOOKS.items():
        entry = machine.knowledge.call(dotted)
        if entry is not None and (found := _made(machine, file, entry)).facts[HELD].entries:
            made[name] = found
    return made


def _made(machine: Machine, file: str, entry: Entry) -> Object:
    from mldebt.evaluate.catalog import catalog_of

    return Object(KIND, entry.key, {HELD: catalog_of(machine, file, entry)[1]})


def declared(operation: Operation) -> Value:
    """`catalog["orders"]`."""
    found = named(operation)
    return found[0] if found else Unknown("unknown stored thing")


def named(operation: Operation) -> list[Object]:
    """The stored things that a catalog knows under the name that it is asked for."""
    name = operation.given("name")
    asked = name.literal if isinstance(name, Text) else None
    options = options_of(operation.receiver) if asked and operation.receiver is not None else ()
    holders = [one for one in options if isinstance(one, Object) and one.kind == KIND]
    found = [_found(one, asked) for one in holders if asked]
    return [one for one in found if one is not None]


def _found(holder: Object, name: str) -> Object | None:
    given = holder.facts.get(GIVEN)
    own = given.entries.get(name) if isinstance(given, Map) else None
    if isinstance(own, Object) and "entry" in own.facts:
        return own
    found: Object | None = holder.facts[HELD].find(name)
    return found
