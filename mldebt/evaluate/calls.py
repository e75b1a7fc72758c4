"""Calls: finding what is called, binding its arguments, and evaluating functions and classes of the repository."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from mldebt.evaluate.absence import mixed
from mldebt.evaluate.arguments import canonical
from mldebt.evaluate.crowds import most_ways, note_crowd
from mldebt.evaluate.handed_on import given_to
from mldebt.evaluate.joins import fresh, join
from mldebt.evaluate.machine import MAX_DEPTH, Machine, Scope, digest
from mldebt.evaluate.provenance import derived, frames_in
from mldebt.evaluate.summaries import construct_plainly
from mldebt.evaluate.trace import BRANCH, CALLED
from mldebt.evaluate.values import (
    Choice,
    Env,
    Frame,
    Function,
    Handle,
    Instance,
    Map,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    options_of,
)
from mldebt.evaluate.varied import varied_by
from mldebt.project.purpose import is_test
from mldebt.read.facts import Expr
from mldebt.sites import Site

if TYPE_CHECKING:
    from mldebt.knowledge.loader import Entry


class Call(Struct):
    """One call with its evaluated arguments. `spread` holds what came through `*args` and `**kwargs` unresolved."""

    line: int
    ordinal: int
    args: list[Value]
    kwargs: dict[str, Value]
    labels: list[Expr | None] = field(default_factory=list)
    keyword_labels: dict[str, Expr] = field(default_factory=dict)
    spread: list[Value] = field(default_factory=list)
    receiver: Value | None = None
    hint: str = ""
    targets: tuple[str, ...] = ()

    def values(self) -> list[Value]:
        return [*self.args, *self.kwargs.values(), *self.spread]

    def pick(self, selectors: Iterable[int | str], default: Value | None = None) -> Value | None:
        """The first argument that a selector of the knowledge base finds."""
        for selector in selectors:
            if selector == "self":
                return self.receiver
            if isinstance(selector, int) and selector < len(self.args):
                return self.args[selector]
            if isinstance(selector, str) and selector in self.kwargs:
                return self.kwargs[selector]
            if selector == "*" and self.args:
                return Seq(list(self.args), kind="tuple")
        return default

    def given(self, entry: Entry, name: str) -> Value | None:
        return self.pick(entry.selector(name))

    def label(self, selectors: Iterable[int | str]) -> Expr | None:
        for selector in selectors:
            if isinstance(selector, int) and selector < len(self.labels):
                return self.labels[selector]
            if isinstance(selector, str) and selector in self.keyword_labels:
                return self.keyword_labels[selector]
        return None


def arguments(machine: Machine, expression: Expr) -> Call:
    _, _, args, kwargs, line, ordinal = expression
    made = Call(line, ordinal, [], {})
    for arg in args:
        if arg[0] == "star":
            _spread_positional(made, machine.evaluate(arg[1]))
        else:
            made.args.append(machine.evaluate(arg))
            made.labels.append(arg)
    for name, value in kwargs:
        if name is not None:
            made.kwargs[name] = machine.evaluate(value)
            made.keyword_labels[name] = value
        else:
            made.keyword_labels["**"] = value
            _spread_keywords(made, spread := machine.evaluate(value))
            for row in options_of(spread):
                if isinstance(row, Frame):  # each column becomes what the other side calls like it
                    use_frame(machine, row, "escape", machine.site(line))
    return made


def _spread_positional(made: Call, value: Value) -> None:
    if isinstance(value, Choice):
        filled = [option for option in value.options if isinstance(option, Seq) and option.items]
        value = Seq(max((option.items for option in filled), key=len), True) if filled else value
    if isinstance(value, Seq):
        made.args += value.items
        made.labels += [None] * len(value.items)
        if value.open:
            made.spread.append(value)
    else:
        made.spread.append(value)


def _spread_keywords(made: Call, value: Value) -> None:
    for option in options_of(value):
        if isinstance(option, Map):
            for key, item in option.entries.items():
                made.kwargs.setdefault(str(key), item)
            if option.open:
                made.spread.append(option)
        else:
            made.spread.append(option)


def invoke(machine: Machine, target: Value, made: Call) -> Value:
    """Call a value."""
    handler = machine.invocations.get(type(target))
    if handler is not None:
        return handler(machine, target, made)
    reason = target.reason if isinstance(target, Unknown) else "call of an unknown value"
    return escape(machine, reason, made, target)


SETTINGS = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".json")


def escape(machine: Machine, reason: str, made: Call, *also: Value) -> Value:
    """The result of a call that can't be seen into: its arguments may be used in any way."""
    values = made.values()
    for frame in (frame for value in also for frame in frames_in(value)):
        use_frame(machine, frame, "escape", machine.site(made.line))
    for value in values:
        for frame in frames_in(value):
            use_frame(machine, frame, "escape", machine.site(made.line))
        if isinstance(value, Function) and value.is_lambda:
            call_function(machine, value, Call(made.line, made.ordinal, [], {}, spread=[Unknown("unknown caller")]))
        elif isinstance(value, Handle) and not value.touched:
            from mldebt.evaluate.handles import touch

            touch(machine, value, machine.site(made.line))
        elif isinstance(value, Text) and value.literal and value.literal.endswith(SETTINGS):
            machine.trace.setting(machine.scope.file, made.ordinal, "handed", value.literal)
    return derived(reason, *values, *also, label=made.hint)


