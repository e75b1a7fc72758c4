"""Failures of a source that reach a model as if they were values."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph
from mldebt.graph.questions.defaulted import Defaulted, defaulted_sources
from mldebt.graph.questions.serving import stored_as
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.witness import display, witness
from mldebt_rules.wording import listed, snippet


class SwallowedUpstreamFailure(Rule):
    code = "MLD906"
    name = "swallowed-upstream-failure"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        seen: set[tuple[str, str]] = set()
        for found in defaulted_sources(graph):
            key = (found.source.id, str(found.caught))
            if key not in seen:
                seen.add(key)
                yield self._finding(graph, found)

    def _finding(self, graph: Graph, found: Defaulted) -> Finding:
        model = display(stored_as(graph, found.model))
        column = found.columns[0]
        return self.finding(
            f"When {found.source.name} fails, {model} is given `{found.shown}` in place of {listed(found.columns, 4)}. "
            f"{found.caught} catches the failure, tells nobody and puts a value there that looks like any other, so an "
            "outage moves the predictions and no figure shows it.",
            subject=[found.source.id, found.caught.file],
            locations=[found.caught, *(min(edge.sites) for edge in found.path[:1] if edge.sites)],
            path=witness(graph, found.path),
            evidence="likely",
            help="Leave the value missing, say so in a column of its own that the model learns as well, and count the "
            "failures:"
            + snippet(
                "except requests.RequestException:",
                f'    log.exception("{found.source.name} failed")',
                "    value = None",
                f'row["{column}"] = np.nan if value is None else value',
                f'row["{column}_missing"] = value is None',
            ),
            effort_minutes=30,
        )
