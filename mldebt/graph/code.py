"""The code of a repository as far as linking asks it: a few questions about names, each of one file.

Which were asked is noted with the answers: a change of code that changes none of them, and nothing that the evaluation
sees, can't change the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from mldebt.graph.spellings import lines_of_names, lines_of_texts
from mldebt.graph.told import Told
from mldebt.read.facts import FileFacts
from mldebt.sites import Site

Question = tuple[str, str, tuple[str | int, ...]]
"""Its name, that of the file, and what else was given."""


class Code:
    """`asked`: the questions with their answers, in plain values."""

    def __init__(self, facts: Mapping[str, FileFacts], told: Told | None = None) -> None:
        self.facts = facts
        self.asked: dict[Question, Any] = {}
        self._told = told or Told()

    def spells(self, file: str, name: str) -> bool:
        """Whether a name can be in a file: what is quickly told, and mostly no."""
        return bool(self._ask("spells", file, name))

    def places(self, file: str, name: str, how: int = 0) -> Sequence[Site]:
        """The statements that speak of a name, store under it or list it, one for each time."""
        return tuple(Site(*place) for place in self._ask("places", file, name, how))

    def places_of_text(self, file: str, part: str) -> Sequence[Site]:
        """The statements that have a text in which a part stands."""
        return tuple(Site(*place) for place in self._ask("places_of_text", file, part))

    def answers(self, questions: Iterable[Question]) -> Iterator[Any]:
        """What the code says to questions of another run."""
        return (self._answer(question) for question in questions)

    def _ask(self, what: str, file: str, *given: str | int) -> Any:
        question = (what, file, given)
        if question not in self.asked:
            self.asked[question] = self._answer(question)
        return self.asked[question]

    def _answer(self, question: Question) -> Any:
        what, file, given = question
        facts = self.facts.get(file)
        return _ANSWERS[what](facts, self._told, *given) if facts is not None and facts.packed else ()


def _spells(facts: FileFacts, told: Told, name: str) -> bool:
    return name.encode("utf-8", "surrogatepass") in facts.packed


def _places(facts: FileFacts, told: Told, name: str, how: int) -> tuple[tuple[Any, ...], ...]:
    lines = told.of(facts, "names of columns", lines_of_names)[how].get(name, ())
    return tuple(tuple(facts.site(first, last)) for first, last in lines)


def _places_of_text(facts: FileFacts, told: Told, part: str) -> tuple[tuple[Any, ...], ...]:
    return tuple(tuple(facts.site(line)) for line in lines_of_texts(told.body(facts), part))


_ANSWERS: Mapping[str, Callable[..., Any]] = {
    "spells": _spells,
    "places": _places,
    "places_of_text": _places_of_text,
}
