"""Records of features that a function makes for somebody out of sight: `def features(orders) -> dict`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.provenance import columns_of
from mldebt.evaluate.terms_of import column_term, of_data, term_of
from mldebt.evaluate.values import Frame, Function, Map, Unknown, Value
from mldebt.sites import Site
from mldebt.terms import HOLE, Term, column

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine

SERVING: Final = re.compile(
    r"(?:^|[/_.])(?:serv(?:e|er|ing|ice)|online|api|app|infer(?:ence)?|predict(?:or|ion)?|scor(?:e|er|ing)|live|"
    r"real_?time|requests?|handler|endpoint|stream(?:ing)?|consumer|production|prod)(?=[/_.]|$)",
    re.IGNORECASE,
)
OF_FEATURES: Final = re.compile(
    r"(?:^|[/_.])(?:feat\w*|vector\w*|transform\w*|preprocess\w*|encode\w*)(?=[/_.]|$)", re.I
)
"""How a function, or the file that it is in, is called that makes inputs of models."""


SIDES: Final = re.compile(
    r"(?:^|/)(?:(?:train(?:ing)?|offline|batch|serv(?:e|ing)|online|real_?time|inference)(?:_features?)?)/[^/]*$",
    re.IGNORECASE,
)
"""How a file is called that is one side of two that are to compute the same."""


def makes_features(function: Function) -> bool:
    named = _named(function)
    return OF_FEATURES.search(named) is not None or SIDES.search(named) is not None


def of_own_columns(frame: Frame) -> Frame:
    """A table that is handed over by somebody out of sight, with whichever columns are asked of it."""
    frame.vague, frame.open, frame.term = False, (frame.node,), HOLE
    return frame


def _named(function: Function) -> str:
    return f"{function.file.removesuffix('.py')}/{function.qualname}"


def note_made(machine: Machine, function: Function, value: Value, site: Site) -> None:
    """What the fields of a record, or the columns of a table, are made of where nobody in sight asks for it."""
    if not makes_features(function) or not isinstance(value, (Map, Frame, Unknown)):
        return
    whole = isinstance(value, Frame) and value.form != "scalar"
    if not whole and (not SERVING.search(_named(function)) or (isinstance(value, Map) and value.open)):
        return
    known = {name: term for name, term in _terms(machine, function, value) if term is not None and term.columns}
    if not known or all(term == column(name) for name, term in known.items()):
        return
    made = new_frame(machine, _own_name(function), ("returned", function.key), site)
    asked = "table" if whole else "record"
    machine.trace.node(made.node, "frame", machine.trace.nodes[made.node].name, site, asked=asked)
    for name, term in known.items():
        machine.trace.column((made.node, name), "derived", site, columns_of(value))
        machine.trace.computed((made.node, name), term)


def _own_name(function: Function) -> str:
    return function.qualname.rpartition(".")[2]


def _terms(machine: Machine, function: Function, value: Value) -> Iterator[tuple[str, Term | None]]:
    if isinstance(value, Map):
        for key, one in value.entries.items():
            yield str(key), of_data(term_of(machine, one))
    elif isinstance(value, Frame) and value.form == "table":
        for name in value.columns if not value.vague else ():
            yield name, of_data(column_term(machine, value, name))
    else:
        yield _own_name(function), of_data(term_of(machine, value))
