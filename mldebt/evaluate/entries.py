"""Where evaluation starts: modules, then what the outside calls, then what nobody called."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mldebt.evaluate import fixtures, streams
from mldebt.evaluate.attributes import class_member
from mldebt.evaluate.calls import bound, result_of, use_frame
from mldebt.evaluate.command_lines import flag_values
from mldebt.evaluate.command_options import is_asked_for
from mldebt.evaluate.construction import fill
from mldebt.evaluate.enumerations import is_enumeration, member_of
from mldebt.evaluate.flows import flow_entry, note_targets, run_flow, run_needing
from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.handed_clients import client
from mldebt.evaluate.handed_on import given_to
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine, Root, Scope
from mldebt.evaluate.outside import declared_as, endpoint_of, handed, is_handler, keep_table, supplied
from mldebt.evaluate.provenance import columns_of, frames_in
from mldebt.evaluate.records_made import makes_features, note_made, of_own_columns
from mldebt.evaluate.requested import asked_for, field_of_request, is_field
from mldebt.evaluate.results import keep_results
from mldebt.evaluate.rounds import assigned_fields, switched_fields
from mldebt.evaluate.seeds import seed_of_caller
from mldebt.evaluate.starting import at_start
from mldebt.evaluate.terms_of import parameter
from mldebt.evaluate.unset import flattened, set_elsewhere
from mldebt.evaluate.values import (
    Class,
    Const,
    Env,
    Function,
    Hole,
    Instance,
    Map,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    hole,
    is_none,
)
from mldebt.evaluate.varied import mentions
from mldebt.evaluate.web import request_frame, response
from mldebt.read.facts import Expr

FOLLOWED = 3
"""Classes of a parameter that are followed, where its annotation names several."""
CALLED_TABLE = re.compile(r"df|dataframe|df_\w+|\w+_df")
"""How a parameter is called that is a table, where nothing is said of its type."""
TEMPORARY = ("tmp_path", "tmpdir", "tmp_path_factory", "tmpdir_factory")
"""Parameters that pytest fills with a temporary folder."""


def run_modules(machine: Machine) -> None:
    """The top levels of a machine's files, and what a framework calls in them."""
    for file in sorted(machine.own):
        machine.module(file)
        machine.start(file)
        streams.forget(machine)
    for file in sorted(machine.own):
        if wires := _wires_of(machine, file):
            _run_wiring(machine, file, wires)
    _run_wired(machine)
    for function in [*at_start(machine)]:
        if _waits(machine, function):
            run_alone(machine, function, endpoint_of(machine, function))
    for function in sorted(machine.declared, key=lambda function: (_order(machine, function), function.key)):
        run_declared(machine, function)
    _run_wired(machine)


def _run_wired(machine: Machine) -> None:
    """The functions that a framework calls, in the order in which data flows."""
    if machine.uses("wiring"):
        machine.wiring.run(machine)


def run_functions(machine: Machine) -> None:
    """The functions and methods of a machine's files that nobody calls."""
    from mldebt.evaluate.inheritance import run_inherited

    files = sorted(machine.own)
    for file in files:
        run_flows(machine, file)
    for file in files:
        run_uncalled_functions(machine, file)
    run_inherited(machine, files)
    for file in files:
        run_needing(machine, [one for one in own_names(machine, file) if isinstance(one, Class)])
        run_uncalled(machine, file)
    for function in [*machine.nested.values()]:
        _run_if_uncalled(machine, function)
    _run_wired(machine)


def run_flows(machine: Machine, file: str) -> None:
    """Classes of steps, before the functions that their steps call."""
    for value in own_names(machine, file):
        if isinstance(value, Class) and (entry := flow_entry(machine, value)) is not None:
            run_flow(machine, value, entry)


def _wires_of(machine: Machine, file: str) -> list[str]:
    """The names of the means by which a framework is told in a file what to call."""
    symbols = {name: value.dotted for name, value in machine.modules[file].names.items() if isinstance(value, Symbol)}
    entries = {name: machine.knowledge.call(dotted) for name, dotted in symbols.items()}
    return [name for name, entry in entries.items() if entry is not None and entry.op == "wire"]


