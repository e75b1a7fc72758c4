"""Subscripts: reading, storing and deleting."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.evaluate import column_names, frames, keeping, kept_by_key, positions, selection
from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.choices import both, chosen
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.given import part_of
from mldebt.evaluate.handed_on import CURRENT, applications
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.picking import between, is_in_order, item_at
from mldebt.evaluate.provenance import METRIC, derived, frames_in, sources_of
from mldebt.evaluate.score_tables import take_the_first
from mldebt.evaluate.scores import choose, scores_in
from mldebt.evaluate.sessions import put_into
from mldebt.evaluate.settings import key_in
from mldebt.evaluate.special_methods import special
from mldebt.evaluate.storage import STORED
from mldebt.evaluate.strings import label_of
from mldebt.evaluate.tabled import comes_of_prediction, found_by, mapped_by, numbered
from mldebt.evaluate.terms_of import with_term
from mldebt.evaluate.values import (
    Class,
    Const,
    Frame,
    Function,
    Handle,
    Instance,
    Loaded,
    Map,
    Method,
    Model,
    ModuleValue,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
)
from mldebt.read.facts import Expr


def subscript(machine: Machine, base: Value, key: Value, expression: Expr) -> Value:
    if isinstance(base, Frame):
        part = _of_response(machine, base, key)
        return part if part is not None else _of_frame(machine, base, key, expression)
    _note_choice(machine, base, key)
    if isinstance(base, Map):
        return _of_map(machine, base, key, expression)
    if isinstance(base, Seq):
        return _of_seq(machine, base, key)
    if isinstance(base, Text):
        return _of_text(base, key)
    if isinstance(base, Loaded):
        return selection.loaded_part(machine, base, key)
    if isinstance(base, Model):
        return base
    if isinstance(base, Handle):
        from mldebt.evaluate.handles import read_handle

        return read_handle(machine, base, machine.site(), "array")
    if isinstance(base, Symbol):
        return _of_symbol(machine, base, key, expression)
    if isinstance(base, (Instance, Class)) and (item := _of_own(machine, base, key)) is not None:
        return item
    found = _of_object(machine, base, key, expression) if isinstance(base, Object) else None
    found = found or special(machine, base, "getitem", key)
    return found or _of_unknown(base, key, expression)


def _of_frame(machine: Machine, base: Frame, key: Value, expression: Expr) -> Value:
    """Columns; those of a window are windows, too: `df.rolling(3)["x"].mean()`."""
    if isinstance(key, (Unknown, Text)) and comes_of_prediction(key):
        return found_by(derived("item of an unknown value", base), key)  # names that were read: `labels[str(best)]`
    found = selection.subscript(machine, base, key, expression)
    return found.copy(form="window") if base.form == "window" and isinstance(found, Frame) else found


def _note_choice(machine: Machine, base: Value, key: Value) -> None:
    """`groups[row["kind"]].append(row)`, `counts[city, kind] += 1`: values of the data choose."""
    if isinstance(key, (Frame, Seq)) and not _is_of_values(base):
        for frame in frames_in(key):
            use_frame(machine, frame, "key", machine.site())


def _is_of_values(base: Value) -> bool:
    """Whether a table of plain values is looked into: what is found there stands for the key."""
    values = base.entries.values() if isinstance(base, Map) else ()
    return bool(values) and all(isinstance(value, (Const, Text)) for value in values)


def _of_unknown(base: Value, key: Value, expression: Expr) -> Value:
    """Whatever has items by name may be a record."""
    by_score = isinstance(key, Unknown) and key.reason == METRIC  # the setting that did best
    says = by_score or comes_of_prediction(key)  # `model.config.id2label[best]`
    found = derived("item of an unknown value", base, *([key] if says else []), label=_key_label(key, expression))
    return replace(found, term=part_of(base, key))


def _of_response(machine: Machine, base: Frame, key: Value) -> Value | None:
    """`response["Body"]`: the contents, where that is the name for them."""
    if base.form != "response" or not isinstance(key, Text) or key.literal is None:
        return None
    from mldebt.evaluate.attributes_of_libraries import library_attribute

    known = machine.knowledge.attribute("response", key.literal) is not None
    return library_attribute(machine, base, key.literal) if known else None


def _of_own(machine: Machine, base: Instance | Class, key: Value) -> Value | None:
    """An item of an object of the repository that gives items, or a member of an enumeration."""
    from mldebt.evaluate.attributes import class_member, member
    from mldebt.evaluate.calls import Call, call_function

    if isinstance(base, Class):
        return class_member(machine, base, key.literal) if isinstance(key, Text) and key.literal else None
    given = member(machine, base, "__getitem__")
    if not isinstance(given, Function):
        return None
    return call_function(machine, given, Call(machine.scope.statement[0], -1, [key], {}))


def _of_object(machine: Machine, base: Object, key: Value, expression: Expr) -> Value | None:
    if isinstance(base.facts.get("settings"), Map):
        return _of_map(machine, base.facts["settings"], key, expression)
    if base.kind == CURRENT:
        found = [_of_object(machine, one, key, expression) for one in applications(machine)]
        return join(one for one in found if one is not None) if any(found) else None
    if STORED in base.facts and isinstance(key, Seq):
        return base  # some columns of a named thing
    if base.kind == "indices":
        return base  # some of the rows of one side
    if base.kind in ("iloc", "index"):
        take_the_first(machine, base, key)
    if base.kind in ("loc", "iloc"):
        return selection.locate(machine, base, key, expression)
    if base.kind == "columns" and isinstance(key, Object) and key.kind == "slice":
        return column_names.at(base, key)
    if base.kind == "columns" and isinstance(key, (Frame, Unknown)):
        return derived("some names of columns", base, key)
    if (entry := machine.knowledge.method(base.kind, "__getitem__")) is not None:
        from mldebt.evaluate.calls import Call
        from mldebt.evaluate.operation import Operation
        from mldebt.evaluate.operations import carry_out

        call = Call(machine.scope.statement[0], -1, [key], {}, labels=[expression], receiver=base)
        return carry_out(Operation(machine, call, entry, f"{base.kind}.__getitem__"))
    return frames.group_columns(machine, base, key) if base.kind == "groupby" else None


def _key_label(key: Value, expression: Expr) -> str:
    return str(key.literal) if isinstance(key, Text) and key.literal else label_of(expression)


def _of_symbol(machine: Machine, base: Symbol, key: Value, expression: Expr) -> Value:
    """`os.environ["X"]`, `sys.argv[1]`, or a type such as `list[int]`."""
    from mldebt.evaluate.calls import Call
    from mldebt.evaluate.libraries import call_symbol

    space, _, last = base.dotted.rpartition(".")
    if last == "__dict__":  # `models.__dict__[name]`: something of the module, whichever it is
        return Symbol(f"{space}.{key.literal if isinstance(key, Text) and key.literal else 'item'}")
    if base.dotted == "sys.modules" and isinstance(key, Text) and key.literal in ("__main__", machine.scope.file):
        return ModuleValue(machine.scope.file)
    if machine.knowledge.call(f"{base.dotted}.__getitem__") is not None:
        return call_symbol(machine, f"{base.dotted}.__getitem__", Call(machine.scope.statement[0], -1, [key], {}))
    return base


def _of_map(machine: Machine, base: Map, key: Value, expression: Expr) -> Value:
    literal = key_in(base, key.literal if isinstance(key, Text) else key.value if isinstance(key, Const) else None)
    if literal is not None and literal in base.entries:
        machine.note_key(base, literal)
        return base.entries[literal]
    if isinstance(key, Text) and literal is not None and base.record is not None:
        return subscript(machine, base.record, key, expression)
    if literal is not None and not base.open and base.rest is None:
        return Unknown("key not found", str(literal), sources_of(base))
    if literal is None and (before := kept_by_key.looked_up(machine, base, key)) is not None:
        return before
    values = [*base.entries.values(), *([base.rest] if base.rest is not None else [])]
    if literal is None and (chosen := mapped_by(machine, base, key)) is not None:
        return chosen
    if literal is None and values and len(values) <= 8:
        return found_by(join(values), key)
    found = derived("value under an unknown key", *values, *([] if literal else [key]))
    return Unknown(found.reason, _key_label(key, expression), found.sources, found.columns)


def _of_seq(machine: Machine, base: Seq, key: Value) -> Value:
    if isinstance(key, Const) and key.value in (0, -1) and is_in_order(base):
        choose(machine, scores_in(base), machine.site())
    if isinstance(key, Const) and isinstance(key.value, int) and (not base.open or base.kind == "argv"):
        try:
            return base.items[key.value]
        except IndexError:
            return Unknown("index beyond a list")
    if isinstance(key, Object) and key.kind == "slice":
        bounds = [_whole_number(bound) for bound in key.facts["bounds"]]
        known = all(isinstance(bound, Const) for bound in key.facts["bounds"]) and (
            not base.open or base.kind == "argv"
        )
        known &= bounds[2] != 0
        picks = () if known else (*base.picked, between(key))
        return Seq(base.items[slice(*bounds)] if known else list(base.items), not known, base.kind, picks)
    if not base.items:
        return Unknown("item of an unknown sequence")
    found = numbered(machine, base, key, join(base.items))
    place = key.value if isinstance(key, Const) and isinstance(key.value, int) else None
    made = base.open and len(base.items) == 1 and not isinstance(found, (Map, Seq)) and place is not None
    if not made or place is None:
        return found
    one = with_term(found, item_at(machine, base, place))
    return one.copy(picked=()) if isinstance(one, Frame) else one


def _whole_number(bound: Value) -> int | None:
    return bound.value if isinstance(bound, Const) and isinstance(bound.value, int) else None


def _of_text(base: Text, key: Value) -> Value:
    bounds = key.facts["bounds"] if isinstance(key, Object) and key.kind == "slice" else None
    if base.literal is not None and bounds and all(isinstance(bound, Const) for bound in bounds):
        try:
            return Text((base.literal[slice(*[_whole_number(bound) for bound in bounds])],))
        except ValueError:
            return Unknown("part of a text")
    return derived("part of a text", base)


def store(machine: Machine, base: Value, key: Value, value: Value, target: Expr) -> None:
    """`base[key] = value`."""
    if isinstance(base, Frame):
        keeping.store(machine, base, key, value)
        _store_through(machine, base, target[1])
    elif isinstance(base, Map):
        _note_choice(machine, base, key)
        put_into(machine, base, key, value)
    elif isinstance(base, Object) and base.kind in ("loc", "iloc"):
        selection.store_located(machine, base, key, value)
    elif isinstance(base, Object) and isinstance(base.facts.get("settings"), Map):
        put_into(machine, base.facts["settings"], key, value)
    elif isinstance(base, Seq) and not kept_by_key.put_at(machine, base, key, value):
        _put_at(machine, base, key, value)
    elif isinstance(base, Handle):
        from mldebt.evaluate.handles import store_item

        store_item(machine, base, value)
    elif isinstance(base, Loaded) and not _holds_model(value, base.node) and target[1][0] == "name":
        from mldebt.evaluate.statements import bind

        table = as_frame(machine, base)  # what gets a column is a table
        keeping.store(machine, table, key, value)
        bind(machine, target[1], table)
    elif isinstance(base, (Unknown, Loaded, Method)):
        keeping.store_unknown(machine, base, key, value, target)


def _store_through(machine: Machine, row: Frame, target: Expr) -> None:
    """`counts[user][item] = 1`: a row of an array is a view of it."""
    if target[0] == "index" and target[1][0] in ("name", "attr"):
        whole = machine.evaluate(target[1])
        if isinstance(whole, Frame) and whole.form == "array" and whole.node != row.node:
            keeping.store(machine, whole, machine.evaluate(target[2]), row)


def _put_at(machine: Machine, base: Seq, key: Value, value: Value) -> None:
    """`row[2] = 1`: in a branch, it is that or what is there already."""
    place = key.value if isinstance(key, Const) and isinstance(key.value, int) else None
    if place is None or base.open or not -len(base.items) <= place < len(base.items):
        base.items.append(value)
        base.open = True
    else:
        before = base.items[place]
        path = machine.scope.path
        base.items[place] = chosen(machine, both(path), value, before) if path else value


def _holds_model(value: Value, container: str) -> bool:
    return any(source.startswith(("model:", "loaded:")) for source in sources_of(value) - {container})


def remove(machine: Machine, base: Value, key: Value) -> None:
    literal = key.literal if isinstance(key, Text) else None
    if literal is None:
        return
    if isinstance(base, Frame):
        base.columns.pop(literal, None)
        base.dropped |= {literal}
    elif isinstance(base, Map) and not machine.scope.path:
        base.entries.pop(literal, None)


def set_frame_attribute(machine: Machine, base: Value, name: str, value: Value) -> None:
    """`df.columns = [...]` and `df.x = value`."""
    from mldebt.evaluate import statements

    if not isinstance(base, Frame):
        return
    if name == "columns":
        frames.rename_all(machine, base, value)
        if isinstance(value, Seq) and not (value.open or value.loose) and frames.names_of(value)[1]:
            positions.named(machine, base, frames.names_of(value)[0], machine.site())
    elif name == "name":
        _name_series(base, value)
    elif name == "index":
        statements.look_at(machine, value, "key")  # rows are found by it
    elif name not in ("attrs", "flags"):
        keeping.store(machine, base, Text((name,)), value)
        if base.form != "table":  # a row of a session, which writes it when it commits
            for ref in sorted(base.columns.get(name, ())):
                machine.trace.use(ref, "sink", machine.site())


def _name_series(base: Frame, value: Value) -> None:
    """`series.name = "total"`."""
    literal = value.literal if isinstance(value, Text) else None
    if base.form == "series" and literal is not None and len(base.columns) == 1:
        base.columns = {literal: base.refs()}