def use_frame(machine: Machine, frame: Frame, kind: str, site: Site) -> None:
    """Note that every column of a frame is used."""
    for ref in frame.refs():
        machine.trace.use(ref, kind, site)
    hidden = frame.dropped | frozenset(frame.columns)
    for owner in frame.open:
        machine.trace.use_all(owner, kind, site, hidden)


def call_function(machine: Machine, function: Function, made: Call) -> Value:
    name = function.key
    if not is_test(machine.root.file) or is_test(name.partition("::")[0]):
        machine.called.add(name)  # what only tests call is called from elsewhere, too, or for nothing there
    if function.file not in machine.joined:
        from mldebt.evaluate.registering import join_in

        join_in(machine, function.file)
    if (runs := _runs(function, made)) is not None:
        return join([call_function(machine, function, one) for one in runs])
    env = bind_arguments(machine, function, made)
    if machine.scope.depth >= MAX_DEPTH or machine.active.count(name) > 1:
        return escape(machine, "recursion or calls too deep", made, *_receiver(function))
    key = (name, canonical(env.names))
    if key in machine.memo and not function.is_lambda:
        return _result_again(machine, function, key)
    count = machine.contexts.get(name, 0)
    if count >= most_ways(machine, function):
        if isinstance(function.this, Instance) and function.qualname.endswith(".__init__"):
            return construct_plainly(machine, function, env)
        return escape(machine, "function called in too many ways", made, *_receiver(function))
    machine.contexts[name] = count + 1
    return _evaluate_call(machine, function, env, key, varied_by(function, made, machine.scope.looping))


def _runs(function: Function, made: Call) -> list[Call] | None:
    """The calls of a function that a decorator hands its configuration to, where commands ask for several of them."""
    if not function.given or made.args or made.spread:
        return None
    for name, given in function.given.items():
        if name not in made.kwargs and isinstance(given, Choice) and all(_configured(one) for one in given.options):
            return [replace(made, kwargs=made.kwargs | {name: one}) for one in given.options]
    return None


def _configured(value: Value) -> bool:
    return isinstance(value, Map) and bool(value.origin)


def _result_again(machine: Machine, function: Function, key: tuple[str, str]) -> Value:
    """What a function gave back and did to its instance when it was called with equal arguments."""
    known, seeded, changed = machine.memo[key]
    machine.note_call(machine.scope_keys[key])
    machine.root.seeded |= seeded
    if key in machine.happened:
        trained, asked = machine.happened[key]
        machine.trained, machine.asked_models = machine.trained + trained, machine.asked_models + asked
    if changed and isinstance(function.this, Instance):
        function.this.fields.update({name: fresh(value) for name, value in changed.items()})
    result = fresh(known)
    if key in machine.absent_results:
        machine.absent = result
    return result


def _receiver(function: Function) -> list[Value]:
    """What a method works on besides its arguments."""
    return [function.this] if isinstance(function.this, Instance) else []


