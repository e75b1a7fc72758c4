"""Values that depend on a condition on data: which of them it is becomes part of how they are computed."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec.structs import replace

from mldebt.evaluate.absence import mixed
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.provenance import columns_of, sources_of
from mldebt.evaluate.terms_of import part_of_kept, term_of, with_term
from mldebt.evaluate.values import (
    DOUBT,
    NONE,
    Choice,
    Const,
    Env,
    Frame,
    Loaded,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    is_none,
)
from mldebt.terms import Term, apply, is_predicted

SINGLE = ("scalar", "series", "row")


SAID = "what a prediction chose"


def chosen(machine: Machine, test: Term | None, then: Value, otherwise: Value) -> Value:
    """One of two values by a condition. What is written out in the code comes from the prediction that chose it."""
    result = _one_of(machine, test, then, otherwise)
    said = predictions_in(test) if test is not None else None
    return as_said(result, said) if said and _is_written_out(then) and _is_written_out(otherwise) else result


def predictions_in(term: Term) -> frozenset[str]:
    return frozenset(part.settings[0][1] for part in term.walk() if part.op == "predicted")


def as_said(value: Value, predictions: frozenset[str]) -> Value:
    """One of several constants, as a result of the predictions that it was chosen by."""
    options = value.options if isinstance(value, Choice) else (value,)
    if all(isinstance(option, Text) for option in options):
        told = tuple(replace(option, sources=option.sources | predictions) for option in options)  # type: ignore[union-attr]
        return replace(value, options=told) if isinstance(value, Choice) else told[0]
    columns = columns_of(value) | {(node, "prediction") for node in predictions}
    term = value.term if isinstance(value, (Choice, Unknown)) else None
    return Unknown(SAID, "", sources_of(value) | predictions, columns, term)


def _is_written_out(value: Value) -> bool:
    if isinstance(value, Choice):
        return all(map(_is_written_out, value.options))
    if isinstance(value, Text):
        return value.literal is not None and not value.path
    return value.reason == SAID if isinstance(value, Unknown) else isinstance(value, Const) and not is_none(value)


def _in_parts(value: Value, beside: Value) -> Value:
    """A record that is kept, part by part, where the other choice says how many parts it has."""
    if not isinstance(value, Unknown) or not isinstance(beside, Seq) or beside.open:
        return value
    parts = [part_of_kept(value.term, number) for number in range(len(beside.items))]
    return Seq([Unknown(value.reason, term=part) for part in parts], kind=beside.kind) if all(parts) else value


def _one_of(machine: Machine, test: Term | None, then: Value, otherwise: Value) -> Value:
    """A value of its own where it is known how both are computed, else either."""
    then, otherwise = _in_parts(then, otherwise), _in_parts(otherwise, then)
    if test is not None and _are_alike(then, otherwise):
        items = zip(then.items, otherwise.items, strict=True)  # type: ignore[union-attr]
        return Seq([chosen(machine, test, one, other) for one, other in items], kind=then.kind)  # type: ignore[union-attr]
    terms = term_of(machine, then), term_of(machine, otherwise)
    term = apply("where", [test, *_told_apart(*terms)]) if test is not None else None
    frames = [value for value in (then, otherwise) if isinstance(value, Frame)]
    if term is None or not term.columns or not all(map(_is_single, (then, otherwise))):
        return join((then, otherwise))
    if not frames and any(isinstance(value, Loaded) for value in (then, otherwise)):
        return join((then, otherwise))  # it may be a model
    refs = columns_of(then) | columns_of(otherwise)
    if not frames and any(isinstance(value, (Text, Choice)) for value in (then, otherwise)):
        joined = join((then, otherwise))
        return replace(joined, term=term) if isinstance(joined, Choice) else joined
    if not frames:
        sources = frozenset().union(*(value.sources for value in (then, otherwise) if isinstance(value, Unknown)))
        return Unknown("one of two values", "", sources, refs, term)
    return frames[0].copy(columns={"": refs}, open=(), term=term, terms={})


def _are_alike(one: Value, other: Value) -> bool:
    """Whether two rows are written out that have as many values."""
    if not (isinstance(one, Seq) and isinstance(other, Seq)) or one.open or other.open or one.kind != other.kind:
        return False
    return 0 < len(one.items) == len(other.items)


def _told_apart(then: Term | None, otherwise: Term | None) -> tuple[Term | None, Term | None]:
    """Both, where one is a prediction that was changed before and the other changes it once more: told by the last
    change alone, as every change would double what has to be told."""
    if then is None or otherwise is None or not is_predicted(then) or not is_predicted(otherwise):
        return then, otherwise
    return _without(then, otherwise), _without(otherwise, then)


def _without(term: Term, part: Term) -> Term:
    """The term with what a prediction was before in the place of a longer part."""
    if term == part or all(each.op != "where" for each in part.walk()):
        return term
    said = next(each for each in part.walk() if each.op == "predicted")

    def replaced(each: Term) -> Term:
        if each == part:
            return said
        if not each.args:
            return each
        inside = each.op == part.op and part.op in ("add", "mul") and set(part.args) <= set(each.args)
        args = tuple(arg for arg in each.args if arg not in part.args) if inside else tuple(map(replaced, each.args))
        args = (said, *args) if inside else args
        return Term(each.op, args, each.settings)

    return replaced(term)


def _is_single(value: Value) -> bool:
    if isinstance(value, Frame):
        said = value.form == "array" and value.term is not None and is_predicted(value.term)
        return said or value.form in SINGLE
    held = isinstance(value, Loaded) and value.term is not None
    return held or isinstance(value, (Const, Unknown, Text, Choice, Symbol))


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
    if operator == "or" and isinstance(left, Unknown) and not left.sources and isinstance(right, Const):
        filled = apply("fill_null" if right.value in (0, False) else "if_empty", [left.term, term_of(machine, right)])
        if filled is not None and filled.columns:
            return with_term(left, filled)
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
