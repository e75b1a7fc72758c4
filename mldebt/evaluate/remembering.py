"""Models that go on from what they were fitted on: what they recommend or forecast needs no other data."""

from __future__ import annotations

from mldebt.evaluate.calls import Call
from mldebt.evaluate.feeding import data_frames
from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.selection import under_key
from mldebt.evaluate.values import Frame, Loaded, Model, Text, Value
from mldebt.knowledge.entry import Entry

FORECASTS = frozenset({"forecast", "get_forecast"})
OF_MODELS = ("forecast", "get_forecast", "make_future_dataframe", "recommend", "similar_")
"""What something that was stored is asked for where it is a model; of other objects it may mean anything."""


def history(operation: Operation) -> Value:
    """The data that a model was fitted on, continued: what a forecast starts from."""
    from mldebt.evaluate.training import receiver_models

    models = receiver_models(operation)
    frames = [frame for model in models for frame in data_frames(operation.machine, model.held.get("X"))]
    if frames:
        return join(frame.copy() for frame in frames)
    if not models:
        return derived("data of an unknown fit", *operation.call.values())
    return _continued(operation, models[0])


def of_loaded(machine: Machine, receiver: Loaded, name: str, call: Call) -> Value | None:
    """A method of something that was stored; of a model it may be a forecast."""
    from mldebt.evaluate.operations import carry_out

    entry = machine.knowledge.method("model", name)
    if not name.startswith(OF_MODELS) and entry is not None and not _only_of_models(machine, entry, name):
        entry = None
    if entry is not None:
        return carry_out(Operation(machine, call, entry, f"model.{name}"))
    key = call.args[0] if call.args and name == "get" else None
    if isinstance(key, Text) and key.literal is not None:
        return under_key(receiver, key.literal)
    return None if call.values() else receiver


def _only_of_models(machine: Machine, entry: Entry, name: str) -> bool:
    """`algorithm.test(pairs)`: nothing else that is stored is asked like that."""
    others = ("frame", "array")
    return entry.op == "predict" and name[0] != "_" and not any(machine.knowledge.method(kind, name) for kind in others)


def _continued(operation: Operation, model: Model) -> Frame:
    """What a model that was fitted elsewhere makes of the data that it knows."""
    machine, name = operation.machine, operation.hint or "future"
    frame = new_frame(machine, name, ("history", operation.call.ordinal), operation.site, operation="history")
    frame.vague = True
    machine.trace.node(frame.node, "frame", name, remembers=model.node)
    return frame


def note_remembered(operation: Operation, model: Model, prediction: str) -> None:
    """A prediction that takes no data is one about the data that the model was fitted on."""
    takes_none = not operation.entry.selector("X")
    if takes_none or operation.dotted.rpartition(".")[2] in FORECASTS:
        name = operation.name_in_scope("prediction")
        operation.machine.trace.node(prediction, "prediction", name, remembers=model.node)
