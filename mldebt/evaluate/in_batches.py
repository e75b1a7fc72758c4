"""Functions and classes that are given a table batch by batch: `table.map_batches(Predictor)`."""

from __future__ import annotations

from mldebt.evaluate import elementwise
from mldebt.evaluate.attributes import class_member
from mldebt.evaluate.calls import Call, bound, invoke
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.instances import instantiate
from mldebt.evaluate.iteration import elements
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.tables import on_each
from mldebt.evaluate.values import Class, Function, Instance, Map, Value, options_of


def map_batches(operation: Operation) -> Value:
    machine = operation.machine
    function = _ready(operation)
    if function is None:
        return elementwise.apply(operation)
    results: list[Value] = []
    for option in options_of(operation.receiver) if operation.receiver is not None else ():
        frame = as_frame(machine, option)
        made = invoke(machine, function, _called_with(operation, "fn", [frame]))
        results.append(as_frame(machine, made).copy(form="table"))
    return on_each(operation, results)


def _ready(operation: Operation) -> Function | None:
    """The function that is called with each batch; that of a class, on one that is made with what is told."""
    function, machine = operation.given("function"), operation.machine
    if isinstance(function, Function):
        return function
    if not isinstance(function, Class):
        return None
    made = instantiate(machine, function, _called_with(operation, "fn_constructor", []))
    method = class_member(machine, function, "__call__")
    return bound(method, made) if isinstance(made, Instance) and isinstance(method, Function) else None


def _called_with(operation: Operation, what: str, first: list[Value]) -> Call:
    given, named = operation.call.kwargs.get(f"{what}_args"), operation.call.kwargs.get(f"{what}_kwargs")
    args = elements(operation.machine, given)[0] if given is not None else []
    kwargs = {str(key): value for key, value in named.entries.items()} if isinstance(named, Map) else {}
    return Call(operation.call.line, operation.call.ordinal, [*first, *args], kwargs)
