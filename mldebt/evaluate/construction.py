"""How objects of the repository's classes come to be: fields with their defaults, from tables, from the environment."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from mldebt.evaluate.calls import Call, bound, call_function, invoke, use_frame
from mldebt.evaluate.environment import variable
from mldebt.evaluate.from_records import fill_from
from mldebt.evaluate.instances import all_fields, instantiate
from mldebt.evaluate.joins import fresh, join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import derived, sources_of_all
from mldebt.evaluate.seeds import seed_of_caller
from mldebt.evaluate.settings import lookup
from mldebt.evaluate.terms_of import parameter
from mldebt.evaluate.values import (
    NONE,
    Class,
    Frame,
    Function,
    Instance,
    Map,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    hole,
    is_none,
    options_of,
)
from mldebt.project.purpose import is_test

NO_DEFAULT = "field without default"


def field(operation: Operation) -> Value:
    """`field(default_factory=…)` and its kin: the default of a field, made by a function or given."""
    function, default = operation.given("function"), operation.given("default")
    if function is not None:
        return invoke(operation.machine, function, Call(operation.call.line, operation.call.ordinal, [], {}))
    return default if default is not None else Unknown(NO_DEFAULT)


def fill_plainly(machine: Machine, instance: Instance, cls: Class, made: Call) -> None:
    """What the constructor does that a class has from its annotated fields."""
    for name, value in zip(all_fields(cls), made.args, strict=False):
        instance.fields[name] = value
    instance.fields.update(made.kwargs)
    fill_from(machine, instance, all_fields(cls), made.spread)
    fill_from_data(instance, made.spread)
    fill(machine, instance)
    if any(_is_unseen(one) for one in made.spread):
        tell(machine, instance)


def _is_unseen(spread: Value) -> bool:
    """Fields out of a table that is not there and holds no data as far as is known."""
    rest = spread.rest if isinstance(spread, Map) and spread.record is None else spread
    return isinstance(rest, Unknown) and not rest.sources


def filled_from_below(machine: Machine, above: Value, made: Call) -> bool:
    """Whether `super().__init__(…)`, `Base.__init__(self, …)` is a constructor from annotated fields; runs it."""
    from mldebt.evaluate.attributes import class_member

    cls = above.cls if isinstance(above, Instance) else above
    given = made
    if isinstance(above, Class) and made.args:
        above, given = made.args[0], replace(made, args=made.args[1:])
    if not isinstance(cls, Class) or not isinstance(above, Instance) or not all_fields(cls):
        return False
    if class_member(machine, cls, "__init__") is not None:
        return False
    this = above.real or above
    fill_plainly(machine, this if isinstance(this, Instance) else above, cls, given)
    return True


def _is_empty(default: Value | None) -> bool:
    """A list or dictionary to begin with: what it holds when others ask is put in by whoever made the object."""
    return (isinstance(default, Seq) and not default.items and not default.open) or (
        isinstance(default, Map) and not default.entries and not default.open
    )


def fill(machine: Machine, instance: Instance, outside: bool = False) -> None:
    """Give an instance the fields that it was not given: their defaults, the environment where its class reads that.

    `outside`: nothing says that the defaults were not replaced.
    """
    from mldebt.evaluate.attributes import class_member

    cls = instance.cls
    prefix = _prefix(machine, cls)
    for name in all_fields(cls):
        if name in instance.fields:
            instance.fields[name] = _typed(machine, cls, name, instance.fields[name])
            continue
        default = class_member(machine, cls, name)
        if isinstance(default, Unknown) and default.reason == NO_DEFAULT:
            default = None
        if prefix is not None:
            default = variable(machine, f"{prefix}{name}".upper(), default)
        if outside and _is_empty(default):
            instance.fields[name] = parameter(name)
            continue
        if default is not None and not isinstance(default, Function):
            instance.fields[name] = (
                _assumed(default, name) if outside else fresh(_given_by_test(machine, default, name))
            )
    made = class_member(machine, cls, "__post_init__")
    if isinstance(made, Function):
        call_function(machine, bound(made, instance), Call(cls.line, 0, [], {}))


def fill_from_data(instance: Instance, spread: Sequence[Value]) -> None:
    """Give an instance its fields out of a record: `Item(**json.loads(message))`."""
    if not sources_of_all(spread):
        return
    for name in all_fields(instance.cls):
        if name not in instance.fields:
            instance.fields[name] = derived("field out of a record", *spread, label=name)


def _given_by_test(machine: Machine, default: Value, name: str) -> Value:
    """A test that leaves out the seed says nothing of who calls in earnest."""
    return seed_of_caller(default, name) if is_test(machine.root.file) else default


def _assumed(value: Value, name: str) -> Value:
    return (
        Text(value.parts, value.path, True, value.sources)
        if isinstance(value, Text)
        else fresh(seed_of_caller(value, name))
    )


def _typed(machine: Machine, cls: Class, name: str, value: Value) -> Value:
    """A table that is given for a field whose type is a class of the repository is an object of that class."""
    if not isinstance(value, Map):
        return value
    owner, annotation = _annotation(cls, name)
    declared = owner.scope.get(annotation[1]) if owner is not None and annotation and annotation[0] == "name" else None
    return from_table(machine, declared, value) if isinstance(declared, Class) else value


def _annotation(cls: Class, name: str) -> tuple[Class | None, tuple[object, ...] | None]:
    if name in cls.types:
        return cls, cls.types[name]
    for base in cls.bases:
        if isinstance(base, Class) and (found := _annotation(base, name))[0] is not None:
            return found
    return None, None


def _prefix(machine: Machine, cls: Class, depth: int = 6) -> str | None:
    """What the names of the variables begin with that a class reads its fields from; None where it reads none."""
    for base in cls.bases:
        if isinstance(base, Class) and depth:
            if (found := _prefix(machine, base, depth - 1)) is not None:
                return _own_prefix(cls) or found
        elif isinstance(base, Symbol):
            entry = machine.knowledge.call(base.dotted)
            if entry is not None and entry.op == "settings":
                return _own_prefix(cls)
    return None


def _own_prefix(cls: Class) -> str:
    inner, config = cls.members.get("Config"), cls.members.get("model_config")
    found = inner.members.get("env_prefix") if isinstance(inner, Class) else None
    if found is None and config is not None:
        found = lookup(config, ("env_prefix",))
    return found.literal or "" if isinstance(found, Text) else ""


def from_table(machine: Machine, cls: Class, table: Map) -> Value:
    """An object whose fields are the keys of a table."""
    call = Call(machine.scope.statement[0], 0, [], {str(key): value for key, value in table.entries.items()})
    if table.open:
        call.spread.append(table)
    return instantiate(machine, cls, call)


def construct(operation: Operation) -> Value:
    """A library makes an object of a class that it is given: out of a table, or out of the command line."""
    classes, data = operation.given("function"), operation.given("data")
    known = [one for one in options_of(classes) if isinstance(one, Class)] if classes is not None else []
    if known:
        return join(_constructed(operation, one, data) for one in known)
    return data if data is not None else Unknown("object of an unknown class")


def _constructed(operation: Operation, cls: Class, data: Value | None) -> Value:
    if isinstance(data, Map):
        return from_table(operation.machine, cls, data)
    instance = Instance(cls)
    if isinstance(data, Frame):
        fill_from(operation.machine, instance, all_fields(cls), [data])
    fill(operation.machine, instance, outside=True)
    tell(operation.machine, instance)
    return instance


def tell(machine: Machine, instance: Instance, depth: int = 4) -> None:
    """Settings that nobody sees: texts are known by the names of their fields, objects by those of their classes."""
    for name in all_fields(instance.cls):
        if name not in instance.fields and (told := _told(machine, instance.cls, name, depth)) is not None:
            instance.fields[name] = told


def _told(machine: Machine, cls: Class, name: str, depth: int) -> Value | None:
    owner, annotation = _annotation(cls, name)
    if owner is None or not annotation or annotation[0] != "name":
        return None
    declared = owner.scope.get(annotation[1])
    if isinstance(declared, Class) and depth and all_fields(declared):
        inner = Instance(declared)
        fill(machine, inner, outside=True)
        tell(machine, inner, depth - 1)
        return inner
    return hole(name, "config") if annotation[1] in ("str", "Path") else None


def of_class(machine: Machine, cls: Class, name: str, call: Call) -> Value | None:
    """`Config.parse_obj(table)`: a method of a library's class that makes an object; None for others."""
    from mldebt.evaluate.attributes import class_member, library_base

    library = library_base(machine, cls) if class_member(machine, cls, name) is None else None
    entry = machine.knowledge.call(f"{library}.{name}") if library else None
    if entry is None or entry.op != "construct":
        return None
    data = call.given(entry, "data")
    for row in options_of(data) if data is not None else ():
        if isinstance(row, Frame):  # its fields take the columns that are called like them
            use_frame(machine, row, "escape", machine.site(call.line))
    return _constructed(Operation(machine, call, entry, f"{library}.{name}"), cls, data)


