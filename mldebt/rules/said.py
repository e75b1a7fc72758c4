"""What the rules said of a graph, kept between runs and found again before it is linked.

Most commits change nothing that a graph is made of: a message, a comment, code beside the data. Then everything that
the evaluation sees is what it was, and the code answers what linking asks as it did; so the findings are the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from functools import cached_property

from mldebt.graph.code import Question
from mldebt.graph.fingerprint import digest, fingerprint
from mldebt.graph.gathered import Gathered
from mldebt.project.cache import Cache
from mldebt.project.written import HOME, stamps
from mldebt.rules.model import Settings
from mldebt.rules.plain import as_plain, from_plain
from mldebt.rules.registry import RegisteredRule
from mldebt.rules.run import Outcome

FORMAT = 1
VARIANTS = 4
"""How many sets of questions are remembered for one state: which are asked depends on the answers."""
Asked = tuple[str, tuple[Question, ...], bytes, bytes]
"""A file, what was asked of its code, and what stands for the file and for the answers then."""


class Said:
    """Found by all that is linked, by what the code answers to the questions of then, and by the rules themselves."""

    def __init__(self, cache: Cache, rules: Sequence[RegisteredRule], settings: Settings, found: Gathered) -> None:
        self._cache = cache
        self._rules = rules
        self._settings = settings
        self._found = found
        self.graph = ""
        """What stands for the graph of which was said what was found or kept, "" before."""

    def before(self) -> Outcome | None:
        """What the rules must say, if they were asked of the same before."""
        for asked in self._cache.get(self._key) or () if self._key else ():
            answered = self._answered(asked)
            kept = self._cache.get(answered)
            if kept is not None:
                self.graph = answered.hex()
                return Outcome(tuple(map(from_plain, kept)))
        return None

    def keep(self, outcome: Outcome) -> None:
        """Keep what the rules said of the graph that was linked; what can't be kept is let go."""
        try:
            plain = tuple(map(as_plain, outcome.findings))
        except TypeError:
            return
        if not self._key or outcome.failures or tuple(map(from_plain, plain)) != outcome.findings:
            return
        asked = tuple(self._now(file, questions) for file, questions in self._questions().items())
        others = [each for each in self._cache.get(self._key) or () if each != asked]
        self._cache.put(self._key, (asked, *others[: VARIANTS - 1]))
        answered = self._answered(asked)
        self._cache.put(answered, plain)
        self.graph = answered.hex()

    @cached_property
    def _key(self) -> bytes:
        """b"" where nothing can stand for what the rules are told."""
        origins = [(rule.code, rule.origin) for rule in self._rules]
        try:
            return digest((FORMAT, origins, code_of(self._rules), self._settings, fingerprint(self._found)))
        except (TypeError, ValueError):
            return b""

    def _questions(self) -> dict[str, tuple[Question, ...]]:
        """What linking asked of the code, by file."""
        found: dict[str, list[Question]] = {}
        for question in sorted(self._found.code.asked):
            found.setdefault(question[1], []).append(question)
        return {file: tuple(questions) for file, questions in found.items()}

    def _answered(self, asked: Iterable[Asked]) -> bytes:
        found = self._found
        return digest((self._key, [self._answers(*each) for each in asked], tuple(found.dead), tuple(found.flags)))

    def _answers(self, file: str, questions: tuple[Question, ...], key: bytes, answers: bytes) -> bytes:
        """What stands for the answers of a file: those of then, where it is as it was."""
        facts = self._found.facts.get(file)
        return answers if facts is not None and key and facts.key == key else self._now(file, questions)[-1]

    def _now(self, file: str, questions: tuple[Question, ...]) -> Asked:
        facts = self._found.facts.get(file)
        answers = digest(list(self._found.code.answers(questions)))
        return file, questions, facts.key if facts is not None else b"", answers


def code_of(rules: Iterable[RegisteredRule]) -> list[tuple[str, int, int]]:
    """What stands for the code of mldebt and of the rules."""
    modules = {rule.rule.__module__ for rule in rules}
    files = {getattr(sys.modules.get(module.partition(".")[0]), "__file__", None) for module in modules}
    own = {getattr(sys.modules.get(module), "__file__", None) for module in modules}
    return stamps(file for file in sorted({str(HOME / "__init__.py"), *filter(None, files | own)}))
