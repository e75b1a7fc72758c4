"""What the evaluation of a part came to, for the next run and for other processes."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.trace_codec import decode_trace, encode_trace
from mldebt.evaluate.workspace import Question


class Outcome(Struct, frozen=True):
    """The trace of a part, with what it depends on and what others depend on.

    `questions`: what it asked; `imports`: what the imports of modules asked that were run for it; `called`: functions
    that its modules call; `outside`: functions of its own and of what it imports that others call, which are therefore
    not run alone; `called_alone`: what the functions that nobody calls call.
    """

    questions: tuple[Question, ...]
    imports: dict[str, tuple[Question, ...]]
    called: frozenset[str]
    outside: frozenset[str]
    called_alone: frozenset[str]
    trace: Trace

    def plain(self) -> tuple[Any, ...]:
        values = (self.questions, self.imports, self.called, self.outside, self.called_alone)
        return (*values, encode_trace(self.trace))


def from_plain(data: tuple[Any, ...]) -> Outcome:
    """The outcome that `plain` was asked of."""
    questions, imports, called, outside, called_alone, trace = data
    return Outcome(questions, imports, called, outside, called_alone, decode_trace(trace))