def _evaluate_call(machine: Machine, function: Function, env: Env, key: tuple[str, str], looping: list[str]) -> Value:
    if function.is_lambda:
        scope_key = f"{machine.scope.key}.<lambda>"
    else:
        scope_key = machine.scope_keys[key] = f"{key[0]}@{digest(key[1])}" if key[1] else key[0]
    machine.note_call(scope_key)
    scope = Scope(function.file, function.qualname, scope_key, env, machine.scope.depth + 1, function, looping=looping)
    scope.leaving = machine.scope.leaving
    if function.key in machine.trying:
        scope.looping += [name for name, _, _, _ in function.params]
    before, nodes = machine.root.seeded.copy(), len(machine.trace.nodes)
    trained, asked = machine.trained, machine.asked_models
    fields = function.this.fields.copy() if isinstance(function.this, Instance) else {}
    outer, machine.scope = machine.scope, scope
    aside, machine.trace.aside = machine.trace.aside, CALLED if machine.trace.aside == BRANCH else machine.trace.aside
    machine.active.append(key[0])
    try:
        machine.run(machine.body_of(function))
    finally:
        machine.active.pop()
        machine.scope, machine.trace.aside = outer, aside
    note_crowd(machine, key[0], nodes)
    machine.scope.assumed += scope.assumed
    result = result_of(machine, scope)
    if mixed(scope.returns):
        machine.absent = result
        machine.absent_results.add(key)
    if not function.is_lambda and (machine.trained, machine.asked_models) != (trained, asked):
        machine.happened[key] = machine.trained - trained, machine.asked_models - asked
    if not function.is_lambda:
        machine.memo[key] = (result, frozenset(machine.root.seeded - before), _changed(function, fields))
    return result


def _changed(function: Function, before: dict[str, Value]) -> dict[str, Value]:
    """The fields that a method set on its instance, for when its result is handed out again."""
    if not isinstance(function.this, Instance):
        return {}
    return {name: value for name, value in function.this.fields.items() if before.get(name) is not value}


def result_of(machine: Machine, scope: Scope) -> Value:
    from mldebt.evaluate.choices import returned

    if scope.yields:
        return Seq(list(scope.yields), True, "generator")
    return returned(machine, scope)


def bind_arguments(machine: Machine, function: Function, made: Call) -> Env:
    from mldebt.evaluate.from_records import passed

    env = Env(function.closure)
    names = env.names
    positional = made.args if function.this is None else [function.this, *made.args]
    keywords, taken = made.kwargs, 0
    for name, annotation, default, kind in function.params:
        if kind == "pos" and taken < len(positional):
            names[name] = positional[taken]
            taken += 1
        elif kind == "*":
            names[name] = Seq(positional[taken:], bool(made.spread), "tuple")
            taken = len(positional)
        elif kind == "**":
            names[name] = Map({key: value for key, value in keywords.items() if key not in names}, bool(made.spread))
        elif name in keywords:
            names[name] = keywords[name]
        elif made.spread:
            names[name] = passed(machine, made.spread, name)
        elif name in function.given:
            names[name] = given_to(machine, function.given[name])
        elif default is not None:
            names[name] = _in_scope_of(machine, function, default)
        else:
            names[name] = _missing(machine, name, annotation)
    return env


def _missing(machine: Machine, name: str, annotation: Expr | None) -> Value:
    """A parameter that the caller leaves out and a framework fills, by its type."""
    from mldebt.evaluate.handed_clients import client

    declared = machine.evaluate(annotation) if annotation is not None and annotation[0] in ("name", "attr") else None
    given = client(machine, declared) if isinstance(declared, Symbol) else None
    return given or Unknown("missing argument", name)


def _in_scope_of(machine: Machine, function: Function, expression: Expr) -> Value:
    if expression[0] == "const":
        return machine.evaluate(expression)
    scope = Scope(function.file, function.qualname, function.key, function.closure, machine.scope.depth)
    scope.statement = (function.line, function.line)
    with machine.entered(scope):
        return machine.evaluate(expression)


def bound(function: Function, this: Value) -> Function:
    return Function(
        function.file, function.qualname, function.params, function.body, function.closure, function.decorators, this,
        function.owner, function.line, function.is_lambda, function.given,
    )  # fmt: skip
