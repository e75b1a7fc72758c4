"""Calls into libraries: the knowledge base says what a call is, this module finds who carries it out."""

from __future__ import annotations

import re

from msgspec.structs import replace

from mldebt.evaluate import (
    builders,
    by_word,
    column_names,
    examples,
    flows,
    handles,
    models,
    networks,
    orm,
    queries,
    remembering,
    streams,
)
from mldebt.evaluate.attributes_of_libraries import kind_of
from mldebt.evaluate.calls import Call, escape, invoke, use_frame
from mldebt.evaluate.containers import BUILTINS, is_default, sequence_method
from mldebt.evaluate.frames import looked_up, within_record
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.given import part_of
from mldebt.evaluate.joins import join
from mldebt.evaluate.keeping import store
from mldebt.evaluate.language import LANGUAGE, SIGNS
from mldebt.evaluate.lookups import mapping_method
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.meanings import computed, described, of_nothing
from mldebt.evaluate.models import is_taken_for_model
from mldebt.evaluate.networks import network_of
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.operations import carry_out
from mldebt.evaluate.paths import as_path, path_method
from mldebt.evaluate.picking import joined
from mldebt.evaluate.provenance import columns_of, derived, frames_in, sources_of
from mldebt.evaluate.strings import as_told, moment_in, string_method, substitute, to_text
from mldebt.evaluate.terms_of import term_of, with_term
from mldebt.evaluate.values import (
    NONE,
    Connection,
    Const,
    Frame,
    Instance,
    Loaded,
    Map,
    Method,
    Model,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    is_none,
    options_of,
)
from mldebt.knowledge.entry import Entry
from mldebt.terms import apply

PURE = Entry("", "value", {"op": "value", "data": [0]})
PURE_METHOD = Entry("<frame>.*", "value", {"op": "value"})
"""Calls of which nothing is known but what they compute."""


def symbol_attribute(machine: Machine, dotted: str) -> Value:
    """An attribute of a library that is a value of its own (`sys.argv`), else a longer name."""
    if dotted in SIGNS:
        return SIGNS[dotted]
    entry = machine.knowledge.call(dotted)
    if entry is not None and entry.flag("attribute"):
        return carry_out(Operation(machine, Call(machine.scope.statement[0], -1, [], {}), entry, dotted))
    return Symbol(dotted)


def call_symbol(machine: Machine, dotted: str, call: Call) -> Value:
    name = dotted.removeprefix("builtins.")
    if name.startswith("str.") and name != dotted and call.args and isinstance(call.args[0], Text):
        return _text_method(machine, call.args.pop(0), name[4:], call)  # type: ignore[arg-type]
    handler = BUILTINS.get(name) if name != dotted else LANGUAGE.get(dotted)
    if handler is not None:
        found = handler(machine, call)
        return found if is_default(found) else of_nothing(machine, call, computed(machine, dotted, "", "", call, found))
    if (receiver := _handed_over(machine, dotted, call)) is not None:
        return call_method(machine, receiver, dotted.rpartition(".")[2], call)
    if vendor := machine.knowledge.vendor(dotted):
        calls = machine.trace.vendors.setdefault((machine.scope.file, vendor), {})
        calls.setdefault(dotted, set()).add(machine.site(call.line))
    entry = machine.knowledge.call(dotted) or (machine.knowledge.call(name) if name != dotted else None)
    if entry is None and machine.knowledge.meaning(dotted) is not None:
        entry = PURE
    if entry is None:
        return _unknown_symbol(machine, dotted, call)
    return carry_out(Operation(machine, call, entry, dotted))


def _handed_over(machine: Machine, dotted: str, call: Call) -> Value | None:
    """What a method of a class is called on that is given it as its first argument: `Path.glob(folder, "*.csv")`."""
    owner, _, name = dotted.rpartition(".")
    if not call.args or not owner.endswith(UNBOUND):
        return None
    first, entry = call.args[0], machine.knowledge.call(dotted)
    fits = isinstance(first, Text) if owner.endswith("Path") else isinstance(first, Frame)
    if not fits or (entry is not None and "*" not in entry.key) or name == "__call__":
        return None
    kind = "path" if isinstance(first, Text) else kind_of(first)
    if machine.knowledge.method(kind, name) is None:
        return None
    call.args.pop(0)
    return as_path(first) if isinstance(first, Text) else first


UNBOUND = ("pathlib.Path", "pathlib.PurePath", ".DataFrame", ".Series")
"""Classes whose methods are called on what is handed to them."""


