"""Views of features that are put together under a name, and asked for by it."""

from __future__ import annotations

from mldebt.evaluate.frames import names_of
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import Object, Seq, Text, Unknown, Value, options_of, text
from mldebt.evaluate.writing import write


def view(operation: Operation) -> Value:
    """A view: the data that it takes is stored under its name."""
    write(operation)
    name = operation.given("name")
    refs = [name.template] if isinstance(name, Text) else []
    return Object("view", operation.dotted, {"refs": refs})


def chosen(operation: Operation) -> Value:
    """`view[["a", "b"]]`: some of its features."""
    base, (names, _) = operation.receiver, names_of(operation.given("columns"))
    if not isinstance(base, Object):
        return Unknown("item of an unknown value")
    refs = [f"{ref}:{name}" for ref in base.facts["refs"] for name in names]
    return Object("view", base.dotted, {"refs": refs or base.facts["refs"]})


def service(operation: Operation) -> Value:
    """`FeatureService(name="churn", features=[view[["a"]], other])`."""
    name, features = operation.given("name"), operation.given("data")
    items = features.items if isinstance(features, Seq) else []
    views = [one for item in items for one in options_of(item) if isinstance(one, Object) and one.kind == "view"]
    refs = [ref for one in views for ref in one.facts["refs"]]
    if isinstance(name, Text) and name.literal:
        known = operation.machine.wiring.services.setdefault(name.literal, {})
        known[operation.machine.scope.file] = refs
    return _asked(refs)


def named_service(operation: Operation) -> Value:
    """`store.get_feature_service("churn")`: what the nearest definition of that name puts together."""
    machine, name = operation.machine, operation.given("name")
    if not isinstance(name, Text) or name.literal is None:
        return Unknown("feature service of an unknown name")
    _run_definitions(machine, operation.entry.text("defined_by"))
    known = machine.wiring.services.get(name.literal, {})
    here = machine.scope.file
    nearest = sorted(known, key=lambda file: (-_shared(file, here), file))
    return _asked(known[nearest[0]] if nearest else [name.literal])


def _asked(refs: list[str]) -> Seq:
    return Seq([text(ref) for ref in refs])


def _run_definitions(machine: Machine, dotted: str) -> None:
    """Evaluate the modules that import what defines services."""
    package, _, wanted = dotted.rpartition(".")
    for file in sorted(machine.workspace.facts):
        imports = machine.workspace.facts[file].outline.imports
        if file not in machine.modules and any(module == package and wanted in names for _, module, names in imports):
            machine.module(file)
            if file not in machine.own:
                _take_over(machine, file)


def _take_over(machine: Machine, file: str) -> None:
    """The services of a file that is evaluated by itself."""
    for name, defined in machine.others.machine(file).wiring.services.items():
        machine.wiring.services.setdefault(name, {}).update(defined)


def _shared(left: str, right: str) -> int:
    """How many folders two files have in common."""
    count = 0
    for one, other in zip(left.split("/")[:-1], right.split("/")[:-1], strict=False):
        if one != other:
            break
        count += 1
    return count
