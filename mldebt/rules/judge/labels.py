"""Which rule a suppression means: by its code or its name, whole."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.errors import near_name_hint
from mldebt.rules.registry import RegisteredRule


class Labels:
    """The codes and names of all rules that are installed, and which of these rules gave an answer in this run."""

    def __init__(self, rules: Iterable[RegisteredRule], answered: Iterable[str]) -> None:
        rules = tuple(rules)
        self._codes = {label.upper(): rule.code for rule in rules for label in (rule.code, rule.name)}
        self._families = {rule.code[:3] for rule in rules}
        self._labels = [label for rule in rules for label in (rule.code, rule.name)]
        self._answered = frozenset(answered)

    def code(self, label: str) -> str | None:
        return self._codes.get(label.upper())

    def is_ours(self, label: str) -> bool:
        """Whether a code in a `noqa` is meant for us: ruff and flake8 have many of their own."""
        return label[:3].upper() in self._families and label[3:].isdecimal() and len(label) == 6

    def answered(self, label: str) -> bool:
        """Whether the rule ran, so that it is known what it finds."""
        return self.code(label) in self._answered

    def hint(self, label: str) -> str:
        if label.isupper() and any(code.startswith(label.upper()) for code in self._codes):
            return "; a suppression names a whole code"
        return near_name_hint(label, self._labels)
