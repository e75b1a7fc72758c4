"""The representations that data goes through, table, array, list, dictionaries, text, with nothing done in between."""

from __future__ import annotations

from mldebt.evaluate.joins import join
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import frames_in
from mldebt.evaluate.values import Const, Frame, Seq, Shape, Value, options_of
from mldebt.sites import Site

KINDS = {"array": "array", "frame": "data frame", "records": "dictionaries"}
FORMS = {"table": "data frame", "array": "array", "records": "dictionaries", "row": "dictionaries"}
"""Where a chain may begin; not at a single column, whose lists may have to be unfolded."""
TEXT = "text"
ENOUGH = 3
"""So many changes are more than any library asks for."""

Chain = tuple[tuple[str, str, Site], ...]


def converted(operation: Operation, result: Value) -> Value:
    """What a call gives back, with the representation that it made of its data."""
    kind = KINDS.get(operation.entry.op, "") and operation.entry.text("makes", KINDS[operation.entry.op])
    before = _given(operation) if kind else None
    if before is None:
        return result
    if operation.entry.flag("parses") and not (before.shapes and before.shapes[-1].kind == TEXT):
        return result  # what came as text has to be read
    name = operation.dotted.rpartition(".")[2]
    return join(
        reshaped(option, before, kind, name, operation.site) if isinstance(option, Frame) else option
        for option in options_of(result)
    )


def reshaped(result: Frame, before: Frame, kind: str, call: str, site: Site) -> Frame:
    """The same values in another representation."""
    if before.form not in FORMS:
        return result
    shapes = before.shapes if _is_untouched(before) else ()
    shapes = shapes or (Shape(FORMS[before.form], "", site, before.node, None),)
    made = result.copy()
    if shapes[-1].kind == kind:
        last = shapes[-1]._replace(seen=_seen(made))
        made.shapes = (*shapes[:-1], last)
    else:
        made.shapes = (*shapes, Shape(kind, call, site, made.node, _seen(made)))
    return made


def chain_of(value: Value | None, *, out_of_model: bool = False) -> Chain | None:
    """The changes of representation that a value has behind it, if there are too many; those of a prediction only,
    where it comes out of a model."""
    for frame in frames_in(value) if value is not None else ():
        shapes = frame.shapes
        told = not out_of_model or (shapes[:1] and shapes[0].node.startswith("prediction:"))
        if told and len(shapes) > ENOUGH and _is_untouched(frame):
            return tuple((shape.kind, shape.call, shape.site) for shape in shapes)
    return None


def _given(operation: Operation) -> Frame | None:
    """The one thing that is converted, also as the only row of a list."""
    value = operation.data() or operation.receiver
    while isinstance(value, Seq) and len(value.items) == 1:
        value = value.items[0]
    found = [option for option in options_of(value) if not isinstance(option, Const)] if value is not None else []
    return found[0] if len(found) == 1 and isinstance(found[0], Frame) else None


def _is_untouched(frame: Frame) -> bool:
    return not frame.shapes or frame.shapes[-1].seen == _seen(frame)


def _seen(frame: Frame) -> object:
    """What changes as soon as something is computed, or rows or columns are chosen."""
    terms = tuple(sorted(frame.terms.items(), key=lambda item: str(item[0])))
    return frame.term, terms, frame.rows, tuple(frame.columns)
