"""What a document store is asked for: a dictionary with the conditions on the documents that it gives."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from mldebt.evaluate.picking import kept_by, some_rows
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.values import Const, Map, Pick, Text, Value, is_none
from mldebt.terms import Term, apply, column, substitute

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine

COMPARED: Final = MappingProxyType({"$gt": "gt", "$gte": "ge", "$lt": "lt", "$lte": "le", "$ne": "ne", "$in": "in"})


def picked_by(machine: Machine, asked: Value | None) -> tuple[Pick, ...]:
    """`{"user_id": user, "ts": {"$gte": since}}`: whose documents are asked for is no condition on what they say."""
    if asked is None or is_none(asked):
        return ()
    if not isinstance(asked, Map) or asked.open:
        return (some_rows("filter"),)
    found: list[Pick] = []
    for name, value in asked.entries.items():
        if isinstance(value, Map):
            found += [kept_by(_test(machine, str(name), str(how), bound)) for how, bound in value.entries.items()]
        elif isinstance(value, Const) or (isinstance(value, Text) and value.literal is not None):
            found.append(kept_by(apply("eq", [column(str(name)), term_of(machine, value)])))
    return tuple(found)


def _test(machine: Machine, name: str, how: str, bound: Value) -> Term | None:
    given = term_of(machine, bound)
    known = substitute(given, lambda part: apply("latest", [part])) if given is not None else None
    return apply(COMPARED[how], [column(name), known]) if how in COMPARED else None
