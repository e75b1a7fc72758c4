"""What chooses rows among what a frame is asked for in brackets, also where it can't be told which rows these are."""

from __future__ import annotations

import re

from mldebt.evaluate.positions import is_stored_list
from mldebt.evaluate.values import Choice, Frame, Seq, Text, Unknown, Value, options_of
from mldebt.read.facts import Expr

_OF_ROWS = re.compile(r"(^|_)(mask|msk|idx|idxs|index|indexes|indices|inds?|rows?|cond|condition|keep)(_|\d*$)")
_TESTS = frozenset({
    "isin", "isna", "isnull", "notna", "notnull", "between", "duplicated", "contains", "startswith", "endswith", "eq",
    "ne", "lt", "le", "gt", "ge", "logical_and", "logical_or", "logical_not", "in1d", "isnan", "isfinite",
})  # fmt: skip


def mask_among(frame: Frame, key: Value) -> Frame | None:
    """What tells for each row whether it stays; where it is one of several, the one that belongs to these rows."""
    masks = [one for one in options_of(key) if isinstance(one, Frame) and not is_stored_list(frame, one)]
    return next((one for one in masks if one.rows == frame.rows), masks[0]) if masks else None


def picks_rows(frame: Frame, key: Value, written: Expr | None) -> bool:
    """Whether what isn't known chooses rows: of an array nothing else is chosen; of a table, if it is written so."""
    if isinstance(key, Text):
        return False
    if frame.form == "table":
        return isinstance(key, (Unknown, Choice)) and _is_written_as_test(written)
    listed = isinstance(key, Seq) and key.kind == "list"
    return frame.form in ("array", "series", "records") and (listed or isinstance(key, (Unknown, Choice)))


def _is_written_as_test(written: Expr | None) -> bool:
    if not written:
        return False
    tag = written[0]
    if tag == "cmp":
        return True
    if tag == "un":
        return written[1] in ("~", "not") and _may_be_test(written[2])
    if tag == "bin":
        return written[1] in ("&", "|", "^") and any(map(_is_written_as_test, written[2:4]))
    if tag == "call":
        return written[1][0] == "attr" and written[1][2] in _TESTS
    return tag in ("name", "attr") and _OF_ROWS.search(str(written[-1])) is not None


def _may_be_test(written: Expr) -> bool:
    return written[0] in ("name", "attr", "index") or _is_written_as_test(written)
