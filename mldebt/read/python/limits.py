"""Sizes beyond which the IR keeps less, and what stands for the rest; both lowerings keep to them."""

from __future__ import annotations

from collections.abc import Sequence

from mldebt.read.facts import Expr, Stmt

LONGEST = 200
DEEPEST = 400
OPAQUE: Expr = ("opaque", ())

Branch = tuple[int, int, Expr, tuple[Stmt, ...]]


def display(tag: str, items: Sequence[Expr]) -> Expr:
    """A list, tuple or set."""
    return (tag, tuple(items) if len(items) <= LONGEST else (*items[:LONGEST], OPAQUE))


def chain(operators: Sequence[tuple[str, str]], operands: Sequence[Expr]) -> Expr:
    """Operands joined from left to right by (tag, operator)."""
    if len(operators) > LONGEST:
        return ("opaque", tuple(operands))
    value = operands[0]
    for (tag, operator), operand in zip(operators, operands[1:], strict=True):
        value = (tag, operator, value, operand)
    return value


def comparison(operators: Sequence[str], operands: Sequence[Expr]) -> Expr:
    """`a < b < c` is `a < b and b < c`."""
    if len(operators) > LONGEST:
        return ("opaque", tuple(operands))
    pairs = [("cmp", word, *operands[at : at + 2]) for at, word in enumerate(operators)]
    return chain([("bool", "and")] * (len(pairs) - 1), pairs)


def branches(links: Sequence[Branch], otherwise: tuple[Stmt, ...]) -> Stmt:
    """`if` with its `elif`, each in the `otherwise` of the one before; the last of very many stand side by side."""
    inner = (*(("if", *link, ()) for link in links[LONGEST:]), *otherwise)
    for link in reversed(links[:LONGEST]):
        inner = (("if", *link, inner),)
    return inner[0]
