"""What is known of a repository before its code is evaluated: it is found out while another process does that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

from mldebt.evaluate.command_lines import filled_commands, targets
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.namings import Namings
from mldebt.graph.claims.all import broken_claims
from mldebt.graph.ownership import Owners
from mldebt.graph.records import Claim
from mldebt.graph.told import Told
from mldebt.graph.twins import copied_files
from mldebt.knowledge.recording import recording_words
from mldebt.project.git import git_files


class Beforehand:
    """Each answer is found when it is asked for; `ready` finds all of them, and what others will ask the workspace."""

    def __init__(self, workspace: Workspace, listed: Sequence[str], owners: Mapping[str, str], told: Told) -> None:
        self._workspace = workspace
        self._listed = listed
        self._declared = owners
        self._told = told
        self._recording: dict[str, bool] = {}

    def ready(self) -> None:
        for file in self.files:
            self.owners.of(file)
        for facts in self._workspace.facts.values():
            for command in filled_commands(self._workspace, facts):
                targets(self._workspace, command, facts)
        self.copies, self.claims, self.tracked  # noqa: B018

    @cached_property
    def files(self) -> list[str]:
        """Those of code."""
        facts = self._workspace.facts.items()
        return sorted(file for file, each in facts if each.kind in ("python", "notebook", "sql"))

    @cached_property
    def owners(self) -> Owners:
        return Owners(self._workspace, self._declared)

    @cached_property
    def copies(self) -> dict[str, str]:
        return copied_files(self._workspace, self.files)

    @cached_property
    def names(self) -> Namings:
        return Namings(self._workspace, self._listed, self._told)

    def speaks_of_records(self, file: str) -> bool:
        """Whether a file of code names something that makes records of trainings."""
        if file not in self._recording:
            text = self._workspace.content(file)
            self._recording[file] = any(word in text for word in recording_words())
        return self._recording[file]

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        return tuple(broken_claims(self._workspace, self._listed))

    @cached_property
    def tracked(self) -> list[str] | None:
        """The files that git tracks or would offer to track; None without git."""
        return git_files(self._workspace.root)
