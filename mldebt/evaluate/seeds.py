"""Seeds, and what is drawn by random."""

from __future__ import annotations

from mldebt.evaluate.frames import flow, new_frame
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.joins import join
from mldebt.evaluate.listings import drawn_as, is_listing
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import has_statistic, sources_of
from mldebt.evaluate.values import NONE, Frame, Object, Seq, Unknown, Value, is_none


def is_seed(name: str) -> bool:
    """Whether a parameter or field is a seed by its name."""
    return name.rpartition("_")[2] == "seed" or name.endswith("random_state")


def seed_of_caller(value: Value, name: str) -> Value:
    """A default where nothing says that it isn't replaced: no seed means that whoever calls may give one."""
    return Unknown("seed that is left to the caller", name) if is_none(value) and is_seed(name) else value


def seed(operation: Operation) -> Value:
    value = operation.given("value")
    if value is None or not is_none(value):
        scopes = operation.entry.selector("scope") or ("all",)
        operation.machine.root.seeded.update(str(scope) for scope in scopes)
    return NONE


def random(operation: Operation) -> Value:
    """Numbers from a generator, or a shuffle of data."""
    machine, site = operation.machine, operation.site
    data = operation.given("data")
    scope = operation.entry.text("scope", "numpy")
    status = _draw_status(operation, scope)
    if isinstance(data, Seq) and is_listing(data):
        return _of_listing(operation, data, status)
    if data is not None and sources_of(data):
        frame = as_frame(machine, data)
        made = new_frame(machine, operation.name_in_scope("shuffled"), operation.call.ordinal, site, rows=frame.rows)
        machine.trace.edge(frame.node, made.node, "DERIVES", site, operation="shuffle", random=True, seed=status)
        if isinstance(data, Frame) and not operation.hint:
            data.node = made.node
        return frame.copy(node=made.node)
    made = new_frame(machine, operation.name_in_scope("random"), operation.call.ordinal, site, operation="made")
    machine.trace.node(made.node, "frame", operation.name_in_scope("random"), random=True, seed=status)
    for value in operation.call.values():
        if has_statistic(value):
            flow(machine, value, made.node, site, "draw")
    made.form, made.columns, made.vague, made.named = "array", {"": frozenset()}, True, False
    return made


def _of_listing(operation: Operation, names: Seq, status: str) -> Value:
    """Files in an order, or some of them, that chance decides."""
    machine, title = operation.machine, operation.name_in_scope("drawn")
    before = as_frame(machine, names, "files")
    made = new_frame(machine, title, operation.call.ordinal, operation.site, rows=before.rows)
    machine.trace.edge(before.node, made.node, "DERIVES", operation.site, operation="shuffle", random=True, seed=status)
    drawn = drawn_as(names, made.node)
    if operation.entry.flag("in_place"):
        names.items[:] = drawn.items
    one = operation.dotted.rpartition(".")[2] == "choice" and not operation.call.kwargs and len(operation.call.args) < 2
    return join(drawn.items) if one else drawn


def _draw_status(operation: Operation, scope: str) -> str:
    if isinstance(operation.receiver, Object) and operation.receiver.kind == "rng":
        return str(operation.receiver.facts.get("seed", "unknown"))
    return operation.seed_status(scope)


def rng(operation: Operation) -> Value:
    return Object("rng", operation.dotted, {"seed": operation.seed_status("none")})
