"""Pictures that are scaled or changed on their way to a learner."""

from __future__ import annotations

from msgspec.structs import replace

from mldebt.evaluate.operation import Operation
from mldebt.evaluate.terms_of import term_of, with_term
from mldebt.evaluate.values import Object, Value
from mldebt.terms import substitute
from mldebt.terms.pictures import is_of_pictures


def as_scaled(operation: Operation, pictures: Value) -> Value:
    """`ImageDataGenerator(rescale=1 / 255).flow(X)`: as the reader scales what it is given."""
    reader, given = operation.receiver, term_of(operation.machine, pictures)
    if not isinstance(reader, Object) or reader.kind != "reader" or not is_of_pictures(given):
        return pictures
    scaled = term_of(operation.machine, reader)
    known = substitute(scaled, lambda _: given) if scaled is not None and is_of_pictures(scaled) else None
    return with_term(pictures, known)


def changed(holder: Value) -> Value:
    """Data that a function changes, nobody here knows how."""
    data = holder.facts.get("X") if isinstance(holder, Object) else None
    if not isinstance(holder, Object) or data is None:
        return holder
    return replace(holder, facts={**holder.facts, "X": with_term(data, None)})
