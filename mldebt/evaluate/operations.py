"""What is done for each operation that the knowledge base knows."""

from __future__ import annotations

from collections.abc import Callable

from mldebt.evaluate import (
    active_records,
    assembled,
    batched,
    builders,
    command_options,
    commands,
    construction,
    decisions,
    dropping,
    elementwise,
    evaluation,
    examples,
    fixtures,
    flow_results,
    formulas,
    frameworks,
    graph_sessions,
    grouping,
    handed_on,
    handles,
    in_batches,
    joining,
    models,
    monitoring,
    objects,
    orm,
    predicting,
    projection,
    queries,
    reading,
    remembering,
    renaming,
    reshaping,
    scores,
    seeds,
    sessions,
    surroundings,
    tables,
    training,
    transforming,
    web,
    workers,
    writing,
)
from mldebt.evaluate.calls import escape, use_frame
from mldebt.evaluate.cardinality import note_counted
from mldebt.evaluate.conversions import converted
from mldebt.evaluate.meanings import computed
from mldebt.evaluate.networks import backward
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.printing import into_files, printed
from mldebt.evaluate.provenance import NOTHING, PLACEHOLDER, derived, frames_in, sources_of
from mldebt.evaluate.supported import weighs
from mldebt.evaluate.values import (
    NONE,
    Connection,
    Frame,
    Handle,
    Map,
    Object,
    Unknown,
    Value,
    is_none,
    options_of,
)

SAYING = frozenset({"columns", "keys", "on", "left_on", "right_on", "params", "steps", "names", "old", "new", "name"})
"""Parts that say which columns, steps or files are meant."""
ACCESSORS = ("window", "strings", "dates", "categories", "missing")
OF_TABLES = ("window", "missing")


def ignore(operation: Operation) -> Value:
    if operation.entry.flag("pure", True):
        for frame in (frame for value in operation.call.values() for frame in frames_in(value)):
            use_frame(operation.machine, frame, "escape", operation.site)
        receiver = [operation.receiver] if operation.receiver is not None else []
        if operation.entry.flag("weighs"):
            weighs(operation, *training.receiver_models(operation))
        return derived("value without data", *operation.call.values(), *receiver, label=operation.hint)
    return NONE


def identity(operation: Operation) -> Value:
    value = operation.data()
    if isinstance(value, Object) and isinstance(messages := value.facts.get("messages"), Frame):
        return messages.copy(form="message")
    stored = operation.given("from")
    if stored is not None:
        models.becomes(operation.machine, operation.receiver, stored)
    if value is None and operation.call.args:
        value = operation.call.args[0]
    if operation.entry.text("returns") == "model" and isinstance(value, Object):
        made: Value = value.facts.get("model", value)  # what a trainer made
        return made
    if operation.entry.text("returns") == "model" and isinstance(value, Unknown):
        value = models.as_model(operation.machine, value, operation.hint)  # what wraps a model is given one
    if isinstance(value, Map):
        operation.machine.trace.setting(operation.machine.scope.file, operation.call.ordinal, "overlay")
    models.set_anew(operation)
    return value if value is not None else NONE


def check(operation: Operation) -> Value:
    machine, site = operation.machine, operation.site
    value = operation.data()
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Frame):
            what = operation.entry.text("what", "check")
            node = machine.node_id("check", what, operation.call.ordinal)
            machine.trace.node(node, "check", what, site, what=what)
            machine.trace.edge(option.node, node, "CHECKS", site)
            use_frame(machine, option, "check", site)
    if (other := operation.given("other")) is not None:  # what it is compared with
        for frame in frames_in(other):
            use_frame(machine, frame, "check", site)
    if returns := operation.entry.text("returns"):  # what was found
        return Object(returns, operation.dotted, sources=sources_of(value) if value is not None else NOTHING)
    return value if value is not None else Object("checker", operation.dotted)


def sink(operation: Operation) -> Value:
    """Data leaves the program without being stored; a person may look at it."""
    if into_files(operation.call):
        return printed(operation.machine, operation.call)
    values = operation.call.values()
    if operation.receiver is not None:
        values.append(operation.receiver)
    for value in values:
        for frame in frames_in(value):
            use_frame(operation.machine, frame, "sink", operation.site)
    return derived("result of a sink", *operation.call.values())


def make_object(operation: Operation) -> Value:
    return Object(operation.entry.text("returns", "object"), operation.dotted)


def placeholder(operation: Operation) -> Value:
    """`keras.Input(shape)`."""
    return Unknown(PLACEHOLDER, operation.hint)


def command(operation: Operation) -> Value:
    commands.note(operation)
    return ignore(operation)


