"""Trainings that depend on the day on which they run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.jobs import job_of
from mldebt.graph.questions.models import Models
from mldebt.graph.questions.wall_clock import FEATURE, LABEL, ROWS, Clocked, clocked_trainings
from mldebt.rules.model import Finding, Rule, Settings, Step, certainty
from mldebt.rules.witness import display, witness
from mldebt.terms.clock import WINDOW
from mldebt_rules.wording import listed, snippet

_ZONE = re.compile(r'\(tz="?[\w/+-]*"?\)')
_SPAN = re.compile(r"span_of\((\w+)=(\d+)\)")
LONGEST = 90


class WallClockTrainingWindow(Rule):
    code = "MLD807"
    name = "wall-clock-training-window"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        by_file: dict[str, dict[tuple[str, str], Clocked]] = {}
        for found in clocked_trainings(graph):
            by_file.setdefault(found.site.file, {}).setdefault((str(found.site), found.name), found)
        for file, group in sorted(by_file.items()):
            yield self._finding(graph, file, sorted(group.values(), key=lambda one: (one.what != ROWS, one.site)))

    def _finding(self, graph: Graph, file: str, group: Sequence[Clocked]) -> Finding:
        first = group[0]
        others = [f"{_said(one)} at {one.site}" for one in group[1:]]
        return self.finding(
            f"{_headline(graph, file, group)} {_code(first.term)}"
            f"{'Also: ' + '; '.join(others[:5]) + '. ' if others else ''}"
            "The same commit and the same data give another model later, so no training can be repeated: not to "
            "find a fault, not to roll back, not to compare two versions.",
            subject=[job_of(graph, graph.unit_of(first.site))],
            locations=list(dict.fromkeys(one.site for one in group)),
            path=_path(graph, first),
            evidence=certainty(weakest(edge.evidence for edge in first.path)),
            help=_help(group),
            effort_minutes=20,
        )


def _headline(graph: Graph, file: str, group: Sequence[Clocked]) -> str:
    first = group[0]
    model = _name(graph, first)
    if first.what == ROWS:
        return f"The rows that {model} learns from depend on the time at which {file} runs."
    names = listed(list(dict.fromkeys(one.name for one in group if one.what == first.what)), 4)
    what = f"the label {names}" if first.what == LABEL else names
    return f"{model} is told {what} as of the time at which {file} runs."


def _name(graph: Graph, found: Clocked) -> str:
    stored = graph.once(Models).artifact(found.model.id)
    return f"`{graph[stored].name}`" if stored in graph.nodes and stored != found.model.id else display(found.model)


def _said(one: Clocked) -> str:
    return {ROWS: "the rows", FEATURE: f"`{one.name}`", LABEL: f"the label `{one.name}`"}[one.what]


def _code(term: object) -> str:
    """The condition, or the computation, where it is short enough to be read."""
    text = _SPAN.sub(r"\2 \1", _ZONE.sub("()", str(term)))
    return "" if term == WINDOW or len(text) > LONGEST else f"`{text}`. "


def _path(graph: Graph, found: Clocked) -> list[Step]:
    source = found.path[0].source
    note = {ROWS: "rows are chosen by the time of the run"}.get(found.what, f"`{found.name}` is computed from it")
    return [Step(source, note, found.site), *witness(graph, found.path)[1:]]


def _help(group: Sequence[Clocked]) -> str:
    told = []
    if any(one.what == ROWS for one in group):
        told.append(
            "Make the end of the window a parameter of the run, which is stored with the model:"
            + snippet(
                'parser.add_argument("--until", type=pd.Timestamp, required=True)',
                'df = df[df[TIME].between(args.until - pd.Timedelta("90D"), args.until)]',
            )
        )
    if any(one.what != ROWS for one in group):
        told.append(
            "Compute ages and distances in time from a time that belongs to the row (when it was recorded or sold), "
            "or from a date that is a parameter of the run and is stored with the model."
        )
    return "\n\n".join(map(str.strip, told))
