"""Several repositories against what they were at a commit: one that has no such commit is taken as it is."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from msgspec import Struct
from msgspec.structs import replace

from mldebt.cli.analysis import Analysis, asked, judged
from mldebt.cli.console import Console
from mldebt.cli.diff_base import chosen_base
from mldebt.cli.policy import today
from mldebt.cli.repositories import Repository, Several
from mldebt.cli.scanning import scan_target
from mldebt.cli.standards import policy_for
from mldebt.cli.states import config_before
from mldebt.cli.targets import Target
from mldebt.cli.then import Then
from mldebt.errors import UsageError
from mldebt.project.changes import Changes, Comparing, Lines, Old, comparing
from mldebt.project.earlier import laid_over
from mldebt.project.history import Base
from mldebt.rules.causes import ties_of
from mldebt.rules.registry import load_rules


class Compared(Struct, frozen=True, dict=True):
    """The repositories that have the commit, each with its comparison and its changes."""

    bases: Mapping[str, Base]
    each: Mapping[str, tuple[Repository, Comparing, Changes]]

    @property
    def base(self) -> Base:
        """What the commit is called, and its id where only one has it."""
        bases = list(self.bases.values())
        return bases[0] if len(bases) == 1 else Base(bases[0].name, "", "")

    def changes(self) -> Changes:
        """All changes, in names that hold among all repositories."""
        found = [(name, changes) for name, (_, _, changes) in self.each.items()]
        return Changes(
            tuple(Old(f"{name}/{old.file}", old.blob, old.link) for name, changes in found for old in changes.old),
            frozenset(f"{name}/{file}" for name, changes in found for file in changes.added),
            {f"{name}/{then}": f"{name}/{now}" for name, changes in found for then, now in changes.renamed.items()},
            frozenset(f"{name}/{file}" for name, changes in found for file in changes.untracked),
        )

    def lines(self, changes: Changes) -> Lines:
        """Their changed lines."""
        found = [(name, comparing.lines(own)) for name, (_, comparing, own) in self.each.items()]
        return Lines(
            {f"{name}/{file}": numbers for name, lines in found for file, numbers in lines.added.items()},
            {f"{name}/{file}": texts for name, lines in found for file, texts in lines.removed.items()},
            {f"{name}/{file}": hunks for name, lines in found for file, hunks in lines.hunks.items()},
        )


@contextmanager
def comparing_several(target: Target, several: Several, given: str, console: Console) -> Iterator[Compared]:
    bases = _bases(several, given, console)
    with ExitStack() as stack:
        each: dict[str, tuple[Repository, Comparing, Changes]] = {}
        for repository in several.repositories:
            if base := bases.get(repository.name):
                compared = stack.enter_context(comparing(repository.root, base, untracked=target.untracked))
                each[repository.name] = repository, compared, compared.changes()
        yield Compared(bases, each)


def _bases(several: Several, given: str, console: Console) -> dict[str, Base]:
    found: dict[str, Base] = {}
    errors: dict[str, UsageError] = {}
    for repository in several.repositories:
        try:
            found[repository.name] = chosen_base(repository.root, given, os.environ)
        except UsageError as error:
            errors[repository.name] = error
    if not found:
        raise next(iter(errors.values()))
    for name, reason in errors.items():
        console.problem(f"{name} is taken as it is: {reason}")
    return found


def state_before_several(analysis: Analysis, compared: Compared, options: argparse.Namespace, console: Console) -> Then:
    """What there was."""
    target = _target_before(analysis.target, compared)
    with ExitStack() as stack:
        earlier = {
            name: stack.enter_context(laid_over(repository.root, changes))
            for name, (repository, _, changes) in compared.each.items()
        }
        console.progress(f"reading the state of {compared.base.name}")
        scanned = scan_target(target, options, console, earlier)
        outcome, policy = asked(scanned, analysis.selection, target), policy_for(target, today())
        judgement = judged(outcome, scanned, analysis.selection, load_rules(), target, policy)
    failed = tuple(failure.rule.code for failure in outcome.failures)
    return Then(judgement.findings, failed, ties_of(scanned.graph))


def _target_before(target: Target, compared: Compared) -> Target:
    """With what each repository accepted then."""
    assert target.several is not None
    repositories = tuple(_before(each, compared) for each in target.several.repositories)
    own = [new.config for old, new in zip(target.several.repositories, repositories) if _is_own(old, target)]
    return replace(
        target,
        config=own[0] if own else target.config,
        several=replace(target.several, repositories=repositories),
    )


def _before(repository: Repository, compared: Compared) -> Repository:
    if repository.name not in compared.each:
        return repository
    _, _, changes = compared.each[repository.name]
    return replace(repository, config=config_before(repository.config, repository.root, changes))


def _is_own(repository: Repository, target: Target) -> bool:
    """Whether the configuration of the run is that of the repository."""
    return repository.config.path is not None and repository.config.path == target.config.path
