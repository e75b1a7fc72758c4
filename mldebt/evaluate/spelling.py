"""Names that are put together of text and of what data holds, or of what comes from outside."""

from __future__ import annotations

from mldebt.evaluate.strings import add_texts, concatenate
from mldebt.evaluate.values import Frame, Hole, Object, Seq, Text, Value, text


def names_added(left: Value, right: Value) -> Value | None:
    """Text put around each of the names of columns: the names where they are known, else a text with a hole."""
    columns = left if isinstance(left, Object) else right
    if not isinstance(columns, Object) or columns.kind != "columns":
        return None
    names: list[Value] = [text(name) for name in columns.facts["names"]]
    complete = bool(names) and columns.facts["complete"]
    around = names if complete else [Text((Hole("column", "loop"),))]
    return Seq([add_texts(one, right) if columns is left else add_texts(left, one) for one in around], not complete)


def spelled(left: Value, right: Value) -> Text | None:
    """The text that each value of a column becomes a part of: `"train_" + names + ".csv"`."""
    parts = [one.spelled or _column_hole(one) if isinstance(one, Frame) else one for one in (left, right)]
    texts = [one for one in parts if isinstance(one, Text)]
    return concatenate(texts) if len(texts) == 2 and any(one.known for one in texts) else None


def _column_hole(frame: Frame) -> Text:
    names = [name for name in frame.columns if name]
    return Text((Hole(names[0] if len(names) == 1 else "value", "loop"),))


def is_from_outside(value: Value) -> bool:
    """`os.environ.get("X") or "data"`: a value from outside, and what is taken where there is none."""
    return isinstance(value, Text) and all(
        isinstance(part, Hole) and part.kind in ("env", "cli") for part in value.parts
    )
