"""Decorators of the repository's own that note what they are put on: `@register("cnn")` fills a table of models."""

from __future__ import annotations

from mldebt.evaluate.calls import Call, call_function
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Class, Function, Value, options_of
from mldebt.read.python.bodies import all_statements


def registered(machine: Machine, cls: Class) -> None:
    """Let the decorators of a class that are functions of the repository do what they do with it."""
    for expression in cls.decorators:
        callee = expression[1] if expression[0] == "call" else expression
        if any(isinstance(one, Function) for one in options_of(machine.evaluate(callee))):
            for option in options_of(machine.evaluate(expression)):
                noted_by(machine, option, cls)


def noted_by(machine: Machine, decorator: Value, value: Function | Class) -> None:
    """Call a decorator that gives back what it was given; any other is taken to change nothing about it."""
    if isinstance(decorator, Function) and _hands_back(machine, decorator):
        call_function(machine, decorator, Call(value.line, -1, [value], {}))


def _hands_back(machine: Machine, decorator: Function) -> bool:
    """Whether all that a function returns is its first argument, under the name that it came by."""
    own = decorator.params[1:] if decorator.this is not None else decorator.params
    body = machine.body_of(decorator)
    returned = [statement[3] for statement in all_statements(body) if statement[0] == "return"]
    return bool(own and returned) and all(value == ("name", own[0][0]) for value in returned)
