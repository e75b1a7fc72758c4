"""Steps of a pipeline that are classes of the repository: fitting and asking the whole fits and asks them in turn."""

from __future__ import annotations

from mldebt.evaluate.calls import Call, call_function
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.values import Choice, Frame, Function, Instance, Model, Value, options_of

INSIDE = ("pipeline", "search", "wrapper", "ensemble")


def fit_steps(operation: Operation, model: Model, data: list[Frame]) -> None:
    """`pipeline.fit(X, y)` calls `fit` and `transform` of each step that the repository defines."""
    if data and _own(model):
        _through(operation, model, _one(data), ("fit",))


def ask_steps(operation: Operation, model: Model, data: list[Frame], method: str) -> None:
    """`pipeline.predict(X)`: each step transforms, the last one predicts."""
    if data and _own(model):
        _through(operation, model, _one(data), (method,))


def fit_and_transform(operation: Operation) -> Value | None:
    """A class of the repository that inherits `fit_transform`: it calls the `fit` and `transform` of the class."""
    from mldebt.evaluate.attributes import member

    data = operation.given("X")
    if not isinstance(operation.receiver, Instance) or data is None or not sources_of(data):
        return None
    if not isinstance(member(operation.machine, operation.receiver, "transform"), Function):
        return None
    return _ask(operation, operation.receiver, data, ("fit", "transform"))


def _one(frames: list[Frame]) -> Value:
    return frames[0] if len(frames) == 1 else Choice(tuple(frames))


def _own(model: Model, depth: int = 4) -> bool:
    """Whether some step, or a step of a step, is an object of the repository."""
    options = [option for _, step, _ in model.steps for option in options_of(step)]
    return any(
        isinstance(option, Instance) or (depth > 0 and isinstance(option, Model) and _own(option, depth - 1))
        for option in options
    )


def _through(operation: Operation, model: Model, data: Value, methods: tuple[str, ...]) -> Value:
    """Run data through the steps; where they stand side by side, each gets the same."""
    last = len(model.steps) - 1
    for number, (_, step, _) in enumerate(model.steps):
        ends = number == last or model.composite != "pipeline"
        asked = methods if ends or methods == ("fit",) else ()
        passed = data
        for option in options_of(step):
            if isinstance(option, Instance):
                passed = _ask(operation, option, data, (*asked, *(() if ends else ("transform",))))
            elif isinstance(option, Model) and option.composite in INSIDE and _own(option):
                passed = _through(operation, option, data, methods)
        data = passed if model.composite == "pipeline" else data
    return data


def _ask(operation: Operation, step: Instance, data: Value, methods: tuple[str, ...]) -> Value:
    """What the last of several methods of a step makes of data; the data itself where that can't be told."""
    from mldebt.evaluate.attributes import member

    machine, call = operation.machine, operation.call
    label = operation.given("y")
    made = data
    for name in methods:
        method = member(machine, step, name)
        if isinstance(method, Function) and method.key not in machine.active:
            args = [data, *([label] if name == "fit" and label is not None and len(method.params) > 2 else [])]
            made = call_function(machine, method, Call(call.line, call.ordinal, args, {}))
    return made if methods[-1:] == ("transform",) and sources_of(made) else data