def _unknown_symbol(machine: Machine, dotted: str, call: Call) -> Value:
    """A call that nothing is known of; a method chained onto a library object may still be told by its name."""
    base, _, name = dotted.rpartition(".")
    if base and base.count(".") >= 1:
        found = machine.knowledge.distinctive(name)
        if found is not None and found[1].op in ("read", "load", "connect", "act"):
            call.receiver = Unknown(f"unmodelled call {base}", base)
            return carry_out(Operation(machine, call, found[1], dotted, inferred=True))
    if (told := by_word.told_by_words(machine, name or dotted, call)) is not None:
        return told
    return escape(machine, f"unmodelled call {dotted}", call)


TEXTUAL = frozenset(
    {"replace", "removesuffix", "removeprefix", "split", "rsplit", "with_suffix", "with_name", "joinpath"}
)
"""Methods that only a text or path has a use for: a parameter that they are called on is one."""


AS_DICTIONARY = frozenset({"dict", "model_dump", "_asdict", "json", "form"})
"""A record as a dictionary of its fields."""
REMOTE = frozenset({"run", "async_run", "remote", "delay"})
"""How a method is called that runs elsewhere: `runner.predict.async_run(x)`."""


PLACE = re.compile(r"(?:[a-z]\w*://)?(?:[\w.{}-]*/)+[\w.{}-]*[a-z_][\w.{}-]*|[\w{}-]+\.[a-z][a-z0-9]{1,7}")
"""What can only be meant as the name of a file, a folder or an address."""


def call_method(machine: Machine, receiver: Value, name: str, call: Call) -> Value:
    result = _call_method(machine, receiver, name, call)
    if not isinstance(receiver, Unknown) or receiver.term is None or not isinstance(result, (Unknown, Text, Seq)):
        return result
    meaning = machine.knowledge.meaning(name, "series")
    if meaning is None:
        return result
    if not isinstance(result, Unknown):
        return as_told(result, term_of(machine, described(machine, meaning, name, call, Unknown("text"))))
    return described(machine, meaning, name, call, result) if result.term is None else result


def _call_method(machine: Machine, receiver: Value, name: str, call: Call) -> Value:
    call.receiver = receiver
    found = _own_method(machine, receiver, name, call)
    if found is not None:
        return found
    if (network := network_of(receiver)) is not None:
        call.receiver = receiver = network
    if name == "__call__" and isinstance(receiver, Model) and networks.predicts_nothing(machine, receiver):
        return escape(machine, "output of a part of a network", call)
    if isinstance(receiver, Loaded) and name == "__call__" and not models.prepares(machine, receiver):
        call.receiver = receiver = models.as_model(machine, receiver) or receiver
    if isinstance(receiver, Method) and name in REMOTE:
        return call_method(machine, receiver.receiver, receiver.name, call)
    if isinstance(receiver, Method):
        call.receiver = receiver = derived("attribute of an unknown value", receiver.receiver, label=receiver.name)
    builders.settle(receiver, call)
    entry = machine.knowledge.method(kind_of(receiver), name)
    if entry is None and isinstance(receiver, Frame):
        entry = machine.knowledge.method("frame", name)
    if entry is None and isinstance(receiver, Frame) and machine.knowledge.meaning(name, kind_of(receiver)):
        entry = PURE_METHOD
    if entry is not None:
        return carry_out(Operation(machine, call, entry, f"{kind_of(receiver)}.{name}"))
    return _by_name_alone(machine, receiver, name, call)


def _own_method(machine: Machine, receiver: Value, name: str, call: Call) -> Value | None:
    """A method of what Python itself brings; None for the values of libraries."""
    if name == "result" and not call.values() and isinstance(receiver, (Seq, Map, Text, Const, Frame, Model, Loaded)):
        return receiver  # what a task handed out as a promise
    if isinstance(receiver, Seq):
        kept = streams.called(machine, receiver, name, call) if receiver.stream else None
        return kept or sequence_method(machine, receiver, name, call)
    if isinstance(receiver, Map):
        if not hasattr(dict, name) and examples.of_parts(receiver):
            return _of_parts(machine, receiver, name, call)
        return mapping_method(machine, receiver, name, call)
    if isinstance(receiver, Text):
        return _text_method(machine, receiver, name, call)
    if isinstance(receiver, Unknown) and name in TEXTUAL and not receiver.sources:
        return _text_method(machine, to_text(receiver), name, call)
    if isinstance(receiver, Instance):
        return flows.inherited(machine, receiver, name, call)
    if isinstance(receiver, Unknown) and name == "strftime" and call.args and isinstance(call.args[0], Text):
        return moment_in(call.args[0])
    if isinstance(receiver, Const):
        return NONE if is_none(receiver) else derived("method of a number", *call.values())
    return _method_of_data(machine, receiver, name, call)


