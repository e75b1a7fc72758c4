"""Settings that an application loads into itself: `app.config.from_file("config.json", load=json.load)`."""

from __future__ import annotations

from posixpath import join as join_path
from posixpath import normpath

from mldebt.evaluate.calls import Call
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.settings import overlaid
from mldebt.evaluate.values import Class, Instance, Map, ModuleValue, Text, Value

FROM_FILE = frozenset({"from_file", "from_json", "from_toml", "merge_from_file"})
LOADING = FROM_FILE | {"from_object", "from_pyfile"}


def load(machine: Machine, receiver: Map, name: str, call: Call) -> None:
    """What a file, a class or a module says counts from here on."""
    found = _of_file(machine, call) if name in FROM_FILE else _of_code(machine, call)
    if isinstance(found, Map):
        receiver.entries.update(overlaid([receiver, found]).entries)


def _of_file(machine: Machine, call: Call) -> Value:
    """The file lies beside the code of the application, where there is one of that name."""
    from mldebt.evaluate.libraries import call_symbol

    given = call.args[0]
    beside = _beside(machine, given)
    if beside is not None and machine.workspace.settings(beside) is not None:
        given = Text((beside,), rooted=True)
    return call_symbol(machine, "omegaconf.OmegaConf.load", Call(call.line, call.ordinal, [given], {}))


def _beside(machine: Machine, given: Value) -> str | None:
    if not isinstance(given, Text) or given.literal is None or given.literal.startswith(("/", "~")):
        return None
    folder = machine.scope.file.rpartition("/")[0]
    return normpath(join_path(folder, given.literal))


def _of_code(machine: Machine, call: Call) -> Map | None:
    names = _names(machine, call.args[0])
    return None if names is None else Map({name: value for name, value in names.items() if name.isupper()})


def _names(machine: Machine, given: Value) -> dict[str, Value] | None:
    if isinstance(given, Text):
        return _named(machine, given)
    if isinstance(given, ModuleValue):
        return machine.module(given.file).names
    if isinstance(given, Instance):
        return {**_of_class(given.cls), **given.fields}
    return _of_class(given) if isinstance(given, Class) else None


def _of_class(cls: Class, depth: int = 8) -> dict[str, Value]:
    above = [base for base in reversed(cls.bases) if isinstance(base, Class)] if depth else ()
    found: dict[str, Value] = {}
    for base in above:
        found |= _of_class(base, depth - 1)
    return found | cls.members


def _named(machine: Machine, given: Text) -> dict[str, Value] | None:
    """`from_object("config.Production")`, `from_pyfile("config.py")`."""
    from mldebt.evaluate.libraries import call_symbol

    if given.literal is None:
        return None
    beside = _beside(machine, given)
    if given.literal.endswith((".py", ".cfg")):
        return machine.module(beside).names if beside is not None and beside in machine.workspace.facts else None
    found = call_symbol(machine, "werkzeug.utils.import_string", Call(0, -1, [given], {}))
    return None if isinstance(found, Text) else _names(machine, found)
