"""What findings are judged by: the configuration of the run and, of several repositories, each one's own.

Which rules run, and when `check` fails, the configuration of the run alone decides. What a repository says of its own
files (severities, ignored and waived findings, consumers) holds for these.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from mldebt.cli.repositories import Repository
from mldebt.cli.targets import Target
from mldebt.config import Config, Settings
from mldebt.read.facts import FileFacts
from mldebt.rules.judge import PathRules, PathRulesOfSeveral, Policy, facts_of_config, policy_of
from mldebt.rules.registry import RegisteredRule


def members(target: Target) -> Iterator[tuple[Repository, str]]:
    """The repositories with a configuration of their own, and what its file is called."""
    for each in target.several.repositories if target.several else ():
        if each.config.path is not None and each.config.path != target.config.path:
            yield each, f"{each.name}/{each.config.name(each.root)}"


def config_name(target: Target) -> str:
    """What the configuration of the run is called: it may lie in one of several repositories."""
    config = target.config
    named = target.several.named(config.path.resolve()) if target.several and config.path else None
    return named or config.name(target.root)


def own_repository(target: Target) -> str:
    """The one of several repositories whose configuration is that of the run; "" where it is none of theirs."""
    found = target.several.repositories if target.several and target.config.path else ()
    return next((each.name for each in found if each.config.path == target.config.path), "")


def settings_for(target: Target) -> Settings:
    own = target.config.settings(config_name(target))
    others = [
        {**consumer.as_mapping(), "repository": each.name, "file": file}
        for each, file in members(target)
        for consumer in each.config.consumers
    ]
    return replace(own, consumers=(*own.consumers, *others))


def policy_for(target: Target, today: date) -> Policy:
    own = policy_of(target.config, config_name(target), today)
    others = [(policy_of(each.config, file, today).waivers, file, each.name) for each, file in members(target)]
    return replace(
        own,
        waivers=(*own.waivers, *(waiver for waivers, _, _ in others for waiver in waivers)),
        members={file: name for _, file, name in others},
    )


def facts_for(target: Target) -> Mapping[str, FileFacts]:
    """The configurations as files that may hold comments."""
    own = facts_of_config(target.config, config_name(target))
    return {**own, **{name: facts for each, file in members(target)
                      for name, facts in facts_of_config(each.config, file).items()}}  # fmt: skip


def path_rules_for(
    target: Target, installed: Sequence[RegisteredRule], everywhere: frozenset[str]
) -> PathRules | PathRulesOfSeveral:
    own = PathRules(target.config, installed, everywhere)
    if target.several is None:
        return own
    return PathRulesOfSeveral(
        own, {each.name: PathRules(each.config, installed) for each, _ in members(target)}, own_repository(target)
    )


def configurations(target: Target) -> list[Config]:
    return [target.config, *(each.config for each, _ in members(target))]