def _under_key(machine: Machine, receiver: Unknown, call: Call) -> Value | None:
    """`record.get("age", 0)` on what may be a record, as nothing else is known of it."""
    term = part_of(receiver, call.args[0]) if call.args else None
    if term is None:
        return None
    default = call.args[1] if len(call.args) > 1 else call.kwargs.get("default", NONE)
    if isinstance(default, Text) and default.literal and PLACE.fullmatch(default.literal):
        return Text(default.parts, default.path, True, default.sources)  # where things lie unless a setting says else
    made = derived("value under a key of an unknown value", receiver, label=str(term))
    if isinstance(default, Seq) and not default.items and not default.open:
        return with_term(made, term)  # no list is as good as one that nothing is in
    return with_term(made, apply("default", [term, term_of(machine, default)]))


def _method_of_data(machine: Machine, receiver: Value, name: str, call: Call) -> Value | None:
    if isinstance(receiver, Frame):
        return _record_method(machine, receiver, name, call)
    if isinstance(receiver, Unknown):
        return _under_key(machine, receiver, call) if name == "get" else None
    return _object_method(machine, receiver, name, call) if isinstance(receiver, Object) else None


def _of_parts(machine: Machine, receiver: Map, name: str, call: Call) -> Value:
    """A method of a data set in parts: of each of them."""
    asked = {key: call_method(machine, one, name, replace(call)) for key, one in receiver.entries.items()}
    return Map({key: one for key, one in asked.items() if not is_none(one)})


def _record_method(machine: Machine, receiver: Frame, name: str, call: Call) -> Value | None:
    """What a record has of a dictionary."""
    if name in ("get", "pop") and (receiver.form in ("records", "row") or within_record(machine, receiver)):
        return looked_up(machine, receiver, call)
    if name == "save" and call.args and isinstance(call.args[0], Text) and receiver.form != "table":
        entry = machine.knowledge.method("request", name)
        return carry_out(Operation(machine, call, entry, f"request.{name}")) if entry is not None else None
    if receiver.form not in ("records", "row"):
        return None
    if name in ("update", "append") and len(call.args) == 1 and isinstance(call.args[0], Map):
        before = dict(receiver.columns) if name == "append" else {}
        for key, one in call.args[0].entries.items():
            store(machine, receiver, Text((str(key),)), one)
        receiver.columns.update({key: refs | before[key] for key, refs in receiver.columns.items() if key in before})
        return NONE
    return receiver.copy() if name in AS_DICTIONARY else None


def _object_method(machine: Machine, receiver: Object, name: str, call: Call) -> Value | None:
    if receiver.kind in ("columns", "column texts"):
        return column_names.method(machine, receiver, name, call)
    if receiver.kind == "template" and name in ("substitute", "safe_substitute"):
        return substitute(receiver.facts["text"], call.args, call.kwargs)
    if receiver.kind == "pattern" and machine.knowledge.call(f"re.{name}") is not None:
        return call_symbol(machine, f"re.{name}", replace(call, args=[receiver.facts["text"], *call.args]))
    if isinstance(receiver.facts.get("settings"), Map) and name.startswith("get"):
        return _of_section(machine, receiver.facts["settings"], call)
    return None


def _of_section(machine: Machine, settings: Map, call: Call) -> Value:
    """`config.get("section", "option")`."""
    section = mapping_method(machine, settings, "get", Call(call.line, -1, call.args[:1], {}))
    if len(call.args) > 1 and isinstance(section, Map):
        return mapping_method(machine, section, "get", Call(call.line, -1, call.args[1:2], dict(call.kwargs)))
    return section


def _text_method(machine: Machine, receiver: Text, name: str, call: Call) -> Value:
    entry = machine.knowledge.method("path", name) if receiver.path else None
    listing = entry is not None and entry.text("how") in ("glob", "listdir", "scandir")
    if name == "replace" and len(call.args) > 1:
        entry = None
    if entry is not None and (listing or entry.op not in ("path", "ignore", "identity")):
        return carry_out(Operation(machine, call, entry, f"path.{name}"))
    for value in call.values() if name in ("format", "join") else ():
        for ref in sorted(columns_of(value)):
            machine.trace.use(ref, "sink", machine.site(call.line))
    found = path_method(receiver, name, call.args) if receiver.path else None
    if found is None:
        found = string_method(receiver, name, call.args, call.kwargs)
    if name == "join" and isinstance(found, Unknown) and call.args:
        return with_term(found, joined(machine, receiver, call.args[0]))
    if found is None and (wrapped := machine.knowledge.method("text", name)) is not None:
        return carry_out(Operation(machine, call, wrapped, f"text.{name}"))
    return found if found is not None else derived("method of a text", receiver, *call.values(), label=call.hint)


