"""Parts of frames: columns and rows by subscript, mask, slice and position."""

from __future__ import annotations

from mldebt.evaluate.frames import brought_into_line, column, is_encoded, names_of, select, select_rows
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.keeping import mix_in, store
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.masks import mask_among, picks_rows
from mldebt.evaluate.picking import clocked, item_at, kept_by, part_of_text, picked, some_rows
from mldebt.evaluate.positions import BY_POSITION, is_loose, is_stored_list, spelled, taken
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.queried import row_value
from mldebt.evaluate.score_tables import add_scores, scores_behind
from mldebt.evaluate.scores import scores_in
from mldebt.evaluate.slices import is_full_slice, sliced
from mldebt.evaluate.supported import chosen_by_selector, with_one
from mldebt.evaluate.terms_of import term_of
from mldebt.evaluate.values import Choice, Const, Frame, Loaded, Object, Seq, Text, Unknown, Value, options_of
from mldebt.evaluate.varied import mentions
from mldebt.read.facts import Expr
from mldebt.sites import Site
from mldebt.terms import apply
from mldebt.terms.term import part_of_stored, stored

PARTS = {
    "train": "train", "validation": "validation", "valid": "validation", "val": "validation", "dev": "validation",
    "test": "test", "eval": "test", "unsupervised": "train",
}  # fmt: skip
"""What the parts of published data sets are called."""


def subscript(machine: Machine, frame: Frame, key: Value, expression: Expr | None = None) -> Value:
    site = machine.site()
    if isinstance(key, Text) and key.literal is not None:
        return _named(machine, frame, key.literal, site)
    if is_encoded(machine, frame.node) and not isinstance(key, (Const, Frame)):
        frame = brought_into_line(machine, frame, machine.scope.statement, site)
    if isinstance(key, Object) and (shown := key.facts.get("position")):
        part = select(machine, frame, key.facts["names"]) if key.facts["names"] else frame.copy(vague=True)
        return taken(machine, frame, shown, part, site)
    if isinstance(key, (Seq, Object)) and (names := names_of(key))[0]:
        chosen = select(machine, frame, names[0], whole=names[1])
        if is_loose(key):
            left_out = frozenset(frame.columns) - frozenset(names[0])
            left_out |= key.but if isinstance(key, Seq) else frozenset()
            return chosen.copy(ordered=frame.ordered, rest=frame.rest, dropped=frame.dropped | left_out)
        return chosen
    if (mask := mask_among(frame, key)) is not None:
        return filtered(machine, frame, mask, site, expression)
    if isinstance(key, Seq) and key.kind == "tuple":
        return located_pair(machine, frame, key, site, expression)
    if isinstance(key, Object) and (rows := ROWS_BY.get(key.kind)) is not None:
        return rows(machine, frame, key, site)
    if isinstance(key, Object) and key.kind == "index" and frame.form != "table":
        return _labelled(machine, frame, key, site)
    return _at(machine, frame, key) if isinstance(key, Const) else _any(machine, frame, key, site, expression)


def _labelled(machine: Machine, frame: Frame, key: Object, site: Site) -> Frame:
    """`y.loc[X_train.index]`: the rows that another frame has of the same table."""
    other: Frame = key.facts["frame"]
    chosen = machine.trace.rows.get(other.rows)
    if chosen is None or other.rows == frame.rows:
        return frame.copy()
    key_ = ("labelled", machine.scope.statement, other.node, frame.node)
    part = chosen.operation == "part" or bool(chosen.split)
    return select_rows(
        machine, frame, key_, site, "part" if part else "filter", split=chosen.split, part=chosen.part,
        drawn=_drawn_like(machine, other),
    )  # fmt: skip


_HOW_DRAWN = ("random", "seed", "shuffled", "folds", "grouped", "time", "in_turn")


def _drawn_like(machine: Machine, frame: Frame) -> dict[str, object]:
    """How the rows of a frame were chosen."""
    for edge in machine.trace.into.get(frame.rows.removeprefix("rows:"), ()):
        if edge.kind == "DERIVES" and not edge.attributes.get("indirect"):
            return {name: edge.attributes[name] for name in _HOW_DRAWN if edge.attributes.get(name)}
    return {}


def _listed(machine: Machine, frame: Frame, site: Site, expression: Expr | None) -> Frame:
    """The rows whose numbers are in a list."""
    key = ("list", machine.scope.statement, expression, frame.node)
    return select_rows(machine, frame, key, site, "filter", drawn=_in_turn(machine, expression))