def _run_wiring(machine: Machine, file: str, wires: list[str]) -> None:
    """What nobody calls in such a file: of the functions those that wire others, themselves or by what they call."""
    functions = [one for one in own_names(machine, file) if isinstance(one, Function)]
    names = [*wires]
    while more := [one.qualname for one in functions if one.qualname not in names and _speaks_of(machine, one, names)]:
        names += more
    for function in functions:
        if function.qualname in names and not function.is_lambda and _waits(machine, function):
            run_alone(machine, function, endpoint_of(machine, function))
    for value in own_names(machine, file):
        if isinstance(value, Class):
            run_class(machine, value)


def _speaks_of(machine: Machine, function: Function, names: list[str]) -> bool:
    return any(mentions(tuple(statement), names) for statement in flattened(machine.body_of(function)))


def _order(machine: Machine, function: Function) -> int:
    """Flows come before the tasks that they call; what starts a service, before its endpoints."""
    facts = machine.trace.tasks[function.key]
    return 2 if facts.get("kind") == "route" else 0 if facts.get("flow") else 1


def run_declared(machine: Machine, function: Function) -> None:
    """An endpoint or job: its parameters come from outside, unless a flow has called it with its own."""
    facts = machine.trace.tasks[function.key]
    if facts.get("kind") == "task" and function.key in machine.called:
        return
    endpoint = str(facts["name"]) if facts.get("kind") == "route" else ""
    machine.called.add(function.key)
    stored = function.key in machine.wiring.results_of
    result = run_alone(machine, function, endpoint, handed_on="" if stored else None)
    keep_results(machine, function, result)


def run_uncalled_functions(machine: Machine, file: str) -> None:
    for value in own_names(machine, file):
        if isinstance(value, Function) and not value.is_lambda and _waits(machine, value):
            run_alone(machine, value, endpoint_of(machine, value))


def _waits(machine: Machine, function: Function) -> bool:
    """Whether a function is still to be run: nobody calls it, or a server does, too, besides tests with examples."""
    asked = f"{function.key} asked"
    if asked in machine.called or (function.key in machine.called and not is_handler(machine, function)):
        return False
    machine.called.add(asked)
    return True


def run_uncalled(machine: Machine, file: str) -> None:
    run_uncalled_functions(machine, file)
    for value in own_names(machine, file):
        if isinstance(value, Class):
            run_class(machine, value)


def own_names(machine: Machine, file: str) -> list[Function | Class]:
    """The functions and classes that a module defines."""
    names = machine.modules[file].names.values()
    return [value for value in names if isinstance(value, (Function, Class)) and value.file == file]


def run_class(machine: Machine, cls: Class) -> None:
    """Methods that nobody is seen to call, on what is made of the class; else on one with unknown arguments."""
    for member in [*cls.members.values()]:
        if isinstance(member, Class) and member.qualname.startswith(f"{cls.qualname}."):
            run_class(machine, member)
    methods = [member for member in cls.members.values() if isinstance(member, Function) and member.owner is cls]
    handlers = {method.key for method in methods if method.key in machine.called and is_handler(machine, method)}
    waiting = [method for method in methods if _waits(machine, method)]
    if not waiting:
        return
    instances = machine.instances.get(cls.key) or machine.optional.get(cls.key) or [made_outside(machine, cls)]
    unset = {name for name, value in instances[0].fields.items() if is_none(value)}
    waiting.sort(key=lambda one: not assigned_fields(machine.body_of(one)) & unset)  # `load` comes before `predict`
    switched = switched_fields(machine, methods)
    for instance in instances:
        empty = [name for name, value in instance.fields.items() if is_none(value) or _is_switch(name, value, switched)]
        instance.fields.update({name: set_elsewhere(machine, cls, instance, name) for name in empty})
    alone = [
        method
        for method in waiting
        if _run_if_uncalled(machine, bound(method, instances[0]), always=method.key in handlers)
    ]
    for instance in instances[1:]:
        for method in alone:
            run_alone(machine, bound(method, instance))
    note_targets(machine, cls, instances[0])
    with machine.entered(Scope(cls.file, cls.qualname, cls.key, Env(), statement=(cls.line, cls.line))):
        for instance in instances:
            escape_value(machine, instance)