def _by_name_alone(machine: Machine, receiver: Value, name: str, call: Call) -> Value:
    """A method on a receiver of unknown kind, told by its name where the name is distinctive."""
    asks = orm.asks_a_table(machine, call) or queries.is_statement(machine, name, call)
    if (asks or orm.puts_back(receiver, name, call)) and (
        asked := machine.knowledge.method("connection", name)
    ) is not None:
        return carry_out(Operation(machine, call, asked, f"connection.{name}"))
    found = _told_by_arguments(machine, name, call) or machine.knowledge.distinctive(name)
    found = found or _judging(machine, receiver, name, call)
    unclear = isinstance(receiver, (Unknown, Loaded, Symbol, Instance, Frame, Object))
    no_model = isinstance(receiver, Frame) and not machine.trace.brought(receiver.node)
    if found is not None and unclear and not (no_model and found[0] == "model"):
        kind, entry = found
        if kind in ("frame", "series", "array") and not isinstance(receiver, Frame):
            if not sources_of(receiver) and entry.op not in ("read", "write", "save", "sink"):
                return escape(machine, _reason(receiver, name), call, receiver)
            call.receiver = as_frame(machine, receiver)
        inferred = isinstance(receiver, (Unknown, Object, Symbol))
        return carry_out(Operation(machine, call, entry, f"{kind}.{name}", inferred=inferred))
    if isinstance(receiver, Frame):
        return _frame_result(machine, receiver, name, call)
    if isinstance(receiver, Connection) and receiver.rows:
        for rows in receiver.rows:
            use_frame(machine, rows, "escape", machine.site(call.line))
        return join(rows.copy(form="table") for rows in receiver.rows)
    if isinstance(receiver, Loaded) and (answer := remembering.of_loaded(machine, receiver, name, call)) is not None:
        return answer
    if isinstance(receiver, Unknown) and (answer := _of_fitted(machine, receiver, name, call)) is not None:
        return answer
    told = by_word.told_by_words(machine, name, call) if isinstance(receiver, Unknown) else None
    return told or escape(machine, _reason(receiver, name), call, receiver)


def _of_fitted(machine: Machine, receiver: Unknown, name: str, call: Call) -> Value | None:
    """`lfm.recommend(users)` on what no library is known of, but was fitted before."""
    entry = machine.knowledge.method("model", name)
    known = models.met_before(machine, receiver) if entry is not None and entry.op in ("predict", "save") else None
    if entry is None or known is None:
        return None
    call.receiver = known
    return carry_out(Operation(machine, call, entry, f"model.{name}", inferred=True))


def _told_by_arguments(machine: Machine, name: str, call: Call) -> tuple[str, Entry] | None:
    """A method whose name says little, but what it is called with does: `session.run(step, feed_dict={x: rows})`."""
    kind = "filesystem" if name == "open" and handles.is_opening(call) else ""
    kind = "graph_session" if name == "run" and "feed_dict" in call.kwargs else kind
    entry = machine.knowledge.method(kind, name) if kind else None
    return (kind, entry) if entry is not None else None


def _judging(machine: Machine, receiver: Value, name: str, call: Call) -> tuple[str, Entry] | None:
    """`model.score(X, y)`, where something unknown was fitted or asked like a model before."""
    if not isinstance(receiver, Unknown) or len(call.args) < 2 or not is_taken_for_model(machine, receiver):
        return None
    entry = machine.knowledge.method("model", name)
    return ("model", entry) if entry is not None and entry.op == "evaluate" else None


def _reason(receiver: Value, name: str) -> str:
    return receiver.reason if isinstance(receiver, Unknown) else f"unmodelled method {name}"


def _frame_result(machine: Machine, receiver: Frame, name: str, call: Call) -> Value:
    """An unmodelled method of a frame keeps its data, but no longer its column names."""
    for value in call.values():
        for option in options_of(value):
            if isinstance(option, Instance):
                invoke(machine, option, Call(call.line, call.ordinal, [], {}))
        for frame in frames_in(value):
            use_frame(machine, frame, "escape", machine.site(call.line))
    use_frame(machine, receiver, "escape", machine.site(call.line))
    return receiver.copy(vague=True, term=None, terms={}, cells=None)
