"""Classes of the repository that learn by code of their own: arithmetic sets the state that answers come from.

What makes one is that `fit` leaves in the object something computed from data, without any library's model being
trained on the way, and that the class can be asked (`predict`, `recommend`).
"""

from __future__ import annotations

import re

from mldebt.evaluate.calls import Call, invoke, use_frame
from mldebt.evaluate.frames import rows_of
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.networks import network_of
from mldebt.evaluate.objects import models_in
from mldebt.evaluate.origins import ground
from mldebt.evaluate.provenance import sources_of, sources_of_all
from mldebt.evaluate.values import Class, Frame, Function, Instance, Map, Model, Seq, Unknown, Value

LEARNER = "<learner>"
"""The field of an instance that holds it as a model."""
FITTING = frozenset({"fit", "train", "partial_fit", "learn", "fit_model", "train_model"})
ASKING = re.compile(
    r"_?(?:(?:get|make|generate|compute|calculate|batch|final|all|top)_)*"
    r"(?:predict(?:ions?)?|recommend(?:ations?)?|forecasts?|classify)(?:_|$)"
)
LABEL = re.compile(r"(?:y|labels?|targets?)(?:_|$)")
NO_DATA = ("model:", "artifact:", "config:")


def concerns(machine: Machine, base: Value, name: str) -> bool:
    """Whether a call trains or asks an object of a class that does both, from outside of it."""
    if type(base) is not Instance or not (name in FITTING or ASKING.match(name)):
        return False
    return not _is_inside(machine, base) and _can_both(base.cls)


def _is_inside(machine: Machine, instance: Instance) -> bool:
    function = machine.scope.function
    return function is not None and isinstance(function.this, Instance) and function.this.fields is instance.fields


def _can_both(cls: Class) -> bool:
    names = _methods(cls)
    return bool(FITTING & names) and any(map(ASKING.match, names))


def _methods(cls: Class, depth: int = 8) -> set[str]:
    own = {name for name, value in cls.members.items() if isinstance(value, Function)}
    above = [base for base in cls.bases if isinstance(base, Class)] if depth else ()
    return own.union(*(_methods(base, depth - 1) for base in above))


def called(machine: Machine, base: Instance, name: str, method: Function, made: Call) -> Value:
    return _fit(machine, base, method, made) if name in FITTING else _ask(machine, base, name, method, made)


def _fit(machine: Machine, base: Instance, method: Function, made: Call) -> Value:
    before, trained = dict(base.fields), machine.trained
    result = invoke(machine, method, made)
    state = [value for name, value in base.fields.items() if before.get(name) is not value and name != LEARNER]
    learned = _data_of(sources_of_all(state))
    if not learned or machine.trained > trained:
        return result
    model = _model_of(machine, base, made)
    data, labels = _told_by_name(method, made)
    held = _learned_from(before, method, learned)
    _train(machine, model, data or held or [Unknown("what was learned from", sources=learned)], labels, made)
    machine.trained += 1
    return result


def _data_of(sources: frozenset[str]) -> frozenset[str]:
    return frozenset(source for source in sources if not source.startswith(NO_DATA))


def _learned_from(before: dict[str, Value], method: Function, learned: frozenset[str]) -> list[Value]:
    """What an object holds that its state was computed from, else what the method looks at."""
    holding = {name: value for name, value in before.items() if _data_of(sources_of(value))}
    found = [value for value in holding.values() if learned & sources_of(value)]
    return found or [holding[name] for name in sorted(_own_fields(method.body) & holding.keys())]


def _own_fields(code: object) -> set[str]:
    """The attributes of `self` that some code mentions."""
    if not isinstance(code, (tuple, list)):
        return set()
    if len(code) == 3 and code[:2] == ("attr", ("name", "self")):
        return {str(code[2])}
    return set().union(*map(_own_fields, code))


def _model_of(machine: Machine, base: Instance, made: Call) -> Model:
    known = base.fields.get(LEARNER) or network_of(base)
    if isinstance(known, Model):
        return known
    name = base.cls.qualname.rpartition(".")[2]
    node = machine.node_id("model", name, ("learner", made.ordinal))
    scope = f"{machine.scope.file}::{machine.scope.qualname}"
    told = {"scope": scope, "task": "unknown", "family": "own", "class": base.cls.qualname}
    machine.trace.node(node, "model", name, machine.site(made.line), **told)
    model = base.fields[LEARNER] = Model(node, base.cls.qualname, "own")
    return model


def _told_by_name(method: Function, made: Call) -> tuple[list[Value], list[Value]]:
    """What is learned from and what is to be told, as the parameters are called."""
    names = [name for name, _, _, kind in method.params if kind == "pos"][1:]
    given = [*zip(names, made.args, strict=False), *made.kwargs.items()]
    holding = [(name, value) for name, value in given if _data_of(sources_of(value))]
    labels = [value for name, value in holding if LABEL.match(name)]
    return [value for name, value in holding if not LABEL.match(name)], labels


def _train(machine: Machine, model: Model, data: list[Value], labels: list[Value], made: Call) -> None:
    site = machine.site(made.line)
    for kind, values in (("TRAINS_ON", data), ("LABELS", labels)):
        for value in values:
            frame = as_frame(machine, value)
            ground(machine, frame.node)
            machine.trace.edge(frame.node, model.node, kind, site, "inferred", named=False)
            model.fitted_on = frame.rows if kind == "TRAINS_ON" else model.fitted_on
            use_frame(machine, frame, "label" if kind == "LABELS" else "feature", site)


def _ask(machine: Machine, base: Instance, name: str, method: Function, made: Call) -> Value:
    asked = machine.asked_models
    result = invoke(machine, method, made)
    if machine.asked_models > asked:
        return result
    models = sorted({model.node: model for model in models_in(base)}.values(), key=lambda model: model.node)
    if not models:
        return result
    said = _prediction(machine, name, models, result, made)
    machine.asked_models += 1
    return _as_said(result, said)


def _prediction(machine: Machine, method: str, models: list[Model], result: Value, made: Call) -> Frame:
    site, name = machine.site(made.line), made.hint or "prediction"
    scope = f"{machine.scope.file}::{machine.scope.qualname}"
    node = machine.node_id("prediction", name, made.ordinal)
    asked = sorted((_data_of(sources_of_all(made.values())) or _data_of(sources_of(result))) - {node})
    told = rows_of(machine, asked[0]) if len(asked) == 1 else ""
    rows = told or machine.trace.rowset(f"rows:{node}", "made", site)
    machine.trace.node(node, "prediction", name, site, method=method, scope=scope, variable=made.hint, rows=rows)
    for model in models:
        machine.trace.edge(model.node, node, "PREDICTS", site, "inferred", named=False, trained=model.fitted_on or None)
    for source in asked:
        machine.trace.edge(source, node, "DERIVES", site, operation="predict")
    machine.trace.column((node, "prediction"), "derived", site)
    return Frame(node, {"": frozenset(((node, "prediction"),))}, rows=rows, form="array", named=False)


def _as_said(result: Value, said: Frame) -> Value:
    """The prediction in the form of what the method gives back."""
    if isinstance(result, Map):
        return Map(dict.fromkeys(result.entries, said), result.open, said)
    if isinstance(result, Seq) and result.kind == "tuple":
        return Seq([said for _ in result.items], result.open, "tuple")
    if isinstance(result, Frame) and result.form == "table":
        refs = said.columns[""]
        columns = {name: held | refs for name, held in result.columns.items()}
        return result.copy(node=said.node, columns=columns or {"": refs})
    return said
