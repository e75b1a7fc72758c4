"""Steps of pipelines, of the repository's own classes, that take some of the columns by their names."""

from __future__ import annotations

from typing import Any

from mldebt.evaluate.attributes import class_member
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Function, Instance, Model, options_of


def chooses_columns(machine: Machine, model: Model) -> bool:
    """Whether one of a pipeline's steps is `X[self.features]`: then a table doesn't decide what is learned from."""
    parts = (part for _, step, _ in model.steps for part in options_of(step))
    return any(isinstance(part, Instance) and _takes_some(machine, part) for part in parts)


def _takes_some(machine: Machine, step: Instance) -> bool:
    transform = class_member(machine, step.cls, "transform")
    return isinstance(transform, Function) and any(_is_choice(line) for line in machine.body_of(transform))


def _is_choice(statement: Any) -> bool:
    """`return X[self.features]`, `X = X[["a", "b"]].copy()`."""
    if statement[0] == "return":
        return _chosen_from(statement[3]) is not None
    return statement[0] == "assign" and _chosen_from(statement[4]) in statement[3]


def _chosen_from(value: Any) -> Any:
    if value and value[0] == "call" and value[1][0] == "attr" and value[1][2] == "copy":
        value = value[1][1]
    if not value or value[0] != "index" or value[1][0] != "name":
        return None
    key = value[2]
    return value[1] if key[0] == "list" or (key[0] == "attr" and key[1] == ("name", "self")) else None
