"""MLD505: a key that code asks a configuration for, without a default, and that isn't there."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.graph.model import Graph
from mldebt.graph.questions.configuration import Unresolved, unresolved_keys
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt_rules.wording import listed


class UnresolvedConfigKey(Rule):
    code = "MLD505"
    name = "unresolved-config-key"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for unresolved in unresolved_keys(graph):
            yield self._found(unresolved)

    def _found(self, unresolved: Unresolved) -> Finding:
        name = unresolved.config.name
        keys = [key.path for key in unresolved.keys]
        one = len(keys) == 1
        sites = sorted({site for key in unresolved.keys for site in key.sites})
        return self.finding(
            f"Code asks {name} for {listed(keys)}, which {'is' if one else 'are'} not in it. "
            f"{sites[0]} has no default for {'it' if one else 'them'}, no file beside {name} and no command sets "
            f"{'it' if one else 'them'}: whoever gets there gets an error.",
            subject=(unresolved.config.id,),
            locations=sites,
            path=_path(unresolved),
            help=_help(unresolved),
            effort_minutes=10,
            properties={"keys": keys},
        )


def _path(unresolved: Unresolved) -> list[Step]:
    config = unresolved.config
    loaded = [Step(config.id, f"{config.name} is loaded", site) for site in unresolved.loads[:1]]
    return [
        *loaded,
        *(Step(f"{config.id}#{key.path}", f"`{key.path}` is asked for", key.sites[0]) for key in unresolved.keys),
    ]


def _help(unresolved: Unresolved) -> str:
    meant = [(key.path, key.near) for key in unresolved.keys if key.near]
    if meant:
        path, near = meant[0]
        return f"{unresolved.config.name} has `{near}`. If that is meant, ask for it; else add `{path}`."
    keys = listed([key.path for key in unresolved.keys])
    return (
        f"Add {keys} to {unresolved.config.name}, or delete the code that asks for it if it is a leftover. A class of "
        "settings with typed fields, filled once at the start, says at once when something is missing."
    )
