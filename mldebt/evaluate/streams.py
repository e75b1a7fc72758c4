"""Values that come one by one and are kept between calls: `history[key].append(x)`, of which the latest are left.

What is kept is a list of all that came. Up to the place where the value of the event at hand is put into it, that one
is missing. What is put in may be said later than what is made of it: until the end a name stands for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from msgspec.structs import replace

from mldebt.evaluate import kept_by_key, slots
from mldebt.evaluate.picking import some_rows, term_of_each, test_of
from mldebt.evaluate.provenance import columns_of, derived, sources_of
from mldebt.evaluate.terms_of import PREFIX, term_of
from mldebt.evaluate.values import NONE, Const, Map, Pick, Seq, Symbol, Unknown, Value
from mldebt.read.facts import Expr, Stmt
from mldebt.terms import Term, apply, column

if TYPE_CHECKING:
    from mldebt.evaluate.calls import Call
    from mldebt.evaluate.machine import Machine

ALL: Final[Pick] = ("kept", (), None)
BEFORE: Final[Pick] = ("span", (("stop", "-1"),), None)
UNCLEAR: Final = "!"
PUTS: Final = frozenset({"append", "push"})
TAKES: Final = frozenset({"popleft", "pop"})


# -- where they begin


def deque(machine: Machine, call: Call) -> Value:
    """`deque(maxlen=7)`; one that begins with something is that."""
    given = call.args[0] if call.args else call.kwargs.get("iterable")
    most = call.args[1] if len(call.args) > 1 else call.kwargs.get("maxlen")
    if given is not None and not (isinstance(given, Seq) and not given.items):
        return given
    return begun(machine, call.line, most.value if isinstance(most, Const) and isinstance(most.value, int) else None)


def by_default(machine: Machine, call: Call) -> Value:
    """`defaultdict(list)`, `defaultdict(lambda: deque(maxlen=7))`: what stands under any key."""
    from mldebt.evaluate.calls import Call as Made
    from mldebt.evaluate.calls import invoke

    factory = call.args[0] if call.args else NONE
    if isinstance(factory, Symbol) and factory.dotted in ("builtins.list", "collections.deque", "list"):
        return Map({}, True, begun(machine, call.line, None))
    made = invoke(machine, factory, Made(call.line, call.ordinal, [], {})) if not isinstance(factory, Symbol) else NONE
    if is_stream(made):
        return Map({}, True, made)
    return call.args[1] if len(call.args) > 1 else kept_by_key.with_default(machine, factory, made)


def begun(machine: Machine, line: int, most: int | None) -> Seq:
    name = f"{PREFIX}{machine.scope.file}:{line}"
    each = Unknown("value that is kept", term=column(name))
    left: tuple[Pick, ...] = (("tail", (("n", str(most)),), None),) if most else ()
    return Seq([each], True, picked=(ALL, BEFORE, *left), stream=name)


def is_stream(value: Value | None) -> bool:
    return isinstance(value, Seq) and bool(value.stream)


# -- what goes in and out


def called(machine: Machine, stream: Seq, name: str, call: Call) -> Value | None:
    """A method of such a list; None for those that it has in common with others."""
    if name in PUTS and call.args:
        _put(machine, stream, call.args[0])
        return NONE
    if name in TAKES:
        return replace(derived("value that was kept", *stream.items), term=None)
    if name in ("appendleft", "extend", "insert", "clear", "remove"):
        _unclear(machine, stream)
        return NONE
    return None


def _put(machine: Machine, stream: Seq, value: Value) -> None:
    known = machine.streams.setdefault(stream.stream, {})
    if machine.undecided or BEFORE not in stream.picked:
        known[UNCLEAR] = None
        return
    machine.put.append((stream, stream.picked))
    stream.picked = tuple(pick for pick in stream.picked if pick != BEFORE)
    for path, part in _parts(value):
        term = term_of(machine, part)
        known[path] = term if known.get(path, term) == term else None
    each = stream.items[0]
    if isinstance(each, Unknown):
        stream.items[0] = replace(
            each, sources=each.sources | sources_of(value), columns=each.columns | columns_of(value)
        )


def refilled(machine: Machine, stream: Value | None, value: Value) -> bool:
    """`kept[user] = recent + [x]`: what is left of those that came, and the one that has just come.

    `kept[user] = [one for one in kept[user] if …]`: what is left alone.
    """
    if not isinstance(stream, Seq) or not stream.stream or not isinstance(value, Seq):
        return False
    new = [item for item in value.items if not _came(stream, item)]
    if len(new) == 1 and len(value.items) > 1:
        _put(machine, stream, new[0])
    elif new or not value.items or not _is_less(stream, value):
        _unclear(machine, stream)
    else:
        stream.picked = value.picked
    return True


def _unclear(machine: Machine, stream: Seq) -> None:
    """Neither what is kept is known nor how much of it."""
    machine.streams.setdefault(stream.stream, {})[UNCLEAR] = None
    stream.picked = (*stream.picked, some_rows("unclear"))


def _is_less(stream: Seq, value: Seq) -> bool:
    """Whether a list holds those that came but for some, of which is known which they are."""
    known = all(pick in stream.picked or pick[0] in ("filter", "tail") for pick in value.picked)
    return known and all(pick in value.picked for pick in stream.picked)


def _came(stream: Seq, item: Value) -> bool:
    """Whether an item is one of those that came before, or the parts of one."""
    parts = item.items if isinstance(item, Seq) else [item]
    terms = [part.term for part in parts if isinstance(part, Unknown) and part.term is not None]
    return len(terms) == len(parts) and all(name.startswith(stream.stream) for term in terms for name in term.columns)


def _parts(value: Value) -> list[tuple[str, Value]]:
    if isinstance(value, Seq) and not value.open:
        return [(f".{number}", item) for number, item in enumerate(value.items)]
    if isinstance(value, Map) and not value.open:
        return [(f".{key}", item) for key, item in value.entries.items()]
    return [("", value)]


def forget(machine: Machine) -> None:
    """Another event begins: what came last is still to be put in."""
    slots.forget(machine)
    if machine.uses("put"):
        for stream, picked in reversed(machine.put):
            stream.picked = picked
        machine.put.clear()


# -- what is thrown away


def thrown_away(machine: Machine, test: Expr, body: tuple[Stmt, ...]) -> bool:
    """`while kept and kept[0][0] < now - 60: kept.popleft()`, `if len(kept) > 7: kept.pop(0)`."""
    if len(body) != 1 or body[0][0] != "expr" or body[0][3][0] != "call":
        return False
    function: Expr = body[0][3][1]
    if function[0] != "attr" or function[2] not in TAKES:
        return False
    stream = machine.evaluate(function[1])
    if not isinstance(stream, Seq) or not stream.stream:
        return False
    for part in _all_of(test):
        pick = _left_by(machine, stream, test_of(machine, machine.evaluate(part)))
        if pick is None:
            machine.streams.setdefault(stream.stream, {})[UNCLEAR] = None
        elif pick not in stream.picked and pick != ALL:
            filters = pick[0] == "filter"
            stream.picked = (ALL, pick, *stream.picked[1:]) if filters else (*stream.picked, pick)
    return True


def _all_of(test: Expr) -> list[Expr]:
    return [*_all_of(test[2]), *_all_of(test[3])] if test[0] == "bool" and test[1] == "and" else [test]


def _left_by(machine: Machine, stream: Seq, test: Term | None) -> Pick | None:
    """Which of them are left, as the condition says under which the first is thrown away; ALL if it says nothing."""
    if test is None or test.op not in ("lt", "le") or len(test.args) != 2:
        return None
    low, high = test.args
    if low.op == "const" and high.op == "size":
        most = int(float(low.settings[0][1])) - (test.op == "le")
        return ALL if most <= 0 else ("tail", (("n", str(most)),), None)
    each = term_of_each(machine, stream)
    first = next((part for part in test.walk() if part.op == "item" and part.setting("at") == "0"), None)
    if first is None or each is None:
        return None
    kept = next((part for part in first.walk() if part.op == "column"), None)
    left = apply("not", [_instead(test, first, kept)]) if kept is not None else None
    return ("filter", (), left) if left is not None else None


def _instead(term: Term, old: Term, new: Term) -> Term:
    if term == old:
        return new
    return Term(term.op, tuple(_instead(arg, old, new) for arg in term.args), term.settings)


# -- in the end


def is_kept(term: Term | None) -> bool:
    return term is not None and any(name.startswith(PREFIX) for name in term.columns)


def settle(machine: Machine) -> None:
    """Say of everything that was computed of kept values what these are."""
    machine.streams |= slots.settled(machine)
    if not machine.streams and not machine.slots.read:
        return
    for edge in machine.trace.edges.values():
        for key in ("expressions", "made", "computed", "assumes"):
            if (found := edge.attributes.get(key)) is not None:
                edge.attributes = {**edge.attributes, key: _settled_all(machine, found, whole=key != "assumes")}
    for known in machine.trace.columns.values():
        if is_kept(known.term):
            known.term = _settled(machine, known.term)


def _settled_all(machine: Machine, found: Any, *, whole: bool) -> Any:
    if isinstance(found, dict):
        return {name: _settled(machine, term) for name, term in found.items()}
    terms = tuple(_settled(machine, term) for term in found)
    return terms if whole else tuple(term for term in terms if term is not None) or None


def _settled(machine: Machine, term: Term | None) -> Term | None:
    if term is None or not is_kept(term):
        return term
    if term.op == "column":
        return _what_is_kept(machine, term.settings[0][1])
    if (name := machine.slots.after.get(term)) is not None:
        return _what_is_kept(machine, name)
    if term.op == "filter" and is_kept(term.args[1]):
        term = replace(term, args=(term.args[0], _beside(term.args[1])))
    return apply(term.op, [_settled(machine, arg) for arg in term.args], term.settings)


def _beside(test: Term) -> Term:
    """What is of the event at hand in a condition on those that are kept."""
    if test.op == "column":
        return test if is_kept(test) else Term("latest", (test,))
    return Term(test.op, tuple(map(_beside, test.args)), test.settings)


def _what_is_kept(machine: Machine, name: str) -> Term | None:
    stream, dot, path = name.removeprefix(PREFIX).partition(".py:")
    line, _, part = path.partition(".")
    known = machine.streams.get(f"{PREFIX}{stream}{dot}{line}", {UNCLEAR: None})
    if UNCLEAR in known:
        return None
    if f".{part}" in known or not part:
        return known.get(f".{part}" if part else "")
    whole = known.get("")
    return column(part) if "" in known and (whole is None or whole.op == "column") and part.isidentifier() else None