def _any(machine: Machine, frame: Frame, key: Value, site: Site, expression: Expr | None) -> Frame:
    """A part that can't be told. Names that no table happens to have were written down somewhere."""
    frame = chosen_by_selector(machine, frame, key, site)
    left = key.but if isinstance(key, Seq) else frozenset()
    columns = {name: known for name, known in frame.columns.items() if name not in left} if left else frame.columns
    if isinstance(key, Text) or frame.form == "table" or _may_be_field(frame, key):
        use_any(machine, frame.copy(columns=columns, dropped=frame.dropped | left) if left else frame, site)
    for ref in sorted(key.refs()) if isinstance(key, Frame) else ():
        machine.trace.use(ref, "filter", site)
    if picks_rows(frame, key, expression):
        return _listed(machine, frame, site, expression)
    if frame.form in ("array", "series", "records", "row"):
        return frame.copy()
    chosen = frame.named and not frame.vague and any(source.startswith("loaded:") for source in sources_of(key))
    rest = frame.rest if is_loose(key) else ()
    ordered = frame.ordered or _lists_names(key)
    made = frame.copy(columns=columns, vague=True, rest=rest, dropped=frame.dropped | left, chosen=chosen)
    return made.copy(ordered=ordered)


def _lists_names(key: Value) -> bool:
    """Whether columns come in the order of a list that the code makes, also where not all of its names are known."""
    lists = [one for one in options_of(key) if isinstance(one, Seq) and not is_loose(one) and one.kind != "tuple"]
    named = all(not isinstance(item, Const) for one in lists for item in one.items)
    return named and len(lists) == len(list(options_of(key)))


def _may_be_field(frame: Frame, key: Value) -> bool:
    """`record[name]` with a name that isn't known; what numbers the records of a list names none of their fields."""
    return frame.form in ("row", "records") and isinstance(key, Unknown) and key.label != "index"


def _named(machine: Machine, frame: Frame, name: str, site: Site) -> Frame:
    """A column, or a part of a data set of examples."""
    if frame.form != "examples" or name not in PARTS or name in frame.columns:
        found = with_one(machine, frame, column(machine, frame, name))
        stored = frame.form == "array" and name not in frame.columns
        return found.copy(form="array", vague=True) if stored else found  # one of the arrays of an .npz file
    key = ("named part", name, frame.node)
    return select_rows(machine, frame, key, site, "part", split=f"parts:{frame.rows}", part=PARTS[name])


def _at(machine: Machine, frame: Frame, key: Const) -> Frame:
    """One row of a table, or one value of a column."""
    if frame.form == "row" and isinstance(key.value, int) and (value := row_value(frame, key.value)) is not None:
        return value
    if frame.form == "array" and isinstance(key.value, int) and len(frame.columns) == 1 and not frame.open:
        return frame.copy(form="row", term=item_at(machine, frame, key.value), terms={}, picked=())
    if frame.form == "records" and isinstance(key.value, int) and any(pick[0] == "sorted" for pick in frame.picked):
        return _in_order(frame, key.value)
    if frame.form in ("table", "array", "records", "examples"):
        return frame.copy(form="row", picked=(*frame.picked, some_rows("one")))
    if frame.form == "strings":
        return frame.copy(form="series", term=part_of_text(machine, frame, key), terms={})
    if frame.term is not None and frame.term.op == "split":
        return frame.copy(form="scalar", term=part_of_text(machine, frame, key), terms={})
    if frame.form == "scalar" and frame.term is not None and frame.term.op == "list":
        return _of_several(frame, key.value)
    if frame.form not in ("series", "index") or not isinstance(key.value, int):
        return frame.copy(form="scalar")
    return frame.copy(form="scalar", term=item_at(machine, frame, key.value), terms={}, picked=())


def _of_several(frame: Frame, place: object) -> Frame:
    """One of several values that a function gives for each row: `df["at"].map(parts).map(lambda one: one[0])`."""
    args = frame.term.args if frame.term is not None else ()
    term = args[place] if isinstance(place, int) and -len(args) <= place < len(args) else None
    return frame.copy(form="scalar", term=term, terms={})


def _in_order(frame: Frame, place: int) -> Frame:
    """The first or last of records that were put in order."""
    told = [("at", str(place))]
    terms = {name: apply("item", [picked("item", term, frame)], told) for name, term in frame.terms.items()}
    return frame.copy(form="row", term=apply("item", [picked("item", frame.term, frame)], told), terms=terms, picked=())


def use_any(machine: Machine, frame: Frame, site: Site) -> None:
    """A column whose name is not known may be any of them."""
    from mldebt.evaluate.calls import use_frame

    use_frame(machine, frame, "escape", site)


