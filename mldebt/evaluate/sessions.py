"""What a framework keeps for everyone who asks: `st.session_state`, `flask.session`.

Who puts something in and who takes it out can run in any order, and again and again: all that was ever put under a name
may be there, and None stands for what another puts there later.
"""

from __future__ import annotations

from mldebt.evaluate import kept_by_key, streams
from mldebt.evaluate.choices import both, chosen
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import Const, Map, Text, Unknown, Value, is_none
from mldebt.terms import Term


def _when(machine: Machine, lasting: bool) -> Term | None:
    """The condition under which a branch puts something into a dictionary of its own."""
    return None if lasting else both(machine.scope.path)


def session(operation: Operation) -> Value:
    return operation.machine.sessions.setdefault(operation.dotted, Map({}, True))


def put_into(machine: Machine, holder: Map, key: Value, value: Value) -> None:
    """`holder[key] = value`: in a branch and in a session, it is that or what is there already."""
    from mldebt.evaluate.expressions import put

    if streams.refilled(machine, holder.rest, value) or kept_by_key.put(machine, holder, key, value):
        return
    lasting = any(kept is holder for kept in machine.sessions.values())
    if lasting and is_none(value):
        value = Unknown("put into a session elsewhere", key.literal or "" if isinstance(key, Text) else "")
    if lasting or machine.scope.path:
        name = key.literal if isinstance(key, Text) else key.value if isinstance(key, Const) else None
        before = holder.entries.get(name) if name is not None else None
        value = value if before is None else chosen(machine, _when(machine, lasting), value, before)
    put(holder, key, value)
