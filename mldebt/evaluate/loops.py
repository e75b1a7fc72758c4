"""Loops: short ones over known items are unrolled; of others one round stands for all."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from mldebt.evaluate.choices import merge
from mldebt.evaluate.iteration import elements, is_one_row, row_by_row
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.root_search import climbed
from mldebt.evaluate.streams import thrown_away
from mldebt.evaluate.totals import added_up
from mldebt.evaluate.values import Const, Instance, Object, Seq, Unknown, Value, is_none
from mldebt.evaluate.varied import mentions
from mldebt.read.facts import Expr, Stmt

UNROLLED = 12


def for_(machine: Machine, statement: Stmt) -> bool:
    _, _, _, target, iterable, body, otherwise = statement
    if (goes_on := climbed(machine, statement)) is not None:
        return goes_on
    source = machine.evaluate(iterable)
    found, complete = elements(machine, source, iterable)
    if complete and not found:
        return machine.run(otherwise)
    before = dict(machine.scope.env.names)
    if len(found) > UNROLLED:
        found, complete = [join(found)], False
    start = dict(machine.scope.env.names)
    sums: dict[str, Value] = {}
    if not complete:
        forget_changing(machine, body, start)
    depth = len(machine.scope.path)
    machine.scope.path += [] if complete else [None]
    if complete:
        _rounds(machine, target, found, source, body, once=len(found) == 1)
    else:
        one_for_all(machine, start, lambda: _rounds(machine, target, found, source, body))
    if not complete and len(found) == 1:
        sums = added_up(machine, target, found[0], source, body, before)
    del machine.scope.path[depth:]
    if not complete and not _are_folds(found):
        merge_names(machine, start)
    machine.scope.env.names.update(sums)
    machine.run(otherwise)
    return True


def _are_folds(items: list[Value]) -> bool:
    """Whether a loop goes over the folds of a split: there is always one, so that a part takes the place of the whole
    where it is called the same.
    """
    parts = [part for item in items for part in (item.items if isinstance(item, Seq) else [item])]
    inner = [part for one in parts for part in (one.items if isinstance(one, Seq) else [one])]
    return any(isinstance(part, Object) and part.kind == "indices" for part in inner)


def _rounds(
    machine: Machine, target: Expr, found: list[Value], whole: Value, body: tuple[Stmt, ...], *, once: bool = False
) -> None:
    from mldebt.evaluate.statements import bind

    header = machine.scope.statement
    depth = len(machine.scope.looping)
    machine.scope.looping += names_in(target) if not once else []
    machine.scope.loops.append(header[0])
    for number, item in enumerate(found):

        def one_round(item: Value = item) -> bool:
            machine.scope.statement = header
            bind(machine, target, item)
            return machine.run(body)

        with row_by_row(machine, is_one_row(item, whole)):
            if len(found) > 1:
                machine.unroll(str(number), one_round)
            else:
                one_round()
    machine.scope.loops.pop()
    del machine.scope.looping[depth:]


def names_in(target: Expr) -> list[str]:
    """The names that a target binds."""
    if target[0] == "name":
        return [target[1]]
    return [name for part in target[1] for name in names_in(part)] if target[0] in ("tuple", "list") else []


def while_(machine: Machine, statement: Stmt) -> bool:
    from mldebt.evaluate.statements import look_at

    _, _, _, test, body, otherwise = statement
    if thrown_away(machine, test, body):
        return True
    if (goes_on := climbed(machine, statement)) is not None:
        return goes_on
    start = dict(machine.scope.env.names)
    forget_changing(machine, body, start)
    look_at(machine, machine.evaluate(test), "filter")
    depth = len(machine.scope.looping)
    machine.scope.looping += [name for name in _named(body) if mentions(test, [name])]
    machine.scope.loops.append(machine.scope.statement[0])
    machine.scope.path.append(None)
    one_for_all(machine, start, lambda: machine.run(body))
    machine.scope.path.pop()
    machine.scope.loops.pop()
    del machine.scope.looping[depth:]
    merge_names(machine, start)
    machine.run(otherwise)
    return True


def one_for_all(machine: Machine, start: dict[str, Value], one_round: Callable[[], object]) -> None:
    """Run one round that stands for all of them."""
    machine.rounds += 1
    machine.scope.rounds.append((start, len(machine.scope.path)))
    one_round()
    machine.scope.rounds.pop()
    machine.rounds -= 1


def _named(body: tuple[Stmt, ...]) -> list[str]:
    return [target[1] for target in _targets(body) if target[0] == "name"]


def merge_names(machine: Machine, start: dict[str, Value]) -> None:
    """Behind a loop names mean what its round left or, where there was none, what they meant before."""
    merge(machine.scope.env, [dict(machine.scope.env.names), start])


def forget_changing(machine: Machine, body: tuple[Stmt, ...], start: dict[str, Value]) -> None:
    """A number or flag that the rounds change is not known in any of them, so that it decides nothing there.

    Nor is it known behind the loop, unless it is None where the loop had no round.
    """
    names = machine.scope.env.names
    for target in _targets(body):
        if target[0] == "name" and isinstance(names.get(target[1]), Const):
            was_none = is_none(names[target[1]])
            names[target[1]] = Unknown("changes in a loop", target[1])
            if not was_none:
                start[target[1]] = names[target[1]]
        elif target[0] == "attr" and target[1][0] == "name":
            owner = names.get(target[1][1])
            if isinstance(owner, Instance) and isinstance(owner.fields.get(target[2]), Const):
                owner.fields[target[2]] = Unknown("changes in a loop", target[2])


INNER = {"if": (4, 5), "for": (5, 6), "while": (4, 5), "with": (4,), "try": (3, 5, 6)}
"""Where the statements of a compound statement lie."""


def _targets(body: tuple[Stmt, ...]) -> Iterator[Expr]:
    """What the statements of a block assign to, however deep they lie in it."""
    for statement in body:
        if statement[0] == "assign" and statement[4] is not None:
            for target in statement[3]:
                yield from target[1] if target[0] in ("tuple", "list") else (target,)
        elif statement[0] == "aug":
            yield statement[3]
        for place in INNER.get(statement[0], ()):
            yield from _targets(statement[place])
        if statement[0] == "try":
            for _, _, handler in statement[4]:
                yield from _targets(handler)
