"""Jobs as code declares them: what a framework runs, when, behind what, and which files and commands that starts."""

from __future__ import annotations

import shlex

from mldebt.evaluate.calls import Call, invoke
from mldebt.evaluate.carriers import carry
from mldebt.evaluate.command_lines import find_script, targets
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import identify
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.queries import execute
from mldebt.evaluate.storage import dataset_node
from mldebt.evaluate.strings import to_text
from mldebt.evaluate.values import NONE, Const, Function, Map, Object, Seq, Text, Value, options_of
from mldebt.evaluate.wiring import Wire
from mldebt.read.manifests import parse_command_line
from mldebt.sites import Site


def job_id(file: str, name: str) -> str:
    return f"job:{file}::{name}"


def note_job(machine: Machine, file: str, name: str, site: Site, schedule: str = "", runs: str = "") -> str:
    """A job of a framework, and the file whose code it runs."""
    node = machine.trace.node(job_id(file, name), "job", name, site, file=file, kind="task", schedule=schedule or None)
    if runs:
        unit = machine.trace.node(f"job:{runs}", "job", runs, file=runs)
        machine.trace.edge(node, unit, "TRIGGERS", site, "declared")
    return node


def note_wire(machine: Machine, wire: Wire) -> str:
    """A wire as a job, started by the schedule that was declared before it in its file."""
    site = machine.workspace.facts[wire.file].site(wire.line)
    when = str(machine.trace.tasks.get(wire.function.key, {}).get("schedule") or "")
    job = note_job(machine, wire.file, wire.name, site, when, wire.function.file)
    group(machine, job, wire.file, site)
    return job


def group(machine: Machine, job: str, file: str, site: Site) -> None:
    """A job belongs to the schedule that its file has declared before it."""
    if (leader := machine.wiring.groups.get(file)) is not None:
        machine.trace.edge(leader, job, "TRIGGERS", site, "declared")


def note_flow(machine: Machine, wire: Wire) -> None:
    """A wire runs behind those that it takes from."""
    site = machine.workspace.facts[wire.file].site(wire.line)
    makers = {maker for name in wire.needs for maker in machine.wiring.makers.get((wire.space, name), ())}
    for maker in sorted(makers, key=lambda wire: (wire.file, wire.name)):
        job, behind = job_id(maker.file, maker.name), job_id(wire.file, wire.name)
        machine.trace.edge(job, behind, "TRIGGERS", site, "declared")


def note_declared(operation: Operation, job: str) -> None:
    """Data that a task declares to take and to make: `inlets=[…]`, `outlets=[…]`."""
    machine, site = operation.machine, operation.site
    for role in ("reads", "writes"):
        given = operation.given(role)
        for item in given.items if isinstance(given, Seq) else [given]:
            if isinstance(item, Text) and (identity := identify(machine, item)).known:
                node = dataset_node(machine, identity, site)
                machine.trace.edge(job, node, "DECLARES", site, "declared", role=role)


# -- schedules


def schedule(operation: Operation) -> Value:
    """`DAG("daily", schedule="@daily")`: when what belongs to it runs."""
    machine, when, file = operation.machine, _when(operation), operation.machine.scope.file
    name = operation.given("name")
    if name is None and not operation.hint:
        return Object("decorator", operation.dotted, {"op": "task", "name": when, "schedule": when})
    title = name.template if isinstance(name, Text) else operation.hint
    node = note_job(machine, file, title, operation.site, when, file)
    if when:
        machine.trace.tasks.setdefault(file, {})["schedule"] = when
    machine.wiring.groups[file] = node
    for option in options_of(operation.given("function") or NONE):
        if isinstance(option, Function):
            machine.trace.edge(node, job_id(option.file, option.qualname), "TRIGGERS", operation.site, "declared")
    return Object("job", operation.dotted)


def _when(operation: Operation) -> str:
    """A schedule as it is written: `cron="0 3 * * *"`, `daily=True`."""
    for name, value in operation.call.kwargs.items():
        if isinstance(value, Const) and value.value is True and name in operation.entry.selector("schedule"):
            return f"@{name}"
    given = operation.given("schedule")
    return given.template if isinstance(given, Text) else ""


def deploy(operation: Operation) -> Value:
    """`flow.serve(cron=…, parameters={…})`: the function runs with what it is given there."""
    machine, when = operation.machine, _when(operation)
    name, passed = operation.given("name"), operation.given("keywords")
    keywords = {str(key): value for key, value in passed.entries.items()} if isinstance(passed, Map) else {}
    for option in options_of(operation.given("function") or NONE):
        if isinstance(option, Function):
            title = name.template if isinstance(name, Text) else option.qualname
            note_job(machine, option.file, title, operation.site, when, option.file)
            machine.trace.tasks.setdefault(option.key, {"kind": "task", "name": option.qualname, "file": option.file,
                                                        "line": option.line})["schedule"] = when  # fmt: skip
            if keywords:
                invoke(machine, option, Call(operation.call.line, operation.call.ordinal, [], keywords))
    return Object("job", operation.dotted)


# -- commands and queries


def query_task(operation: Operation) -> Value:
    """A task that runs a query."""
    machine, site = operation.machine, operation.site
    name = operation.given("name")
    node = note_job(machine, machine.scope.file, name.template if isinstance(name, Text) else "query", site)
    group(machine, node, machine.scope.file, site)
    query = operation.given("sql")
    if isinstance(query, Text) and query.template.endswith(".sql") and " " not in query.template.strip():
        for file in find_script(machine.workspace, query.template, machine.scope.file):
            unit = machine.trace.node(f"job:{file}", "job", file, file=file)
            machine.trace.edge(node, unit, "TRIGGERS", site, "declared")
    else:
        execute(operation)
    return Object("wires", operation.dotted, {"wires": [], "jobs": [node]})


def shell(operation: Operation) -> Value:
    """A task that runs a command line."""
    machine, site = operation.machine, operation.site
    name = operation.given("name")
    title = name.template if isinstance(name, Text) else operation.hint or "command"
    folder = operation.given("folder")
    directory = folder.template.strip("/") if isinstance(folder, Text) else ""
    node = note_job(machine, machine.scope.file, title, site)
    line = _line(operation)
    machine.trace.node(node, "job", title, command=line or None)
    for command in parse_command_line(line, site.line, job=title, directory=directory):
        for file in targets(machine.workspace, command, machine.facts):
            unit = machine.trace.node(f"job:{file}", "job", file, file=file)
            machine.trace.edge(node, unit, "TRIGGERS", site, "declared")
            machine.trace.started.setdefault(file, set()).add(site)
    carry(machine, line)
    group(machine, node, machine.scope.file, site)
    return Object("wires", operation.dotted, {"wires": [], "jobs": [node]})


def _line(operation: Operation) -> str:
    words = [operation.entry.text("program"), *(_words(operation.given(part)) for part in ("command", "words"))]
    return " ".join(word for word in words if word)


def _words(value: Value | None) -> str:
    if isinstance(value, Seq):
        return " ".join(shlex.quote(to_text(item).template) for item in value.items)
    return (
        value.template if isinstance(value, Text) else "" if value is None or isinstance(value, Const) else "{command}"
    )
