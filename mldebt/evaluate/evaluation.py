"""Splits and evaluations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mldebt.evaluate.calls import Call, use_frame
from mldebt.evaluate.feeding import data_frames, wrapped_labels
from mldebt.evaluate.frames import rows_of, select_rows
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.joins import join
from mldebt.evaluate.listings import drawn_as, is_listing
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.models import as_model, is_varied, unnamed_model
from mldebt.evaluate.monitoring import called_otherwise, judged_by_folds, state_of
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.own_figures import tell
from mldebt.evaluate.provenance import METRIC, derived, sources_of
from mldebt.evaluate.scores import predictions_behind
from mldebt.evaluate.training import receiver_models, seen_columns
from mldebt.evaluate.values import NONE, Const, Frame, Map, Object, Seq, Unknown, Value, options_of
from mldebt.evaluate.varied import mentions


def split(operation: Operation) -> Value:
    """train_test_split: two disjoint parts of each array."""
    machine, site, call = operation.machine, operation.site, operation.call
    shuffles = truthy(operation.given("shuffle"), bool(operation.entry.fields.get("shuffle_default", True)))
    seed = operation.seed_status(operation.entry.text("scope", "numpy")) if shuffles is not False else "fixed"
    split_id = f"split:{machine.scope.key}#{machine.node_id('split', 'split', call.ordinal)}"
    results: list[Value] = []
    one = operation.given("arrays") if operation.entry.selector("arrays") not in ((), ("*",), ("self",)) else None
    arrays = call.args if operation.entry.selector("arrays") != ("self",) else [operation.receiver or NONE]
    arrays = arrays if one is None else [one]
    alone = one is not None or operation.entry.selector("arrays") == ("self",)
    rest = call.args[1:] if one is not None else call.args
    parts = ("train", "validation", "test") if alone and _parts_asked_for(call, rest) == 3 else ("train", "test")
    for number, array in enumerate(arrays):
        if isinstance(array, Const):
            continue
        frame = as_frame(machine, array, f"array{number}")
        name = machine.trace.nodes[frame.node].name if frame.node in machine.trace.nodes else "data"
        for part in parts:
            named = call.targets[len(results)] if len(results) < len(call.targets) else ""
            rows = select_rows(
                machine,
                frame,
                (call.ordinal, number, part),
                site,
                "part",
                name=named or f"{name}_{part}",
                split=split_id,
                part=part,
                random=shuffles is not False,
                shuffled=True if shuffles and not call.spread else None,
                seed=seed,
                anew=_is_drawn_anew(operation, seed) or None,
            )
            results.append(_some_files(array, rows) or rows)
    if operation.entry.text("returns") == "dict":
        return Map(dict(zip(parts, results, strict=False)))
    return Seq(results, bool(call.spread) and not results, "list")


def _is_drawn_anew(operation: Operation, seed: str) -> bool:
    """Whether each round of a loop draws other rows of the same ones: by another seed, or by none."""
    scope = operation.machine.scope
    if any(mentions(label, scope.looping) for label in operation.call.labels):
        return False
    return is_varied(operation) or (seed == "absent" and bool(scope.loops))


def _some_files(array: Value, part: Frame) -> Seq | None:
    """The names that a listing of a folder gave, as they are in a part of it: names of that kind."""
    return drawn_as(array, part.node) if isinstance(array, Seq) and is_listing(array) else None


def _parts_asked_for(call: Call, rest: Sequence[Value]) -> int:
    """As many as there are names for them, or weights: `frame.randomSplit([0.7, 0.2, 0.1])`."""
    weights = rest[0] if rest else None
    return len(weights.items) if isinstance(weights, Seq) and not call.targets[1:] else len(call.targets)


def splitter(operation: Operation) -> Value:
    shuffles = truthy(operation.given("shuffle"), bool(operation.entry.fields.get("shuffle_default", False)))
    seed = operation.seed_status() if shuffles else "fixed"
    return Object(
        "splitter",
        operation.dotted,
        {
            "shuffle": bool(shuffles),
            "seed": seed,
            "folds": True,
            "time": operation.entry.flag("time"),
            "grouped": operation.entry.flag("grouped"),
        },
    )


def split_indices(operation: Operation) -> Value:
    """`for train, test in folds.split(X)`: row numbers of the two sides."""
    machine = operation.machine
    for field in ("y", "groups"):
        for frame in data_frames(machine, operation.given(field)):
            use_frame(machine, frame, "key" if field == "groups" else "label", operation.site)
    facts = operation.receiver.facts if isinstance(operation.receiver, Object) else {}
    return folds(machine, facts, operation.call.ordinal)


def folds(machine: Machine, facts: Mapping[str, object], ordinal: object) -> Value:
    """The row numbers of the two sides of each fold."""
    split_id = f"split:{machine.node_id('split', 'folds', ordinal)}"
    common = {"split": split_id, **facts}
    sides: list[Value] = [Object("indices", facts={**common, "part": part}) for part in ("train", "test")]
    return Seq([Seq(sides, kind="tuple")], True, "generator")


def evaluate(operation: Operation) -> Value:
    """A metric of truth and prediction, or `model.score(X, y)`."""
    machine, site = operation.machine, operation.site
    given = operation.given("X")
    truths = [*data_frames(machine, operation.given("y")), *wrapped_labels(machine, given)]
    frames = data_frames(machine, given) if given is not None else []
    models = receiver_models(operation) if operation.receiver is not None or operation.given("model") else []
    for model in models:
        for frame in frames:
            machine.trace.edge(
                frame.node, model.node, "EVALUATES_ON", site, operation="score", columns=frame.names(), rows=frame.rows,
                called_otherwise=called_otherwise(operation, model, frame), **state_of(model),
            )  # fmt: skip
            use_frame(machine, frame, "feature", site)
    predictions, true = _compared(machine, frames, truths) if not models else ({}, [])  # what it is asked, it foretells
    cut = (is_varied(operation) and all(_is_given(machine, node) for node in predictions)) or None
    for frame in true:
        for prediction, rows in predictions.items():
            of = rows if rows != rows_of(machine, prediction) else None
            machine.trace.edge(frame.node, prediction, "EVALUATES_ON", site, operation="metric", cut=cut, of=of or None)
    for frame in truths:
        use_frame(machine, frame, "label", site)
    for frame in frames:
        use_frame(machine, frame, "check", site)
    made = derived(METRIC, *operation.call.values(), *models, label=operation.hint)
    return Unknown(METRIC, made.label, made.sources | frozenset(predictions), made.columns)


def _is_given(machine: Machine, prediction: str) -> bool:
    """Whether a prediction was made before the loop around the current statement, so that only what becomes of it
    changes from round to round."""
    scope = machine.scope
    made = machine.trace.nodes[prediction]
    if made.attributes.get("scope") == f"{scope.file}::{scope.qualname}":
        first = machine.site(min(scope.loops)) if scope.loops else None
        return first is not None and all(site.order < first.order for site in made.sites)
    given = [scope.env.get(name) for name, _, _, _ in scope.function.params] if scope.function is not None else []
    return any(value is not None and _holds(machine, value, prediction) for value in given)


def _holds(machine: Machine, value: Value, prediction: str) -> bool:
    return prediction in sources_of(value) or (
        isinstance(value, Frame) and prediction in predictions_behind(machine, value)
    )


def _compared(machine: Machine, frames: list[Frame], truths: list[Frame]) -> tuple[dict[str, str], list[Frame]]:
    """The predictions, each with the rows for which it is looked at, and the truth that a metric compares with them,
    also where they are passed the wrong way round."""
    for predicted, true in ((frames, truths), (truths, frames)):
        behind = {node: frame.rows for frame in predicted for node in predictions_behind(machine, frame)}
        if behind:
            return behind, true
    return {}, truths


def tuning_score(operation: Operation) -> Value:
    """`search.best_score_`: what the folds of the data that it was fitted on told, or those that ended the training."""
    machine = operation.machine
    for model in receiver_models(operation):
        if model.composite == "search":
            judged_by_folds(machine, model, data_frames(machine, model.held.get("X")))
        else:
            tell(machine, model.node, operation.site)
    return derived("cross-validation", *operation.call.values(), label=operation.hint)


def cross_validate(operation: Operation) -> Value:
    machine, site = operation.machine, operation.site
    model_value = operation.given("model")
    if model_value is None and not operation.entry.selector("model"):
        model_value = unnamed_model(operation)
    results: list[Value] = []
    folds_of = operation.given("cv")
    grouped = operation.given("groups") is not None or (isinstance(folds_of, Object) and folds_of.facts.get("grouped"))
    shuffled = isinstance(folds_of, Object) and folds_of.facts.get("shuffle")
    for option in options_of(model_value) if model_value is not None else ():
        model = as_model(machine, option)
        for frame in data_frames(machine, operation.given("X")) if model else ():
            assert model is not None
            machine.trace.edge(
                frame.node, model.node, "EVALUATES_ON", site, operation="cross_validate", columns=frame.names(),
                rows=frame.rows, grouped=True if grouped else None, shuffled=True if shuffled else None,
            )  # fmt: skip
            use_frame(machine, seen_columns(machine, model, frame)[0], "feature", site)
        for frame in data_frames(machine, operation.given("y")) if model else ():
            use_frame(machine, frame, "label", site)
        results.append(derived("cross-validation", option, *operation.call.values(), label=operation.hint))
    return join(results) if results else derived("cross-validation", *operation.call.values())
