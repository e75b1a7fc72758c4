"""Calls of code that is not in sight, told by their words: `handler.download_dataframe("orders.csv", bucket)`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.evaluate.calls import Call
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.scores import predictions_behind
from mldebt.evaluate.values import Frame, Model, Text, Value, options_of
from mldebt.knowledge.entry import Entry

READS = re.compile(r"^(?:read|load|download|fetch|import|get|pull|ingest)(?=_|[A-Z]|$)")
WRITES = re.compile(r"^(?:save|write|upload|export|dump|store|put)(?=_|[A-Z]|$)")
DATA = re.compile(r"data|df|frame|csv|parquet|table|excel|feather|^(?:read|load|download|fetch)$", re.IGNORECASE)
MODEL = re.compile(r"model|pipeline|estimator|classifier|regressor|scaler|encoder|vectori[sz]er|^load$", re.IGNORECASE)
TABLES = re.compile(r"\.(?:csv|tsv|parquet|pq|feather|xlsx?|jsonl|ndjson|arrow|orc|avro)(?:\.(?:gz|zip|bz2))?$")
MODELS = re.compile(r"\.(?:pkl|pickle|joblib|h5|hdf5|keras|pt|pth|ckpt|onnx|cbm|ubj|dill)$")
SEEDS = re.compile(
    r"^(?:set|fix|init|reset|make|ensure|enable|configure|apply|same|use)\w*(?:seed|determinis|reproducib)"
    r"|^seed(?:ing)?_?(?:everything|all|torch|numpy|random|rngs?)?$|^random_?seeds?$",
    re.IGNORECASE,
)
MEASURES = re.compile(
    r"(?<![a-z])(?:accuracy|precision|recall|f1|auc|mae|mse|rmse|mape|smape|rmsle|r2|score|error|report)(?![a-z])",
    re.IGNORECASE,
)
PATHS = re.compile(r"^(?:[A-Z]\w*)?Path\d?$")
KEY = "by its words"


def told_by_words(machine: Machine, name: str, call: Call) -> Value | None:
    """What a call does whose name says that it reads or writes, where a file is named that holds what it says.

    A class that is named as a path makes one: `CloudPath("s3://bucket/orders.csv")`; a name of seeds sets them all.
    """
    from mldebt.evaluate.operations import carry_out

    entry = _reading(name, call) if READS.match(name) else _writing(name, call) if WRITES.match(name) else None
    if PATHS.match(name) and call.args and all(isinstance(one, Text) for one in options_of(call.args[0])):
        entry = Entry(KEY, "path", {"how": "make"})
    if SEEDS.match(name):
        entry = Entry(KEY, "seed", {"scope": ["all"]})
    entry = entry or _measuring(machine, name, call)
    return carry_out(Operation(machine, call, entry, name, inferred=True)) if entry is not None else None


def _measuring(machine: Machine, name: str, call: Call) -> Entry | None:
    """A figure by its name, of a prediction and of what is beside it: `accuracy(y_test, y_pred)`."""
    two = [value for value in call.args[:2] if isinstance(value, Frame)]
    told = len(two) == 2 and MEASURES.search(name.replace("_", " "))
    asked = [bool(predictions_behind(machine, value)) for value in two] if told else []
    return Entry(KEY, "evaluate", {"y": [0], "X": [1]}) if any(asked) and not all(asked) else None


def _reading(name: str, call: Call) -> Entry | None:
    if any(_is_given(value) for _, value in _arguments(call)):
        return None  # it makes one thing of another
    if DATA.search(name) and (where := _named(call, TABLES)):
        return Entry(KEY, "read", {"name": where})
    if MODEL.search(name) and (where := _named(call, MODELS)):
        return Entry(KEY, "load", {"name": where, "returns": "model"})
    return None


def _writing(name: str, call: Call) -> Entry | None:
    for what, value in _arguments(call):
        if _is_given(value) and (where := _named(call, MODELS if isinstance(value, Model) else TABLES)):
            return Entry(KEY, "write", {"name": where, "data": what, "default_mode": "replace"})
    return None


def _is_given(value: Value) -> bool:
    return isinstance(value, (Frame, Model)) and bool(sources_of(value))


def _named(call: Call, endings: re.Pattern[str]) -> list[int | str]:
    """The argument that names a file with such an ending."""
    return next(([what] for what, value in _arguments(call) if _ends(value, endings)), [])


def _ends(value: Value, endings: re.Pattern[str]) -> bool:
    options = options_of(value)
    return all(isinstance(one, Text) and one.known and bool(endings.search(one.template)) for one in options)


def _arguments(call: Call) -> Iterator[tuple[int | str, Value]]:
    yield from enumerate(call.args)
    yield from call.kwargs.items()
