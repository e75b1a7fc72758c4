"""Whether two expressions say the same of every row, and where they don't, on what they part.

They are computed on the same tables of examples: what differs there differs, what doesn't is taken to be the same, and
what can't be computed can't be told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from mldebt.terms.term import Term, const


class Example(Struct, frozen=True):
    """One input on which the two part, and what each makes of it."""

    given: tuple[tuple[str, object], ...]
    one: object
    other: object


class Difference(Struct, frozen=True):
    """`kind`: what it is in, as "null handling" or "window"; `example` where one row shows it."""

    kind: str
    example: Example | None


class Doubt(Struct, frozen=True):
    """It can't be told whether they differ."""

    reason: str


NOTHING: Final = Term("div", (const(1), const(0)))
"""No value at all: an error was raised, or the row was dropped."""


def where_known(term: Term, needed: Term) -> Term:
    """The term without the rows in which another one, or itself, is null."""
    return Term("where", (Term("is_not_null", (needed,)), term, NOTHING))


def compare(
    one: Term, other: Term, *, never_null: Iterable[str] = (), assumes: Sequence[Term] = ()
) -> Difference | Doubt | None:
    """How the second differs from the first; None where they are the same.

    `assumes`: what holds wherever the second is computed; where it doesn't, the second has no value.
    """
    if one == other:
        return None
    from mldebt.terms.memory import MEMORY
    from mldebt.terms.whole import settled

    one, other = settled(one, other)
    if one == other:
        return None

    key = MEMORY.key(one, other, never_null, assumes)
    if (known := MEMORY.answer(key)) is not None:
        return known[0]
    from mldebt.terms.trials import tried  # slow to load, and seldom needed where comparisons are kept

    found = tried(one, other, never_null, assumes)
    MEMORY.keep(key, found)
    return found
