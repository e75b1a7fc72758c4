"""Writes of stored things, and what becomes of the written columns."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.evaluate.adjusting import adjusted, on_data, undone
from mldebt.evaluate.calls import use_frame
from mldebt.evaluate.conversions import chain_of
from mldebt.evaluate.decisions import note_action
from mldebt.evaluate.documents_named import name_them
from mldebt.evaluate.frames import names_of, new_frame, select
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.joins import join
from mldebt.evaluate.lacking import is_lacking
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import Identity
from mldebt.evaluate.operation import Operation, truthy
from mldebt.evaluate.provenance import children, columns_of, sources_of
from mldebt.evaluate.reshaping import without_index
from mldebt.evaluate.scratch import TRANSIENT, fetched, held, hold, is_transient
from mldebt.evaluate.storage import node_of, outcome, resolve, settled, stored_names
from mldebt.evaluate.stored_values import values_in
from mldebt.evaluate.strings import label_of
from mldebt.evaluate.terms_of import column_term, term_of
from mldebt.evaluate.values import (
    Choice,
    ColumnRef,
    Connection,
    Const,
    Frame,
    Handle,
    Loaded,
    Map,
    Seq,
    Text,
    Unknown,
    Value,
    options_of,
)
from mldebt.sites import Site
from mldebt.terms import HOLE, Term, column

PIECES = 2
"""How many places of one text are told apart: its head, and the rows below it."""


def write(operation: Operation) -> Value:
    machine, site = operation.machine, operation.site
    data = _by_name(operation) if operation.entry.flag("by_name") else operation.content()
    if isinstance(data, Connection):
        data = join([*data.rows]) if data.rows else None
    if operation.given("topic") is not None:
        return _write_topics(operation, data)
    if operation.entry.flag("temporary"):
        return note_view(operation, data)
    name_them(operation, data)
    if operation.given("name") is None and not operation.call.spread and operation.entry.text("store") not in TRANSIENT:
        return data if data is not None else Const(None)  # `df.to_csv()` gives the text back
    from mldebt.evaluate.objects import models_in, persist_all

    if models := models_in(data):
        return persist_all(operation, models)
    for target in (_with_ending(operation, one) for one in resolve(operation, "name", "WRITES")):
        if (
            operation.entry.text("returns") == "response"
            and not isinstance(target, str)
            and _only_asks(operation, data)
        ):
            return _reply(operation, target)
        outcome(machine, target, site, "write")
        write_target(operation, data, target)
        if operation.entry.text("returns") == "response":
            note_action(operation, set())
        if operation.entry.text("returns") == "response" and not isinstance(target, str):
            return _reply(operation, target)
    return Const(None)


def _by_name(operation: Operation) -> Map:
    """Arrays that are stored under names in one file: `np.savez(file, first, y=second)`."""
    from mldebt.evaluate.expressions import spread

    call, entry = operation.call, operation.entry
    entries: dict[object, Value] = {f"arr_{number}": value for number, value in enumerate(call.args[1:])}
    entries.update((name, value) for name, value in call.kwargs.items() if name not in entry.selector("name"))
    made = Map(entries)
    for value in call.spread:
        spread(made, value)
    return made


def _with_ending(operation: Operation, target: Identity | Handle | str) -> Identity | Handle | str:
    """The name of a file with the ending that the library puts behind it where it is missing."""
    ending = operation.entry.text("ending")
    if not ending or not isinstance(target, Identity) or target.name.endswith((ending, "}")):
        return target
    return replace(target, name=f"{target.name}{ending}")


def _write_topics(operation: Operation, data: Value | None) -> Value:
    for target in resolve(operation, "topic", "WRITES"):
        outcome(operation.machine, target, operation.site, "write")
        write_target(operation, data, target)
    return Const(None)


def note_view(operation: Operation, data: Value | None) -> Value:
    """A frame under a name for queries of the same program: no stored data."""
    name, machine = operation.given("name"), operation.machine
    if isinstance(name, Text) and name.literal and isinstance(data, Frame):
        called = name.literal.lower()
        here = machine.scope.file, f"{called} at {operation.site}"  # one call notes each of several frames in turn
        before = machine.views.get(here, data)
        noted = data if before is data else as_frame(machine, Choice((before, data)))
        machine.views[here] = machine.views[machine.scope.file, called] = noted
        machine.trace.access(operation.site, "write", "transient")
    return Const(None)


QUESTIONS = ("query", "grant_type")
"""What a request says that is sent as POST and only asks: in GraphQL, to a search engine, or for a token."""


ASKING = ("GET", "HEAD", "OPTIONS")


def _only_asks(operation: Operation, data: Value | None) -> bool:
    method = operation.call.pick((0, "method")) if operation.dotted.endswith(".request") else None
    if isinstance(method, Text) and str(method.literal).upper() in ASKING:
        return True
    for body in options_of(data) if data is not None else ():
        asked = [body.entries[key] for key in QUESTIONS if key in body.entries] if isinstance(body, Map) else []
        if asked and not (isinstance(asked[0], Text) and asked[0].template.lstrip().startswith("mutation")):
            return True
    return False


def _reply(operation: Operation, target: Identity | Handle) -> Value:
    """What the other side of a request answers."""
    machine, site = operation.machine, operation.site
    node, evidence = node_of(machine, target, site)
    frame = new_frame(
        machine, operation.name_in_scope("reply"), ("reply", operation.call.ordinal), site, operation="read"
    )
    if node:
        machine.trace.edge(node, frame.node, "READS", site, evidence)
        frame.open = (node,)
    frame.form = "response"
    return frame


def write_target(operation: Operation, data: Value | None, target: Identity | Handle | str) -> None:
    machine, site = operation.machine, operation.site
    if is_transient(place := settled(machine, target)):
        hold(machine, place, data)
        return
    if isinstance(target, Handle) and operation.entry.flag("piecewise"):
        site = of_piece(target, site)
    node, evidence = node_of(machine, target, site)
    if not node:
        return
    mode = "error" if is_lacking(machine, target) else write_mode(operation, target)
    evidence = "inferred" if operation.inferred and evidence == "resolved" else evidence
    if isinstance(data, Frame) and operation.entry.selector("columns"):
        data = _projected(operation, data)
    if isinstance(data, Frame) and truthy(operation.given("index"), True) is False:
        data = without_index(data)
    write_data(machine, data, node, site, evidence, mode)


def of_piece(opened: Handle, site: Site) -> Site:
    """Where a piece of a text counts as written: a file that is told line by line is written once, at its beginning."""
    if site not in opened.pieces and len(opened.pieces) < PIECES:
        opened.pieces = (*opened.pieces, site)
    return site if site in opened.pieces else opened.pieces[-1]


def _projected(operation: Operation, data: Frame) -> Frame:
    """What is written of a frame where the call names columns."""
    names, whole = names_of(operation.given("columns"))
    return select(operation.machine, data, names, whole=whole) if names else data


MODES = {
    "a": "append", "append": "append", "w": "replace", "overwrite": "replace", "fail": "error", "replace": "replace",
    "ignore": "error", "x": "error", "error": "error",
}  # fmt: skip


def write_mode(operation: Operation, target: Identity | Handle | str) -> str:
    """replace, append, merge or error."""
    value = operation.given("mode")
    default = operation.entry.text("default_mode", "replace")
    if isinstance(target, Handle):
        return "append" if "a" in target.mode else "replace"
    if isinstance(value, Text) and value.literal is not None:
        return MODES.get(value.literal.lower(), default)
    return "unknown" if value is not None and not isinstance(value, Const) else default


def write_data(machine: Machine, data: Value | None, node: str, site: Site, evidence: str, mode: str) -> None:
    """WRITES edges from everything that the written value is made of, and what becomes of its columns."""
    value = data if data is not None else Unknown("nothing")
    if isinstance(value, Loaded):
        value = as_frame(machine, value)
    names = written_names(value)
    sources = sorted(sources_of(value))
    if not sources:
        made = new_frame(machine, label_of(None) or "value", ("written", site.line, node), site, operation="made")
        sources = [made.node]
    told = on_data(computed(machine, value)) | values_in(machine, value)
    told |= {"adjusted": adjusted(machine, value), "converted": chain_of(value, out_of_model=True)}
    told |= {"undone": undone(machine, value)}
    for source in sources:
        machine.trace.edge(source, node, "WRITES", site, evidence, columns=names, mode=mode, **told)
    _written_columns(machine, value, node, site)


def computed(machine: Machine, value: Value) -> dict[str, object]:
    """How the columns of what is written are computed, and whether others go through as they came."""
    if not isinstance(value, Frame):
        return {}
    names = [name for name in dict.fromkeys((*value.columns, *value.terms)) if name]
    known = {name: column_term(machine, value, name) for name in sorted(names)}
    own = any(owner.startswith("frame:") for owner in value.open)  # they got other names on the way
    passes = bool(value.open) and not own and not value.vague and value.term is HOLE
    return {"computed": known, "passes": passes, "rest": value.rest or None}


def written_names(value: Value) -> tuple[str, ...] | None:
    if isinstance(value, Frame):
        return value.names()
    if isinstance(value, Choice):
        found = {written_names(option) for option in value.options}
        return found.pop() if len(found) == 1 else None
    if isinstance(value, Map) and not value.open:
        return tuple(str(key) for key in value.entries)
    if isinstance(value, Seq) and value.items and not isinstance(value.items[0], (Seq, Frame)):
        return written_names(value.items[0])
    return None


def _written_columns(machine: Machine, value: Value, node: str, site: Site) -> None:
    """What the columns of the written thing are made of; whatever goes into it is used."""
    for option in options_of(value):
        for name, refs, term in _named_parts(machine, option):
            machine.trace.column((node, name), "written", site, refs)
            if term != column(name):
                machine.trace.computed((node, name), term)
        for ref in sorted(columns_of(option)):
            machine.trace.use(ref, "sink", site)
        parts = children(option) if isinstance(option, (Seq, Map)) else [option]
        for frame in (part for part in parts if isinstance(part, Frame)):
            use_frame(machine, frame, "sink", site)


def _named_parts(machine: Machine, value: Value) -> list[tuple[str, frozenset[ColumnRef], Term | None]]:
    """Name of each column, what it is made of, and how."""
    if isinstance(value, Frame):
        return [(name, refs, column_term(machine, value, name)) for name, refs in value.columns.items() if name]
    if isinstance(value, Map):
        return [(str(key), columns_of(item), term_of(machine, item)) for key, item in value.entries.items()]
    if isinstance(value, Seq) and value.items and all(isinstance(item, Map) for item in value.items):
        return [part for item in value.items for part in _named_parts(machine, item)]
    return []


def copy(operation: Operation) -> Value:
    """shutil.copy and its kin: one stored thing becomes another."""
    machine = operation.machine
    if _is_here(operation.given("to")) and not operation.call.spread:
        return Const(None)  # beside what is copied
    if (data := operation.given("data") or _sent(operation)) is not None:
        for target in resolve(operation, "to", "WRITES"):
            _put(operation, data, target)
        return Const(None)
    sources = [settled(machine, source) for source in resolve(operation, "from", "READS")]
    for folder in [settled(machine, target) for target in resolve(operation, "to", "WRITES")]:
        for source in sources:
            target = _in_folder(operation, folder, source)
            if is_transient(target):
                fetched(machine, target, source)  # what reads the copy reads the stored thing
                if isinstance(source, Identity):
                    machine.trace.fetched.setdefault(source.name, set()).add(operation.site)
            elif (data := held(machine, source)) is not None:
                _put(operation, data, target)
            else:
                _copy_stored(operation, source, target)
    return _place(operation) if operation.entry.text("returns") == "path" else Const(None)


def _sent(operation: Operation) -> Frame | None:
    """A file that came with a request, where no name can be meant: `copyfileobj(upload.file, out)`."""
    source = operation.given("from") if operation.entry.flag("opened") else None
    return source if isinstance(source, Frame) and source.spelled is None else None


def _is_here(place: Value | None) -> bool:
    """Whether a copy is put where the program stands: no folder is named, or it is `.` or `..`."""
    return place is None or (isinstance(place, Text) and place.literal is not None and not place.literal.strip("./"))


def _place(operation: Operation) -> Value:
    """Where a copy lies, for what is told to read it there."""
    names = [name for name, _ in stored_names(operation, "to") if isinstance(name, Text)]
    files = [name for name, _ in stored_names(operation, "from") if isinstance(name, Text)]
    if operation.entry.flag("into_folder") and len(files) == 1 and (file := _file_name(files[0].template)):
        names = [Text((*name.parts, f"/{file}"), name.path, name.assumed, name.sources) for name in names]
    return join(names) if names else Unknown("place of a copy")


def _in_folder(
    operation: Operation, target: Identity | Handle | str, source: Identity | Handle | str
) -> Identity | Handle | str:
    """The target of a copy, which keeps the name of a file where it is a folder that is named."""
    if not operation.entry.flag("into_folder") or not (isinstance(target, Identity) and isinstance(source, Identity)):
        return target
    file = _file_name(source.name)
    return replace(target, name=f"{target.name.rstrip('/')}/{file}") if file else target


def _file_name(path: str) -> str:
    """The last part of a path, "" for what looks like a folder."""
    name = path.rpartition("/")[2]
    return name if "." in name else ""


def _put(operation: Operation, data: Value, target: Identity | Handle | str) -> None:
    """What was written into memory or into a temporary file is stored."""
    from mldebt.evaluate.objects import models_in, persist

    outcome(operation.machine, target, operation.site, "write")
    if models := models_in(data):
        persist(operation.machine, models, target, operation.site)
    else:
        write_target(operation, data, target)


def _copy_stored(operation: Operation, source: Identity | Handle | str, target: Identity | Handle | str) -> None:
    machine, site = operation.machine, operation.site
    start, evidence = node_of(machine, source, site, "stored")
    end, other = node_of(machine, target, site, "stored")
    if start and end:
        entry = operation.entry
        facts = {"operation": "copy", "moves": entry.flag("moves") or None, "uploads": entry.flag("uploads") or None}
        machine.trace.edge(start, end, "DERIVES", site, max(evidence, other), **facts)
