"""The names that statements of the IR bind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mldebt.read.facts import Stmt

BINDING = frozenset({"assign", "aug", "for", "with", "def", "class", "import", "from", "try"})


def bound_by(statement: Stmt) -> Iterator[str]:
    """The names that a statement itself binds, without those that its expressions or inner statements bind."""
    match statement[0]:
        case "assign":
            yield from (name for target in statement[3] for name in names_of(target))
        case "aug" | "for":
            yield from names_of(statement[3])
        case "with":
            yield from (name for _, target in statement[3] if target for name in names_of(target))
        case "def" | "class":
            yield statement[3]
        case "import":
            yield from (alias or dotted.partition(".")[0] for dotted, alias in statement[3])
        case "from" if statement[5] != "*":
            yield from (alias or name for name, alias in statement[5])
        case "try":
            yield from (handler[1] for handler in statement[4] if handler[1])


def names_of(target: Any) -> Iterator[str]:
    """The plain names of a target: `a, (b, *c)`."""
    if target[0] == "name":
        yield target[1]
    elif target[0] in ("tuple", "list"):
        for item in target[1]:
            yield from names_of(item)
    elif target[0] == "star":
        yield from names_of(target[1])
