"""What is scanned, and as what: by the configuration of the run and, of several repositories, each one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from mldebt.cli.repositories import Repository, said_of
from mldebt.cli.targets import Target
from mldebt.config import Config
from mldebt.graph.several import Source

if TYPE_CHECKING:
    from mldebt.project.earlier import Earlier


def scanned_by(target: Target, earlier: Mapping[str, Earlier] | None = None) -> dict[str, Source]:
    """By the names of the repositories ("" where there is only one); `earlier`: states that were, by the same."""
    states, config = earlier or {}, target.config
    if target.several is not None:
        return {each.name: _member(target, each, states.get(each.name)) for each in target.several.repositories}
    return {
        "": Source(
            "", target.root, config.exclude, config.knowledge, config.owners, config.roles, target.untracked,
            states.get(""), target.only,
        )
    }  # fmt: skip


def _member(target: Target, repository: Repository, earlier: Earlier | None) -> Source:
    """By its own configuration, and by what that of the run says of it."""
    own, common, name = repository.config, target.config, repository.name
    if own.path == common.path:
        common = Config()
    return Source(
        name,
        repository.root,
        exclude=(*repository.exclude, *(pattern for _, pattern in said_of(name, common.exclude))),
        knowledge=tuple(dict.fromkeys((*target.config.knowledge, *own.knowledge))),
        owners={**own.owners, **{mine: common.owners[given] for given, mine in said_of(name, common.owners)}},
        roles={**own.roles, **{mine: common.roles[given] for given, mine in said_of(name, common.roles)}},
        untracked=target.untracked,
        earlier=earlier,
    )
