"""MLD401: the interface of somebody else's package is called all over the code, not in one place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from mldebt.graph.model import Graph
from mldebt.graph.questions.vendors import Sprawl, sprawls, working_modules
from mldebt.rules.model import Count, Finding, Rule, Settings, Step
from mldebt_rules.wording import counted, listed

LIMITS = {"modules": 4, "roles": 2, "repository": 10}
FUNNEL = 0.7
"""Where one module makes so large a share of the calls, the package has its place."""
MOST = 10


class VendorApiSprawl(Rule):
    code = "MLD401"
    name = "vendor-api-sprawl"
    severity = "medium"
    default = False
    options: ClassVar = {name: Count() for name in LIMITS}

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        limits = {**LIMITS, **settings.options.get(self.name, {})}
        least, roles, repository = (int(str(limits[name])) for name in LIMITS)
        if len(working_modules(graph)) < repository:
            return
        for sprawl in sprawls(graph):
            if len(sprawl.calls) >= least and len(sprawl.roles) >= roles and sprawl.share < FUNNEL:
                yield self.found(graph, sprawl)

    def found(self, graph: Graph, sprawl: Sprawl) -> Finding:
        first = [calls[0] for _, calls in sprawl.calls]
        return self.finding(
            _message(sprawl),
            subject=(f"package:{sprawl.package}",),
            locations=dict.fromkeys(site for _, site in first[:MOST]),
            path=(Step(f"package:{sprawl.package}", f"calls `{name}`", site) for name, site in first[:MOST]),
            evidence="heuristic",
            help=_help(sprawl),
            effort_minutes=120 + 20 * len(sprawl.calls),
            properties={"modules": len(sprawl.calls), "roles": list(sprawl.roles)},
        )


def _message(sprawl: Sprawl) -> str:
    files, package = len(sprawl.calls), sprawl.package
    total = sum(len(calls) for _, calls in sprawl.calls)
    again = [f"`{name}` in {counted(count, 'module')}" for name, count in sprawl.repeated[:3]]
    told = f" The same is called again and again: {', '.join(again)}." if again else ""
    home, most = sprawl.calls[0][0], len(sprawl.calls[0][1])
    return (
        f"`{package}` is called directly from {files} modules, for {_and(list(sprawl.roles))}. "
        f"Of {counted(total, 'call')}, `{home}` makes the most ({most}).{told} "
        f"To leave `{package}`, or only to take a version with another interface, all of them have to be touched and "
        "tested."
    )


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _help(sprawl: Sprawl) -> str:
    home, others = sprawl.calls[0][0], [file for file, _ in sprawl.calls[1:5]]
    again = [name for name, _ in sprawl.repeated[:3]]
    first = f" Begin with what is repeated: {listed(again)}." if again else ""
    return (
        f"Give `{sprawl.package}` one module of your own that speaks your terms (load a model, predict a frame), for "
        f"example `{home}`, which has the most calls; let {listed(others)} call that.{first} A check in CI that "
        f"nothing else imports `{sprawl.package}` (import-linter) keeps it so."
    )
