"""What the evaluation of a part came to, for the next run and for other processes."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from mldebt.evaluate.workspace import Question

Head = tuple[frozenset[str], frozenset[str], frozenset[str]]


class Outcome(Struct, frozen=True):
    """The encoded trace of a part, with what it depends on and what others depend on.

    `questions`: what it asked; `imports`: what the imports of modules asked that were run for it; `called`: functions
    that its modules call; `outside`: functions of its own and of what it imports that others call, which are therefore
    not run alone; `called_alone`: what the functions that nobody calls call. `trace`: as `encode_trace` gives it, or
    the key under which a cache keeps it.
    """

    questions: tuple[Question, ...]
    imports: dict[str, tuple[Question, ...]]
    called: frozenset[str]
    outside: frozenset[str]
    called_alone: frozenset[str]
    trace: Any

    @property
    def head(self) -> Head:
        """What is to be known of a part before its trace is."""
        return self.called, self.outside, self.called_alone

    def plain(self) -> tuple[Any, ...]:
        return (self.questions, self.imports, *self.head, self.trace)


def from_plain(data: tuple[Any, ...]) -> Outcome:
    """The outcome that `plain` was asked of."""
    return Outcome(*data)
