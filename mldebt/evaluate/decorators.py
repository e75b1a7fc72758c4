"""What the decorators of a function say of it: an endpoint, a job, an option of the command line."""

from __future__ import annotations

from mldebt.evaluate import fixtures
from mldebt.evaluate.assets import declare_asset
from mldebt.evaluate.calls import Call, arguments
from mldebt.evaluate.command_lines import flag_values, positional_values
from mldebt.evaluate.command_options import chosen
from mldebt.evaluate.components import made_of
from mldebt.evaluate.entries import assumed, symbolic_instance
from mldebt.evaluate.handed_on import pass_to
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.outside import declared_as
from mldebt.evaluate.registering import decorating, noted_by
from mldebt.evaluate.results import names_of_results
from mldebt.evaluate.values import Class, Function, Method, Object, Symbol, Text, Value, hole, is_none, options_of
from mldebt.evaluate.web import declare, is_command
from mldebt.knowledge.loader import Entry
from mldebt.read.facts import Expr


def decorated(machine: Machine, function: Function, returns: Expr | None = None) -> Value:
    """What a function's decorators say of it, and what its name stands for then. `returns`: its annotation."""
    made: Value = function
    for expression in function.decorators:
        if expression[0] == "call" and _is_option(machine, expression):
            _add_option(machine, function, expression)
            continue
        with decorating(machine):
            options = options_of(machine.evaluate(expression))
            for option in options:
                noted_by(machine, option, function)
        for option in options:
            made = _apply_decorator(machine, function, option) or made
            _note_results(machine, function, option, returns)
    return made


def _note_results(machine: Machine, function: Function, value: Value, returns: Expr | None) -> None:
    """A decorator may pass something of its own first, and store what the function gives back by its annotation."""
    entry = _said_by(machine, value)
    if entry is None:
        return
    first = function.params[0][0] if function.params else ""
    if function.owner is None and first in entry.selector("context"):
        function.this = Object("run_context")
    _set_apart(machine, function, entry.selector("passes"))
    if entry.flag("annotated") and (names := names_of_results(machine, function, returns)):
        machine.wiring.results_of[function.key] = (names, entry)


def _set_apart(machine: Machine, function: Function, bases: tuple[int | str, ...]) -> None:
    """What a framework passes of itself, by the classes of the parameters, takes no place among the rest."""
    if not bases:
        return
    params = list(function.params)
    for number, (name, annotation, default, kind) in enumerate(params):
        made = kind == "pos" and annotation is not None and _made_by_framework(machine, function, annotation, bases)
        if isinstance(made, Class):
            params[number] = (name, annotation, default, "kw")
            function.given.setdefault(name, symbolic_instance(machine, made))
    function.params = tuple(params)


def _made_by_framework(
    machine: Machine, function: Function, annotation: Expr, bases: tuple[int | str, ...]
) -> Class | None:
    with machine.entered(Scope(function.file, function.qualname, function.key, function.closure)):
        kinds = declared_as(machine, annotation)
    return next((kind for kind in kinds if isinstance(kind, Class) and _descends(kind, bases)), None)


def _descends(cls: Class, bases: tuple[int | str, ...]) -> bool:
    return any(
        _descends(base, bases) if isinstance(base, Class) else isinstance(base, Symbol) and base.dotted in bases
        for base in cls.bases
    )


def _said_by(machine: Machine, value: Value) -> Entry | None:
    if isinstance(value, Method) and isinstance(value.receiver, Object):
        return machine.knowledge.method(value.receiver.kind, value.name)
    dotted = value.dotted if isinstance(value, (Symbol, Object)) else ""
    kind, _, name = dotted.partition(".")
    return (machine.knowledge.call(dotted) or machine.knowledge.method(kind, name)) if dotted else None


def _is_option(machine: Machine, expression: Expr) -> bool:
    callee = machine.evaluate(expression[1])
    entry = machine.knowledge.call(callee.dotted) if isinstance(callee, Symbol) else None
    return entry is not None and entry.op == "option"


