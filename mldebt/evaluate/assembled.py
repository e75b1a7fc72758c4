"""Estimators that find their columns by name and set one of their own beside them, as those of Spark do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.evaluate.frames import column, names_of, select
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import NONE, Frame, Model, Text, Value, options_of, text

ROLES = {"input": "takes", "features": "takes", "output": "gives", "label": "target"}
"""What the methods that set a column of an estimator set: `setInputCols`, `setLabelCol`."""


def note_columns(operation: Operation, model: Model) -> None:
    """The columns that an estimator is made for; `takes` is None where they are not all known."""
    for role, given in (("takes", "takes"), ("gives", "sets"), ("target", "target")):
        _set(model, role, operation.given(given))
    if operation.given("takes") is None and (usual := operation.entry.text("usual")):
        model.takes, model.untold = (usual,), True


def set_columns(operation: Operation) -> Value:
    """`assembler.setInputCols([…])`: told after it was made."""
    receiver = operation.receiver if operation.receiver is not None else NONE
    word = operation.dotted.rpartition(".")[2].removeprefix("set").removesuffix("Cols").removesuffix("Col").lower()
    for option in options_of(receiver):
        if isinstance(option, Model) and word in ROLES:
            _set(option, ROLES[word], operation.given("data"))
    return receiver


def column_set(operation: Operation) -> Value:
    """`indexer.getOutputCol()`."""
    receiver = operation.receiver
    return text(receiver.gives[0]) if isinstance(receiver, Model) and len(receiver.gives) == 1 else Text(("",))


def _set(model: Model, role: str, value: Value | None) -> None:
    names, whole = names_of(value)
    if value is None or not whole:
        return
    if role == "takes":
        model.takes, model.untold = tuple(names), False
    elif role == "gives":
        model.gives = tuple(names)
    else:
        model.target = names[0] if names else ""


def stages_of(model: Model) -> list[Model] | None:
    """The parts of a pipeline in their order, the model itself where it has none; None where one isn't known."""
    if model.composite in ("search", "wrapper") and len(model.steps) == 1:
        inner = model.steps[0][1]
        return stages_of(inner) if isinstance(inner, Model) else None
    if model.composite != "pipeline":
        return [model]
    found: list[Model] = []
    for _, step, _ in model.steps:
        inside = stages_of(step) if isinstance(step, Model) else None
        if inside is None:
            return None
        found += inside
    return found


def finds_by_name(model: Model) -> bool:
    """Whether a model is of those, all of its parts included."""
    stages = stages_of(model)
    return bool(stages) and all(stage.takes is not None for stage in stages or ())


def looked_at(model: Model, frame: Frame) -> tuple[str, ...] | None:
    """The columns of a frame that a model learns from; None where what it looks at isn't made in sight."""
    stages = stages_of(model) or []
    last = stages[-1] if stages else model
    found = tuple(dict.fromkeys(_behind(stages, last.takes or ())))
    told = found != last.takes or not last.untold
    return found if found and all(name in frame.columns or (told and not frame.vague) for name in found) else None


def target_of(model: Model, frame: Frame) -> str | None:
    """The column that it learns to tell, as the data calls it."""
    stages = stages_of(model) or []
    named = stages[-1].target if stages else ""
    behind = list(_behind(stages, (named,))) if named else []
    return behind[0] if len(behind) == 1 and (behind[0] in frame.columns or not frame.vague) else None


def _behind(stages: list[Model], names: Iterable[str], depth: int = 20) -> Iterator[str]:
    """What the columns were made of by earlier stages."""
    makers = {given: stage for stage in stages for given in stage.gives}
    for name in names:
        maker = makers.get(name)
        if maker is None or depth == 0:
            yield name
            continue
        alike = len(maker.gives) == len(maker.takes or ())
        taken = (maker.takes or ())[maker.gives.index(name) :][:1] if alike else maker.takes or ()
        yield from _behind([one for one in stages if one is not maker], taken, depth - 1)


def beside(machine: Machine, model: Model, frame: Frame, node: str, rows: str) -> Frame | None:
    """The frame with what its stages set beside its columns; None where that isn't known of all of them."""
    stages = stages_of(model)
    if not stages or not all(stage.takes is not None and stage.gives for stage in stages):
        return None
    made = frame.copy(node=node, rows=rows)
    for stage in stages:
        for number, name in enumerate(stage.gives):
            takes = stage.takes or ()
            taken = takes[number : number + 1] if len(stage.gives) == len(takes) else takes
            refs = frozenset().union(*(column(machine, made, one).refs() for one in taken))
            made.columns[name] = refs
            made.terms[name] = None
    return made


def seen(machine: Machine, model: Model, frame: Frame) -> Frame:
    """What such a model sees of a frame."""
    names = looked_at(model, frame)
    return select(machine, frame, names) if names is not None else frame
