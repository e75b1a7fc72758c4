"""What a program gets from around it: environment, command line, configuration, paths."""

from __future__ import annotations

from posixpath import normpath

from mldebt.evaluate.command_lines import positional
from mldebt.evaluate.environment import variable
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import Identity, identify
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.paths import join_paths, library_path
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.settings import followed, lookup, overlaid, to_value
from mldebt.evaluate.storage import STORED
from mldebt.evaluate.strings import alternatives, concatenate, moment_in
from mldebt.evaluate.values import (
    NONE,
    Class,
    Frame,
    Handle,
    Hole,
    Map,
    Object,
    Seq,
    Text,
    Unknown,
    Value,
    hole,
    is_none,
    options_of,
    text,
)

MAX_DEPLOYED = 4
"""How deep below the folder that it is told a deployed copy of the repository may lie."""


def env(operation: Operation) -> Value:
    """An environment variable: its default where there is one, marked as assumed, else a hole with its name."""
    name = operation.given("name")
    default = operation.given("default")
    if isinstance(name, Text) and name.literal:
        return variable(operation.machine, name.literal, default)
    return _unnamed(default)


def _unnamed(default: Value | None) -> Value:
    if isinstance(default, Text):
        return Text(default.parts, default.path, True)
    return default if default is not None and not is_none(default) else hole("environment", "env")


def config(operation: Operation) -> Value:
    """A configuration file that the code parses: its real contents, if the repository has it."""
    from mldebt.evaluate.handles import read_handle

    machine, site = operation.machine, operation.site
    source = operation.given("name")
    results: list[Value] = []
    if isinstance(source, Seq):
        return _layered(operation, source)
    for option in options_of(source) if source is not None else ():
        name = option.name if isinstance(option, Handle) else option
        if isinstance(option, Frame):
            results.append(option)
        elif isinstance(name, Text) and name.known and _looks_like_path(name):
            results.append(_parsed(operation, name, option))
        elif isinstance(option, Handle):
            option.format = option.format or operation.entry.text("format")
            results.append(read_handle(machine, option, site, "records"))
    if operation.entry.text("into") == "self" and results and isinstance(operation.receiver, Object):
        operation.receiver.facts["settings"] = join(results)
    return join(results) if results else derived("parsed text", *operation.call.values(), label=operation.hint)


def _layered(operation: Operation, source: Seq) -> Value:
    """Settings out of several files, the later one over the earlier."""
    layers = [_parsed(operation, one, one) for one in source.items if isinstance(one, Text) and one.known]
    whole = overlaid([one for one in layers if isinstance(one, Map) and not one.open] or layers)
    if operation.entry.text("into") == "self" and isinstance(operation.receiver, Object):
        operation.receiver.facts["settings"] = whole
    for one in source.items if operation.entry.text("returns") == "environments" else ():
        if isinstance(one, Text):
            note_setting(operation, "handed", one.template)
    return _without_environments(whole) if operation.entry.text("returns") == "environments" else whole


def _without_environments(value: Value) -> Value:
    """Keys that are kept by environment, those of the default one; they are known in any case."""
    if not isinstance(value, Map):
        return value
    inner = [table for key in ("default", "global", "development") if isinstance(table := value.entries.get(key), Map)]
    flat = overlaid([*inner[::-1], value])
    if isinstance(flat, Map):
        flat.entries |= {str(key).upper(): one for key, one in flat.entries.items()}
        flat.entries |= {str(key).lower(): one for key, one in flat.entries.items()}
    return flat


def parsed_files(operation: Operation, data: Value) -> Value:
    """`json.loads(open(path).read())`: the text of a settings file stands for the file."""
    results = [_parsed(operation, one.name, one) for one in options_of(data) if isinstance(one, Handle)]
    return join([*results, *(one for one in options_of(data) if not isinstance(one, Handle))])


def _looks_like_path(name: Text) -> bool:
    return len(name.template) < 300 and "\n" not in name.template


def _parsed(operation: Operation, name: Text, option: Value) -> Value:
    from mldebt.evaluate.handles import read_handle

    machine, site = operation.machine, operation.site
    identity = identify(machine, name)
    form = operation.entry.text("format") or ("json" if identity.name.endswith(".json") else "")
    settings = _settings(machine, identity) if identity.known else None
    is_data = form == "json" and not (_is_settings_name(identity.name) or _names_places(settings))
    if is_data and isinstance(option, Handle):
        return read_handle(machine, option, option.at or site, "records")
    if isinstance(option, Handle):
        option.touched = True
    node = machine.trace.node(f"config:{identity.name}", "config", identity.name, site)
    unit = machine.trace.node(f"job:{machine.scope.file}", "job", machine.scope.file)
    machine.trace.edge(node, unit, "CONFIGURED_BY", site)
    note_setting(operation, "load", identity.name)
    machine.note_touch(node, site)
    if settings is None:
        return Map({}, True, Unknown("configuration file that is not in the repository", identity.name), identity.name)
    return to_value(settings, identity.name)


def _settings(machine: Machine, identity: Identity) -> object:
    """What a file of settings says; below a folder that is told elsewhere, the file of the repository so named."""
    if not identity.template:
        return machine.workspace.settings(identity.name)
    folder, _, rest = identity.name.partition("/")
    if not folder.startswith("{") or "{" in rest:
        return None
    parts = rest.split("/")
    tails = ("/".join(parts[number:]) for number in range(min(len(parts) - 1, MAX_DEPLOYED)))
    return next((found for tail in tails if (found := machine.workspace.settings(tail)) is not None), None)


def note_setting(operation: Operation, what: str, name: str = "") -> None:
    operation.machine.trace.setting(operation.machine.scope.file, operation.call.ordinal, what, name)


