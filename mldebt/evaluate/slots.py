"""One value for each key that is kept between calls: `last_seen[user] = ts`, `counts[user] += 1`.

What is looked up is what the event before put there. What is put in may be said later, and may be made of what was
there before: a count, a running total, a weighted mean.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from mldebt.evaluate.choices import both, chosen
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.values import NONE, Unknown, Value
from mldebt.terms import Term, apply, column, const
from mldebt.terms.term import number, written

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine

REASON: Final = "value that is kept under a key"


def kept(machine: Machine, name: str, default: Value) -> Value:
    """What the event before left under a name."""
    if name in machine.slots.now:
        return machine.slots.now[name]
    machine.slots.read.setdefault(name, set()).add(machine.scope.key)
    before = before_it(name)
    if default == NONE:
        return before
    return replace(derived(REASON, default), term=apply("fill_null", [before.term, term_of(machine, default)]))


def keep(machine: Machine, name: str, value: Value) -> bool:
    """Whether a value is left under a name for the next event."""
    if term_of(machine, value) is None:
        return False
    slots, branched = machine.slots, conditions(machine)
    if branched:
        before = slots.now.get(name) or before_it(name)
        value = chosen(machine, both(branched), value, before)
    term = term_of(machine, value)
    unclear = not branched and (machine.undecided or name in slots.now)
    slots.terms[name] = None if unclear or (name in slots.ended and slots.terms[name] != term) else term
    slots.filled.setdefault(name, set()).add(machine.scope.key)
    slots.now[name] = value
    return True


def lose(machine: Machine, name: str) -> None:
    """What is left under a name can't be told."""
    machine.slots.lost.add(name)
    machine.slots.now.pop(name, None)


def forget(machine: Machine) -> None:
    """Another event begins."""
    if machine.uses("slots"):
        machine.slots.ended |= machine.slots.now.keys()
        machine.slots.now.clear()


def before_it(name: str) -> Unknown:
    return Unknown(REASON, term=apply("shift", [apply("kept", [column(name)])], [("periods", "1")]))


def conditions(machine: Machine) -> list[Term | None]:
    """Those under which a value is put in once an event is there: a round of a loop is one, too."""
    path, rounds = machine.scope.path, [depth for _, depth in machine.scope.rounds]
    return [test for at, test in enumerate(path) if at >= rounds[0] and at + 1 not in rounds] if rounds else path


# -- in the end


def settled(machine: Machine) -> dict[str, dict[str, Term | None]]:
    """What stands in each dictionary after an event; nothing of those that are asked where nobody fills them."""
    slots = machine.slots
    slots.after = {term: name for name, term in slots.terms.items() if term is not None and name in term.columns}
    found: dict[str, dict[str, Term | None]] = {}
    for name, term in slots.terms.items():
        base = slots.parts.get(name, name)
        asked = slots.read.get(name, set()) | slots.read.get(base, set())
        if asked <= slots.filled.get(name, set()):
            whole: dict[str, Term | None] = {"": Term("each")} if base != name else {}
            told = None if name in slots.lost else _resolved(name, base, term)
            found.setdefault(base, whole)[name.removeprefix(base)] = told
    return found


def _resolved(name: str, base: str, term: Term | None) -> Term | None:
    """What is put in, told without what was there before."""
    if term is not None and base != name:
        term = _instead(term, column(base), column(name))  # all parts are there, or none is
    if term is None or name not in term.columns:
        return term
    before = before_it(name).term
    return _running(term, before) if before is not None else None


def _instead(term: Term, old: Term, new: Term) -> Term | None:
    return new if term == old else apply(term.op, [_instead(arg, old, new) for arg in term.args], term.settings)


def _running(term: Term, before: Term) -> Term | None:
    """`before + x`, `a * x + (1 - a) * before`: with x alone where nothing was before."""
    first: Term | None = None
    while term.op == "where" and len(term.args) == 3 and term.args[0].args == (before,):
        at_first = _assuming(term, before, there=False)
        first = first if first is not None or at_first == before else at_first
        term = _assuming(term, before, there=True)
    if term.op != "add" or len(term.args) != 2:
        return None
    parts = [(part, _old(part, before)) for part in _weighed(term.args, before)]
    old = [(part, found) for part, found in parts if found is not None]
    new = [part for part, found in parts if found is None]
    if len(old) != 1 or len(new) != 1 or any(before.columns & part.columns for part in new):
        return None
    (_, (share, default)), x = old[0], new[0]
    first = first if first is not None else default
    if share == 1:
        return (
            apply("cumsum", [apply("kept", [Term("each") if x == const(1) else x])]) if first in (x, const(0)) else None
        )
    return _weighted(x, share, first)


def _weighed(parts: tuple[Term, ...], before: Term) -> tuple[Term, ...]:
    """`before + a * (x - before)` as `a * x + (1 - a) * before`."""
    for old, step in (parts, parts[::-1]):
        share, inner = _share(step)
        if _old(old, before) is not None and share != 1 and inner.op == "sub" and inner.args[1] == old:
            shares = (inner.args[0], share), (old, 1 - share)
            made = [apply("mul", [part, const(round(of, 12))]) for part, of in shares]
            return tuple(part for part in made if part is not None)
    return parts


def _share(part: Term) -> tuple[float, Term]:
    """A number that something is multiplied with, and what is left."""
    if part.op == "mul" and len(part.args) == 2:
        found = next((value for arg in part.args if (value := number(arg)) is not None), None)
        rest = [arg for arg in part.args if number(arg) is None]
        return (found, rest[0]) if found is not None and len(rest) == 1 else (1.0, part)
    if part.op == "div" and len(part.args) == 2 and (by := number(part.args[1])):
        return 1 / by, part.args[0]
    return 1.0, part


def _assuming(term: Term, before: Term, *, there: bool) -> Term:
    """The term where something was there before, or where nothing was."""
    if term.op == "where" and len(term.args) == 3 and term.args[0].args == (before,):
        full = term.args[0].op == "is_not_null"
        return _assuming(term.args[1 if full == there else 2], before, there=there)
    if term.op == "fill_null" and term.args[0] == before and len(term.args) == 2:
        return before if there else term.args[1]
    return Term(term.op, tuple(_assuming(arg, before, there=there) for arg in term.args), term.settings)


def _old(part: Term, before: Term) -> tuple[float, Term | None] | None:
    """How much of what was before goes into a sum, and what stands for it at first."""
    share, inner = _share(part)
    if inner == before:
        return share, None
    filled = inner.op == "fill_null" and inner.args[0] == before
    return (share, inner.args[1]) if filled else None


def _weighted(part: Term, share: float, first: Term | None) -> Term | None:
    """An exponentially weighted mean."""
    alpha = 1 - share
    taken = apply("mul", [first, const(round(alpha, 12))]) if first is not None else None
    if not 0 < alpha < 1 or first is None or not _same_product(part, taken, first, alpha):
        return None
    told = [("adjust", "false"), ("alpha", written(round(alpha, 12))), ("min_periods", "0")]
    return apply("mean", [apply("ewm", [apply("kept", [first])], told)])


def _same_product(part: Term, taken: Term | None, value: Term, alpha: float) -> bool:
    if part == taken:
        return True
    by = number(part.args[1]) if part.op == "div" and len(part.args) == 2 else None
    if by:
        return part.args[0] == value and abs(1 / by - alpha) < 1e-9
    found = [number(arg) for arg in part.args] if part.op == "mul" else []
    known = next((one for one in found if one is not None), None)
    return known is not None and value in part.args and abs(known - alpha) < 1e-9