def _is_switch(name: str, value: Value, switched: set[str]) -> bool:
    """`self.is_fitted = False`, which `fit` sets: when another method runs, either may hold."""
    return name in switched and isinstance(value, Const) and isinstance(value.value, bool)


def _run_if_uncalled(machine: Machine, function: Function, *, always: bool = False) -> bool:
    if function.key in machine.called and not always:
        return False
    run_alone(machine, function, endpoint_of(machine, function))
    return True


def made_outside(machine: Machine, cls: Class) -> Instance:
    """An instance whose constructor got unknown arguments."""
    instance = Instance(cls, symbolic=True)
    constructor = class_member(machine, cls, "__init__")
    if isinstance(constructor, Function):
        run_alone(machine, bound(constructor, instance))
    for name in cls.fields:
        instance.fields.setdefault(name, _field_outside(machine, cls, name))
    made = class_member(machine, cls, "__post_init__")
    if isinstance(made, Function) and not isinstance(constructor, Function):
        run_alone(machine, bound(made, instance))
    return instance


def _field_outside(machine: Machine, cls: Class, name: str) -> Value:
    return seed_of_caller(class_member(machine, cls, name) or hole(name, "param"), name)


def _keep_seeds(function: Function, entered: Root) -> None:
    """What a constructor seeds is seeded when the methods of its instance run."""
    if isinstance(function.this, Instance) and function.qualname.endswith((".__init__", ".__post_init__")):
        function.this.seeded |= entered.seeded


def run_alone(
    machine: Machine, function: Function, endpoint: str = "", *, handed_on: str | None = None, root: str = ""
) -> Value:
    """Call a function from outside: each parameter is what it was given, its default, or a hole with its name.

    `handed_on`: a framework takes the result; the suffix tells apart several calls. `root`: the file that starts it.
    """
    env = Env(function.closure)
    entered = Root(root or function.file)
    module_root = machine.module_roots.get(function.file)
    entered.seeded = set(module_root.seeded) if module_root else set()
    if isinstance(function.this, Instance):
        entered.seeded |= function.this.seeded
    key = function.key + (handed_on or "")
    scope = Scope(function.file, function.qualname, key, env, 1, function, symbolic=True)
    scope.statement = (function.line, function.line)
    machine.called.add(function.key)
    machine.active.append(function.key)
    try:
        with machine.rooted(entered), machine.entered(scope):
            streams.forget(machine)
            bind_outside(machine, function, env, endpoint)
            machine.run(machine.body_of(function))
            keep_table(machine, function, result_of(machine, scope))
            if not endpoint and handed_on is None:
                site = machine.facts.site(*return_lines(machine, function))
                note_made(machine, function, result_of(machine, scope), site)
            for value in (*scope.returns, *scope.yields) if handed_on is None else ():
                escape_value(machine, value)
                if endpoint:
                    response(machine, endpoint, value, machine.facts.site(*return_lines(machine, function)))
    except RecursionError:
        entered.cut = True
    finally:
        machine.active.pop()
    _keep_seeds(function, entered)
    return result_of(machine, scope)


def escape_value(machine: Machine, value: Value) -> None:
    """What goes to callers that can't be seen may be used in any way."""
    for frame in frames_in(value):
        use_frame(machine, frame, "escape", machine.site())
    for ref in sorted(columns_of(value)):
        machine.trace.use(ref, "escape", machine.site())


def return_lines(machine: Machine, function: Function) -> tuple[int, int]:
    lines = [statement for statement in flattened(machine.body_of(function)) if statement[0] == "return"]
    return (lines[-1][1], lines[-1][2]) if lines else (function.line, function.line)


def bind_outside(machine: Machine, function: Function, env: Env, endpoint: str) -> None:
    for number, (name, annotation, default, kind) in enumerate(function.params):
        if number == 0 and function.this is not None:
            env.names[name] = function.this
        elif name in function.given:
            env.names[name] = given_to(machine, function.given[name])
        elif (given := handed(machine, function, number)) is not None:
            env.names[name] = given
        elif kind == "*":
            env.names[name] = Seq([], True, "tuple")
        elif kind == "**":
            env.names[name] = Map({}, True)
        else:
            env.names[name] = _parameter(machine, function, name, annotation, default, endpoint)


