"""What each kind of statement does to the names in scope."""

from __future__ import annotations

from collections.abc import Callable

from msgspec.structs import replace

from mldebt.evaluate.absence import doubtful, note
from mldebt.evaluate.annotated import annotated
from mldebt.evaluate.aside import is_option, look_aside
from mldebt.evaluate.assigned import set_attribute, set_name
from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.choices import both, merge, merge_by
from mldebt.evaluate.computed_at import note as note_place
from mldebt.evaluate.decisions import decisions_in
from mldebt.evaluate.defaulting import last_line, note_default, quiet_handlers
from mldebt.evaluate.definitions import class_, define
from mldebt.evaluate.expressions import operate
from mldebt.evaluate.imports import from_statement, import_statement
from mldebt.evaluate.joins import join
from mldebt.evaluate.lacking import lacking
from mldebt.evaluate.loops import for_, while_
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.picking import test_of
from mldebt.evaluate.provenance import columns_of
from mldebt.evaluate.special_methods import special
from mldebt.evaluate.streams import is_kept, thrown_away
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.through_columns import changed_in_place, stored_in_rows
from mldebt.evaluate.truths import decided
from mldebt.evaluate.unpacking import item_for
from mldebt.evaluate.values import (
    NONE,
    Connection,
    Const,
    Frame,
    Handle,
    Instance,
    Map,
    Seq,
    Unknown,
    Value,
    is_none,
    options_of,
)
from mldebt.evaluate.varied import mentions
from mldebt.read.facts import Expr, Stmt
from mldebt.terms import Term, apply, const


def assign(machine: Machine, statement: Stmt) -> bool:
    _, _, _, targets, value_expression, annotation = statement
    if value_expression is None:
        return True
    machine.scope.hint = targets[0][-1] if targets[0][0] in ("name", "attr") else ""
    machine.scope.targets = _target_names(targets[0])
    value = machine.evaluate(value_expression)
    machine.scope.hint, machine.scope.targets = "", ()
    if annotation is not None:
        value = annotated(machine, annotation, value)
    if machine.scope.looping and mentions(value_expression, machine.scope.looping):
        machine.scope.looping += [target[1] for target in targets if target[0] == "name"]
    if isinstance(value, Unknown) and not value.label and targets[0][0] in ("name", "attr"):
        value = replace(value, label=targets[0][-1])
    absent = value is machine.absent or doubtful(machine, value_expression)
    for target in targets:
        bind(machine, target, value)
        if absent:
            note(machine, target)
    return True


def _target_names(target: Expr) -> tuple[str, ...]:
    """The names that `a, b = …` binds, for what the right side makes."""
    if target[0] not in ("tuple", "list"):
        return ()
    return tuple(str(item[-1]) if item[0] in ("name", "attr") else "" for item in target[1])


def bind(machine: Machine, target: Expr, value: Value) -> None:
    """Store a value under a target expression."""
    note_place(machine, value)
    kind = target[0]
    if _tidied_up(machine, target, value):
        return
    if kind == "name":
        set_name(machine, target, value)
    elif kind in ("tuple", "list"):
        _unpack(machine, target[1], value)
    elif kind == "attr":
        set_attribute(machine, target, value)
    elif kind == "index":
        from mldebt.evaluate.subscripts import store

        if stored_in_rows(machine, target, value):
            return
        key = machine.evaluate(target[2])
        for base in options_of(machine.evaluate(target[1])):
            store(machine, base, key, value, target)
    elif kind == "star":
        bind(machine, target[1], value if isinstance(value, Seq) else Seq([value], True))


def _tidied_up(machine: Machine, target: Expr, value: Value) -> bool:
    """Whether something that others see is emptied behind a `yield`: nobody who was served finds it empty."""
    shared = target[0] == "attr" or (target[0] == "name" and target[1] in machine.scope.env.shared)
    return machine.scope.leaving and shared and _holds_nothing(value)


def _holds_nothing(value: Value) -> bool:
    """None, something empty, or an object none of whose fields holds more than that: `state = State()`."""
    if isinstance(value, Instance):
        return all(isinstance(one, Const) or _holds_nothing(one) for one in value.fields.values())
    if isinstance(value, Map):
        return not value.entries and value.rest is None
    return is_none(value) or (isinstance(value, Seq) and not value.items)


def _unpack(machine: Machine, targets: tuple[Expr, ...], value: Value) -> None:
    for number, target in enumerate(targets):
        items = [item_for(machine, option, number, targets) for option in options_of(value)]
        bind(machine, target, join(items))


