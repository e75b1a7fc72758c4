"""How calls and operators compute: what the knowledge base says of a call, applied to what its arguments are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.evaluate.combining import of_each_column
from mldebt.evaluate.picking import PICKING, goes_over_rows, picked, some_rows, term_of_each
from mldebt.evaluate.rows_written import cells_of_call
from mldebt.evaluate.spark_windows import window_among, within
from mldebt.evaluate.terms_of import column_term, is_open, of_frame, term_of, with_term
from mldebt.evaluate.values import Class, Const, Frame, Function, Map, Object, Pick, Seq, Symbol, Text, Unknown, Value
from mldebt.terms import HOLE, Term, apply
from mldebt.terms.term import written
from mldebt.terms.types import type_name
from mldebt.terms.words import is_of_words

if TYPE_CHECKING:
    from mldebt.evaluate.calls import Call
    from mldebt.evaluate.machine import Machine
    from mldebt.knowledge.meaning import Meaning, Part

_CARRIED = """
    frame array records reduce sample sort select drop rename assign reindex set_index reset_index merge concat group
    project split split_indices duplicate iterate identity check sink read write execute fetch fit predict request map
    call aggregate formula transform fit_transform consume respond
"""
CARRIED = frozenset(_CARRIED.split())
"""Operations that leave values as they are, or say themselves how they change them."""


def computed(
    machine: Machine, called: str, kind: str, op: str, call: Call, result: Value, function: Value | None = None
) -> Value:
    """The result of a call, with how it is computed where the knowledge base says so."""
    meaning = machine.knowledge.meaning(called, kind)
    each = isinstance(function, Seq) and op == "window" and isinstance(result, Frame) and bool(result.terms)
    if each or (isinstance(function, (Function, Class)) and op in ("value", "apply", "window")):
        return result
    if isinstance(function, (Text, Symbol)) and op in ("value", "apply", "window"):
        meaning = of_function(machine, function, kind)
        called = function.dotted if isinstance(function, Symbol) else function.literal or ""
        call = replace(call, args=[], kwargs={}, spread=[])
    if meaning is not None and meaning.operation(called) in PICKING:
        return result
    if meaning is not None:
        return described(machine, meaning, called, call, result)
    turned = isinstance(result, Frame) and result.cells is not None and called.rpartition(".")[2] in TURNING
    return result if op in CARRIED or not op or turned else with_term(result, None)


def of_nothing(machine: Machine, call: Call, result: Value) -> Value:
    """`max(values, default=0)`: what a statistic is where there is nothing."""
    term, default = term_of(machine, result), call.kwargs.get("default")
    if not isinstance(default, Const) or term is None or term.op not in ("max", "min"):
        return result
    return with_term(result, apply("fill_null", [term, term_of(machine, default)]))


TURNING = frozenset({"expand_dims", "transpose", "T", "unsqueeze"})
"""What leaves a row that is written out as it is: the same values in another shape."""


def described(machine: Machine, meaning: Meaning, called: str, call: Call, result: Value) -> Value:
    """The result of a call, with how it is computed."""
    op = meaning.operation(called)
    receiver = call.receiver
    if op == "count" and call.args and isinstance(call.args[0], Text):
        meaning, op = machine.knowledge.meaning("count", "strings") or meaning, "occurrences"
    if op == "over" and (window := window_among(call.args)) is not None:
        return with_term(result, within(term_of(machine, receiver), window))
    rows = call.args[0] if call.args else None
    if op == "is" and isinstance(result, Frame) and (result.cells is not None or whole_table(machine, rows)):
        return result  # the same row, or the same rows, in another shape
    if (
        isinstance(result, Frame)
        and (
            cells := cells_of_call(
                op, call, lambda one: _applied(machine, meaning, op, one, term_of(machine, one.receiver))
            )
        )
        is not None
    ):
        return result.copy(term=None, terms={}, cells=cells, shapes=())
    if isinstance(receiver, Object) and isinstance(receiver.facts.get("frame"), Frame):
        return _grouped(machine, meaning, op, call, receiver, result)
    looked_up = call.args[0] if op == "map_values" and len(call.args) == 1 else None
    if isinstance(looked_up, Frame) and looked_up.index:
        return with_term(result, term_of(machine, looked_up))  # `df.shop.map(df.groupby("shop").price.mean())`
    if isinstance(receiver, Frame) and _across(call):
        return with_term(result, apply(op, [column_term(machine, receiver, name) for name in receiver.names() or [""]]))
    if isinstance(result, Frame) and whole_table(machine, receiver):
        return _over_columns(machine, meaning, op, call, result)
    made = with_term(result, _applied(machine, meaning, op, call, picked(op, term_of(machine, receiver), receiver)))
    return made.copy(picked=()) if isinstance(made, Frame) and goes_over_rows(op) else made


def picking(machine: Machine, meaning: Meaning, op: str, call: Call) -> Pick:
    """The rows that a call keeps, as the knowledge base says."""
    told: dict[str, str] = {}
    for part in meaning.parts:
        if part.name and (text := _setting(machine, part, call, told)):
            told[part.name] = text
    known = all(part.name in told for part in meaning.parts if part.name)
    return (op, tuple(sorted(told.items())), None) if known else some_rows(op)


def _across(call: Call) -> bool:
    """`axis=1`: one value for each row, over its columns."""
    axis = call.kwargs.get("axis")
    return (isinstance(axis, Const) and axis.value == 1) or (isinstance(axis, Text) and axis.literal == "columns")


def whole_table(machine: Machine, value: Value | None) -> bool:
    return (
        isinstance(value, Frame) and value.term is not None and is_open(value.term) and of_frame(machine, value) is None
    )


def _over_columns(machine: Machine, meaning: Meaning, op: str, call: Call, result: Frame) -> Frame:
    """What is done to every column of a table, or to those that a dictionary names."""
    receiver = call.receiver
    assert isinstance(receiver, Frame)
    each = next((item for item in (*call.args, *call.kwargs.values()) if isinstance(item, Map)), None)
    if each is None or op == "map_values":
        done = _applied(machine, meaning, op, _beside(call, None), picked(op, receiver.term, receiver))
        terms = {
            name: _applied(machine, meaning, op, _beside(call, name), picked(op, term, receiver))
            for name, term in receiver.terms.items()
        }
        return result.copy(term=done, terms=terms, picked=() if goes_over_rows(op) else result.picked)
    terms = dict(receiver.terms)
    for key, value in each.entries.items():
        before = receiver.terms.get(str(key), receiver.term)
        terms[str(key)] = _applied(machine, meaning, op, _instead(call, each, value), before)
    return result.copy(term=None if each.open else receiver.term, terms=terms)


def _beside(call: Call, name: str | None) -> Call:
    """The call for one column of a table: of a statistic of every column, what it is of that one."""
    for given in (*call.args, *call.kwargs.values()):
        if isinstance(given, Frame) and of_each_column(given):
            call = _instead(call, given, Unknown("statistic", term=of_column(given, name)))
    return call


def of_column(frame: Frame, name: str | None) -> Term | None:
    """What is done to a column of a table, None to any of which nothing else is known; still open."""
    return frame.term if name is None else frame.terms.get(name, frame.term)


def _instead(call: Call, old: Value, new: Value) -> Call:
    args = [new if item is old else item for item in call.args]
    kwargs = {name: new if item is old else item for name, item in call.kwargs.items()}
    return replace(call, args=args, kwargs=kwargs)


def _grouped(machine: Machine, meaning: Meaning, op: str, call: Call, group: Object, result: Value) -> Value:
    """What is computed within groups."""
    frame: Frame = group.facts["frame"]
    keys = group.facts.get("keys", ())
    if not isinstance(result, Frame):
        return result
    if not keys:
        return with_term(result, None)
    if op in OF_ROWS:
        return result.copy(term=over(apply(op, [picked(op, Term("each"), frame)]), keys), terms={})
    value_names = [name for name in frame.columns if name not in (*keys, *frame.index)]
    one = frame.copy(columns={name: frame.columns[name] for name in value_names})
    if len(value_names) == 1 and not one.open:
        inner = _applied(machine, meaning, op, call, picked(op, of_frame(machine, one), frame))
        done = over(inner, keys)
        names = [name for name in result.columns if name not in result.index]
        return (
            result.copy(terms={**result.terms, names[0]: done})
            if result.index and len(names) == 1
            else (result.copy(term=done, terms={}))
        )
    done = over(_applied(machine, meaning, op, call, picked(op, frame.term, frame)), keys)
    terms = {
        name: over(_applied(machine, meaning, op, call, picked(op, term, frame)), keys)
        for name, term in frame.terms.items()
    }
    bare: dict[str, Term | None] = dict.fromkeys(result.index, HOLE)
    return result.copy(term=done, terms={**terms, **bare})


OF_ROWS = frozenset({"cumcount", "size"})
"""What is told of the rows of a group, whatever they hold."""


def over(term: Term | None, keys: tuple[str, ...]) -> Term | None:
    return apply("over", [term], [("by", written(sorted(keys)))])


def _applied(machine: Machine, meaning: Meaning, op: str, call: Call, receiver: Term | None) -> Term | None:
    operands: list[Term | None] = []
    settings: dict[str, str] = {}
    for part in meaning.parts:
        if part.name:
            told = _setting(machine, part, call, settings)
            if told is None:
                return None
            if told:
                settings[part.name] = told
        else:
            operands += _operands(machine, part, op, call, receiver)
    if op == "replace" and (zone := call.kwargs.get("tzinfo")) is not None:
        told = plain(machine, zone)
        return apply("tz_localize", operands, [("tz", told)]) if told is not None else None
    if op == "clip":
        return _clipped(machine, meaning, call, operands, settings)
    return apply(op, operands, settings.items())


def _clipped(
    machine: Machine, meaning: Meaning, call: Call, operands: list[Term | None], settings: dict[str, str]
) -> Term | None:
    """Limits that are no numbers, but computed from data, are operands."""
    bounds = {part.name: call.pick(part.selector) for part in meaning.parts if part.name}
    terms = {name: term_of(machine, bound) for name, bound in bounds.items() if bound is not None}
    moving = {name: term for name, term in terms.items() if term is not None and term.op != "const"}
    fixed = {name: text for name, text in settings.items() if name not in moving}
    found = apply("clip", operands, fixed.items()) if fixed else operands[0]
    for name, term in sorted(moving.items()):
        found = apply("greatest" if name == "lower" else "least", [found, term])
    return found


def _operands(machine: Machine, part: Part, op: str, call: Call, receiver: Term | None) -> list[Term | None]:
    if part.selector == ("self",):
        return [receiver]
    if part.selector == ("*",):
        if len(call.args) == 1 and isinstance(call.args[0], (Seq, Frame)):
            return [_of_rows(machine, op, call.args[0])]  # max(values)
        return [term_of(machine, item) for item in call.args]
    given = call.pick(part.selector)
    if given is None and part.default is not None:
        return [Term("const", (), (("value", part.default),))]
    if given is None and part.optional:
        return []
    return [_of_rows(machine, op, given)]


def _of_rows(machine: Machine, op: str, given: Value | None) -> Term | None:
    """An operand; of data that is gone over, what each value is."""
    if isinstance(given, Seq) and given.grown and goes_over_rows(op):
        return None  # one round of a loop stands for all
    if op == "size" and isinstance(given, Seq) and given.open and given.kind == "set":
        return apply("unique", [picked(op, term_of_each(machine, given), given)])
    if op == "size" and isinstance(given, Seq) and given.open and given.items:
        each = term_of_each(machine, given)
        return picked(op, each if is_of_words(each) else Term("each"), given)
    over_rows = "max" if op == "greatest" else "min" if op == "least" else op
    if op == "size" and isinstance(given, Frame) and given.form in ("table", "records"):
        return picked(op, Term("each"), given)
    if isinstance(given, Seq) and given.open and goes_over_rows(over_rows):
        return picked(over_rows, term_of_each(machine, given), given)
    return picked(over_rows, term_of(machine, given), given)


def _setting(machine: Machine, part: Part, call: Call, before: dict[str, str]) -> str | None:
    """The text of a setting, "" where it is not there, None where it can't be told."""
    given = call.pick(part.selector)
    if given is None:
        return _default(part, before)
    if call.spread:
        return None
    text = plain(machine, given)
    return type_name(text) if text is not None and part.name == "to" else text


