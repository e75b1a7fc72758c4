"""Classes whose methods are the steps of a pipeline: they run one behind the other, on one object."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mldebt.evaluate import task_results
from mldebt.evaluate.attributes import class_member, library_base
from mldebt.evaluate.calls import Call, bound, call_function, invoke
from mldebt.evaluate.flow_results import keep_for_clients
from mldebt.evaluate.instances import instantiate
from mldebt.evaluate.iteration import elements
from mldebt.evaluate.jobs import job_id, note_job
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine, Root, Scope
from mldebt.evaluate.naming import identify
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import (
    Class,
    Env,
    Function,
    Instance,
    Map,
    Object,
    Seq,
    Text,
    Unknown,
    Value,
    options_of,
)
from mldebt.evaluate.varied import mentions
from mldebt.knowledge.loader import Entry
from mldebt.read.facts import Expr, Stmt
from mldebt.read.python.bodies import all_statements

BRANCHES = "branches"


def flow_entry(machine: Machine, cls: Class) -> Entry | None:
    """What the knowledge base says of a class of steps, None for another class."""
    base = library_base(machine, cls)
    entry = machine.knowledge.call(base) if base else None
    return entry if entry is not None and entry.op == "flow" else None


def run_flow(machine: Machine, cls: Class, entry: Entry) -> None:
    from mldebt.evaluate.entries import run_alone

    instance, schedule = Instance(cls), _schedule(machine, cls)
    site = machine.workspace.facts[cls.file].site(cls.line)
    flow = note_job(machine, cls.file, cls.qualname, site, schedule, cls.file)
    for method, behind in _ordered(machine, cls, entry):
        place = machine.workspace.facts[cls.file].site(method.line)
        job = note_job(machine, cls.file, method.qualname, place)
        for one in [job_id(cls.file, one.qualname) for one in behind] or [flow]:
            machine.trace.edge(one, job, "TRIGGERS", place, "declared")
        _enter(machine, instance, method, behind, entry)
        run_alone(machine, bound(method, instance), handed_on="")
    keep_for_clients(machine, cls, instance, entry)


def _enter(machine: Machine, instance: Instance, method: Function, behind: list[Function], entry: Entry) -> None:
    """What a step is given: the branches that it joins, the item that it works on."""
    for name, *_ in method.params[1:2]:
        method.given[name] = Seq([instance], True, BRANCHES)
    for one in behind:
        over = dict(_succession(machine, one, entry)).get(method.qualname.rpartition(".")[2], "")
        items = elements(machine, instance.fields[over])[0] if over in instance.fields else []
        if items:
            instance.fields[entry.text("item")] = join(items)


def _ordered(machine: Machine, cls: Class, entry: Entry) -> list[tuple[Function, list[Function]]]:
    """The steps with those before them, in the order in which each names the next."""
    steps = {name: one for name, one in cls.members.items() if isinstance(one, Function) and one.owner is cls}
    behind: dict[str, list[str]] = {}
    for name, one in steps.items():
        for later, _ in _succession(machine, one, entry):
            behind.setdefault(later, []).append(name)
    waiting = [name for name in steps if name in behind or _succession(machine, steps[name], entry)]
    done: list[str] = []
    while waiting:
        ready = [name for name in waiting if all(one in done for one in behind.get(name, ()))] or waiting[:1]
        done += ready
        waiting = [name for name in waiting if name not in ready]
    return [(steps[name], [steps[one] for one in behind.get(name, ())]) for name in done]


def _succession(machine: Machine, method: Function, entry: Entry) -> list[tuple[str, str]]:
    """(next step, what it runs for each of) as a step says at its end: `self.next(self.fit, foreach="parts")`."""
    found: list[tuple[str, str]] = []
    for statement in all_statements(machine.body_of(method)):
        call: Expr = statement[3] if statement[0] == "expr" else ("",)
        if call[0] == "call" and call[1] == ("attr", ("name", _this(method)), entry.text("succeed")):
            over = next((value[1] for name, value in call[3] if name == "foreach" and value[0] == "const"), "")
            found += [(step, str(over)) for argument in call[2] for step in _steps(argument, _this(method))]
    return found


def _this(method: Function) -> str:
    return str(method.params[0][0]) if method.params else ""


def _steps(argument: Expr, this: str) -> Iterator[str]:
    if argument[0] == "attr" and argument[1] == ("name", this):
        yield argument[2]
    for _, value in argument[1] if argument[0] == "dict" else ():
        yield from _steps(value, this)


def _schedule(machine: Machine, cls: Class) -> str:
    """The schedule that a decorator of the class gives."""
    with machine.rooted(Root(cls.file)), machine.entered(Scope(cls.file, "", cls.file, machine.modules[cls.file])):
        made = [machine.evaluate(decorator) for decorator in cls.decorators]
    found = [str(one.facts["schedule"]) for one in made if isinstance(one, Object) and one.facts.get("schedule")]
    return found[0] if found else ""


# -- classes that say what they need and what they make


def run_needing(machine: Machine, classes: list[Class]) -> None:
    """Tasks, those first that no other needs: what is needed runs with the parameters that it is asked for with."""
    from mldebt.evaluate.entries import run_class

    needs = {cls.qualname: needed for cls in classes if (needed := _needed_by(machine, cls)) is not None}
    tasks = [cls for cls in classes if cls.qualname in needs]
    for cls in sorted(tasks, key=lambda cls: any(mentions(body, [cls.qualname]) for body in needs.values())):
        run_class(machine, cls)


def _needed_by(machine: Machine, cls: Class) -> tuple[Stmt, ...] | None:
    """What a task says that it needs; None for another class."""
    base = library_base(machine, cls)
    entry = machine.knowledge.call(f"{base}.input") if base else None
    if entry is None or entry.op != "inputs":
        return None
    method = class_member(machine, cls, entry.text("needed_by"))
    return machine.body_of(method) if isinstance(method, Function) else ()


def inherited(machine: Machine, receiver: Instance, name: str, call: Call) -> Value | None:
    """A method that a class of the repository has from a library; None for what is not known."""
    base = library_base(machine, receiver.cls)
    entry = machine.knowledge.call(f"{base}.{name}") if base else None
    if base is None or entry is None or entry.op not in INHERITED:
        return None
    return INHERITED[entry.op](Operation(machine, call, entry, f"{base}.{name}"), receiver)


def inputs(operation: Operation, receiver: Instance) -> Value:
    """`self.input()`: the outputs of what the task requires, in the same order and under the same names."""
    machine = operation.machine
    required = class_member(machine, receiver.cls, operation.entry.text("needed_by"))
    if isinstance(required, Function):
        needed: Value = call_function(machine, bound(required, receiver), Call(operation.call.line, -1, [], {}))
    else:
        needed = _required_by_decorator(machine, receiver)
    return _outputs(operation, receiver, needed)


def _required_by_decorator(machine: Machine, receiver: Instance) -> Value:
    """`@requires(Other)`."""
    cls = receiver.cls
    with machine.entered(Scope(cls.file, "", cls.file, machine.modules[cls.file])):
        named = [machine.evaluate(arg) for one in cls.decorators if one[0] == "call" for arg in one[2]]
    made = [instantiate(machine, one, Call(cls.line, -1, [], dict(receiver.fields))) for one in named
            if isinstance(one, Class)]  # fmt: skip
    return made[0] if len(made) == 1 else Seq(list(made))


def _outputs(operation: Operation, receiver: Instance, needed: Value, depth: int = 3) -> Value:
    machine = operation.machine
    if isinstance(needed, Instance):
        _note_order(operation, needed, receiver)
        if isinstance(run := class_member(machine, needed.cls, operation.entry.text("runs")), Function):
            call_function(machine, bound(run, needed), Call(operation.call.line, -1, [], {}))
        method = class_member(machine, needed.cls, operation.entry.text("made_by"))
        made = Call(operation.call.line, -1, [], {})
        return invoke(machine, bound(method, needed), made) if isinstance(method, Function) else Unknown("no output")
    if isinstance(needed, Seq) and depth:
        return Seq([_outputs(operation, receiver, one, depth - 1) for one in needed.items], needed.open)
    if isinstance(needed, Map) and depth:
        return Map({key: _outputs(operation, receiver, one, depth - 1) for key, one in needed.entries.items()})
    options = options_of(needed)
    found = [_outputs(operation, receiver, one, depth - 1) for one in options if len(options) > 1 and depth]
    return join(found) if found else Unknown("output of an unknown task")


INHERITED: Mapping[str, Callable[[Operation, Instance], Value]] = {
    "inputs": inputs, "keep_output": task_results.dump, "bring_outputs": task_results.load,
    "output_named": task_results.target,
}  # fmt: skip
"""What methods do that a task has from its library."""


def note_targets(machine: Machine, cls: Class, instance: Instance) -> None:
    """What a class that says what it needs and makes declares of both, as far as names are known."""
    base = library_base(machine, cls)
    entry = machine.knowledge.call(f"{base}.input") if base else None
    if base is None or entry is None or entry.op != "inputs" or not _says_what_it_makes(machine, cls, entry):
        return
    call = Call(cls.line, -1, [], {})
    makes = class_member(machine, cls, entry.text("made_by"))
    assert isinstance(makes, Function)
    with machine.rooted(Root(cls.file)), machine.entered(Scope(cls.file, cls.qualname, cls.key, Env())):
        made = call_function(machine, bound(makes, instance), call)
        taken = inputs(Operation(machine, call, entry, f"{base}.input"), instance)
        names = [list(_names(machine, value)) for value in (taken, made)]
    machine.trace.tasks.setdefault(cls.key, {}).update(
        kind="targets", tool=base.partition(".")[0], name=cls.qualname, file=cls.file, line=cls.line,
        reads=[name for name in names[0] if name], writes=[name for name in names[1] if name],
        known=bool(names[1]) and all(names[1]) and all(names[0]),
    )  # fmt: skip


def _says_what_it_makes(machine: Machine, cls: Class, entry: Entry) -> bool:
    return all(isinstance(class_member(machine, cls, name), Function) for name in (entry.text("made_by"), "run"))


def _names(machine: Machine, value: Value, depth: int = 4) -> Iterator[str]:
    """The names of what is stored, "" for one that is not known."""
    if isinstance(value, Text):
        identity = identify(machine, value)
        yield identity.name if identity.known else ""
    elif depth and isinstance(value, (Seq, Map)):
        parts = value.items if isinstance(value, Seq) else value.entries.values()
        yield from ("",) if value.open else ()
        for part in parts:
            yield from _names(machine, part, depth - 1)
    else:
        options = options_of(value)
        if len(options) < 2 or not depth:
            yield ""
        for option in options if len(options) > 1 and depth else ():
            yield from _names(machine, option, depth - 1)


def _note_order(operation: Operation, needed: Instance, receiver: Instance) -> None:
    machine = operation.machine
    jobs = []
    for cls in (needed.cls, receiver.cls):
        site = machine.workspace.facts[cls.file].site(cls.line)
        jobs.append(note_job(machine, cls.file, cls.qualname, site, runs=cls.file))
    machine.trace.edge(jobs[0], jobs[1], "TRIGGERS", operation.site, "declared")
