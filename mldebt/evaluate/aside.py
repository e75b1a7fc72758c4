"""What a program would do if it were asked to: the branch that no call and no setting in the repository switches on.

A flag that is handed in (`save=False`) or set at one place (`LOADING = False`, `mode = "train"`, `self.testing`) is an
option, not code that is dead. What the other branch reads, writes and trains belongs to the lineage, as a guess;
nothing of it reaches what runs, and what is done at the same place for sure takes its place in the graph.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mldebt.evaluate.joins import fresh
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.terms_of import parameter
from mldebt.evaluate.trace import BRANCH, SIDE
from mldebt.evaluate.values import NONE, Const, Instance, Model, Text, Value, hole, is_none, options_of, text
from mldebt.read.facts import Expr, Stmt

WORK = re.compile(
    r"(?:read|write|to|load|save|fit|predict|train|insert|upload|download|log|export|store|run|main|test|eval|evaluate"
    r"|infer|score|process|preprocess|prepare|generate|serve|deploy|start|launch|execute)(?:_\w+)?|dump|copy"
)
NOTHING = ("const", None)
FLAGS = (("const", True), ("const", False), NOTHING)
"""Defaults of parameters that are switches: a parameter that is nothing, unless somebody gives it, is one as well."""
LARGEST = 300
"""How many statements of a branch are looked at."""
OFTEN = 3
"""How many times a branch is looked at: later calls of its function tell little more."""
STEPS = 20_000
"""How many steps a branch may take; they are not taken from what runs."""
COMPARISONS = ("==", "!=", "in", "not in", "is", "is not")


def is_option(machine: Machine, test: Expr) -> bool:
    """Whether a condition is a choice that somebody makes by a flag or by a word, or the opposite of one."""
    if test[0] == "un":
        return test[1] == "not" and is_option(machine, test[2])
    if test[0] == "bool":
        return is_option(machine, test[2]) or is_option(machine, test[3])
    if test[0] == "cmp" and test[3] == NOTHING:
        return test[1] in COMPARISONS and _is_parameter(machine, test[2])
    if test[0] == "cmp":
        return test[1] in COMPARISONS and _is_setting(test[2]) and _is_word(test[3])
    if not _is_setting(test):
        return _is_parameter(machine, test)
    return _is_parameter(machine, test) or _is_flag(machine.evaluate(test), may_lack=test[0] == "call")


def _is_parameter(machine: Machine, name: Expr) -> bool:
    function = machine.scope.function
    if function is None or function.is_lambda or name[0] != "name":
        return False
    return any(param[0] == name[1] and param[2] in FLAGS for param in function.params)


def _is_setting(expression: Expr) -> bool:
    """A name, or what is kept under one: `MODE`, `self.mode`, `config["mode"]`, `config.get("mode")`."""
    if expression[0] == "call" and expression[1][0] == "attr" and expression[1][2] == "get":
        expression = expression[1]
    while expression[0] == "attr" or (expression[0] == "index" and expression[2][0] == "const"):
        expression = expression[1]
    return bool(expression[0] == "name" and expression[1] != "__name__")


def _is_word(expression: Expr) -> bool:
    if expression[0] in ("list", "tuple", "set"):
        return all(map(_is_word, expression[1]))
    return expression[0] == "const" and isinstance(expression[1], (str, bool))


def _is_flag(value: Value, *, may_lack: bool) -> bool:
    """A switch that is set; `may_lack`: one that is asked for, and that the settings may not have."""
    return isinstance(value, Const) and (isinstance(value.value, bool) or (may_lack and value.value is None))


def look_aside(machine: Machine, test: Expr, taken: bool, body: tuple[Stmt, ...], names: dict[str, Any]) -> None:
    """Run the branch that isn't `taken` from a state of names, and forget what it left behind.

    Where the same is tested again, the names are what the branch has made of them, if nothing else has since.
    """
    if not 0 < len(body) <= LARGEST or not _is_worth(machine, body[0][1], body, begins=_begins(body, names)):
        return
    from mldebt.evaluate.statements import run_undecided

    left = machine.left_aside.setdefault((machine.scope.key, test, taken), {})
    before = {name: made for name, (main, made) in left.items() if names.get(name) is main}
    start = {name: fresh(value) for name, value in (names | before).items()} | _turned(test, taken, names)
    at_first = dict(start)
    with _forgotten(machine, BRANCH, start):
        machine.unroll("aside", lambda: run_undecided(machine, body))
        made = {name: value for name, value in machine.scope.env.names.items() if value is not at_first.get(name)}
    left.update({name: (names.get(name), value) for name, value in made.items()})


def look_behind(machine: Machine, statement: Stmt, rest: tuple[Stmt, ...]) -> None:
    """Look at what stands behind an `if` that ends the function, since an option has it that way; an error is none."""
    from mldebt.evaluate.truths import decided

    _, _, _, test, body, otherwise = statement
    known = decided(machine, test, machine.evaluate(test)) if rest and _works(rest) else None
    taken = body if known else otherwise
    if known is not None and taken and taken[-1][0] != "raise" and is_option(machine, test):
        look_aside(machine, test, known, rest, machine.scope.env.names)


def glance_aside(machine: Machine, expression: Expr) -> None:
    """Evaluate what a conditional expression would give, and forget what it left behind."""
    if not _is_worth(machine, machine.scope.statement[0], expression):
        return

    def evaluated() -> bool:
        machine.evaluate(expression)
        return True

    start = {name: fresh(value) for name, value in machine.scope.env.names.items()}
    with _forgotten(machine, SIDE, start):
        _undecided(machine, lambda: machine.unroll("aside", evaluated))


def _undecided(machine: Machine, action: Callable[[], bool]) -> None:
    machine.undecided += 1
    try:
        action()
    finally:
        machine.undecided -= 1


def _turned(test: Expr, taken: bool, names: dict[str, Any]) -> dict[str, Value]:
    """What the tested name stands for where the test had gone the other way."""
    while test[0] == "un":
        test, taken = test[2], not taken
    if test[0] == "bool" and not taken:
        return _given(test[2], names) | _given(test[3], names)
    if test[0] == "name" and test[1] in names:
        return _given(test, names) or {test[1]: Const(not taken)}
    if test[0] == "cmp" and test[3] == NOTHING and test[2][1] in names:
        return _given(test[2], names) or {test[2][1]: NONE}
    if test[0] != "cmp" or test[2][0] != "name" or not isinstance(names.get(test[2][1]), Text):
        return {}
    name, meant, other = test[2][1], test[1] in ("==", "is"), test[3]
    if taken is not meant and test[1] in ("==", "!=", "is", "is not") and isinstance(other[1], str):
        return {name: text(other[1])}
    return {name: hole(name, "param")}


def _given(test: Expr, names: dict[str, Any]) -> dict[str, Value]:
    """A parameter that nobody gave, as one that somebody gives."""
    while test[0] == "cmp":
        test = test[2]
    name = test[1] if test[0] == "name" else ""
    return {name: parameter(name)} if name in names and is_none(names[name]) else {}


def _begins(body: tuple[Stmt, ...], names: dict[str, Any]) -> bool:
    """Whether a branch gives something a name that another branch, behind the same test, may go on with."""
    targets = [target for one in body if one[0] == "assign" for target in one[3]]
    return any(target[0] == "name" and target[1] not in names for target in targets)


def _is_worth(machine: Machine, line: int, part: tuple[Any, ...], *, begins: bool = False) -> bool:
    """Whether a branch does anything, and hasn't been looked at too often."""
    key = (machine.scope.file, line)
    if machine.trace.aside or machine.seen_aside.get(key, 0) >= OFTEN or not (begins or _works(part)):
        return False
    machine.seen_aside[key] = machine.seen_aside.get(key, 0) + 1
    return True


