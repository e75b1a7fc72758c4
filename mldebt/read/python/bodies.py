"""Where statements hold other statements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from mldebt.read.facts import Stmt

Body = tuple[Stmt, ...]
BODIES: Mapping[str, tuple[int, ...]] = {
    "if": (4, 5),
    "for": (5, 6),
    "while": (4, 5),
    "with": (4,),
    "try": (3, 5, 6),
    "def": (6,),
    "class": (7,),
}


def with_bodies(statement: Stmt, change: Callable[[Body], Body]) -> Stmt:
    """The statement with every body in it changed."""
    items = list(statement)
    for at in BODIES.get(statement[0], ()):
        items[at] = change(items[at])
    if statement[0] == "try":
        items[4] = tuple((kind, name, change(inner)) for kind, name, inner in items[4])
    elif statement[0] == "match":
        items[4] = tuple(change(inner) for inner in items[4])
    return tuple(items)


def all_statements(body: Body) -> Iterator[Stmt]:
    """The statements of a body and of all bodies in it."""
    for statement in body:
        yield statement
        for at in BODIES.get(statement[0], ()):
            yield from all_statements(statement[at])
        if statement[0] == "try":
            for _, _, inner in statement[4]:
                yield from all_statements(inner)
        elif statement[0] == "match":
            for inner in statement[4]:
                yield from all_statements(inner)
