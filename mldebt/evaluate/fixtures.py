"""Functions that give others what these have as parameters of the same name: the fixtures of tests."""

from __future__ import annotations

from mldebt.evaluate.joins import fresh, join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import Function, Object, Seq, Value

SHARED = "conftest.py"
"""Fixtures of this file are there for all files of its folder and those below that are evaluated with it."""


def fixture(operation: Operation) -> Value:
    """The decorator, called with its options."""
    return Object("decorator", operation.dotted, {"op": "fixture", "name": ""})


def declare(machine: Machine, function: Function) -> None:
    name = function.qualname.rpartition(".")[2]
    machine.fixtures[function.file, name] = function


def given(machine: Machine, function: Function, name: str) -> Value | None:
    """What the nearest fixture of a name gives; None where there is none."""
    found = _nearest(machine, function.file, name) if machine.fixtures else None
    if found is None or found.key == function.key or found.key in machine.active:
        return None
    if found.key not in machine.fixed:
        from mldebt.evaluate.entries import run_alone

        machine.fixed[found.key] = run_alone(machine, found, handed_on="")
    value = machine.fixed[found.key]
    if isinstance(value, Seq) and value.kind == "generator":
        value = join(value.items)
    return fresh(value)


def _nearest(machine: Machine, file: str, name: str) -> Function | None:
    if (file, name) in machine.fixtures:
        return machine.fixtures[file, name]
    folder = file.rpartition("/")[0]
    while True:
        shared = f"{folder}/{SHARED}" if folder else SHARED
        if (shared, name) in machine.fixtures:
            return machine.fixtures[shared, name]
        if not folder:
            return None
        folder = folder.rpartition("/")[0]
