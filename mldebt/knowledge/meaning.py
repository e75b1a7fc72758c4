"""What a call computes, in the words of the canonical expressions: `"<frame>.round" = "round(self, decimals=0|n:0)"`.

A part is `self`, `*` (all positions), or where an argument is found: positions and keywords, the first present one
counts. `:` gives what it is when absent, a constant or `$` and the name of another setting; `?` may be absent. `name=`
makes it a setting instead of an operand. `%` stands for the last part of the name that was called.
"""

from __future__ import annotations

import re

from msgspec import Struct

from mldebt.knowledge.entry import Selector

_MEANING = re.compile(r"^([\w%]+)\((.*)\)$")
_PART = re.compile(r"^(?:(\w+)=)?([\w|*]*)(\?)?(?::(.*))?$")


class Part(Struct, frozen=True):
    """`name` of a setting, "" for an operand; `default` as written, None where there is none."""

    name: str
    selector: Selector
    default: str | None = None
    optional: bool = False


class Meaning(Struct, frozen=True):
    op: str
    parts: tuple[Part, ...]

    def operation(self, called: str) -> str:
        return self.op.replace("%", called.rpartition(".")[2])


def parse_meaning(text: str) -> Meaning | None:
    """None where the text has not the form of a meaning."""
    found = _MEANING.match(text.strip())
    if found is None:
        return None
    parts = [_part(one.strip()) for one in found[2].split(",") if one.strip()]
    return None if None in parts else Meaning(found[1], tuple(part for part in parts if part is not None))


def _part(text: str) -> Part | None:
    found = _PART.match(text)
    if found is None:
        return None
    name, selector, optional, default = found.groups()
    choices = tuple(int(one) if one.isdigit() else one for one in (selector or "").split("|") if one)
    return Part(name or "", choices, default, bool(optional))