def filtered(machine: Machine, frame: Frame, mask: Frame, site: Site, expression: Expr | None = None) -> Frame:
    """Rows that a mask keeps; one that divides (a date before or after, a drawn number) makes one side of a split."""
    chosen = machine.trace.rows.get(mask.rows)
    if chosen is not None and chosen.split and mask.form in ("index", "array") and not mask.side[0]:
        by_number = ("chosen", machine.scope.statement, mask.node, frame.node)  # row numbers out of a split of them
        drawn = _drawn_numbers(machine, mask)
        return select_rows(machine, frame, by_number, site, "part", split=chosen.split, part=chosen.part, drawn=drawn)
    for ref in sorted(mask.refs()):
        machine.trace.use(ref, "filter", site)
    divider, part = mask.side
    drawn = _drawn(machine, mask)
    operation = "part" if divider else "filter"
    split = f"mask:{frame.rows}:{divider}" if divider else ""
    key = ("filter", machine.scope.statement, mask.node, part, frame.node, expression)
    pick = kept_by(term_of(machine, mask))
    told = {**drawn, **clocked(pick), **_in_turn(machine, expression)}
    made = select_rows(machine, frame, key, site, operation, split=split, part=part, drawn=told, pick=pick)
    if mask.node != frame.node:
        machine.trace.edge(mask.node, made.node, "DERIVES", site, operation="filter", indirect=True)
    return made


def _in_turn(machine: Machine, expression: Expr | None) -> dict[str, object]:
    """Says that a loop takes one part of the rows after the other: `df[df["year"] == year]`, `X[fold == i]`."""
    return {"in_turn": True} if mentions(expression, machine.scope.looping) else {}


def _drawn_numbers(machine: Machine, mask: Frame) -> dict[str, object]:
    """What makes row numbers random that are a part of numbers in a random order."""
    for edge in machine.trace.into.get(mask.node, ()):
        known = machine.trace.nodes.get(edge.source)
        if edge.kind == "DERIVES" and known is not None and known.attributes.get("random"):
            return {"random": True, "seed": known.attributes.get("seed"), "shuffled": True}
    return {}


def _drawn(machine: Machine, mask: Frame) -> dict[str, object]:
    """What makes a drawn mask random, as attributes of the selection."""
    known = machine.trace.nodes.get(mask.node)
    if known is None or not known.attributes.get("random"):
        return {}
    return {"random": True, "seed": known.attributes.get("seed")}


def part_rows(machine: Machine, frame: Frame, key: Object, site: Site) -> Frame:
    split, part = key.facts["split"], key.facts["part"]
    key_ = ("indices", machine.scope.statement, part, frame.node)
    shuffled = {"random": True, "seed": key.facts.get("seed"), "shuffled": True}
    drawn: dict[str, object] = shuffled if key.facts.get("shuffle") else {}
    told = {name: True for name in ("folds", "grouped", "time") if key.facts.get(name)}
    return select_rows(machine, frame, key_, site, "part", split=split, part=part, drawn={**drawn, **told})


ROWS_BY = {"slice": sliced, "indices": part_rows}


def located_pair(machine: Machine, frame: Frame, key: Seq, site: Site, expression: Expr | None = None) -> Value:
    """`array[rows, columns]`."""
    rows, columns = ([*key.items, Const(None), Const(None)])[:2]
    result: Value = frame
    if isinstance(rows, Object) and rows.kind == "index":
        result = _labelled(machine, frame, rows, site)
    elif isinstance(rows, (Object, Frame)):
        result = subscript(machine, frame, rows, expression)
    elif _lists_rows(rows, columns):
        result = _listed(machine, frame, machine.site(), expression)
    if isinstance(result, Frame) and isinstance(columns, (Text, Seq)) and names_of(columns)[0]:
        names, whole = names_of(columns)
        return (
            column(machine, result, names[0])
            if isinstance(columns, Text)
            else select(machine, result, names, whole=whole)
        )
    if not isinstance(result, Frame):
        return result
    if isinstance(columns, Seq) and columns.but:
        return _any(machine, result, columns, site, expression)
    if len(key.items) != 2:
        return _by_position(machine, result, columns)
    return taken(machine, result, spelled(columns), _by_position(machine, result, columns, exactly=True), site)


def _lists_rows(rows: Value, columns: Value) -> bool:
    """Whether row numbers, or a mask, are given whose rows can't be told; one value of one row is no part."""
    if isinstance(rows, Seq):
        return rows.kind == "list"
    return isinstance(rows, (Unknown, Choice)) and isinstance(columns, (Object, Text, Seq))


