"""MLD504: a key of a configuration that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.graph.model import ConfigKey, Graph
from mldebt.graph.questions.configuration import Unread, unread_keys
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt.sites import Site
from mldebt_rules.wording import counted, listed


class UnusedConfigKey(Rule):
    code = "MLD504"
    name = "unused-config-key"
    severity = "low"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for unread in unread_keys(graph):
            yield self._found(graph, unread)

    def _found(self, graph: Graph, unread: Unread) -> Finding:
        names = list(unread.keys)
        meant = {name: near for name, keys in unread.keys.items() if (near := keys[0].near)}
        return self.finding(
            f"{_what(unread, names)} {'is' if len(names) == 1 else 'are'} read by nothing{_instead(meant)}. "
            f"In the {counted(graph.coverage.files, 'file')} scanned, code takes other "
            f"{'options' if unread.is_command_line else 'keys'} of it one by one and never "
            f"{'this one' if len(names) == 1 else 'these'}: whoever changes {'it' if len(names) == 1 else 'them'} "
            "changes nothing.",
            subject=(unread.config.id,) if unread.file == unread.config.name else (unread.config.id, unread.file),
            locations=_sites(unread),
            path=_path(unread),
            help=_help(unread, names, meant),
            effort_minutes=5 + 2 * len(names),
            severity="high" if meant else None,
            properties={"keys": names},
        )


def _what(unread: Unread, names: list[str]) -> str:
    if unread.is_command_line:
        noun = "Option" if len(names) == 1 else f"{len(names)} options"
        return f"{noun} {listed(names)} of {unread.file}"
    return f"{listed(names)} in {unread.file}"


def _instead(meant: dict[str, str]) -> str:
    if not meant:
        return ""
    name, near = next(iter(meant.items()))
    return f"; code asks for `{near}`, which isn't there, and goes on without `{name}`"


def _sites(unread: Unread) -> list[Site]:
    return sorted({site for keys in unread.keys.values() for key in keys for site in key.sites})


def _path(unread: Unread) -> list[Step]:
    loaded = [Step(unread.config.id, f"{unread.file} is loaded", site) for site in unread.loads[:2]]
    return [*loaded, *(_step(unread, name, keys[0]) for name, keys in unread.keys.items())]


def _step(unread: Unread, name: str, key: ConfigKey) -> Step:
    return Step(
        f"{unread.config.id}#{name}", f"`{name}` is {'declared' if unread.is_command_line else 'set'}", key.sites[0]
    )


def _help(unread: Unread, names: list[str], meant: dict[str, str]) -> str:
    if meant:
        name, near = next(iter(meant.items()))
        return f"Is `{name}` a slip for `{near}`? Then rename it in {unread.file}; until now the code took its default."
    lines = ", ".join(str(site.line) for site in _sites(unread)[:8])
    one = len(names) == 1
    what, them = f"{'option' if unread.is_command_line else 'key'}{'' if one else 's'}", "it" if one else "them"
    return (
        f"Delete the {what} ({unread.file}, line {lines}), or let the code obey {them} if that was meant. Where "
        f"something outside of this repository reads {them}, say so on the line: # mldebt: ignore[MLD504] who reads it."
    )