def keep_arguments(operation: Operation) -> Value:
    """`self.save_hyperparameters()`: what a constructor was given stays in a field; or the object that is handed in."""
    function = operation.machine.scope.function
    this = function.this if function is not None else None
    if function is None or not isinstance(this, Instance):
        return NONE
    handed = operation.data()
    if handed is not None and not isinstance(handed, Text):
        this.fields[operation.entry.text("into")] = handed
        return NONE
    named = {one.literal for one in operation.call.args if isinstance(one, Text)}
    given = operation.machine.scope.env.names
    kept: dict[object, Value] = {}
    for name, _, _, kind in function.params[1:]:
        value = given.get(name)
        if isinstance(value, Map) and kind == "**":
            kept |= value.entries
        elif value is not None and (not named or name in named):
            kept[name] = value
    this.fields[operation.entry.text("into")] = Map(kept)
    return NONE


def build(operation: Operation) -> Value:
    """A configuration that names a class or function, and what to call it with."""
    from mldebt.evaluate.attributes import attribute
    from mldebt.evaluate.imports import import_module

    machine, data = operation.machine, operation.data()
    target = lookup(data, ("_target_",)) if data is not None else None
    if not isinstance(data, Map) or not isinstance(target, Text) or not target.literal:
        return data if data is not None else Unknown("object of an unknown class")
    module, _, name = target.literal.rpartition(".")
    found = attribute(machine, import_module(machine, module), name) if module else Symbol(name)
    given = {str(key): value for key, value in data.entries.items() if not str(key).startswith("_")}
    return invoke(machine, found, Call(operation.call.line, operation.call.ordinal, operation.call.args[1:],
                                       {**given, **operation.call.kwargs}))  # fmt: skip


def of_classes(machine: Machine, value: Object) -> Value:
    """What a parser of the fields of several classes gives: one object of each."""
    made = [Instance(cls) for cls in value.facts.get("classes", ())]
    for instance in made:
        fill(machine, instance, outside=True)
        _from_commands(machine, instance)
    return Seq(list(made), kind="tuple")


def _from_commands(machine: Machine, instance: Instance) -> None:
    from mldebt.evaluate.command_lines import flag_values

    commands = machine.commands.get(machine.root.file or machine.scope.file, ())
    for name in all_fields(instance.cls):
        passed = flag_values(commands, [f"--{name}", f"--{name.replace('_', '-')}"])
        if passed:
            instance.fields[name] = join(passed)
        elif name not in instance.fields or is_none(instance.fields[name]):
            instance.fields[name] = hole(name, "cli")
