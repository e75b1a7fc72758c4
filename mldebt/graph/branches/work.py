"""What code would do with data and models, told from its calls alone: the evaluation never gets into what can't run."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from mldebt.evaluate.trace import Trace
from mldebt.graph.branches.stuck import is_statement, parts
from mldebt.knowledge.loader import Knowledge
from mldebt.read.facts import Expr, Stmt
from mldebt.read.outline import dotted

FEATURES = "makes features"
FIGURES = "computes figures"
"""The mean of predictions, the range of a column: no feature until it is kept in a table."""
WORDS: Mapping[str, str] = {
    **dict.fromkeys(("read", "load", "load_examples", "fetch", "execute", "consume"), "reads"),
    **dict.fromkeys(("fit", "fit_resample", "train", "trainer", "cross_validate", "backward", "partial"), "trains"),
    **dict.fromkeys(("predict", "evaluate", "inverse_transform"), "predicts"),
    **dict.fromkeys(("model",), "builds a model"),
    **dict.fromkeys(
        ("fit_transform", "transform", "split", "sample", "merge", "concat", "group", "aggregate", "encode", "drop",
         "duplicate", "assign", "project", "expression", "melt", "reindex", "map_examples", "filter_examples",
         "window", "matrix", "array", "frame", "set_index", "apply", "value", "select"),
        FEATURES,
    ),
    "statistic": FIGURES,
    **dict.fromkeys(("write", "save", "publish"), "writes"),
}  # fmt: skip
"""What an operation of the knowledge base is called here; the others are no work with data."""
PLAIN = sys.stdlib_module_names | {"dateutil"}
"""Modules whose functions make a feature only of what is a column already."""
EVERYDAY = frozenset(name for kind in (list, dict, str, set, bytes) for name in dir(kind)) | {"close", "add", "run"}

_ASKS = re.compile(r"\s*(SHOW|DESC(RIBE)?|EXPLAIN|PRAGMA|USE|SET|ANALYZE|VACUUM|GRANT|REVOKE)\s", re.IGNORECASE)


class Work:
    """Looks for work in the code of one file. `variables`: names that hold frames, models or predictions there."""

    def __init__(self, knowledge: Knowledge, body: tuple[Stmt, ...], variables: frozenset[str]) -> None:
        self._knowledge = knowledge
        self._variables = variables | self._tables(body)
        self._imported = dict(_imported(body))
        self._functions = {part[3]: part for part in parts(body) if is_statement(part) and part[0] == "def"}

    def of(self, body: tuple[Stmt, ...], depth: int = 1) -> Iterator[tuple[str, str, int]]:
        """What is done, by which call, in which line."""
        for part in parts(body):
            if part[0] == "call" and len(part) == 6:
                word = "" if _only_asks(part) else self._called(part[1])
                if word:
                    yield word, _spelled(part[1]), part[4]
                elif depth and part[1][0] == "name" and part[1][1] in self._functions:
                    inner = self._functions[part[1][1]]
                    words = [word for word, _, _ in self.of(inner[6], depth - 1)]
                    yield from ((word, part[1][1], part[4]) for word in sorted(set(words))[:1])
            elif part[0] == "assign" and is_statement(part):
                yield from self._stored(part)

    def draws(self, body: tuple[Stmt, ...]) -> bool:
        """Whether a picture is drawn there."""
        calls = (part[1] for part in parts(body) if part[0] == "call" and len(part) == 6)
        entries = (self._knowledge.call(full) for call in calls if (full := self._full(call)))
        return any(entry is not None and entry.text("sink") == "plot" for entry in entries)

    def done(self, body: tuple[Stmt, ...]) -> list[tuple[str, str, int]]:
        """What is done, in order; a line that only comes to a figure, such as the mean of predictions, left out."""
        found = set(self.of(body))
        assigned = (part for part in parts(body) if is_statement(part) and part[0] == "assign")
        kept = {part[1] for part in assigned if any(self._stored(part))}
        figures = {line for word, _, line in found if word == FIGURES} - kept
        left = {one for one in found if one[0] != FIGURES and (one[0] != FEATURES or one[2] not in figures)}
        return sorted(left, key=lambda each: (each[2], each[0], each[1]))

    def _tables(self, body: tuple[Stmt, ...]) -> frozenset[str]:
        """The names that are asked for what only a table has: an attribute, several columns, `df["x"].str`."""
        return frozenset(name for part in parts(body) if (name := self._table(part)))

    def _table(self, part: Any) -> str:
        match part:
            case ("attr", ("name", name), asked) if asked not in EVERYDAY and self._knowledge.attribute("frame", asked):
                return str(name)
            case ("index", ("name", name), ("list", *_)) | (
                "attr",
                ("index", ("name", name), _),
                ("str" | "dt" | "cat"),
            ):
                return str(name)
        return ""

    def _stored(self, statement: Stmt) -> Iterator[tuple[str, str, int]]:
        for target in statement[3]:
            if target[0] == "index" and target[1][0] == "name" and target[1][1] in self._variables:
                yield FEATURES, target[1][1], statement[1]

    def _called(self, function: Expr) -> str:
        if full := self._full(function):
            entry = self._knowledge.call(full)
            if entry is not None and entry.op == "evaluate" and not entry.selector("model"):
                return FIGURES  # of what some model has predicted elsewhere
            word = WORDS.get(entry.op, "") if entry is not None else ""
            return "" if word == FEATURES and full.partition(".")[0] in PLAIN else word
        if function[0] != "attr" or function[2] in EVERYDAY:
            return ""
        telling = self._knowledge.distinctive(function[2])
        if telling is not None:
            return WORDS.get(telling[1].op, "")
        return self._of_variable(function)

    def _full(self, function: Expr) -> str:
        """The name of what is called with the module from which it was imported."""
        head, _, rest = dotted(function).partition(".")
        return self._imported[head] + (f".{rest}" if rest else "") if head in self._imported else ""

    def _of_variable(self, function: Expr) -> str:
        """A method of what is known to be a frame or a model, or whose name speaks of nothing else."""
        base = function[1]
        if base[0] == "name" and base[1] not in self._variables and function[2] not in ("fit", "predict"):
            return ""
        for kind in ("frame", "model"):
            entry = self._knowledge.method(kind, function[2])
            if entry is not None and WORDS.get(entry.op):
                return WORDS[entry.op]
        return ""


def _only_asks(call: Expr) -> bool:
    """`execute("SHOW TABLES")` and what is called on its outcome: what there is, no data."""
    match call:
        case ("call", _, (("const", str(said)) | ("fstr", (str(said), *_)), *_), *_) if _ASKS.match(said):
            return True
        case ("call", ("attr", asked, _), *_):
            return _only_asks(asked)
    return False


def _imported(body: tuple[Stmt, ...]) -> Iterator[tuple[str, str]]:
    for part in parts(body):
        if is_statement(part) and part[0] == "import":
            yield from ((alias or module.partition(".")[0], module if alias else module.partition(".")[0])
                        for module, alias in part[3])  # fmt: skip
        elif is_statement(part) and part[0] == "from" and part[5] != "*" and not part[4]:
            yield from ((alias or name, f"{part[3]}.{name}") for name, alias in part[5])


def _spelled(function: Expr) -> str:
    return dotted(function) or str(function[-1] if isinstance(function[-1], str) else "")


def variables_of(trace: Trace) -> dict[str, frozenset[str]]:
    """The names of variables that hold data or models, by file."""
    found: dict[str, set[str]] = {}
    for node in trace.nodes.values():
        scope, variable = str(node.attributes.get("scope", "")), str(node.attributes.get("variable", ""))
        if scope and variable:
            found.setdefault(scope.partition("::")[0], set()).add(variable)
    return {file: frozenset(names) for file, names in found.items()}
