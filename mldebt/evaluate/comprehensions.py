"""Comprehensions: their element for each round, in a scope of their own."""

from __future__ import annotations

from typing import Any

from mldebt.evaluate.given import picks_of
from mldebt.evaluate.leaving_out import asks_for_names, left_out
from mldebt.evaluate.loops import names_in
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.picking import kept_by
from mldebt.evaluate.positions import is_loose
from mldebt.evaluate.root_search import searched
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.values import MAX_ITEMS, Const, Env, Map, Pick, Seq, Value
from mldebt.read.facts import Expr

COMPREHENSION_ROUNDS = 32


def comprehension(machine: Machine, expression: Expr) -> Value:
    _, kind, element, generators = expression
    if (found := searched(machine, expression)) is not None:
        return found
    outer = machine.scope.env
    depth = len(machine.scope.looping)
    machine.scope.loops.append(machine.scope.statement[0])
    machine.scope.env = Env(outer)
    collected: list[Value] = []
    picks: list[Pick] = []
    walked: list[Value] = []
    try:
        complete = _generate(machine, generators, element, collected, picks, walked)
    finally:
        machine.scope.env = outer
        machine.scope.loops.pop()
        del machine.scope.looping[depth:]
    if kind == "dict":
        return _dictionary(collected, not complete)
    kind = "set" if kind == "set" else "list"
    unclear = not complete or len(collected) > MAX_ITEMS
    loose = any(map(is_loose, walked)) and not asks_for_names(element, generators)
    but = left_out(machine, element, generators) if loose and unclear else frozenset()
    return Seq(collected[:MAX_ITEMS], unclear, kind, tuple(picks), loose, but=but)


def _dictionary(pairs: list[Value], unclear: bool) -> Map:
    from mldebt.evaluate.expressions import put

    result = Map({}, unclear)
    for pair in pairs:
        if isinstance(pair, Seq) and len(pair.items) == 2:
            put(result, pair.items[0], pair.items[1])
    return result


def _generate(
    machine: Machine, generators: Any, element: Expr, collected: list[Value], picks: list[Pick], walked: list[Value]
) -> bool:
    """Evaluate the element for each round; False where there may be more rounds or fewer.

    `walked` takes what was gone through.
    """
    from mldebt.evaluate.iteration import elements, is_one_row, row_by_row
    from mldebt.evaluate.statements import bind
    from mldebt.evaluate.truths import truth

    if not generators:
        collected.append(machine.evaluate(element))
        return True
    (target, iterable, conditions), *rest = generators
    source = machine.evaluate(iterable)
    walked.append(source)
    found, complete = _counted(source, element) or elements(machine, source, iterable)
    machine.scope.looping += names_in(target) if not complete or len(found) > 1 else []
    if not complete:
        picks += picks_of(source)
    for number, item in enumerate(found[:COMPREHENSION_ROUNDS]):
        bind(machine, target, item)
        values = [machine.evaluate(condition) for condition in conditions]
        tests = [truth(value) for value in values]
        picks += [kept_by(term_of(machine, value)) for value, test in zip(values, tests, strict=True) if test is None]
        if False in tests:
            continue
        complete &= None not in tests

        def one_round(picks: list[Pick] = picks) -> bool:
            return _generate(machine, rest, element, collected, picks, walked)

        with row_by_row(machine, is_one_row(item, source)):
            complete &= machine.unroll(str(number), one_round) if len(found) > 1 else one_round()
    return complete and len(found) <= COMPREHENSION_ROUNDS


def _counted(source: Value, element: Expr) -> tuple[list[Value], bool] | None:
    """The numbers of a longer range that only number names: `[f"V{i}" for i in range(1, 29)]`."""
    numbers = source.numbers if isinstance(source, Seq) and element[0] == "fstr" else None
    if numbers is None or len(numbers) > COMPREHENSION_ROUNDS:
        return None
    return [Const(number) for number in numbers], True
