"""Trainers that store a model while it learns: where, by what score, and how the stored state is asked for again."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mldebt.evaluate.monitoring import KEEPS
from mldebt.evaluate.naming import identify
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import sources_of_all
from mldebt.evaluate.storage import names_of_object
from mldebt.evaluate.strings import concatenate, to_text
from mldebt.evaluate.values import Hole, Object, Seq, Text, Value, is_none, options_of, text

CALLBACKS = "callbacks"
"""The fact of a trainer that holds what it was told to do while it trains."""
FIELD = re.compile(r"\{(\w*)(?::[^}]*)?\}")
"""A figure that stands in the name of a stored state: `{epoch:02d}`, `{val_loss:.2f}`."""


def checkpoint(operation: Operation) -> Value:
    """`ModelCheckpoint(dirpath="models", filename="best", monitor="val_loss")`: stored at each fit that has it."""
    name = _stored_as(operation)
    target = identify(operation.machine, name, "file", operation.entry.text("format"))
    facts = {"targets": [target], "said": operation.site, "always": True}
    asked = dict.fromkeys(("best_model_path", "last_model_path"), name)
    monitor = operation.given("monitor")
    chosen = isinstance(monitor, Text) and not (monitor.literal or "").startswith("train")
    return Object(KEEPS if chosen else "callback", operation.dotted, {**facts, **asked})


def _stored_as(operation: Operation) -> Text:
    """The path of the state that is kept; one that nobody else knows where no folder is named."""
    folder = operation.given("folder")
    if folder is None or is_none(folder):
        return Text((Hole(f"checkpoint {operation.call.line}", "tmp"),), True)
    given = operation.given("name")
    name = _with_figures(given) if isinstance(given, Text) else _with_figures(text("{epoch}-{step}"))
    return concatenate([to_text(folder), text("/"), name, text(operation.entry.text("ending"))])


def _with_figures(name: Text) -> Text:
    """A name in which figures of the training will stand."""
    parts = [piece for part in name.parts for piece in (_pieces(part) if isinstance(part, str) else [part])]
    return Text(tuple(parts), name.path, name.assumed, name.sources)


def _pieces(part: str) -> Iterable[str | Hole]:
    for number, piece in enumerate(FIELD.split(part)):
        if number % 2:
            yield Hole(piece or "figure", "loop")
        elif piece:
            yield piece


def loop(operation: Operation) -> Value:
    """A trainer that is told what to do while it trains: `Trainer(callbacks=[checkpoint])`."""
    given = operation.given("callbacks")
    told = [item for option in options_of(given) for item in _items(option)] if given is not None else []
    facts: dict[str, object] = {CALLBACKS: told}
    if keepers := [one for one in told if isinstance(one, Object) and one.facts.get("targets")]:
        facts |= {"checkpoint_callback": keepers[0], "checkpoint_callbacks": Seq(list(keepers))}
    return Object(operation.entry.text("returns"), operation.dotted, facts, sources_of_all(operation.call.values()))


def kept_by_itself(operation: Operation) -> Object | None:
    """What stores a model at each fit in the folder that it was made with: `Estimator(model_fn, model_dir="runs")`."""
    given, settings = operation.given("folder"), operation.given("told_by")
    if given is None and isinstance(settings, Object):
        given = next(iter(names_of_object(settings)), None)
    if not isinstance(given, Text):
        return None
    target = identify(operation.machine, given, "file", operation.entry.text("format"))
    said = {"targets": [target], "said": operation.site, "always": True}
    return Object("callback", operation.dotted, said) if target.known else None


def _items(value: Value) -> list[Value]:
    return list(value.items) if isinstance(value, Seq) else [value]
