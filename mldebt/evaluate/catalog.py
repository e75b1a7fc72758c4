"""Stored things that are declared before they are used: in code (`CSVDataset(filepath=…)`), or by name in a catalog."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from mldebt.evaluate import project_catalog
from mldebt.evaluate.calls import Call
from mldebt.evaluate.command_lines import as_text
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.settings import to_value
from mldebt.evaluate.values import Const, Frame, Map, Model, Object, Seq, Unknown, Value, options_of
from mldebt.evaluate.workspace import Workspace
from mldebt.knowledge.entry import Entry

_PLACE = re.compile(r"\$\{\s*(?:globals:|runtime_params:)?\s*\.?([\w.]+)\s*(?:,\s*([^}]*?))?\s*\}")
_FIELD = re.compile(r"\{(\w+)\}")
TABLE, NAME = "table", "name"
MOST_FILES = 500
WRAPPED = ("dataset", "data_set")
"""Keys under which an entry of a catalog holds the stored thing that it caches, logs or keeps versions of."""


# -- what code declares


def store(operation: Operation) -> Value:
    """A stored thing that is read and written later."""
    return Object("stored", operation.dotted, {"entry": operation.entry, "call": operation.call})


def bring(operation: Operation) -> Value:
    """`stored.load()`."""
    found = [fetch(operation.machine, one, None, operation.call) for one in _declared(operation)]
    return join(found) if found else Unknown("unknown stored thing")


def put(operation: Operation) -> Value:
    """`stored.save(data)`."""
    data = operation.given("data")
    for stored in _declared(operation):
        keep(operation.machine, stored, data if data is not None else Const(None), operation.call)
    return Const(None)


def _declared(operation: Operation) -> list[Object]:
    options = options_of(operation.receiver) if operation.receiver is not None else ()
    found = [one for one in options if isinstance(one, Object) and "entry" in one.facts]
    return found or project_catalog.named(operation)


def fetch(machine: Machine, stored: Object, produced: Value | None, call: Call) -> Value:
    """What a stored thing holds; what was put there before tells its kind and columns."""
    from mldebt.evaluate import objects, reading

    returns = stored.facts["entry"].text("returns")
    if produced is not None and _is_plain(produced):
        return produced
    whole = returns == "object" and not isinstance(produced, Frame)
    operation = _operation(machine, stored, "load" if whole else "read", None, call)
    found = objects.load(operation) if whole else reading.read(operation)
    if isinstance(found, Frame) and isinstance(produced, Frame):
        _as_written(found, produced)
    return found


def _is_plain(value: Value) -> bool:
    return all(isinstance(one, (Map, Seq, Const)) for one in options_of(value))


def _as_written(found: Frame, produced: Frame) -> None:
    """A frame that was stored whole comes back with the same columns."""
    found.form, found.named = produced.form, produced.named
    if produced.closed and len(found.open) == 1:
        node = found.open[0]
        found.columns, found.open = {name: frozenset(((node, name),)) for name in produced.columns}, ()


def keep(machine: Machine, stored: Object, data: Value, call: Call) -> None:
    """Data goes to where it is declared to be stored."""
    from mldebt.evaluate import objects, writing

    whole = stored.facts["entry"].text("returns") == "object" or any(isinstance(one, Model) for one in options_of(data))
    operation = _operation(machine, stored, "save" if whole else "write", data, call)
    (objects.save if whole else writing.write)(operation)


def _operation(machine: Machine, stored: Object, op: str, data: Value | None, call: Call) -> Operation:
    """The read or write that a use of a stored thing is."""
    entry, made = stored.facts["entry"], stored.facts["call"]
    where = next((field for field in (TABLE, NAME) if made.given(entry, field) is not None), NAME)
    fields = {"name": ("name",), "data": ("data",), "sql": entry.selector("sql") if op == "read" else ()}
    store = "table" if where == TABLE else entry.text("store")
    texts = {"format": entry.text("format"), "returns": entry.text("returns"), "store": store}
    kwargs = dict(made.kwargs)
    given = {"name": made.given(entry, where), "data": data}
    kwargs.update({key: value for key, value in given.items() if value is not None})
    use = Entry(entry.key, op, {**fields, **{key: text for key, text in texts.items() if text}})
    return Operation(machine, Call(call.line, call.ordinal, [], kwargs, hint=call.hint), use, stored.dotted)


# -- what a catalog declares


class Catalog:
    """The stored things and settings that the configuration files of one project declare by name.

    Files that come first win. `types`: the package of the kinds that are written without one.
    """

    def __init__(self, machine: Machine, home: str, entry: Entry) -> None:
        self._knowledge, self._types = machine.knowledge, entry.text("types")
        workspace = machine.workspace
        self._globals = merged(workspace, files_of(workspace, home, entry.selector("globals")))
        self.settings = merged(workspace, files_of(workspace, home, entry.selector("settings")))
        self._files = files_of(workspace, home, entry.selector("catalog"))
        self.entries = merged(workspace, self._files)

    def find(self, name: str) -> Object | None:
        """The stored thing of a name; a name with `@` is another way to read the same."""
        for key, spec in self.entries.items():
            if isinstance(spec, dict) and name in (key, key.partition("@")[0]):
                return self._stored(spec, name, {})
        for key, spec in self.entries.items():
            if isinstance(spec, dict) and "{" in key and (fields := _factory(key, name)) is not None:
                return self._stored(spec, name, fields)
        return None

    def setting(self, dotted: str) -> Value:
        found = _under(self.settings, dotted)
        return (
            to_value(self._filled(found, {}), "settings") if found is not None else Unknown("unknown setting", dotted)
        )

    def all_settings(self) -> Value:
        return to_value(self._filled(self.settings, {}), "settings")

    def _stored(self, spec: Mapping[str, object], name: str, fields: Mapping[str, str]) -> Object | None:
        kind = str(spec.get("type", ""))
        wrapped = next((spec[key] for key in WRAPPED if isinstance(spec.get(key), dict)), None)
        if isinstance(wrapped, dict) and "type" in wrapped and not any(key in spec for key in ("path", "filepath")):
            return self._stored(wrapped, name, fields)
        entry = self._entry(kind)
        if entry is None:
            return None
        spec = {key: self._filled(value, fields) for key, value in spec.items() if key != "type"}
        kwargs: dict[str, Value] = {
            str(key): as_text(value) if isinstance(value, str) else to_value(value, name) for key, value in spec.items()
        }
        made = Call(0, -1, [], kwargs)
        known = any(made.given(entry, field) is not None for field in (NAME, TABLE, "sql"))
        return Object("stored", kind, {"entry": entry, "call": made}) if known else None

    def _entry(self, kind: str) -> Entry | None:
        for dotted in (kind, f"{self._types}.{kind}"):
            entry = self._knowledge.call(dotted)
            if entry is not None and entry.op == "store":
                return entry
        return None

    def _filled(self, value: object, fields: Mapping[str, str], depth: int = 6) -> object:
        """A value with the global values that it names; what is not known stays a hole."""
        if isinstance(value, dict) and depth:
            return {key: self._filled(item, fields, depth - 1) for key, item in value.items()}
        if isinstance(value, list) and depth:
            return [self._filled(item, fields, depth - 1) for item in value]
        if not isinstance(value, str):
            return value
        known = _FIELD.sub(lambda match: fields.get(match[1], match[0]), value) if fields else value
        whole = _PLACE.fullmatch(known)
        if whole and isinstance(found := self._looked_up(whole[1]), (dict, list)) and depth:
            return self._filled(found, fields, depth - 1)
        filled = _PLACE.sub(lambda match: self._replacement(match), known)
        return self._filled(filled, {}, depth - 1) if filled != known and depth else filled

    def _replacement(self, match: re.Match[str]) -> str:
        found = self._looked_up(match[1])
        return str(found) if isinstance(found, (str, int, float)) else match[2].strip("'\" ") if match[2] else match[0]

    def _looked_up(self, dotted: str) -> object:
        found = _under(self._globals, dotted)
        return found if found is not None else _under(self.entries, dotted)


def files_of(workspace: Workspace, home: str, patterns: Iterable[int | str]) -> list[str]:
    """The configuration files of a project, in the order of the patterns."""
    found: list[str] = []
    for pattern in patterns:
        fixed = str(pattern).partition("*")[0].rpartition("/")[0]
        folder = f"{home}/{fixed}".removeprefix("./")
        if workspace.exists(folder):
            rest = str(pattern).removeprefix(f"{fixed}/")
            found += [f"{folder}/{name}" for name in workspace.listing(folder, rest, MOST_FILES)]
    return list(dict.fromkeys(found))


def merged(workspace: Workspace, files: Iterable[str]) -> dict[str, object]:
    """The settings of several files as one; the first that speaks of a key is heard."""
    result: dict[str, object] = {}
    for file in files:
        settings = workspace.settings(file)
        for key, value in settings.items() if isinstance(settings, dict) else ():
            result.setdefault(str(key), value)
    return result


def _under(settings: object, dotted: str) -> object:
    for step in dotted.split("."):
        settings = settings.get(step) if isinstance(settings, Mapping) else None
    return settings


def _factory(pattern: str, name: str) -> Mapping[str, str] | None:
    """What the fields of `{kind}_data` stand for in a name, None where it does not fit."""
    pieces = _FIELD.split(pattern)
    text = "".join(re.escape(piece) if at % 2 == 0 else f"(?P<{piece}>.+?)" for at, piece in enumerate(pieces))
    found = re.fullmatch(text, name) if len(set(pieces[1::2])) == len(pieces[1::2]) else None
    return found.groupdict() if found else None


def catalog_of(machine: Machine, file: str, entry: Entry) -> tuple[str, Catalog]:
    """(project, catalog) of a file: the nearest folder upwards that holds a catalog."""
    patterns = entry.selector("catalog")
    for folder in _upwards(file):
        known = machine.wiring.catalogs.get((folder, entry.text("space")))
        if known is None and (folder == "." or files_of(machine.workspace, folder, patterns)):
            known = machine.wiring.catalogs[folder, entry.text("space")] = Catalog(machine, folder, entry)
        if known is not None:
            return folder, known
    raise AssertionError("the root is always looked at")


def _upwards(file: str) -> Iterator[str]:
    yield from (str(parent) for parent in PurePosixPath(file).parents)
