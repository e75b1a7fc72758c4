"""Loops that only add up: `total += order["amount"]` computes like `sum(order["amount"] for order in orders)`."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.evaluate.given import picks_of
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.picking import kept_by, picked, term_of_each
from mldebt.evaluate.provenance import columns_of, sources_of
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.values import Const, Pick, Seq, Unknown, Value
from mldebt.read.facts import Expr, Stmt
from mldebt.terms import apply

Added = tuple[str, Expr, tuple[Expr, ...]]
"""A name, what is added to it, and the conditions under which it is."""


def added_up(
    machine: Machine, target: Expr, item: Value, source: Value, body: tuple[Stmt, ...], before: dict[str, Value]
) -> dict[str, Value]:
    """The names that a loop over data adds to and does nothing else with, from a number that is known: what they are.

    The loop has run once, so that its target stands for any of the items.
    """
    found = list(_additions(body))
    changed = [name for name, _, _ in found]
    results: dict[str, Value] = {}
    for name, added, tests in found:
        start = before.get(name)
        only_once = changed.count(name) == 1 and _uses(body, name) == 1
        if only_once and isinstance(start, Const) and start.value == 0 and not isinstance(start.value, bool):
            total = _total(machine, item, source, added, tests)
            if total is not None:
                results[name] = total
    return results


def _total(machine: Machine, item: Value, source: Value, added: Expr, tests: tuple[Expr, ...]) -> Value | None:
    value = machine.evaluate(added)
    picks: list[Pick] = [*picks_of(source)]
    picks += [kept_by(term_of(machine, machine.evaluate(test))) for test in tests]
    each = Seq([value], True, picked=tuple(picks))
    term = apply("sum", [picked("sum", term_of_each(machine, each), each)])
    if term is None or not (term.columns or sources_of(source)):
        return None
    return Unknown("total", "", sources_of(source) | sources_of(value), columns_of(value), term)


def _additions(body: Iterable[Stmt], tests: tuple[Expr, ...] = ()) -> Iterable[Added]:
    for statement in body:
        if statement[0] == "aug" and statement[4] == "+" and statement[3][0] == "name":
            yield statement[3][1], statement[5], tests
        elif statement[0] == "if" and not statement[5]:
            yield from _additions(statement[4], (*tests, statement[3]))


def _uses(part: object, name: str) -> int:
    """How often a name is spoken of."""
    if part == ("name", name):
        return 1
    return sum(_uses(inner, name) for inner in part) if isinstance(part, tuple) else 0
