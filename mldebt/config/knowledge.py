"""`knowledge`: what the calls of the user's own libraries do, in files or in the configuration itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec import Struct

from mldebt.config.model import Call
from mldebt.config.shapes import File, Place

WORDS = 'a list of files and of tables with "call" and "op"'


class Knowledge(Struct, frozen=True):
    """Whether an entry is right is judged by those who know what operations there are."""

    words: str = WORDS

    def read(self, place: Place, value: object) -> tuple[Path | Call, ...]:
        if not isinstance(value, list):
            raise place.must_be(self.words)
        return tuple(self._item(place, number, item) for number, item in enumerate(value))

    def _item(self, place: Place, number: int, item: object) -> Path | Call:
        if isinstance(item, str):
            return File(words=self.words).read(place, item)
        if not isinstance(item, dict):
            raise place.must_be(self.words)
        call = item.get("call")
        if not isinstance(call, str) or not call.strip():
            raise place.inner(number).error(
                f'"{place.name}[{number + 1}]" has no "call", the dotted name of a function'
            )
        entry = {key: each for key, each in item.items() if key != "call"}
        return Call(call, entry, place.document.place(*place.keys, number, word=call))

    def schema(self) -> dict[str, Any]:
        table = {
            "type": "object",
            "properties": {"call": {"type": "string", "minLength": 1}, "op": {"type": "string", "minLength": 1}},
            "required": ["call", "op"],
        }
        return {"type": "array", "items": {"anyOf": [{"type": "string", "minLength": 1}, table]}}