def _by_position(machine: Machine, frame: Frame, columns: Value, *, exactly: bool = False) -> Frame:
    """The columns at positions of a frame."""
    if exactly and (at := _at_positions(frame, columns)) is not None:
        chosen = select(machine, frame, at)
        return chosen.copy(form="series") if isinstance(columns, Const) else chosen
    if isinstance(columns, Const) and columns.value is not None:
        return frame.copy(form="series")
    if isinstance(columns, Object) and is_full_slice(columns):
        return frame
    frame = chosen_by_selector(machine, frame, columns, machine.site())
    written = isinstance(columns, (Seq, Unknown)) and not is_loose(columns)
    listed = written or (isinstance(columns, Frame) and is_stored_list(frame, columns))
    made = frame.copy(vague=frame.form == "table" or frame.vague, rest=() if listed else frame.rest)
    return made.copy(ordered=frame.ordered or _lists_names(columns))


def _at_positions(frame: Frame, columns: Value) -> list[str] | None:
    """The names at positions (`2`, `[0, 2]`, `:-1`) of a table or an array whose columns are all known."""
    known = frame.names()
    if known is None or not frame.placed or frame.form not in ("table", "array"):
        return None
    names = [name for name in known if name not in frame.index]
    if isinstance(columns, Const) and isinstance(at := columns.value, int) and not isinstance(at, bool):
        return [names[at]] if -len(names) <= at < len(names) else None
    if isinstance(columns, Seq) and columns.items and not columns.open:
        numbers = [item.value for item in columns.items if isinstance(item, Const) and isinstance(item.value, int)]
        fits = len(numbers) == len(columns.items) and all(-len(names) <= number < len(names) for number in numbers)
        return [names[number] for number in numbers] if fits else None
    if isinstance(columns, Object) and columns.kind == "slice" and not is_full_slice(columns):
        values = [bound.value if isinstance(bound, Const) else "?" for bound in columns.facts["bounds"]]
        bounds = [bound for bound in values if bound is None or isinstance(bound, int)]
        return names[slice(*bounds)] if len(bounds) == 3 and bounds[2] != 0 else None
    return None


def locate(machine: Machine, base: Object, key: Value, expression: Expr | None = None) -> Value:
    """`df.loc[...]` and `df.iloc[...]`."""
    frame: Frame = base.facts["frame"]
    if isinstance(key, Seq) and key.kind == "tuple" and len(key.items) == 2:
        return located_pair(machine, frame, key, machine.site(), expression)
    if isinstance(key, Object) and key.kind == "index":
        return _labelled(machine, frame, key, machine.site())
    if isinstance(key, (Frame, Object)):
        return subscript(machine, frame, key, expression)
    if isinstance(key, Seq):
        return _listed(machine, frame, machine.site(), expression)
    if isinstance(key, (Unknown, Choice)) and expression is not None and frame.form in (*BY_POSITION, "series"):
        rows = _listed(machine, frame, machine.site(), expression)
        one = isinstance(key, Unknown) and key.label == "number" and frame.form == "table" and base.kind == "iloc"
        return rows.copy(form="row") if one else rows
    return _at(machine, frame, key) if isinstance(key, Const) else frame.copy()


def store_located(machine: Machine, base: Object, key: Value, value: Value) -> None:
    """`df.loc[mask, "x"] = value`."""
    frame: Frame = base.facts["frame"]
    rows, column_key = key, None
    if isinstance(key, Seq) and len(key.items) == 2:
        rows, column_key = key.items
    found = [*scores_behind(machine, frame), *scores_in(value)]
    if isinstance(rows, Frame):
        for ref in sorted(rows.refs()):
            machine.trace.use(ref, "filter", machine.site())
    partly = not (isinstance(rows, Object) and is_full_slice(rows))
    where = term_of(machine, rows) if isinstance(rows, Frame) else None
    if column_key is not None:
        names = names_of(column_key)[0]
        for name in names:
            store(machine, frame, Text((name,)), value, partly=partly, where=where)
        if not names:
            mix_in(machine, frame, value)
    add_scores(machine, frame, found)


def loaded_part(machine: Machine, base: Loaded, key: Value) -> Value:
    """A part of something loaded: a column selection tells that it is a frame."""
    if isinstance(key, (Seq, Frame)) and not (isinstance(key, Seq) and key.kind == "tuple"):
        return subscript(machine, as_frame(machine, base), key)
    return under_key(base, key.literal) if isinstance(key, Text) and key.literal is not None else base


def under_key(base: Loaded, key: str) -> Loaded:
    """What lies in something loaded under a name: still of one node."""
    if key not in base.parts:
        whole = base.term if base.term is not None else stored(base.node, "")
        base.parts[key] = Loaded(base.node, base.name, part_of_stored(whole, key))
    return base.parts[key]