def augmented(machine: Machine, statement: Stmt) -> bool:
    _, _, _, target, operator, expression = statement
    value = machine.evaluate(expression)
    before = machine.evaluate(target)
    if isinstance(before, Seq) and operator == "+":
        before.items += value.items if isinstance(value, Seq) else [value]
        return True
    bind(machine, target, operate(machine, operator, before, value, expression))
    return True


def expression(machine: Machine, statement: Stmt) -> bool:
    value = machine.evaluate(statement[3])
    changed_in_place(machine, statement[3], value)
    if machine.facts.kind == "notebook":
        look_at(machine, value, "sink")  # a cell shows its value
    return not _exits(statement[3])


def look_at(machine: Machine, value: Value, kind: str) -> None:
    """Note that a value decides something or is shown: its columns are used."""
    if isinstance(value, Frame):
        use_frame(machine, value, kind, machine.site())
    else:
        for ref in sorted(columns_of(value)):
            machine.trace.use(ref, kind, machine.site())


def _exits(call: Expr) -> bool:
    """`sys.exit(...)`, `exit()`, `quit()`."""
    if call[0] != "call":
        return False
    callee = call[1]
    return callee in (("name", "exit"), ("name", "quit"), ("attr", ("name", "sys"), "exit"))


def return_(machine: Machine, statement: Stmt) -> bool:
    expression = statement[3]
    machine.scope.returns.append(machine.evaluate(expression) if expression is not None else NONE)
    note_place(machine, machine.scope.returns[-1])
    machine.scope.guards.append(both(machine.scope.path))
    if expression is not None and (doubtful(machine, expression) or machine.scope.returns[-1] is machine.absent):
        machine.scope.returns.append(NONE)
        machine.scope.guards.append(None)
    return False


def raise_(machine: Machine, statement: Stmt) -> bool:
    """`raise SystemExit(main())` is how scripts end; what other exceptions are told is only said to somebody."""
    raised = statement[3]
    if raised is not None and raised[0] == "call" and raised[1] == ("name", "SystemExit"):
        machine.evaluate(raised)
    return False


def assert_(machine: Machine, statement: Stmt) -> bool:
    look_at(machine, machine.evaluate(statement[3]), "check")
    return True


def delete(machine: Machine, statement: Stmt) -> bool:
    from mldebt.evaluate.subscripts import remove

    for target in statement[3]:
        if target[0] == "name":
            machine.scope.env.names.pop(target[1], None)
        elif target[0] == "index":
            for base in options_of(machine.evaluate(target[1])):
                remove(machine, base, machine.evaluate(target[2]))
    return True


def global_(machine: Machine, statement: Stmt) -> bool:
    machine.scope.env.shared.update(statement[3])
    return True


def if_(machine: Machine, statement: Stmt) -> bool:
    _, _, _, test, body, otherwise = statement
    if not otherwise and thrown_away(machine, test, body):
        return True
    condition = _condition(machine, test)
    raises = bool(body) and body[-1][0] == "raise" and not otherwise
    waits = not otherwise and (not body or body[-1][0] == "return") and is_kept(test_of(machine, condition))
    if raises:
        look_at(machine, condition, "check")
    known = decided(machine, test, condition)
    optional = known is not None and is_option(machine, test)
    if known is not None and not (optional and machine.trace.aside):
        start = dict(machine.scope.env.names) if optional else None
        goes_on = machine.run(body if known else otherwise)
        if start is not None:
            look_aside(machine, test, known, otherwise if known else body, start)
        return goes_on
    term = test_of(machine, condition)
    outer = machine.deciding
    machine.deciding = [*outer, *decisions_in(machine, condition)]
    try:
        with lacking(machine, test, body, otherwise):
            return branches(machine, (body, otherwise), (term, apply("not", [term])))
    finally:
        machine.deciding = outer
        if (raises or waits) and (holds := apply("not", [term])) is not None:
            machine.scope.assumed.append(holds)


def _condition(machine: Machine, test: Expr) -> Value:
    """`if __name__ == "__main__"` always holds: the file may be run."""
    if test[0] == "cmp" and ("name", "__name__") in test[2:]:
        return Const(True)
    value = machine.evaluate(test)
    look_at(machine, value, "filter")
    return value


def branches(machine: Machine, bodies: tuple[tuple[Stmt, ...], ...], tests: tuple[Term | None, ...] = (None,)) -> bool:
    """Run alternatives from the same start and join what they leave behind. `tests`: when each of them is run."""
    env = machine.scope.env
    start = dict(env.names)
    ends: list[dict[str, Value]] = []
    for number, body in enumerate(bodies):
        env.names.clear()
        env.names.update(start)
        machine.scope.path.append(tests[number % len(tests)])
        if run_undecided(machine, body):
            ends.append(dict(env.names))
        machine.scope.path.pop()
    if len(ends) == 2 and tests[0] is not None:
        merge_by(machine, tests[0], ends)
    else:
        merge(env, ends or [start])
    return bool(ends)


