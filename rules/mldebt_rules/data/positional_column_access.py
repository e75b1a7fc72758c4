"""Columns that are told by where they stand on the way to a model."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.positions import ByPosition, positional_columns
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import display, witness
from mldebt_rules.causes import by_cause
from mldebt_rules.wording import counted, listed


class PositionalColumnAccess(Rule):
    code = "MLD212"
    name = "positional-column-access"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for same in by_cause(positional_columns(graph), lambda found: [access.site for access in found.accesses]):
            yield self._found(graph, same)

    def _found(self, graph: Graph, same: list[ByPosition]) -> Finding:
        """What one line does to all the files that a loop or a helper reads is one thing to put right."""
        found = same[0]
        model = display(graph[found.path[-1].target])
        return self.finding(
            f"{_headline(found, len(same) - 1)} on the way to {model}. {_consequence(found)}",
            subject=[one.dataset.id for one in same],
            locations=dict.fromkeys(access.site for one in same for access in one.accesses),
            path=witness(graph, found.path),
            evidence=certainty(weakest(edge.evidence for edge in found.path)),
            help=_help(found),
            effort_minutes=15,
            properties={"positions": _positions(found)},
        )


def _positions(found: ByPosition) -> list[str]:
    return list(dict.fromkeys(access.columns for access in found.accesses if not access.names))


def _headline(found: ByPosition, others: int) -> str:
    positions, name = _positions(found), found.dataset.name
    name += f" and {counted(others, 'more data set')}" if others else ""
    if not positions:
        return f"The columns of {name} get their names by position"
    one = len(positions) == 1 and positions[0].lstrip("-").isdigit()
    return (
        f"{'Column' if one else 'Columns'} {listed(positions, 4)} of {name} {'is' if one else 'are'} told by position"
    )


def _consequence(found: ByPosition) -> str:
    if not _positions(found):
        return (
            "When columns change their order upstream, each name stands for another column, and nothing fails; one "
            "that is added or dropped ends the run with an error about the number of names."
        )
    return "When a column is added, dropped or moved upstream, these are other columns, and nothing fails."


def _help(found: ByPosition) -> str:
    if found.headless:
        return (
            "Give the columns names where the file is read, `pd.read_csv(…, header=None, names=COLUMNS)`, and choose "
            'by name from then on: `df[FEATURES]`, `df["label"]`.'
        )
    if not _positions(found):
        return 'Say which column gets which name: `df.rename(columns={"old name": "new name"})`.'
    return (
        'Choose the columns by name, features and label alike: `X, y = df[FEATURES], df["label"]`, with FEATURES a '
        "list that serving imports, too."
    )
