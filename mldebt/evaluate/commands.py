"""Other programs that code runs: what their command lines say of the models that they bring to a hub."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from posixpath import basename, normpath

from mldebt.evaluate.carriers import carry
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.strings import to_text
from mldebt.evaluate.values import Seq, Text, Value, options_of


def note(operation: Operation) -> None:
    """`train.py --output_dir=./churn-encoder --push_to_hub`: a model of that name is one of our own."""
    words = list(_words(operation.given("words")))
    _note_words(operation)
    for line in _lines(operation.given("words")):
        carry(operation.machine, line)
    flags = {word.partition("=")[0] for word in words}
    if flags & set(operation.entry.selector("pushes")):
        for name in _values(words, frozenset(map(str, operation.entry.selector("pushed")))):
            own = f"hub://{basename(normpath(name))}"
            operation.machine.trace.node(f"artifact:{own}", "artifact", own, operation.site, store="hub", pushed=True)


def _note_words(operation: Operation) -> None:
    """The words of the command, holes and all, for whoever looks for files that it is handed."""
    written = list(_templates(operation.given("words")))
    scope, site = operation.machine.scope, operation.site
    if len(written) > 1:
        operation.machine.trace.tasks[f"{scope.file}::command {operation.call.ordinal}"] = {
            "kind": "command", "file": scope.file, "at": site, "words": written,
        }  # fmt: skip


def _lines(value: Value | None) -> Iterator[str]:
    """The command as a shell would be given it."""
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Text):
            yield option.template
        elif isinstance(option, Seq) and not option.open:
            yield shlex.join(text.template for text in map(to_text, option.items))


def _templates(value: Value | None) -> Iterator[str]:
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Text):
            yield from option.template.split()
        elif isinstance(option, Seq):
            for item in option.items:
                yield from _templates(item)


def _words(value: Value | None) -> Iterator[str]:
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Text) and option.literal is not None:
            yield from option.literal.split()
        elif isinstance(option, Seq):
            for item in option.items:
                yield from _words(item)


def _values(words: list[str], names: frozenset[str]) -> Iterator[str]:
    for word, following in zip(words, [*words[1:], ""], strict=True):
        name, joined, value = word.partition("=")
        found = value if joined else following
        if name in names and found and not found.startswith("-"):
            yield found
