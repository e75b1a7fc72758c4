"""Documents that name the index that they go into: `bulk(client, [{"_index": "scores", "_source": row}])`."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.evaluate.iteration import elements
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import Map, Seq, Text, Value, options_of

DEPTH = 3
"""A list of documents, each of them a record, or behind a line that says what is done with it."""


def name_them(operation: Operation, data: Value | None) -> None:
    """Add the name to what a call is told, where only the documents tell it."""
    key, field = operation.entry.text("name_in"), operation.entry.selector("name")
    if not key or data is None or operation.given("name") is not None:
        return
    if found := list(dict.fromkeys(_names(operation.machine, data, key))):
        operation.call.kwargs[str(field[0])] = join(found)


def _names(machine: Machine, value: Value, key: str, depth: int = DEPTH) -> Iterator[Text]:
    for option in options_of(value):
        if isinstance(option, Map):
            held = option.entries.get(key)
            yield from (one for one in options_of(held) if isinstance(one, Text)) if held is not None else ()
            inner = [one for one in option.entries.values() if isinstance(one, Map)] if held is None and depth else []
            for one in inner:
                yield from _names(machine, one, key, depth - 1)
        elif isinstance(option, Seq) and depth:
            for item in elements(machine, option)[0]:
                yield from _names(machine, item, key, depth - 1)
