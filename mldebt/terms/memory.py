"""Comparisons that were made before, in plain values that can be written down."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

from mldebt.terms.difference import Difference, Doubt, Example
from mldebt.terms.moments import Duration, Moment
from mldebt.terms.outcomes import UNDEFINED
from mldebt.terms.term import Term, packed

Plain = tuple[Any, ...]
MOST: Final = 5_000


class Memory:
    """`asked`: the keys of what was asked, in this order."""

    def __init__(self) -> None:
        self.known: dict[bytes, Plain] = {}
        self.asked: dict[bytes, None] = {}

    @staticmethod
    def key(one: Term, other: Term, never_null: Iterable[str], assumes: Sequence[Term]) -> bytes:
        said = (packed(one), packed(other), sorted(never_null), list(map(packed, assumes)))
        return blake2b(repr(said).encode("utf-8", "surrogatepass"), digest_size=16).digest()

    def answer(self, key: bytes) -> tuple[Difference | Doubt | None] | None:
        """The answer, in a tuple of its own, for it may be None; None where there is none yet."""
        self.asked[key] = None
        plain = self.known.get(key)
        return (_read(plain),) if plain is not None else None

    def keep(self, key: bytes, found: Difference | Doubt | None) -> None:
        try:
            self.known[key] = _plain(found)
        except TypeError:
            return  # its example holds what can't be written down

    def latest(self) -> dict[bytes, Plain]:
        """What is worth to be kept: what was asked, and some of the rest."""
        order = {**self.asked, **dict.fromkeys(self.known)}
        kept = [key for key in order if key in self.known][:MOST]
        return {key: self.known[key] for key in kept}

    def learn(self, known: Mapping[bytes, Plain]) -> None:
        self.known = {**known, **self.known}

    def asked_beside(self, seen: Set[bytes]) -> dict[bytes, Plain | None]:
        """What was asked besides what somebody has seen, with its answer where that can be written down."""
        return {key: self.known.get(key) for key in self.asked if key not in seen}

    def take_over(self, asked: Mapping[bytes, Plain | None]) -> None:
        """Know what was asked and answered in another process."""
        self.asked.update(dict.fromkeys(asked))
        self.known.update((key, plain) for key, plain in asked.items() if plain is not None)


MEMORY: Final = Memory()


def _plain(found: Difference | Doubt | None) -> Plain:
    if found is None:
        return ()
    if isinstance(found, Doubt):
        return (found.reason,)
    example = found.example
    if example is None:
        return (found.kind, None)
    given = tuple((name, _plain_value(value)) for name, value in example.given)
    return (found.kind, (given, _plain_value(example.one), _plain_value(example.other)))


def _read(plain: Plain) -> Difference | Doubt | None:
    if not plain:
        return None
    if len(plain) == 1:
        return Doubt(plain[0])
    kind, example = plain
    if example is None:
        return Difference(kind, None)
    given, one, other = example
    values = tuple((name, _value(value)) for name, value in given)
    return Difference(kind, Example(values, _value(one), _value(other)))


def _plain_value(value: object) -> Plain:
    if value is UNDEFINED:
        return ("undefined",)
    if value is None or type(value) in (bool, int, float, str):
        return ("value", value)
    if type(value) is Duration:
        return ("duration", value.seconds)
    if type(value) is Moment and value.clock.tzinfo is None:
        return ("moment", value.clock.isoformat(), value.zone)
    raise TypeError(type(value).__name__)


def _value(plain: Plain) -> object:
    kind, *said = plain
    if kind == "undefined":
        return UNDEFINED
    if kind == "duration":
        return Duration(*said)
    return Moment(datetime.fromisoformat(said[0]), said[1]) if kind == "moment" else said[0]
