"""What the rules said of a graph, kept between runs and found again before it is linked.

Most commits change nothing that a graph is made of: a message, a comment, code beside the data. Then everything that
the evaluation sees is what it was, but for the lines on which it stands, and the code answers what linking asks as it
did; so the findings are the same, on other lines.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from mldebt.graph.code import Question
from mldebt.graph.fingerprint import digest, encode, encoded, fingerprint
from mldebt.graph.gathered import Gathered
from mldebt.graph.positions import Positions, everywhere, moved, of_file
from mldebt.project.cache import Cache
from mldebt.project.written import HOME, stamps
from mldebt.rules.carried import carried
from mldebt.rules.model import Settings
from mldebt.rules.plain import as_plain, from_plain
from mldebt.rules.registry import RegisteredRule
from mldebt.rules.run import Outcome

FORMAT = 3
VARIANTS = 4
"""How many sets of questions are remembered for one state, which are asked depends on the answers; and how many states
whose lines may be those of today."""
FEW = 20
"""In how many files lines may have moved."""
LARGEST = 32_000_000
"""How much text may stand for a graph for its lines to be looked for."""
Asked = tuple[str, tuple[Question, ...], bytes, bytes]
"""A file, what was asked of its code, and what stands for the file and for the answers then."""
Moves = Mapping[str, Mapping[int, int]]
"""For files, positions of one state and of another one."""


class GraphKey(NamedTuple):
    """What stands for a graph: another one with the same has the same nodes and edges, on the lines of its own state.

    "" where nothing stands for it.
    """

    key: str = ""
    positions: Mapping[str, Positions] = {}


class Lately(NamedTuple):
    """One of the last states of which something was said."""

    key: bytes
    asked: tuple[Asked, ...]
    answered: bytes
    files: dict[str, tuple[bytes, int]]
    """What stood for each file that is spoken of, and how many of its positions are."""


class Said:
    """Found by all that is linked, by what the code answers to the questions of then, and by the rules themselves."""

    def __init__(self, cache: Cache, rules: Sequence[RegisteredRule], settings: Settings, found: Gathered) -> None:
        self._cache = cache
        self._rules = rules
        self._settings = settings
        self._found = found
        self._gathered_of: dict[str, Positions] = {}
        self.graph = GraphKey()
        """Of the graph of which was said what was found or kept."""

    def before(self) -> Outcome | None:
        """What the rules must say, if they were asked of the same before."""
        found = self._as_it_was()
        for lately in self._lately() if found is None else ():
            found = found or self._on_other_lines(lately)
        return found

    def _as_it_was(self) -> Outcome | None:
        for asked in self._cache.get(self._key) or () if self._key else ():
            answered = self._answered(self._key, asked)
            kept = self._cache.get(answered)
            if kept is not None:
                self.graph = GraphKey(answered.hex(), self._cache.get(_positions_key(answered)) or {})
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
        answers = {each: self._said_by(each[1]) for each in self._questions().items()}
        asked = tuple(self._asked(*each, answer) for each, answer in answers.items())
        others = [each for each in self._cache.get(self._key) or () if each != asked]
        self._cache.put(self._key, (asked, *others[: VARIANTS - 1]))
        answered = self._answered(self._key, asked)
        self._cache.put(answered, plain)
        self._remember(asked, answered, answers.values())

    # -- the same on other lines

    def _remember(self, asked: tuple[Asked, ...], answered: bytes, answers: Iterable[bytes]) -> None:
        """That this is one of the last states."""
        facts = self._found.facts
        positions = everywhere([*self._texts, *answers], facts.keys()) if self._texts else {}
        self.graph = GraphKey(answered.hex(), positions)
        self._cache.put(_positions_key(answered), positions)
        if positions:
            files = {file: (facts[file].key, len(each)) for file, each in positions.items()}
            now = Lately(self._key, asked, answered, files)
            others = (each for each in self._lately() if each.answered != answered)
            self._cache.put(self._lately_key, (tuple(now), *map(tuple, list(others)[: VARIANTS - 1])))

    def _lately(self) -> list[Lately]:
        return [Lately(*each) for each in self._cache.get(self._lately_key) or ()] if self._lately_key else []

    def _on_other_lines(self, lately: Lately) -> Outcome | None:
        """What was said of a state from which this one differs only by lines."""
        moves = self._moves(lately)
        if not moves:
            return None
        back = {file: {now: then for then, now in each.items()} for file, each in moves.items()}
        try:
            if self._key_of(_on_lines_of_then(each, back) for each in self._parts) != lately.key:
                return None
            if self._answered(lately.key, lately.asked, back) != lately.answered:
                return None
            kept = self._cache.get(lately.answered)
            findings = carried(kept, moves) if kept is not None else None
        except KeyError:
            return None
        if findings is None:
            return None
        then = self._cache.get(_positions_key(lately.answered)) or {}
        positions = {**then, **{file: tuple(each.values()) for file, each in moves.items()}}
        self.graph = GraphKey(lately.answered.hex(), positions)
        return Outcome(findings)

    def _moves(self, lately: Lately) -> Moves | None:
        """Where the lines of then stand now, in the files that have changed; None where that can't be told."""
        facts = self._found.facts
        changed = [file for file, (key, _) in lately.files.items() if file not in facts or facts[file].key != key]
        if len(changed) > FEW or not all(file in facts and self._texts for file in changed):
            return None
        asked = {file: questions for file, questions, *_ in lately.asked}
        now = {file: self._spoken_of(file, asked.get(file, ())) for file in changed}
        if any(len(each) != lately.files[file][1] for file, each in now.items()):
            return None
        then = self._cache.get(_positions_key(lately.answered)) if now else None
        return {file: dict(zip(then[file], each, strict=True)) for file, each in now.items()} if then else None

    def _spoken_of(self, file: str, questions: tuple[Question, ...]) -> Positions:
        """The positions of a file in all that was gathered, and in what the code answers."""
        if file not in self._gathered_of:
            self._gathered_of[file] = of_file(self._texts, file)
        return tuple(sorted({*self._gathered_of[file], *of_file([self._said_by(questions)], file)}))

    # -- what stands for it

    @cached_property
    def _base(self) -> bytes:
        """What stands for the rules and what they are told; b"" where nothing can."""
        origins = [(rule.code, rule.origin) for rule in self._rules]
        try:
            return digest((FORMAT, origins, code_of(self._rules), self._settings))
        except (TypeError, ValueError):
            return b""

    @cached_property
    def _parts(self) -> list[tuple[bytes, bytes]]:
        """All that was gathered: what stands for each part, and its text; no texts where it would be too much."""
        found, left = list[tuple[bytes, bytes]](), LARGEST
        for part in encoded(self._found):
            left -= len(part)
            found.append((fingerprint(part), part if left > 0 else b""))
        return found if left > 0 else [(stands, b"") for stands, _ in found]

    @property
    def _texts(self) -> list[bytes]:
        """Those of the parts; none where they would be too much to keep."""
        return [text for _, text in self._parts if text]

    @cached_property
    def _key(self) -> bytes:
        """b"" where nothing can stand for what the rules are told."""
        try:
            return self._key_of(stands for stands, _ in self._parts) if self._base else b""
        except (TypeError, ValueError):
            return b""

    def _key_of(self, fingerprints: Iterable[bytes]) -> bytes:
        return digest((self._base, list(fingerprints)))

    @cached_property
    def _lately_key(self) -> bytes:
        """b"" where lines can't be told from what else there is: a rule of somebody else may count them."""
        own = all(rule.rule.__module__.partition(".")[0] == OWN for rule in self._rules)
        return digest((self._base, "lately")) if self._key and own else b""

    def _questions(self) -> dict[str, tuple[Question, ...]]:
        """What linking asked of the code, by file."""
        found: dict[str, list[Question]] = {}
        for question in sorted(self._found.code.asked):
            found.setdefault(question[1], []).append(question)
        return {file: tuple(questions) for file, questions in found.items()}

    def _answered(self, key: bytes, asked: Iterable[Asked], back: Moves | None = None) -> bytes:
        found = self._found
        answers = [self._answers(*each, back or {}) for each in asked]
        return digest((key, answers, tuple(found.dead), tuple(found.flags)))

    def _answers(self, file: str, questions: tuple[Question, ...], key: bytes, answers: bytes, back: Moves) -> bytes:
        """What stands for the answers of a file: those of then, where it is as it was."""
        facts = self._found.facts.get(file)
        known = facts is not None and key and facts.key == key
        return answers if known else digest(_moved(self._said_by(questions), back))

    def _said_by(self, questions: tuple[Question, ...]) -> bytes:
        """What the code answers now."""
        return encode(list(self._found.code.answers(questions)))

    def _asked(self, file: str, questions: tuple[Question, ...], answers: bytes) -> Asked:
        facts = self._found.facts.get(file)
        return file, questions, facts.key if facts is not None else b"", digest(answers)


OWN = "mldebt_rules"
"""The package of rules that compare lines and don't count them."""


def _on_lines_of_then(part: tuple[bytes, bytes], back: Moves) -> bytes:
    """What stands for a part, put on other lines."""
    stands, text = part
    there = _moved(text, back)
    return stands if there is text else fingerprint(there)


def _moved(part: bytes, back: Moves) -> bytes:
    for file, lines in back.items():
        part = moved(part, file, lines)
    return part


def _positions_key(answered: bytes) -> bytes:
    return digest((answered, "positions"))


def code_of(rules: Iterable[RegisteredRule]) -> list[tuple[str, int, int]]:
    """What stands for the code of mldebt and of the rules."""
    modules = {rule.rule.__module__ for rule in rules}
    files = {getattr(sys.modules.get(module.partition(".")[0]), "__file__", None) for module in modules}
    own = {getattr(sys.modules.get(module), "__file__", None) for module in modules}
    return stamps(file for file in sorted({str(HOME / "__init__.py"), *filter(None, files | own)}))
