"""Values that depend on a condition on data: which of them it is becomes part of how they are computed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mldebt.evaluate.absence import mixed
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.provenance import columns_of, sources_of
from mldebt.evaluate.terms_of import term_of, with_term
from mldebt.evaluate.values import DOUBT, NONE, Choice, Const, Env, Frame, Symbol, Text, Unknown, Value, is_none
from mldebt.terms import Term, apply

SINGLE = ("scalar", "series", "row")


def chosen(machine: Machine, test: Term | None, then: Value, otherwise: Value) -> Value:
    """One of two values by a condition: a value of its own where it is known how both are computed, else either."""
    term = apply("where", [test, term_of(machine, then), term_of(machine, otherwise)]) if test is not None else None
    frames = [value for value in (then, otherwise) if isinstance(value, Frame)]
    if term is None or not term.columns or not all(map(_is_single, (then, otherwise))):
        return join((then, otherwise))
    refs = columns_of(then) | columns_of(otherwise)
    if not frames and any(isinstance(value, (Text, Choice)) for value in (then, otherwise)):
        joined = join((then, otherwise))
        return replace(joined, term=term) if isinstance(joined, Choice) else joined
    if not frames:
        sources = frozenset().union(*(value.sources for value in (then, otherwise) if isinstance(value, Unknown)))
        return Unknown("one of two values", "", sources, refs, term)
    return frames[0].copy(columns={"": refs}, open=(), term=term, terms={})


def _is_single(value: Value) -> bool:
    return (isinstance(value, Frame) and value.form in SINGLE) or isinstance(
        value, (Const, Unknown, Text, Choice, Symbol)
    )


def returned(machine: Machine, scope: Scope) -> Value:
    """What a function gives back: the first of its returns whose condition holds."""
    if not scope.returns:
        return NONE
    values = list(scope.returns)
    if not any(guard is not None for guard in scope.guards) or any(map(is_none, values)):
        return join(values)
    result = values[-1]
    for value, guard in zip(values[-2::-1], scope.guards[-2::-1], strict=True):
        result = chosen(machine, guard, value, result)
    return result


def both(terms: Iterable[Term | None]) -> Term | None:
    """All conditions at once; None where one can't be told, or there is none."""
    known = list(terms)
    if None in known or not known:
        return None
    return known[0] if len(known) == 1 else apply("and", known)


def either(machine: Machine, operator: str, left: Value, right: Value, joined: Value) -> Value:
    """`x or 0` fills what is missing; two conditions on data are one."""
    if operator == "or" and isinstance(left, Frame) and left.form in SINGLE and isinstance(right, (Const, Text)):
        op = "fill_null" if isinstance(right, Const) and right.value in (0, False) else "if_empty"
        return with_term(left, apply(op, [term_of(machine, left), term_of(machine, right)]))
    tests = [term_of(machine, side) for side in (left, right)]
    if None in tests or not isinstance(joined, (Choice, Unknown)) or not (columns_of(left) and columns_of(right)):
        return joined
    known = Unknown("condition", "", sources_of(joined), columns_of(joined))
    return with_term(known, apply(operator, tests))


def merge(env: Env, ends: list[dict[str, Value]]) -> None:
    env.names.clear()
    env.names.update(ends[0])
    for end in ends[1:]:
        for name, value in end.items():
            known = env.names.get(name)
            if known is None:
                env.names[name] = value
            elif known is not value:
                env.names[name] = join((known, value))
                if mixed((known, value)):
                    env.names[DOUBT + name] = NONE


def merge_by(machine: Machine, test: Term, ends: list[dict[str, Value]]) -> None:
    """Join what two branches left behind, where it is known which condition chose between them."""
    then, otherwise = ends
    merge(machine.scope.env, [{**otherwise, **then}])
    for name, value in otherwise.items():
        if name in then and then[name] is not value:
            machine.scope.env.names[name] = chosen(machine, test, then[name], value)
            if mixed((then[name], value)):
                machine.scope.env.names[DOUBT + name] = NONE