def _add_option(machine: Machine, function: Function, expression: Expr) -> None:
    """`@click.option("--path", default=…)`: the value of a parameter, from a command or the default."""
    made = arguments(machine, expression)
    flags = [flag.literal for flag in made.args if isinstance(flag, Text) and flag.literal]
    long = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
    named = [flag for flag in flags if not flag.startswith("-")]
    name = (named[0] if named else long.lstrip("-")).replace("-", "_").lower()
    commands = machine.commands.get(machine.root.file or machine.scope.file, ())
    passed = flag_values(commands, flags)
    if flags and not long.startswith("-"):
        passed = positional_values(commands, _positional_before(function, expression))
    default = made.kwargs.get("default")
    if passed:
        function.given[name] = join(passed)
    elif default is not None and not is_none(default):
        function.given[name] = assumed(default, name)
    elif name:
        function.given[name] = chosen(_choices(machine, expression)) or hole(name, "cli")


def _choices(machine: Machine, expression: Expr) -> Value | None:
    """The words of `type=click.Choice(["a", "b"])`."""
    made = dict(expression[3]).get("type")
    named = made is not None and made[0] == "call" and made[1][-1] == "Choice" and made[2]
    return machine.evaluate(made[2][0]) if made is not None and named else None


def _positional_before(function: Function, expression: Expr) -> int:
    """The number of an argument of a command line among those without a flag."""
    before = function.decorators[: function.decorators.index(expression)]
    first = [one[2][0] for one in before if one[0] == "call" and one[2]]
    return sum(one[0] == "const" and isinstance(one[1], str) and one[1][:1] != "-" for one in first)


def _apply_decorator(machine: Machine, function: Function, value: Value) -> Value | None:
    """What comes of a function by one decorator, None where it stays what it is."""
    entry = None
    if isinstance(value, Symbol):
        entry = machine.knowledge.call(value.dotted)
    elif isinstance(value, Method) and isinstance(value.receiver, Object):
        entry = machine.knowledge.method(value.receiver.kind, value.name)
    if entry is not None:
        return _apply_plain(machine, function, entry, value)
    if isinstance(value, Object) and value.kind == "decorator":
        return _apply_made(machine, function, value)
    return None


def _apply_plain(machine: Machine, function: Function, entry: Entry, value: Value) -> Value | None:
    """A decorator without arguments."""
    if entry.op == "task":
        trigger = entry.text("trigger")
        declare(machine, function, "startup" if trigger == "startup" else "task", function.qualname)
        machine.trace.tasks[function.key]["flow"] = trigger == "flow"
        machine.commands_run.update([function.key] if is_command(entry) else [])
    elif entry.op == "asset" and isinstance(value, Symbol):
        declare_asset(machine, function, Operation(machine, Call(function.line, -1, [], {}), entry, value.dotted))
    elif entry.op == "component":
        return _as_component(machine, function, entry)
    elif entry.op == "fixture":
        fixtures.declare(machine, function)
    elif entry.op in ("context", "pass"):
        pass_to(machine, function, entry)
    return None


def _as_component(machine: Machine, function: Function, entry: Entry) -> Value:
    declare(machine, function, "task", function.qualname)
    return made_of(machine, function, entry)


def _apply_made(machine: Machine, function: Function, value: Object) -> Value | None:
    """A decorator that was called: a route with its path, a task with its schedule or settings, an asset."""
    if value.facts["op"] == "asset":
        declare_asset(machine, function, value.facts["operation"])
        return None
    if value.facts["op"] == "component":
        return _as_component(machine, function, value.facts["entry"])
    if value.facts["op"] == "fixture":
        fixtures.declare(machine, function)
        return None
    kind, name = str(value.facts["op"]), str(value.facts["name"])
    route = kind == "route"
    if route and value.facts.get("unnamed"):
        name = f"{name.strip()} /{function.qualname.rpartition('.')[2]}"
    declare(machine, function, kind, name if route else function.qualname, "" if route else name)
    machine.trace.tasks[function.key]["flow"] = bool(value.facts.get("flow"))
    machine.commands_run.update([function.key] if value.facts.get("commanded") else [])
    settings = value.facts.get("settings")
    if settings is not None and function.params:
        function.given[function.params[0][0]] = settings
    return None
