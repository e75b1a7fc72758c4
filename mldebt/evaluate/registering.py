"""Decorators of the repository's own that note what they are put on: `@register("cnn")` fills a table of models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mldebt.evaluate.calls import Call, call_function
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.values import Class, Env, Function, Value, options_of
from mldebt.read.facts import Expr, Stmt
from mldebt.read.python.bodies import all_statements

MOST = 40
"""Files that put something into the tables of one."""


def join_in(machine: Machine, file: str) -> None:
    """Before a function of a file is called: what other files put into its tables when they are imported.

    Who imports them, and when, isn't always written down: `importlib` may do it for all files of a folder.
    """
    if machine.decorating:
        return
    others = machine.workspace.registrants(file)
    machine.joined[file] = others if len(others) <= MOST else []
    if not machine.joined[file]:
        return
    joined = list(dict.fromkeys(other for known in machine.joined.values() for other in known))
    names = {other: machine.module(other) for other in joined}  # what is imported anew finds all tables as they were
    with _for_sure(machine):
        for other in joined:
            _register_all(machine, other, names[other])


@contextmanager
def _for_sure(machine: Machine) -> Iterator[None]:
    """What is called meanwhile is called whatever came before, however often, and on all paths."""
    kept = machine.undecided, machine.memo, machine.contexts
    machine.undecided, machine.memo, machine.contexts = 0, {}, {}
    try:
        yield
    finally:
        machine.undecided, machine.memo, machine.contexts = kept


def _register_all(machine: Machine, file: str, names: Env) -> None:
    machine.contexts.clear()
    for value in [*names.names.values()]:
        if isinstance(value, (Function, Class)) and value.file == file and value.decorators:
            scope = Scope(file, "", file, names)
            scope.statement = (value.line, value.line)
            with machine.entered(scope):
                registered(machine, value)


def registered(machine: Machine, value: Function | Class) -> None:
    """Let the decorators of a class that are functions of the repository do what they do with it."""
    with decorating(machine):
        for expression in value.decorators:
            callee = expression[1] if expression[0] == "call" else expression
            if any(isinstance(one, Function) for one in options_of(machine.evaluate(callee))):
                for option in options_of(machine.evaluate(expression)):
                    noted_by(machine, option, value)


@contextmanager
def decorating(machine: Machine) -> Iterator[None]:
    """What is called meanwhile puts something into tables, and takes nothing out of them."""
    machine.decorating += 1
    try:
        yield
    finally:
        machine.decorating -= 1


def noted_by(machine: Machine, decorator: Value, value: Function | Class) -> None:
    """Call a decorator that gives back what it was given, or only keeps it; any other is taken to change nothing."""
    if isinstance(decorator, Function) and _notes(machine, decorator):
        call_function(machine, decorator, Call(value.line, -1, [value], {}))


def _notes(machine: Machine, function: Function) -> bool:
    """Whether all that a function returns is its first argument, under the name that it came by; or nothing at all,
    where it puts that into a table.
    """
    own = function.params[1:] if function.this is not None else function.params
    if not own:
        return False
    given = ("name", own[0][0])
    statements = list(all_statements(machine.body_of(function)))
    returned = [statement[3] for statement in statements if statement[0] == "return"]
    return all(value == given for value in returned) if returned else any(_keeps(one, given) for one in statements)


def _keeps(statement: Stmt, given: Expr) -> bool:
    return statement[0] == "assign" and statement[4] == given and any(one[0] == "index" for one in statement[3])
