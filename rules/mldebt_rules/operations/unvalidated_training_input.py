"""Sources that a model in use learns from unchecked."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph
from mldebt.graph.questions.models import Models
from mldebt.graph.questions.unvalidated import Unvalidated, unvalidated_trainings
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.witness import witness
from mldebt_rules.wording import counted, listed, snippet

SHOWN = 6


class UnvalidatedTrainingInput(Rule):
    code = "MLD901"
    name = "unvalidated-training-input"
    severity = "medium"
    default = False

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for found in unvalidated_trainings(graph):
            yield self._finding(graph, found)

    def _finding(self, graph: Graph, found: Unvalidated) -> Finding:
        sources = [source.name for source, _, _ in found.sources]
        columns = [name for _, names, _ in found.sources for name in names]
        artifacts = dict.fromkeys(graph.once(Models).artifact(model.id) for model in found.models)
        models = listed([graph[artifact].name for artifact in artifacts], 3)
        _, first, path = found.sources[0]
        return self.finding(
            f"{listed(sources, 3)} {'goes' if len(sources) == 1 else 'go'} into {models} unchecked: "
            f"0 of {counted(len(columns), 'used column')} has a check. "
            "They come from outside of this repository, and production loads what is trained on them. A unit that "
            "changes, a column that goes empty or a code that is new is learned without a word; whether another system "
            "checks them can't be seen here.",
            subject=[source.id for source, _, _ in found.sources],
            locations=[min(path[0].sites), min(found.training.sites)],
            path=witness(graph, path),
            evidence="likely",
            help=_help(first),
            effort_minutes=30 + 3 * len(columns),
            properties={"unchecked": columns},
        )


def _help(columns: tuple[str, ...]) -> str:
    """A schema with the used columns; ranges are for a person to fill in."""
    lines = [f'    "{name}": pa.Column(nullable=False, checks=[...]),' for name in columns[:SHOWN]]
    more = [f"    # and {len(columns) - SHOWN} more"] if len(columns) > SHOWN else []
    schema = snippet("Input = pa.DataFrameSchema({", *lines, *more, "})", "df = Input.validate(df)")
    return f"Check what is used before anything is fitted; take the ranges from a training that was good:{schema}"
