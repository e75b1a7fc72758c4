"""Programs that are made of classes: a library reads from the command line what to make each of them with."""

from __future__ import annotations

from mldebt.evaluate.calls import Call
from mldebt.evaluate.instances import instantiate
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.operations import carry_out
from mldebt.evaluate.values import Class, Const, Object, Value, options_of

KIND, TRAINER = "command_classes", "trainer"


def command_classes(operation: Operation) -> Value:
    """`LightningCLI(Network, Batches)`: the network is trained, unless the program says that it does so itself."""
    made = {role: one for role in ("model", "datamodule") if (one := _made(operation, role)) is not None}
    trainer = Object(TRAINER, operation.dotted)
    if "model" in made and operation.given("run") != Const(False):
        _fit(operation, trainer, list(made.values()))
    return Object(KIND, operation.dotted, {**made, TRAINER: trainer})


def _made(operation: Operation, role: str) -> Value | None:
    given = operation.given(role)
    classes = [one for one in options_of(given) if isinstance(one, Class)] if given is not None else []
    call = operation.call
    return instantiate(operation.machine, classes[0], Call(call.line, call.ordinal, [], {})) if classes else None


def _fit(operation: Operation, trainer: Object, args: list[Value]) -> None:
    entry = operation.machine.knowledge.method(TRAINER, "fit")
    call = Call(operation.call.line, operation.call.ordinal, args, {}, receiver=trainer)
    if entry is not None:
        carry_out(Operation(operation.machine, call, entry, f"{TRAINER}.fit"))
