"""Records within the data of a request, as the class of the body declares them: `items: list[Item]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mldebt.evaluate.values import Class, Frame

if TYPE_CHECKING:
    from mldebt.evaluate.machine import Machine


def is_field(machine: Machine, nested: Frame, name: str) -> bool:
    """Whether a field of nested records is meant, not what a column of dates or texts has of that name."""
    from mldebt.evaluate.instances import all_fields

    body = machine.bodies.get(nested.node)
    if body is None or nested.form not in ("series", "scalar", "records") or len(nested.columns) != 1:
        return False
    (field,) = nested.columns
    return any(name in all_fields(cls) for cls in _declared(body, body.types.get(field)))


def _declared(body: Class, annotation: object) -> Iterator[Class]:
    """The classes of the repository that an annotation names."""
    if not isinstance(annotation, tuple) or body.scope is None:
        return
    if annotation[:1] == ("name",):
        known = body.scope.get(annotation[1])
        if isinstance(known, Class):
            yield known
        return
    for part in annotation:
        yield from _declared(body, part)
