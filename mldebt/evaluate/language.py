"""Functions of the standard library that belong to the language: what they make is a value like any other."""

from __future__ import annotations

import string
from collections.abc import Callable

from mldebt.evaluate import kept_by_key, streams
from mldebt.evaluate.calls import Call, invoke
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.values import NONE, Class, Map, Object, Seq, Symbol, Text, Unknown, Value, text


def _import_module(machine: Machine, call: Call) -> Value:
    from mldebt.evaluate.imports import import_module

    name = call.pick((0, "name"))
    if isinstance(name, Text) and name.literal:
        return import_module(machine, name.literal)
    return Unknown("value of a built-in function", call.hint)


def _import_object(machine: Machine, call: Call) -> Value:
    """`locate("package.module.Class")`: what a dotted name means, where it is known."""
    from mldebt.evaluate.attributes import attribute
    from mldebt.evaluate.imports import import_module

    name = call.pick((0, "path", "obj_path", "name", "dotted_path", "import_name"))
    if not isinstance(name, Text) or not name.literal:
        return Unknown("value of a built-in function", call.hint)
    module, _, member = name.literal.replace(":", ".").rpartition(".")
    return attribute(machine, import_module(machine, module), member) if module else Symbol(member)


def _partial(machine: Machine, call: Call) -> Value:
    facts = {"function": call.args[0] if call.args else NONE, "args": call.args[1:], "kwargs": dict(call.kwargs)}
    return Object("partial", facts=facts)


def call_partial(machine: Machine, value: Object, call: Call) -> Value:
    """A call of `partial(function, …)`: what it was given comes first."""
    call.args[:0] = value.facts["args"]
    call.labels[:0] = [None] * len(value.facts["args"])
    call.kwargs = {**value.facts["kwargs"], **call.kwargs}
    return invoke(machine, value.facts["function"], call)


def fields_of(machine: Machine, call: Call) -> Value:
    """`vars(x)`, `asdict(x)`: the fields of an object as a dictionary."""
    from mldebt.evaluate.settings import as_map

    found = as_map(call.args[0]) if call.args else None
    return found if found is not None else derived("fields of an object", *call.args)


def _named_tuple(machine: Machine, call: Call) -> Value:
    fields = call.args[1] if len(call.args) > 1 else NONE
    if isinstance(fields, Text) and fields.literal:
        names = fields.literal.replace(",", " ").split()
    else:
        items = fields.items if isinstance(fields, Seq) else []
        names = [item.literal for item in items if isinstance(item, Text) and item.literal]
    return Class(machine.scope.file, call.hint or "namedtuple", [], {}, names)


def _template(machine: Machine, call: Call) -> Value:
    return Object("template", facts={"text": call.args[0] if call.args else NONE})


def _pattern(machine: Machine, call: Call) -> Value:
    """`re.compile(r"\\W+")`; with flags, nothing is known of what it matches."""
    plain = len(call.args) == 1 and not call.kwargs
    return Object("pattern", facts={"text": call.args[0]}) if plain else derived("pattern", *call.values())


def _namespace(machine: Machine, call: Call) -> Value:
    return Map(dict(call.kwargs.items()), bool(call.spread))


def _attribute_table(machine: Machine, call: Call) -> Value:
    """`EasyDict()`, `CfgNode(settings)`: a table whose keys are attributes, empty or with what it is given."""
    given = call.args[0] if call.args else None
    if given is not None and not isinstance(given, Map):
        return given
    entries = dict(given.entries) if given is not None else {}
    open_ = bool(call.spread) or (given is not None and given.open)
    return Map(entries | dict(call.kwargs), open_, given.rest if given else None, given.origin if given else "")


ATTRIBUTE_TABLES = (
    "easydict.EasyDict", "addict.Dict", "munch.Munch", "box.Box", "attrdict.AttrDict", "dotmap.DotMap",
    "ml_collections.ConfigDict", "ml_collections.config_dict.ConfigDict", "yacs.config.CfgNode",
    "fvcore.common.config.CfgNode",
)  # fmt: skip
MAX_PRODUCT = 24


def _product(machine: Machine, call: Call) -> Value:
    from mldebt.evaluate.iteration import elements

    rows: list[list[Value]] = [[]]
    complete = "repeat" not in call.kwargs and not call.spread
    for value in call.args:
        found, whole = elements(machine, value)
        complete &= whole and len(rows) * len(found) <= MAX_PRODUCT
        rows = [[*row, item] for row in rows for item in found][:MAX_PRODUCT]
    return Seq([Seq(row, kind="tuple") for row in rows], not complete)


def _chain(machine: Machine, call: Call) -> Value:
    from mldebt.evaluate.iteration import elements

    parts = [elements(machine, value) for value in call.args]
    return Seq(
        [item for found, _ in parts for item in found], bool(call.spread) or not all(whole for _, whole in parts)
    )


def _flat(machine: Machine, call: Call) -> Value:
    from mldebt.evaluate.iteration import elements

    outer, complete = elements(machine, call.args[0]) if call.args else ([], False)
    inner = [elements(machine, value) for value in outer]
    return Seq([item for found, _ in inner for item in found], not (complete and all(whole for _, whole in inner)))


SIGNS: dict[str, Value] = {
    f"string.{name}": text(getattr(string, name))
    for name in ("punctuation", "digits", "ascii_letters", "ascii_lowercase", "ascii_uppercase", "whitespace")
}
"""What Python calls these signs."""
LANGUAGE: dict[str, Callable[[Machine, Call], Value]] = {
    **dict.fromkeys(ATTRIBUTE_TABLES, _attribute_table),
    "importlib.import_module": _import_module, "itertools.product": _product, "itertools.chain": _chain,
    "itertools.chain.from_iterable": _flat, "functools.partial": _partial, "collections.namedtuple": _named_tuple,
    "collections.deque": streams.deque, "collections.defaultdict": streams.by_default,
    "collections.Counter": kept_by_key.counter,
    "dataclasses.asdict": fields_of, "attr.asdict": fields_of, "attrs.asdict": fields_of,
    "types.SimpleNamespace": _namespace, "argparse.Namespace": _namespace,
    "string.Template": _template, "re.compile": _pattern,
    "pydoc.locate": _import_object, "pkgutil.resolve_name": _import_object,
    "kedro.utils.load_obj": _import_object, "hydra.utils.get_class": _import_object,
    "hydra.utils.get_method": _import_object, "hydra.utils.get_object": _import_object,
    "django.utils.module_loading.import_string": _import_object, "werkzeug.utils.import_string": _import_object,
}  # fmt: skip
