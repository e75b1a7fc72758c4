"""Names of types, whichever language or library they come from."""

from __future__ import annotations

import re
from typing import Final

_FAMILIES: Final = (
    ("bool", r"bool(ean)?_?"),
    ("int", r"u?int(eger)?(_|64)?|long|bigint|number|int64dtype|signed"),
    ("float", r"float(_|64)?|double(_precision)?|real|float64dtype"),
    ("decimal", r"decimal.*|numeric.*"),
    ("str", r"str(ing)?_?|object_?|utf8|text|char(acter)?|n?varchar.*|unicode_?|stringdtype"),
    ("datetime", r"datetime.*|timestamp.*"),
    ("date", r"date(32)?"),
    ("category", r"categor.*|enum"),
)


def type_name(text: str) -> str:
    """`np.float64`, `"double"`, `FloatType()` and SQL's `DOUBLE PRECISION` are one type; a narrower one is another."""
    plain = text.strip('"').lower().rpartition(".")[2].removesuffix("()").replace(" ", "_")
    plain = re.sub(r"(?<=[a-z])type$", "", plain)
    plain = re.sub(r"\[.*\]|\(.*\)", "", plain)
    return next((name for name, pattern in _FAMILIES if re.fullmatch(pattern, plain)), plain)