def _is_settings_name(name: str) -> bool:
    return any(word in name.lower() for word in ("config", "setting", "param", "option", "args", "schema"))


PLACES = ("path", "dir", "directory", "folder", "file", "url", "uri", "bucket", "table", "topic", "endpoint")


def _names_places(settings: object) -> bool:
    """Whether a file in JSON says at its top where other things are: `{"data_dir": "data", …}`."""
    if not isinstance(settings, dict):
        return False
    return any(isinstance(value, str) and str(key).lower().endswith(PLACES) for key, value in settings.items())


def overlay(operation: Operation) -> Value:
    """Several configurations laid over each other, the references between their keys followed."""
    given = operation.given("data")
    if given is None and operation.call.kwargs:
        return Map(dict(operation.call.kwargs.items()))
    note_setting(operation, "overlay")
    layers = given.items if isinstance(given, Seq) and operation.entry.selector("data") == ("*",) else [given or NONE]
    return followed(overlaid([_layer(operation, layer) for layer in layers]))


def _layer(operation: Operation, value: Value) -> Value:
    from mldebt.evaluate.calls import Call, invoke

    if isinstance(value, Class):
        return invoke(operation.machine, value, Call(operation.call.line, operation.call.ordinal, [], {}))
    return value


def look_up(operation: Operation) -> Value:
    """`select(config, "data.train")`."""
    data, key = operation.given("data"), operation.given("key")
    note_setting(operation, "select")
    if data is None or not isinstance(key, Text) or key.literal is None:
        return derived("item of a configuration", *operation.call.values())
    found = [lookup(one, tuple(key.literal.split("."))) for one in options_of(data)]
    known = [one for one in found if one is not None]
    default = operation.given("default")
    return join(known) if known else default if default is not None else Unknown("key not found", key.literal)


def compose(operation: Operation) -> Value:
    """A configuration that is put together of files, in a folder that was named before."""
    from mldebt.evaluate.composition import composed

    machine, name, folder = operation.machine, operation.given("name"), operation.given("folder")
    beside = machine.scope.file.rpartition("/")[0] or "."
    if isinstance(folder, Text) and folder.literal is not None:
        above = "." if operation.entry.flag("whole") else beside
        machine.root.settings_folder = normpath(f"{above}/{folder.literal}")
        return NONE
    words = operation.given("overrides")
    given = [one.template for one in words.items if isinstance(one, Text)] if isinstance(words, Seq) else []
    place = machine.root.settings_folder or beside
    found = composed(machine, place, name.literal, given) if isinstance(name, Text) and name.literal else None
    if found is not None and isinstance(name, Text):
        note_setting(operation, "compose", f"{place}:{name.literal}")
    return found if found is not None else Unknown("configuration file that is not in the repository")


def argv(operation: Operation) -> Value:
    machine = operation.machine
    return Seq(positional(machine.commands.get(machine.root.file or machine.scope.file, ())), True, "argv")


def literal(operation: Operation) -> Value:
    """A constant of a library that is a text: `os.sep`."""
    return text(operation.entry.text("is"))


def moment(operation: Operation) -> Value:
    """A time written in a format: the text around it stays."""
    form = operation.given("value")
    found = moment_in(form) if isinstance(form, Text) else None
    return found if found is not None else derived("value without data", *operation.call.values(), label=operation.hint)


# -- paths


def path(operation: Operation) -> Value:
    how = operation.entry.text("how", "same")
    if how == "download":
        return _downloaded(operation)
    args = list(operation.call.args) or list(operation.call.kwargs.values())
    if isinstance(operation.receiver, Text):
        args = [operation.receiver, *args]
    if isinstance(operation.receiver, Object) and isinstance(kept := operation.receiver.facts.get(STORED), Text):
        args = [kept]
    if how in ("glob", "listdir", "scandir") and (found := _in_repository(operation, args, how)):
        return found
    if how == "glob" and isinstance(operation.receiver, Text):
        args = [join_paths(args)]
    if operation.call.spread and how == "join":
        args += [derived("part of a path", *operation.call.spread)]
    return library_path(how, args, operation.call.labels)


def _downloaded(operation: Operation) -> Value:
    """The local copy of a file that lies in a store goes by its name there."""
    parts = [value for field in ("repository", "name") if (value := operation.given(field)) is not None]
    if not parts:
        return Unknown("no name given")
    found = join_paths(parts, path=False)
    scheme = f"{operation.entry.text('store', 'object')}://"
    return join(one if ":/" in one.template else concatenate([text(scheme), one]) for one in alternatives(found))


def _in_repository(operation: Operation, args: list[Value], how: str) -> Value | None:
    """What a folder of the repository really holds; there may be more where the program runs."""
    machine = operation.machine
    where = join_paths(args) if how == "glob" else args[0] if args else text(".")
    if not isinstance(where, Text) or where.literal is None or where.literal.startswith(("/", "~")):
        return None
    literal = where.literal if how == "glob" else f"{where.literal}/*"
    fixed = literal.split("*")[0].rpartition("/")[0] or "."
    start = machine.root.file or machine.scope.file
    folder = fixed if where.rooted and not fixed.startswith("..") else machine.workspace.place(fixed, start)
    pattern = literal.removeprefix(fixed).lstrip("/") if fixed != "." else literal
    names = machine.workspace.listing(folder, pattern.removeprefix("./"))
    prefix = "" if operation.dotted.endswith("listdir") or fixed == "." else f"{fixed}/"
    is_path = how == "scandir" or isinstance(operation.receiver, Text)
    return Seq([Text((prefix + name,), is_path) for name in names], True) if names else None


def listing(operation: Operation) -> Value:
    """What a folder holds: names that are not known."""
    return Seq([Text((Hole("file", "loop"),))], True)
