"""Loops that only add up or gather: `total += one["amount"]` computes like `sum(one["amount"] for one in orders)`.

`kept.append(word)` computes like `[word for word in words]`.
"""

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
from mldebt.terms.words import is_of_words

Added = tuple[str, Expr, tuple[Expr, ...]]
"""A name, what is added to it, and the conditions under which it is."""


def added_up(
    machine: Machine, target: Expr, item: Value, source: Value, body: tuple[Stmt, ...], before: dict[str, Value]
) -> dict[str, Value]:
    """The names that a loop over data adds to and does nothing else with, from a number that is known: what they are.

    The loop has run once, so that its target stands for any of the items.
    """
    if any(_may_leave(statement) for statement in body):
        return {}
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
    for name, added, tests in _gathered(body):
        if _uses(body, name) == 1 and _was_empty(before.get(name)):
            kept = _each(machine, source, added, tests)
            if isinstance(kept.items[0], Unknown) or is_of_words(term_of_each(machine, kept)):
                results[name] = kept
    return results


def _may_leave(statement: Stmt) -> bool:
    """Whether a branch does something besides, or nothing that is seen: it may go on with the next round."""
    if statement[0] != "if":
        return False
    branches = (statement[4], statement[5]) if statement[5] else (statement[4],)
    return any(not branch or any(_does_more(one) for one in branch) for branch in branches)


def _does_more(statement: Stmt) -> bool:
    return _may_leave(statement) if statement[0] == "if" else statement[0] not in ("aug", "expr", "assign")


def _was_empty(value: Value | None) -> bool:
    """Whether a list holds only what one round has put into it."""
    return isinstance(value, Seq) and len(value.items) == 1 and not (value.open or value.stream or value.picked)


def _total(machine: Machine, item: Value, source: Value, added: Expr, tests: tuple[Expr, ...]) -> Value | None:
    each = _each(machine, source, added, tests)
    value = each.items[0]
    term = apply("sum", [picked("sum", term_of_each(machine, each), each)])
    if term is None or not (term.columns or sources_of(source)):
        return None
    return Unknown("total", "", sources_of(source) | sources_of(value), columns_of(value), term)


def _each(machine: Machine, source: Value, added: Expr, tests: tuple[Expr, ...]) -> Seq:
    """What each round adds, of those rounds in which the conditions hold."""
    picks: list[Pick] = [*picks_of(source)]
    picks += [kept_by(term_of(machine, machine.evaluate(test))) for test in tests]
    return Seq([machine.evaluate(added)], True, picked=tuple(picks))


def _gathered(body: Iterable[Stmt], tests: tuple[Expr, ...] = ()) -> Iterable[Added]:
    for statement in body:
        call = statement[3] if statement[0] == "expr" and statement[3][0] == "call" else None
        if call and call[1][0] == "attr" and call[1][2] == "append" and call[1][1][0] == "name" and len(call[2]) == 1:
            yield call[1][1][1], call[2][0], tests
        elif statement[0] == "if" and not statement[5]:
            yield from _gathered(statement[4], (*tests, statement[3]))


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
