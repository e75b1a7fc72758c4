"""What is called: finding it behind an expression, and handing the call to whoever carries it out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mldebt.evaluate import learners
from mldebt.evaluate.attributes import attribute, member
from mldebt.evaluate.calls import Call, arguments, call_function, escape, invoke
from mldebt.evaluate.construction import filled_from_below, of_class
from mldebt.evaluate.from_records import member_of_body
from mldebt.evaluate.instances import instantiate
from mldebt.evaluate.joins import join
from mldebt.evaluate.language import call_partial
from mldebt.evaluate.libraries import call_method, call_symbol
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.networks import forward, network_of, note_parts
from mldebt.evaluate.shown import SHOWING, shown
from mldebt.evaluate.values import (
    NONE,
    Choice,
    Class,
    Connection,
    Frame,
    Function,
    Instance,
    Loaded,
    Map,
    Method,
    Model,
    ModuleValue,
    Object,
    Symbol,
    Unknown,
    Value,
)
from mldebt.evaluate.wrappers import above, begun
from mldebt.read.facts import Expr

WITH_ATTRIBUTES = frozenset((Instance, Class, ModuleValue, Symbol, Object, Map))
"""Values whose attributes may be something else than methods."""


def call(machine: Machine, expression: Expr) -> Value:
    callee = expression[1]
    scope = machine.scope
    hint, targets = scope.hint, scope.targets
    scope.hint, scope.targets = "", ()
    if callee[0] == "attr":
        base = machine.evaluate(callee[1])
        if callee[2] in SHOWING:
            base = shown(machine, callee, len(expression[2]), base)
        made = arguments(machine, expression)
        made.hint, made.targets = hint, targets
        if not isinstance(base, Choice):
            return call_attribute(machine, base, callee[2], made)
        return join([call_attribute(machine, option, callee[2], made) for option in base.options])
    if callee == ("name", "super"):
        return _super(machine)
    target = machine.evaluate(callee)
    made = arguments(machine, expression)
    made.hint, made.targets = hint, targets
    return invoke(machine, target, made)


def call_attribute(machine: Machine, base: Value, name: str, made: Call) -> Value:
    """`base.name(...)`."""
    if (started := begun(machine, base, name, made)) is not None:
        return started
    if name == "__init__" and filled_from_below(machine, base, made):
        return NONE
    if isinstance(base, Class) and (built := of_class(machine, base, name, made)) is not None:
        return built
    if name == "__new__" and made.args and isinstance(made.args[0], Class):
        return Instance(made.args[0])
    if name == "forward" and isinstance(base, Instance) and network_of(base) is not None:
        return _call_instance(machine, base, made)
    if isinstance(base, Frame) and base.node in machine.bodies and (own := member_of_body(machine, base, name)):
        return invoke(machine, own, made)
    if type(base) in WITH_ATTRIBUTES:
        found = attribute(machine, base, name)
        if isinstance(base, Instance) and isinstance(found, Function) and learners.concerns(machine, base, name):
            return learners.called(machine, base, name, found, made)
        return invoke(machine, found, made)
    return invoke(machine, Method(base, name), made)


def _call_instance(machine: Machine, target: Instance, made: Call) -> Value:
    model = network_of(target)
    output = forward(machine, model, made) if model is not None else None
    if output is not None and model is not None:
        note_parts(machine, target, model, made)
    for name in ("__call__", "forward", "call"):
        method = member(machine, target, name)
        if isinstance(method, Function):
            result = call_function(machine, method, made)
            return output if output is not None else result
    if output is not None:
        return output
    return escape(machine, "call of an object", made, target)


def _super(machine: Machine) -> Value:
    function = machine.scope.function
    this = machine.scope.env.get("self") or machine.scope.env.get("cls")
    if function is None or function.owner is None or not isinstance(this, (Instance, Class)):
        return Unknown("super outside a method")
    parents = [base for base in function.owner.bases if isinstance(base, Class)]
    if not parents:
        return network_of(this) or above(machine, function, this) or Unknown("method of a library's base class")
    upper = function.owner if len(parents) > 1 else parents[0]
    if len(parents) > 1:  # whichever of them has the method
        upper = Class(upper.file, upper.qualname, list(parents), {}, list(upper.fields), line=upper.line)
    if isinstance(this, Class):
        return upper
    return Instance(upper, this.fields, this.symbolic, this.real or this)


def _call_symbol(machine: Machine, target: Symbol, made: Call) -> Value:
    return call_symbol(machine, target.dotted, made)


def _call_method(machine: Machine, target: Method, made: Call) -> Value:
    return call_method(machine, target.receiver, target.name, made)


def _call_itself(machine: Machine, target: Model | Loaded | Connection, made: Call) -> Value:
    return call_method(machine, target, "__call__", made)


def _call_object(machine: Machine, target: Object, made: Call) -> Value:
    if target.kind == "partial":
        return call_partial(machine, target, made)
    return call_method(machine, target, "__call__", made)


def _call_each(machine: Machine, target: Choice, made: Call) -> Value:
    return join([invoke(machine, option, made) for option in target.options])


INVOCATIONS: dict[type, Callable[[Machine, Any, Call], Value]] = {
    Function: call_function,
    Class: instantiate,
    Symbol: _call_symbol,
    Method: _call_method,
    Instance: _call_instance,
    Model: _call_itself,
    Loaded: _call_itself,
    Connection: _call_itself,
    Choice: _call_each,
    Object: _call_object,
}