def _default(part: Part, before: dict[str, str]) -> str:
    default = part.default or ""
    if default.startswith("$"):
        return before.get(default[1:], "")
    if part.name == "to":
        return type_name(default)
    return default if not default or _LITERAL.match(default) else written(default)


_LITERAL = re.compile(r"-?[\d.]+$|true$|false$|null$")


def plain(machine: Machine, value: Value) -> str | None:
    """A constant, list or dictionary of constants, or a type as text."""
    found = _python(value)
    if found is _UNCLEAR:
        term = term_of(machine, value)
        return str(term) if term is not None else None
    return found if isinstance(value, Symbol) and isinstance(found, str) else written(found)


_UNCLEAR = object()


def _python(value: Value) -> object:
    if isinstance(value, Const):
        return value.value
    if isinstance(value, Text):
        return value.literal if value.literal is not None and not value.assumed else _UNCLEAR
    if isinstance(value, Symbol):
        return value.dotted.rpartition(".")[2]
    if isinstance(value, Seq) and not value.open:
        items = [_python(item) for item in value.items]
        return _UNCLEAR if any(item is _UNCLEAR for item in items) else items
    if isinstance(value, Map) and not value.open and value.rest is None:
        pairs = {key: _python(item) for key, item in value.entries.items()}
        return _UNCLEAR if any(item is _UNCLEAR for item in pairs.values()) else pairs
    return _UNCLEAR


