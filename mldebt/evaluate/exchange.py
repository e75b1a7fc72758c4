"""What tasks tell each other and a framework: values pushed and pulled by name, an order, calls on other machines."""

from __future__ import annotations

from itertools import pairwise

from mldebt.evaluate.calls import Call, invoke
from mldebt.evaluate.iteration import elements
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import NONE, Map, Object, Seq, Text, Unknown, Value, options_of
from mldebt.evaluate.wiring import Wire

RESULT = "return_value"
ROUNDS = 12


def push(operation: Operation) -> Value:
    """`ti.xcom_push(key="path", value=path)`: another task may pull it."""
    wiring, name, data = operation.machine.wiring, operation.given("name"), operation.given("data")
    if wiring.current is not None and isinstance(name, Text) and data is not None:
        key = (wiring.current.space, f"{wiring.current.name}:{name.template}")
        known = wiring.results.get(key)
        wiring.results[key] = data if known is None else join((known, data))
    return NONE


def pull(operation: Operation) -> Value:
    """`ti.xcom_pull(task_ids="extract", key="path")`: what tasks gave back or pushed."""
    wiring, key = operation.machine.wiring, operation.given("name")
    if wiring.current is None:
        return Unknown("value of another task")
    name = key.template if isinstance(key, Text) else RESULT
    tasks = operation.given("data")
    items = tasks.items if isinstance(tasks, Seq) else list(options_of(tasks)) if tasks is not None else []
    found = [
        value
        for task in (item.template for item in items if isinstance(item, Text))
        if (value := wiring.results.get((wiring.current.space, task if name == RESULT else f"{task}:{name}")))
    ]
    if not items:
        ending = f":{name}"
        found = [value for (space, held), value in sorted(wiring.results.items(), key=lambda item: item[0])
                 if space == wiring.current.space and held.endswith(ending)]  # fmt: skip
    if isinstance(tasks, Seq) and found:
        return Seq(found)
    return join(found) if found else Unknown("value of another task", name)


# -- the order of tasks


def sequence(operation: Operation) -> Value:
    """`chain(a, b)`, `a.set_downstream(b)`: each runs behind the one before."""
    data = operation.entry.selector("data")
    steps = operation.call.args if data == ("*",) else [operation.call.pick((one,)) or NONE for one in data]
    for earlier, later in pairwise(steps):
        follow(operation.machine, earlier, later)
    return NONE


def follow(machine: Machine, earlier: Value, later: Value) -> None:
    for one in wires_in(earlier):
        for other in wires_in(later):
            machine.wiring.order(one, other)
    for job in jobs_in(earlier):
        for behind in jobs_in(later):
            machine.trace.edge(job, behind, "TRIGGERS", machine.site(), "declared")


def jobs_in(value: Value, depth: int = 3) -> list[str]:
    """Ids of the jobs that a value of the framework stands for."""
    if isinstance(value, Object) and value.kind == "wires":
        return list(value.facts["jobs"])
    if isinstance(value, Seq) and depth:
        return [job for item in value.items for job in jobs_in(item, depth - 1)]
    return []


def wires_in(value: Value, depth: int = 3) -> list[Wire]:
    if isinstance(value, Object) and value.kind == "wires":
        return list(value.facts["wires"])
    if isinstance(value, Seq) and depth:
        return [one for item in value.items for one in wires_in(item, depth - 1)]
    return []


# -- functions that a framework has decorated


def call_each(operation: Operation) -> Value:
    """`task.expand(file=[…])`: one call for each item."""
    machine, call = operation.machine, operation.call
    function = operation.given("function")
    columns = {name: elements(machine, value)[0][:ROUNDS] for name, value in call.kwargs.items()}
    rounds = max((len(items) for items in columns.values()), default=0)
    results: list[Value] = []
    for number in range(rounds):
        passed = {name: items[min(number, len(items) - 1)] for name, items in columns.items() if items}
        results.append(invoke(machine, function or NONE, Call(call.line, call.ordinal, [], passed)))
    return Seq(results, True)


def call_later(operation: Operation) -> Value:
    """`task.partial(size=3)`: some of the arguments of a later call."""
    facts: dict[str, object] = {
        "function": operation.given("function") or NONE,
        "args": [],
        "kwargs": dict(operation.call.kwargs),
    }
    return Object("partial", facts=facts)


def call_packed(operation: Operation) -> Value:
    """`task.apply_async(args=(…), kwargs={…})`, `Process(target=task, args=(…))`."""
    call = operation.call
    args, keywords = call.pick(("args", 0)), call.pick(("kwargs", 1))
    positional: list[Value] = [Unknown("number of a process", "rank")] if operation.entry.flag("ranked") else []
    positional += args.items if isinstance(args, Seq) else []
    named = {str(key): value for key, value in keywords.entries.items()} if isinstance(keywords, Map) else {}
    made = Call(call.line, call.ordinal, positional, named)
    return invoke(operation.machine, operation.given("function") or NONE, made)