OPERATIONS: dict[str, Callable[[Operation], Value]] = {
    "read": reading.read, "write": writing.write, "load": objects.load, "save": objects.save, "open": handles.open_,
    "unpickle": objects.unpickle,
    "connect": queries.connect, "execute": queries.execute, "fetch": queries.fetch, "statement": orm.statement,
    "ask": orm.ask, "add": orm.add, "change": orm.change, "column": orm.column, "table": orm.table,
    "find": active_records.find, "keep": active_records.keep,
    "version": builders.version,
    "flow_run": flow_results.run_of_flow, "artifact_of_run": flow_results.artifact,
    "copy": writing.copy,
    "fill": queries.fill_table,
    "session": sessions.session,
    "temp": handles.transient, "memory": handles.transient,
    "model": models.construct, "fit": training.fit, "train": training.train_function,
    "transform": transforming.transform, "fit_transform": transforming.transform,
    "inverse_transform": transforming.transform, "fit_resample": transforming.resample,
    "set_columns": assembled.set_columns, "column_set": assembled.column_set,
    "graph_run": graph_sessions.run, "restore": graph_sessions.restore,
    "keep_graph": graph_sessions.keep,
    "predict": predicting.predict, "trainer": training.trainer, "history": remembering.history,
    "evaluate": evaluation.evaluate, "cross_validate": evaluation.cross_validate,
    "tuning_score": evaluation.tuning_score,
    "matrix": training.matrix, "split": evaluation.split, "splitter": evaluation.splitter,
    "split_indices": evaluation.split_indices, "watch": monitoring.watcher,
    "same": tables.same, "reduce": tables.reduce, "sample": tables.sample, "sort": tables.sort, "select": tables.select,
    "drop": dropping.drop, "rename": renaming.rename, "assign": tables.assign, "reindex": tables.reindex,
    "set_index": reshaping.set_index, "reset_index": reshaping.reset_index,
    "concat": joining.concat, "merge": joining.merge,
    "group": grouping.group, "aggregate": grouping.aggregate, "window": grouping.window,
    "statistic": grouping.statistic,
    "encode": grouping.encode, "frame": tables.make, "array": elementwise.array, "records": elementwise.records,
    "value": elementwise.value, "apply": elementwise.apply, "iterate": elementwise.iterate,
    "map_batches": in_batches.map_batches,
    "duplicate": reshaping.duplicate, "melt": reshaping.melt,
    "command": command, "sink": sink, "check": check, "identity": identity, "ignore": ignore, "remove": ignore,
    "operator": ignore,
    "respond": web.respond, "route": web.route_call, "app": web.app, "request": web.request, "task": web.task,
    "formula": tables.formula, "expression": formulas.expression, "project": projection.project, "act": decisions.act,
    "autolog": training.autolog, "backward": backward, "call": web.call_given, "map": web.map_given,
    "publish": web.publish, "consume": web.consume, "configure": builders.configure,
    "seed": seeds.seed, "random": seeds.random, "draw": seeds.random, "rng": seeds.rng,
    "path": surroundings.path, "env": surroundings.env, "config": surroundings.config,
    "parser": command_options.parser, "argument": command_options.argument, "parse": command_options.parse,
    "arguments_of_class": command_options.arguments_of_class,
    "option": command_options.option,
    "application": handed_on.application, "context": handed_on.context, "kept": handed_on.ensured, "pass": ignore,
    "argv": surroundings.argv, "fixture": fixtures.fixture, "literal": surroundings.literal,
    "moment": surroundings.moment, "defaults": command_options.defaults, "overlay": surroundings.overlay,
    "look_up": surroundings.look_up, "compose": surroundings.compose, "declare_settings": web.declare_settings,
    "field": construction.field, "construct": construction.construct, "build": construction.build,
    "settings": ignore,
    "load_examples": examples.load, "examples": examples.of_data, "as_table": examples.as_table,
    "map_examples": examples.map_, "filter_examples": examples.filter_,
    "placeholder": placeholder,
    "listed": batched.listed, "mapped": batched.mapped, "engine": batched.engine, "drive": batched.drive,
    "workers": workers.workers, "share": workers.share,
    **frameworks.OPERATIONS,
}  # fmt: skip


def _use_what_says(operation: Operation) -> None:
    """What data says of columns, steps, files or a model is used, in a way that isn't followed."""
    entry = operation.entry
    given = [operation.given(field) for field in entry.fields.keys() & SAYING]
    for value in operation.call.values() if entry.op == "model" else given:
        for frame in frames_in(value) if value is not None else ():
            use_frame(operation.machine, frame, "escape", operation.site)


def carry_out(operation: Operation) -> Value:
    if (score := scores.passed_on(operation) or scores.averaged(operation)) is not None:
        return score
    handler = OPERATIONS.get(operation.entry.op)
    if handler is None:
        return escape(operation.machine, f"unmodelled operation {operation.entry.op}", operation.call)
    _use_what_says(operation)
    if operation.entry.op in ("value", "ignore") and operation.entry.flag("distinct"):
        note_counted(operation)
    if operation.entry.op == "write" and operation.given("connection") is not None:
        return queries.write_table(operation)
    result = _returned(operation, handler(operation))
    kind, _, name = operation.dotted.rpartition(".") if operation.entry.key.startswith("<") else ("", "", "")
    called = name or operation.dotted
    function = operation.given("function")
    result = computed(operation.machine, called, kind, operation.entry.op, operation.call, result, function)
    return converted(operation, result)


def _returned(operation: Operation, result: Value) -> Value:
    """What the entry says that a call gives back, where the handler has nothing better."""
    returns = operation.entry.text("returns")
    if returns == "self" and operation.receiver is not None:
        return operation.receiver
    if returns in ("handle", "connection", "cursor") and isinstance(operation.receiver, (Handle, Connection)):
        return result if isinstance(result, (Handle, Connection, Frame)) else operation.receiver
    if returns in ACCESSORS and isinstance(result, Frame):
        return result.copy(form=returns)
    if isinstance(result, Frame) and result.form in ACCESSORS and returns not in ACCESSORS:
        return result.copy(form="table" if result.form in OF_TABLES and len(result.columns) != 1 else "series")
    made = isinstance(result, Unknown) or is_none(result)
    if made and returns not in _PLAIN and operation.entry.op in ("ignore", "identity", "connect", "open", "write"):
        return Object(returns, operation.dotted, builders.facts_of(operation), sources_of(result))
    return result


_PLAIN = {
    "", "self", "none", "object", "tuple", "frame", "series", "array", "records", "text", "str", "number", "path",
    "response", "model", "groupby", "row", "value", "handle", "connection", "cursor", "bool", "list",
    "dict", "iterator", "arg0",
}  # fmt: skip
"""What a call returns that is no library object with methods of its own."""