def _parameter(
    machine: Machine, function: Function, name: str, annotation: Expr | None, default: Expr | None, endpoint: str
) -> Value:
    if default is None and (fixed := fixtures.given(machine, function, name)) is not None:
        return fixed
    if endpoint and (given := supplied(machine, annotation, default)) is not None:
        return given
    kinds = declared_as(machine, annotation)
    classes = [kind for kind in kinds if isinstance(kind, Class)]
    declared = next((kind for kind in kinds if isinstance(kind, Symbol)), None)
    if endpoint and classes:
        return _body(machine, endpoint, name, classes[0])
    if classes:
        return join(symbolic_instance(machine, one) for one in classes[:FOLLOWED])
    called = annotation is None and default is None and not endpoint and CALLED_TABLE.fullmatch(name)
    if called or (isinstance(declared, Symbol) and declared.dotted.endswith((".DataFrame", ".LazyFrame"))):
        frame = new_frame(machine, name, ("param", name), machine.site(), operation="unknown")
        machine.trace.node(frame.node, "frame", name, parameter=True)
        frame.vague = True
        return of_own_columns(frame) if makes_features(function) else frame
    if name in TEMPORARY and default is None:
        return Text((Hole(name, "tmp"),), True)
    asked = asked_for(machine, default, annotation, declared) if endpoint and default is not None else None
    if endpoint and (default is None or asked is not None):
        frame = request_frame(machine, endpoint, name, machine.site())
        return field_of_request(machine, frame, name, asked) if is_field(machine, annotation, declared) else frame
    return _from_nowhere(machine, function, name, default, kinds)


def _from_nowhere(
    machine: Machine, function: Function, name: str, default: Expr | None, kinds: Sequence[Value]
) -> Value:
    """A parameter that nothing in the repository gives: what a command passes, the default, else something unknown."""
    if machine.trace.tasks.get(function.key, {}).get("kind") == "task" and (passed := _from_command(machine, name)):
        return passed
    given = machine.evaluate(default) if default is not None else None
    if function.key in machine.commands_run and is_asked_for(given, kinds):
        return hole(name, "cli")
    if given is not None:
        return assumed(given, name)
    declared = next((kind for kind in kinds if isinstance(kind, Symbol)), None)
    return client(machine, declared) or parameter(name, declared.dotted if declared is not None else "")


def _body(machine: Machine, endpoint: str, name: str, cls: Class) -> Value:
    """What is sent with a request, as its class says: a record, or a member of an enumeration."""
    if is_enumeration(cls):
        return member_of(machine, request_frame(machine, endpoint, name, machine.site()), name)
    return request_frame(machine, endpoint, name, machine.site(), cls)


def _from_command(machine: Machine, name: str) -> Value | None:
    """What commands pass for a parameter of a function that the command line calls."""
    commands = machine.commands.get(machine.root.file, ())
    passed = flag_values(commands, [f"--{name}", f"--{name.replace('_', '-')}"])
    return join(passed) if passed else None


def symbolic_instance(machine: Machine, cls: Class) -> Instance:
    """Some object of a class, as far as its fields say what it holds."""
    instance = Instance(cls, symbolic=True)
    constructor = class_member(machine, cls, "__init__")
    if not isinstance(constructor, Function):
        fill(machine, instance, outside=True)
    elif constructor.key not in machine.active and _needs_nothing(constructor):
        run_alone(machine, bound(constructor, instance), handed_on="")  # what it holds is what it makes of nothing
    return instance


def _needs_nothing(constructor: Function) -> bool:
    return all(default is not None or kind in ("*", "**") for _, _, default, kind in constructor.params[1:])


def assumed(value: Value, name: str) -> Value:
    if isinstance(value, Text):
        return Text(value.parts, value.path, True, value.sources)
    if isinstance(value, Seq):
        return Seq(list(value.items), value.open, value.kind)
    if isinstance(value, Map):
        return Map(dict(value.entries), value.open, value.rest, value.origin)
    if isinstance(value, Unknown):
        return parameter(name)
    return seed_of_caller(value, name)
