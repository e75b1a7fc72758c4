"""What the configuration says about files: rules that don't count there, rules that only count there, severities."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.config.model import Config, Override
from mldebt.rules.judge.labels import Labels
from mldebt.rules.judge.policy import OVERRIDE, PATH, Suppressed
from mldebt.rules.model import Finding
from mldebt.rules.registry import RegisteredRule
from mldebt.rules.select import selects

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class PathRules:
    """`everywhere` are the codes that count in all files; others were only asked for some."""

    def __init__(
        self, config: Config, rules: Iterable[RegisteredRule], everywhere: Iterable[str] | None = None
    ) -> None:
        self._rules = {rule.code: rule for rule in rules}
        self._everywhere = frozenset(self._rules if everywhere is None else everywhere)
        self._config = config
        self._labels = Labels(self._rules.values(), ())
        self._fitting: dict[str, tuple[Override, ...]] = {}

    def judged(self, finding: Finding, file: str | None = None) -> Finding | Suppressed | None:
        """The finding with its severity; or suppressed; None where its rule wasn't asked for the file.

        `file`: what the configuration calls the file.
        """
        file = finding.locations[0].file if file is None else file
        overrides = self._overrides(file)
        if not self._is_asked(finding, overrides):
            return None
        finding = self._graded(finding, overrides)
        by = self._ignored_by(finding, file, overrides)
        return Suppressed(finding, by) if by else finding

    def _is_asked(self, finding: Finding, overrides: Sequence[Override]) -> bool:
        wanted = (selector for override in overrides for selector in override.extend_select)
        return finding.code in self._everywhere or self._selects(wanted, finding)

    def _ignored_by(self, finding: Finding, file: str, overrides: Sequence[Override]) -> str:
        ignored = (selector for override in overrides for selector in override.ignore)
        if self._selects(ignored, finding):
            return OVERRIDE
        patterns = (pattern for pattern, selectors in self._config.per_file_ignores.items()
                    if self._selects(selectors, finding))  # fmt: skip
        return PATH if any(self._fits(pattern, file) for pattern in patterns) else ""

    def _graded(self, finding: Finding, overrides: Sequence[Override]) -> Finding:
        severity = str(self._config.rules.get(finding.rule, {}).get("severity", finding.severity))
        for override in overrides:
            for label, wanted in override.severity.items():
                severity = wanted if self._labels.code(label) == finding.code else severity
        return finding if severity == finding.severity else replace(finding, severity=severity)

    def _selects(self, selectors: Iterable[str], finding: Finding) -> bool:
        return any(selects(selector, self._rules[finding.code]) for selector in selectors)

    def _overrides(self, file: str) -> tuple[Override, ...]:
        if file not in self._fitting:
            self._fitting[file] = tuple(self._matching(file))
        return self._fitting[file]

    def _matching(self, file: str) -> Iterator[Override]:
        specs = zip(self._config.overrides, self._specs)
        return (override for override, spec in specs if spec.match_file(file))

    @cached_property
    def _specs(self) -> list[GitIgnoreSpec]:
        return [_spec(override.paths) for override in self._config.overrides]

    @cached_property
    def _ignore_specs(self) -> Mapping[str, GitIgnoreSpec]:
        return {pattern: _spec([pattern.removeprefix("!")]) for pattern in self._config.per_file_ignores}

    def _fits(self, pattern: str, file: str) -> bool:
        return self._ignore_specs[pattern].match_file(file) != pattern.startswith("!")


class PathRulesOfSeveral:
    """Those of a run over several repositories, then those of the repository that a finding is in.

    `home`: the repository whose own configuration is that of the run, and calls its files by their plain names.
    """

    def __init__(self, own: PathRules, members: Mapping[str, PathRules], home: str = "") -> None:
        self._own = own
        self._members = members
        self._home = home

    def judged(self, finding: Finding) -> Finding | Suppressed | None:
        repository, _, file = finding.locations[0].file.partition("/")
        said = self._own.judged(finding, file if repository == self._home else None)
        if not isinstance(said, Finding) or repository not in self._members:
            return said
        return self._members[repository].judged(said, file)


def _spec(patterns: Sequence[str]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns)