def of_function(machine: Machine, function: Value | None, kind: str) -> Meaning | None:
    """What a function that is passed by its name (`"mean"`) or as itself (`np.mean`) computes of a value."""
    if isinstance(function, Text) and function.literal is not None:
        return machine.knowledge.meaning(function.literal, kind)
    if not isinstance(function, Symbol):
        return None
    meaning = machine.knowledge.meaning(function.dotted, "")
    if meaning is None or not meaning.parts or 0 not in meaning.parts[0].selector:
        return meaning
    return replace(meaning, parts=(replace(meaning.parts[0], selector=("self",)), *meaning.parts[1:]))


def aggregated(machine: Machine, frame: Frame, name: str, function: Value | None, keys: tuple[str, ...]) -> Term | None:
    """What a function that is passed gives for one column, for each group."""
    from mldebt.evaluate.calls import Call, invoke
    from mldebt.evaluate.frames import column

    if isinstance(function, Function) and function.is_lambda:
        call = Call(machine.scope.statement[0], 0, [column(machine, frame, name)], {})
        made = term_of(machine, invoke(machine, function, call))
        return over(made, keys) if keys else made
    meaning = of_function(machine, function, "groupby")
    if meaning is None or not isinstance(function, (Text, Symbol)):
        return None
    op = meaning.operation((function.literal if isinstance(function, Text) else function.dotted) or "")
    one = _applied(machine, meaning, op, Call(0, 0, [], {}), picked(op, column_term(machine, frame, name), frame))
    return over(one, keys) if keys else one
