"""The parts that code out of sight makes of some data, told by their names: `X_train, X_test = parts(df)`."""

from __future__ import annotations

import re

from mldebt.evaluate.frames import select_rows
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.origins import last_of
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.values import Frame, Unknown, Value
from mldebt.read.facts import Expr

WORDS = {
    "train": "train", "training": "train", "tr": "train", "trn": "train",
    "test": "test", "testing": "test", "te": "test", "tst": "test", "holdout": "test",
    "val": "valid", "valid": "valid", "validation": "valid", "dev": "valid",
}  # fmt: skip
WORD = re.compile(r"[a-z]+|[A-Z]+(?![a-z])|[A-Z][a-z]+")


def called_part(machine: Machine, value: Value, number: int, targets: tuple[Expr, ...]) -> Frame | None:
    """What one of several targets gets, if their names say that data are divided for a training and its figure."""
    if not isinstance(value, Unknown) or len(last_of(machine, sources_of(value))) != 1:
        return None
    parts = [_part(str(target[1])) if target[0] == "name" else "" for target in targets]
    if not parts[number] or "train" not in parts or set(parts) <= {"train", ""}:
        return None
    whole = as_frame(machine, value)
    key = ("called", parts[number], number, whole.node)
    split = f"called:{machine.site()}:{whole.rows}"
    return select_rows(
        machine, whole, key, machine.site(), "part", name=str(targets[number][1]), split=split,
        part=parts[number],
    )  # fmt: skip


def _part(name: str) -> str:
    """train, test or valid by the only such word in a name; "" for other names."""
    found = {WORDS[word.lower()] for word in WORD.findall(name) if word.lower() in WORDS}
    return found.pop() if len(found) == 1 else ""