def _works(part: tuple[Any, ...]) -> bool:
    """Whether there is a call that looks like work with stored things or models."""
    if len(part) == 6 and part[0] == "call" and isinstance(part[1], tuple):
        return bool(WORK.fullmatch(str(part[1][-1]))) or any(_works(one) for one in part if isinstance(one, tuple))
    return any(_works(one) for one in part if isinstance(one, tuple))


@contextmanager
def _forgotten(machine: Machine, what: str, names: dict[str, Any]) -> Iterator[None]:
    scope, root = machine.scope, machine.root
    this = scope.function.this if scope.function is not None else None
    fields = dict(this.fields) if isinstance(this, Instance) else {}
    kept, statement, leaving = dict(scope.env.names), scope.statement, scope.leaving
    lists = [(one, len(one)) for one in (scope.returns, scope.guards, scope.yields, scope.assumed, scope.path)]
    memo, contexts, called = dict(machine.memo), dict(machine.contexts), set(machine.called)
    made = {key: list(known) for key, known in machine.instances.items()}
    before = (set(machine.instantiated), machine.absent, set(machine.absent_results))
    seeded, logging, cut, steps = set(root.seeded), root.logging, root.cut, root.steps
    learned = [(model, _learned(model)) for value in kept.values() for model in _models_in(value)]
    root.steps = min(steps, STEPS)
    _bind(machine, names)
    machine.trace.aside = what
    try:
        yield
    finally:
        machine.trace.aside = ""
        _bind(machine, kept)
        scope.statement, scope.leaving = statement, leaving
        for model, state in learned:
            model.fitted_on, model.fitted_as, model.chosen_on, model.kept_on = state
        for one, length in lists:
            del one[length:]
        if isinstance(this, Instance):
            this.fields.clear()
            this.fields.update(fields)
        machine.called = called if root.cut else machine.called  # what was followed to its end is not run alone
        machine.optional = {**machine.instances, **machine.optional}
        machine.memo, machine.contexts, machine.instances = memo, contexts, made
        machine.instantiated, machine.absent, machine.absent_results = before
        root.seeded, root.logging, root.cut, root.steps = seeded, logging, cut, steps


def _models_in(value: Value) -> list[Model]:
    return [option for option in options_of(value) if isinstance(option, Model)]


def _learned(model: Model) -> tuple[str, str, tuple[str, ...], tuple[str, ...]]:
    """What a model has learned from, which a fit that does not happen leaves as it is."""
    return model.fitted_on, model.fitted_as, model.chosen_on, model.kept_on


def _bind(machine: Machine, names: dict[str, Any]) -> None:
    machine.scope.env.names.clear()
    machine.scope.env.names.update(names)
