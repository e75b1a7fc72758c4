"""What a function would do if it were asked to: the branch that no call in the repository switches on.

A flag that is handed in (`save=False`) is an option of the function, not code that is dead. What the other branch
reads, writes and trains belongs to the lineage, as a guess; nothing of it reaches what runs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mldebt.evaluate.joins import fresh
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Instance
from mldebt.read.facts import Expr, Stmt

WORK = re.compile(
    r"(?:read|write|to|load|save|dump|fit|predict|train|insert|upload|download|log|export|store)(?:_\w+)?|dump|copy"
)
FLAGS = (("const", True), ("const", False))
LARGEST = 60
"""How many statements of a branch are looked at."""


def is_option(machine: Machine, test: Expr) -> bool:
    """Whether a condition is nothing but a flag among the parameters, or its opposite."""
    function = machine.scope.function
    name = test[2] if test[0] == "un" and test[1] == "not" else test
    if function is None or function.is_lambda or name[0] != "name":
        return False
    return any(param[0] == name[1] and param[2] in FLAGS for param in function.params)


def look_aside(machine: Machine, body: tuple[Stmt, ...], names: dict[str, Any]) -> None:
    """Run a branch from a state of names, and forget what it left behind."""
    if machine.trace.aside or not 0 < len(body) <= LARGEST or not _works(body):
        return
    from mldebt.evaluate.statements import run_undecided

    with _forgotten(machine, {name: fresh(value) for name, value in names.items()}):
        machine.unroll("aside", lambda: run_undecided(machine, body))


def _works(part: tuple[Any, ...]) -> bool:
    """Whether there is a call that looks like work with stored things or models."""
    if len(part) == 6 and part[0] == "call" and isinstance(part[1], tuple):
        return bool(WORK.fullmatch(str(part[1][-1]))) or any(_works(one) for one in part if isinstance(one, tuple))
    return any(_works(one) for one in part if isinstance(one, tuple))


@contextmanager
def _forgotten(machine: Machine, names: dict[str, Any]) -> Iterator[None]:
    scope, root = machine.scope, machine.root
    this = scope.function.this if scope.function is not None else None
    fields = dict(this.fields) if isinstance(this, Instance) else {}
    kept, statement, leaving = dict(scope.env.names), scope.statement, scope.leaving
    lists = [(one, len(one)) for one in (scope.returns, scope.guards, scope.yields, scope.assumed, scope.path)]
    memo, contexts, called = dict(machine.memo), dict(machine.contexts), set(machine.called)
    made = {key: list(known) for key, known in machine.instances.items()}
    before = (set(machine.instantiated), machine.absent, set(machine.absent_results))
    seeded, logging, cut = set(root.seeded), root.logging, root.cut
    _bind(machine, names)
    machine.trace.aside = True
    try:
        yield
    finally:
        machine.trace.aside = False
        _bind(machine, kept)
        scope.statement, scope.leaving = statement, leaving
        for one, length in lists:
            del one[length:]
        if isinstance(this, Instance):
            this.fields.clear()
            this.fields.update(fields)
        machine.memo, machine.contexts, machine.called, machine.instances = memo, contexts, called, made
        machine.instantiated, machine.absent, machine.absent_results = before
        root.seeded, root.logging, root.cut = seeded, logging, cut


def _bind(machine: Machine, names: dict[str, Any]) -> None:
    machine.scope.env.names.clear()
    machine.scope.env.names.update(names)
