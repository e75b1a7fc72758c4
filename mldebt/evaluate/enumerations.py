"""Fields of requests that are members of an enumeration: a member stands for its value."""

from __future__ import annotations

from mldebt.evaluate.frames import column
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Class, Frame, Symbol
from mldebt.sites import Site


def is_enumeration(cls: Class, depth: int = 4) -> bool:
    """`class Kind(str, Enum)`."""
    return any(
        base.dotted.startswith("enum.")
        if isinstance(base, Symbol)
        else isinstance(base, Class) and depth > 0 and is_enumeration(base, depth - 1)
        for base in cls.bases
    )


def note_members(machine: Machine, node: str, name: str, site: Site, cls: Class) -> None:
    """Which fields of a typed body are such members."""
    found = tuple(field for field, annotation in cls.types.items() if _is_member(cls, annotation))
    if found:
        machine.trace.node(node, "dataset", name, site, members=found)


def _is_member(cls: Class, annotation: object) -> bool:
    known = isinstance(annotation, tuple) and annotation and annotation[0] == "name" and cls.scope is not None
    declared = cls.scope.get(annotation[1]) if known and isinstance(annotation, tuple) else None
    return isinstance(declared, Class) and is_enumeration(declared)


def member_of(machine: Machine, request: Frame, name: str) -> Frame:
    """A parameter of an endpoint that is such a member."""
    for node in request.open:
        machine.trace.node(node, "dataset", machine.trace.nodes[node].name, machine.site(), members=(name,))
    return column(machine, request, name)


def is_value_of_member(machine: Machine, base: Frame, name: str) -> bool:
    """`request.kind.value`."""
    if name != "value" or base.open or len(base.columns) != 1:
        return False
    return bool(base.refs()) and all(
        node is not None and field in node.attributes.get("members", ())
        for node, field in ((machine.trace.nodes.get(owner), field) for owner, field in base.refs())
    )
