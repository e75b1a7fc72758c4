"""What frameworks hand to functions by themselves: the application that answers, the context of a command line.

Whoever sets something there, at start-up or in the command above, means it for those that run later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Frame, Function, Map, Object, Symbol, Value
from mldebt.knowledge.entry import Entry

if TYPE_CHECKING:
    from mldebt.evaluate.operation import Operation

APPLICATION, CURRENT, COMMAND, KEPT = "application", "current_app", "command_context", "kept by commands"
MOST = 4
"""Applications that are told apart, where a function makes one for each caller."""


def note_application(machine: Machine, made: Object, state: Map) -> None:
    """An application is made; what is put into its `state` stays there for all requests."""
    known = machine.handed_on.setdefault(APPLICATION, [])
    if len(known) < MOST:
        known.append(made)
        machine.sessions[f"{APPLICATION} {len(known)}"] = state


def application(operation: Operation) -> Value:
    """`flask.current_app`, `request.app`: one that may only be made later."""
    return Object(CURRENT, operation.dotted)


def of_application(machine: Machine, base: Value, name: str) -> Value | None:
    """What is asked of the application that answers; `request.app`, where the data of a request stands for all of it.

    None where something else is meant, or the code makes no application.
    """
    from mldebt.evaluate.attributes import attribute

    if isinstance(base, Frame):
        is_request = name == "app" and base.form == "records" and name not in base.columns
        return Object(CURRENT) if is_request and applications(machine) else None
    if not isinstance(base, Object) or base.kind != CURRENT:
        return None
    return join(attribute(machine, one, name) for one in known) if (known := applications(machine)) else None


def is_application(machine: Machine, made: Symbol) -> bool:
    """Whether a class is that of an application, not of a part of one."""
    entry = machine.knowledge.call(made.dotted)
    return entry is not None and entry.op == "app" and bool(entry.text("holds_settings"))


def makesapplications(machine: Machine) -> bool:
    return bool(applications(machine))


def applications(machine: Machine) -> list[Object]:
    return machine.handed_on.get(APPLICATION, []) if machine.uses("handed_on") else []


def context(operation: Operation) -> Value:
    """`click.get_current_context()`."""
    return _context(operation.machine)


def ensured(operation: Operation) -> Value:
    """`context.ensure_object(dict)`."""
    return _object(operation.machine)


def pass_to(machine: Machine, function: Function, entry: Entry) -> None:
    """`@click.pass_context`, `@click.pass_obj`: the first parameter of a command."""
    if function.params:
        own = entry.text("returns") == COMMAND
        function.given[function.params[0][0]] = _context(machine) if own else Object(KEPT)


def given_to(machine: Machine, given: Value) -> Value:
    """What a function is given when it runs: what commands keep may be set after it is defined."""
    return _object(machine) if isinstance(given, Object) and given.kind == KEPT else given


def _context(machine: Machine) -> Object:
    known = machine.handed_on.setdefault(COMMAND, [])
    if not known:
        known.append(Object(COMMAND))
    return known[0]


def _object(machine: Machine) -> Value:
    """What commands keep for those below them: a dictionary, until one puts something else in its place."""
    made: Value = _context(machine).facts.setdefault("obj", Map({}, True))
    return made
