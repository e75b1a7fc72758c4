"""MLD003: what the configuration declares is not there any more."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mldebt.graph.model import Graph
from mldebt.graph.questions.declarations import Stale, stale_consumers
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.witness import place, step
from mldebt.sites import Site
from mldebt_rules.wording import listed


class StaleDeclaration(Rule):
    code = "MLD003"
    name = "stale-declaration"
    severity = "low"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for stale in stale_consumers(graph, settings.consumers):
            declared = Site(str(stale.entry.get("file") or settings.file), line := _line(stale.entry), line)
            yield self._broken(graph, stale, declared) if stale.what == "columns" else self._vanished(stale, declared)

    def _vanished(self, stale: Stale, declared: Site) -> Finding:
        consumer, dataset = _told(stale.entry, "consumer"), _told(stale.entry, "dataset")
        what, repair = VANISHED[stale.what]
        return self.finding(
            f"`{consumer}` is declared as a consumer of `{dataset}`, {what}.",
            subject=[f"declaration:{dataset}#{consumer}"],
            locations=[declared],
            help=repair,
            effort_minutes=5,
        )

    def _broken(self, graph: Graph, stale: Stale, declared: Site) -> Finding:
        consumer, (dataset, *missing) = _told(stale.entry, "consumer"), stale.names
        owner = _told(stale.entry, "owner") or consumer
        columns = "column" if len(missing) == 1 else "columns"
        return self.finding(
            f"`{consumer}` relies on the {columns} {listed(missing)} of `{dataset}`, "
            f"{'which is' if len(missing) == 1 else 'which are'} not written any more. "
            "The consumer breaks, or goes on with the last data that had them.",
            subject=[f"declaration:{dataset}#{consumer}", f"dataset:{dataset}"],
            locations=[*dict.fromkeys(map(place, stale.writes)), declared],
            path=[step(graph, edge) for edge in stale.writes],
            help=f"Write {listed(missing)} again, or agree on the change with {owner} and "
            "declare the columns that hold from now on.",
            effort_minutes=30,
            severity="high",
            properties={"columns": missing},
        )


VANISHED = {
    "dataset": (
        "which no code here writes or reads",
        "Name the data set as the code does now, or remove the declaration.",
    ),
    "consumer": (
        "but there is no such file any more",
        "Name the file that reads it now, or remove the declaration: what nobody reads may go.",
    ),
}
"""What of a declaration is gone: what is wrong, and what to do about it."""


def _told(entry: Mapping[str, object], key: str) -> str:
    return str(entry.get(key) or "")


def _line(entry: Mapping[str, object]) -> int:
    line = entry.get("line")
    return line if isinstance(line, int) else 1
