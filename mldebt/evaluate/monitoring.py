"""What a fit is told to watch while it learns, and whether that chooses the state in which the model is left."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.feeding import frames_of
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.values import Choice, Const, Frame, Map, Model, Object, Seq, Text, Value, options_of

STOPS, KEEPS = "stopper", "keeper"
"""A callback that ends training by the score on the evaluation set; one that stores the state with the best score."""
KEEPER = "keeper"
"""What a model holds that is stored at each fit, wherever that is said."""


def watch(operation: Operation, model: Model, evaluated: Value | None) -> None:
    """EVALUATES_ON for the evaluation set of a fit. `chooses` where the state of the model is chosen by it."""
    from mldebt.evaluate.objects import persist

    machine, site = operation.machine, operation.site
    frames = frames_of(evaluated) if evaluated is not None else []
    how, asked = _how(operation, model), _asked(evaluated)
    data = {frame.node for frame in asked}
    for frame in frames:
        machine.trace.edge(
            frame.node, model.node, "EVALUATES_ON", site, operation="eval_set", rows=frame.rows, chooses=how or None,
            trained=model.fitted_on or None, labels=frame.node not in data or None,
        )  # fmt: skip
        use_frame(machine, frame, "feature", site)
    rows = tuple(sorted({frame.rows for frame in asked} - {model.fitted_on, ""}))
    judged = bool(frames) or truthy(operation.given("held_back"), False) is not False
    for keeper in _keepers(operation, model, judged=judged):
        for target in keeper.facts.get("targets", ()):
            said = keeper.facts["said"]  # that it is stored, and where, is said there; the fit only learns
            persist(machine, [model], target, said, chosen=(rows or None) if keeper.kind == KEEPS else None)
    model.chosen_on = rows if how == STOPS else ()
    model.kept_on = rows if how == KEEPS else ()


def _asked(evaluated: Value | None) -> list[Frame]:
    """The features of an evaluation set: their labels may be known by other rows than they are."""
    if isinstance(evaluated, Seq) and evaluated.kind == "tuple" and len(evaluated.items) > 1:
        return _asked(evaluated.items[0])
    if isinstance(evaluated, (Seq, Choice)):
        items = evaluated.items if isinstance(evaluated, Seq) else evaluated.options
        return [frame for item in items for frame in _asked(item)]
    return frames_of(evaluated) if evaluated is not None else []


def judged_by_folds(machine: Machine, model: Model, data: Iterable[Frame]) -> None:
    """Parts of what a model is fitted on are held back by the fit itself, and give a figure."""
    for frame in data:
        machine.trace.edge(
            frame.node, model.node, "EVALUATES_ON", machine.site(), operation="cross_validate", rows=frame.rows
        )


def _how(operation: Operation, model: Model) -> str:
    """In which way the evaluation set chooses: the best round is kept, or only stored, or not at all."""
    found = (
        set() if _comes_too_late(operation) else {kind for value in _told(operation, model) for kind in _kinds(value)}
    )
    kept = truthy(operation.given("best"), True) is not False
    if (model.stops and kept) or _among_parameters(operation) or STOPS in found:
        return STOPS
    return KEEPS if KEEPS in found else ""


def _comes_too_late(operation: Operation) -> bool:
    """`num_boost_round=50, early_stopping_rounds=50`: there is no round left that could be one too many."""
    rounds = _number(operation.given("rounds"))
    patience = [_number(operation.call.pick((place,))) for place in operation.entry.selector("stopping")]
    known = [number for number in patience if number is not None]
    return rounds is not None and bool(known) and rounds <= min(known)


def _number(value: Value | None) -> int | None:
    return value.value if isinstance(value, Const) and type(value.value) is int else None


def _kinds(value: Value) -> set[str]:
    """What the values of a stopping argument are: a number of rounds, or callbacks."""
    found: set[str] = set()
    for option in options_of(value):
        if isinstance(option, Seq):
            found |= {kind for item in option.items for kind in _kinds(item) if not isinstance(item, Const)}
        elif isinstance(option, Object) and option.kind in (STOPS, KEEPS):
            found.add(option.kind)
        elif isinstance(option, Const) and option.value not in (None, False, 0):
            found.add(STOPS)
    return found


def _told(operation: Operation, model: Model) -> list[Value]:
    """What the call is given that may end it or store its state; or what its trainer or model was given before."""
    given = [operation.call.pick((place,)) for place in operation.entry.selector("stopping")]
    before = operation.receiver.facts.get("callbacks", ()) if isinstance(operation.receiver, Object) else ()
    return [value for value in (*given, *before, model.held.get(KEEPER)) if value is not None]


def _keepers(operation: Operation, model: Model, *, judged: bool) -> list[Object]:
    """The callbacks that store the model while it learns; some only where there is a score to go by."""
    items = [item for value in _told(operation, model) for item in (value.items if isinstance(value, Seq) else [value])]
    keepers = [item for item in items if isinstance(item, Object) and item.facts.get("targets")]
    return [item for item in keepers if judged or item.facts.get("always")]


def _among_parameters(operation: Operation) -> bool:
    """`params={"early_stopping_rounds": 50}`."""
    names = [str(name) for name in operation.entry.selector("stopping")]
    given = operation.given("params")
    return any(
        isinstance(option, Map) and _is_set(option.entries.get(name))
        for option in options_of(given or Const(None))
        for name in (*names, "early_stopping_round")
    )


def _is_set(value: Value | None) -> bool:
    return value is not None and bool(_kinds(value) & {STOPS})


def is_stopping(operation: Operation) -> bool:
    """Whether an estimator is made so that each of its fits is ended by its evaluation set."""
    if not operation.entry.selector("stopping"):
        return operation.entry.flag("keeps_best")
    given = [operation.call.pick((place,)) for place in operation.entry.selector("stopping")]
    return operation.entry.flag("keeps_best") or any(_is_set(value) for value in given)


def watcher(operation: Operation) -> Value:
    """A callback: `EarlyStopping(monitor="val_loss")`, `ModelCheckpoint(path, save_best_only=True)`."""
    from mldebt.evaluate.objects import save
    from mldebt.evaluate.storage import resolve

    named = bool(operation.entry.selector("name"))
    targets = resolve(operation, "name", "PERSISTS") if named and operation.given("name") is not None else []
    if named:
        save(operation)
    monitor = operation.given("monitor")
    literal = monitor.literal if isinstance(monitor, Text) else None
    of_training = literal is not None and not literal.startswith("val")
    kept = KEEPS if truthy(operation.given("best"), False) else ""
    kind = STOPS if not operation.entry.selector("best") else kept
    facts = {"targets": targets, "said": operation.site}
    return Object("callback" if of_training or not kind else kind, operation.dotted, facts)


def restored(model: Model) -> None:
    """The stored state is taken back: the model is in the one that was best on the evaluation set."""
    model.chosen_on = tuple(sorted({*model.chosen_on, *model.kept_on}))


def state_of(model: Model) -> dict[str, object]:
    """What a model has learned from when it is asked, as attributes of an edge."""
    return {"trained": model.fitted_on or None, "chosen": model.chosen_on or None}


def called(operation: Operation) -> str:
    """How the data of a call is called where it is made."""
    label = operation.call.label(operation.entry.selector("X"))
    return str(label) if label is not None and label[0] in ("name", "attr", "index") else ""


def called_otherwise(operation: Operation, model: Model, frame: Frame) -> bool | None:
    """Whether nothing but what they are called tells rows from those of the fit: then a way to divide them was not
    understood.
    """
    names = {model.fitted_as, called(operation)}
    return True if frame.rows == model.fitted_on and "" not in names and len(names) > 1 else None
