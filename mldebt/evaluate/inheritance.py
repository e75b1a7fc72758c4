"""Methods that a class inherits, run on the classes that say what differs: jobs that only a framework makes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.evaluate.attributes import class_member
from mldebt.evaluate.calls import bound
from mldebt.evaluate.construction import fill
from mldebt.evaluate.entries import escape_value, run_alone
from mldebt.evaluate.machine import Machine, Scope
from mldebt.evaluate.values import Class, Env, Function, Instance

MAX_CLASSES_OF_ONE = 12
MAX_METHODS = 12
MAX_RUNS = 400


def run_inherited(machine: Machine, files: Iterable[str]) -> None:
    """Run what nobody called on one object of each class below it that nobody made, bounded in number."""
    classes = [value for file in files for value in machine.modules[file].names.values()
               if isinstance(value, Class) and value.file == file]  # fmt: skip
    above = {base.key for cls in classes for base in cls.bases if isinstance(base, Class)}
    owners = {owner.key: owner for cls in classes for owner in (cls, *_ancestors(cls))}
    uncalled = {method.key for owner in owners.values() for method in _methods(owner)} - machine.called
    counts: dict[str, int] = {}
    runs = 0
    for cls in classes:
        waiting = [] if cls.key in above or cls.key in machine.instantiated else list(_inherited(cls, uncalled))
        waiting = [method for method in waiting if counts.get(method.key, 0) < MAX_CLASSES_OF_ONE][:MAX_METHODS]
        runs += len(waiting)
        if not waiting or runs > MAX_RUNS or not _says_what_differs(cls):
            continue
        for method in waiting:
            counts[method.key] = counts.get(method.key, 0) + 1
        _run(machine, cls, waiting)


def _ancestors(cls: Class) -> list[Class]:
    found = [base for base in cls.bases if isinstance(base, Class)]
    for base in found[:8]:
        found += [one for one in base.bases if isinstance(one, Class)]
    return found


def _methods(cls: Class) -> Iterator[Function]:
    return (member for member in cls.members.values() if isinstance(member, Function) and member.owner is cls)


def _inherited(cls: Class, uncalled: set[str]) -> Iterator[Function]:
    """The methods of classes above that nobody called and that the class leaves as they are."""
    seen = set(cls.members)
    waiting = [base for base in cls.bases if isinstance(base, Class)]
    for base in waiting[:8]:
        waiting += [one for one in base.bases if isinstance(one, Class)]
        for name, member in base.members.items():
            if name not in seen and isinstance(member, Function) and _is_own(member, base) and member.key in uncalled:
                yield member
            seen.add(name)


def _is_own(member: Function, base: Class) -> bool:
    """A public method that is no property and no method of the class itself."""
    plain = all(decorator[0] not in ("name", "attr") for decorator in member.decorators)
    return plain and member.owner is base and not member.qualname.rpartition(".")[2].startswith("_")


def _says_what_differs(cls: Class) -> bool:
    return any(not name.startswith("__") for name in cls.members)


def _run(machine: Machine, cls: Class, methods: list[Function]) -> None:
    instance = Instance(cls, symbolic=True)
    constructor = class_member(machine, cls, "__init__")
    suffix = f"@{cls.qualname}"
    if isinstance(constructor, Function):
        run_alone(machine, bound(constructor, instance), handed_on=suffix)
    else:
        fill(machine, instance, outside=True)
    for method in methods:
        result = run_alone(machine, bound(method, instance), handed_on=suffix)
        with machine.entered(Scope(cls.file, cls.qualname, cls.key, Env(), statement=(cls.line, cls.line))):
            escape_value(machine, result)