def run_undecided(machine: Machine, body: tuple[Stmt, ...]) -> bool:
    """Run statements that may not be reached: what they set on objects is one of several possibilities."""
    machine.undecided += 1
    try:
        return machine.run(body)
    finally:
        machine.undecided -= 1


def with_(machine: Machine, statement: Stmt) -> bool:
    opened: list[Value] = []
    for item, target in statement[3]:
        if target is not None and target[0] == "name":
            machine.scope.hint = target[1]
        value = machine.evaluate(item)
        machine.scope.hint = ""
        entered = join(_entered(machine, option) for option in options_of(value))
        opened.append(entered)
        if target is not None:
            bind(machine, target, entered)
    return machine.run(statement[4])


def _entered(machine: Machine, value: Value) -> Value:
    """What `with value as x` binds."""
    if (entered := special(machine, value, "enter")) is not None:
        return entered
    if isinstance(value, Seq) and value.kind == "generator":
        return join(value.items)
    if isinstance(value, (Handle, Connection)):
        return value
    return value


def try_(machine: Machine, statement: Stmt) -> bool:
    _, _, _, body, handlers, otherwise, final = statement
    env = machine.scope.env
    start = dict(env.names)
    ends: list[dict[str, Value]] = []
    returned = len(machine.scope.returns)
    if machine.run((*body, *otherwise)):
        ends.append(dict(env.names))
    test = by_zero(machine, handlers, start, ends, returned)
    after = {**start, **env.names}
    read = {name: value for name, value in env.names.items() if start.get(name) is not value}
    given = machine.scope.returns[returned:]
    failed = after | {name: NONE for name in read if name in start and is_none(start[name])}
    for (_, name, handler), quiet in zip(handlers, quiet_handlers(handlers), strict=True):
        answered = len(machine.scope.returns)
        env.names.clear()
        env.names.update(failed)
        if name:
            env.set(name, Unknown("exception", name))
        machine.scope.path.append(test)
        if goes_on := run_undecided(machine, handler):
            ends.append(dict(env.names))
        machine.scope.path.pop()
        if quiet:
            site = machine.facts.site
            first, last = (handler[0][1], handler[-1][1]) if handler else (last_line(body) + 1,) * 2
            kept = {name: start[name] for name in read if name in start} if goes_on else {}
            instead = kept | {name: value for name, value in env.names.items() if failed.get(name) is not value}
            lines = (site(statement[1]), site(first), site(last))
            note_default(machine, lines, read, given, instead, machine.scope.returns[answered:])
    if test is not None and len(ends) == 2:
        merge_by(machine, test, ends[::-1])
    else:
        merge(env, ends or [after])
    return machine.run(final) and bool(ends)


def by_zero(
    machine: Machine, handlers: tuple[Stmt, ...], start: dict[str, Value], ends: list[dict[str, Value]], returned: int
) -> Term | None:
    """When `except ZeroDivisionError` is reached: where the one thing that was divided by is zero."""
    if len(handlers) != 1 or handlers[0][0] != ("name", "ZeroDivisionError"):
        return None
    changed = [value for end in ends for name, value in end.items() if start.get(name) is not value]
    terms = [term_of(machine, value) for value in (*changed, *machine.scope.returns[returned:])]
    divisors = {part.args[1] for term in terms if term is not None for part in term.walk() if part.op == "div"}
    test = apply("eq", [divisors.pop(), const(0)]) if len(divisors) == 1 else None
    for number in range(returned, len(machine.scope.guards)):
        machine.scope.guards[number] = apply("not", [test]) if machine.scope.guards[number] is None else None
    return test


def match(machine: Machine, statement: Stmt) -> bool:
    machine.evaluate(statement[3])
    return branches(machine, (*statement[4], ()))


def magic(machine: Machine, statement: Stmt) -> bool:
    from mldebt.evaluate.magics import notebook_magic

    notebook_magic(machine, statement[3], statement[4])
    return True


STATEMENTS: dict[str, Callable[[Machine, Stmt], bool]] = {
    "assign": assign,
    "aug": augmented,
    "expr": expression,
    "return": return_,
    "raise": raise_,
    "assert": assert_,
    "del": delete,
    "global": global_,
    "import": import_statement,
    "from": from_statement,
    "if": if_,
    "for": for_,
    "while": while_,
    "with": with_,
    "try": try_,
    "match": match,
    "def": define,
    "class": class_,
    "magic": magic,
}
