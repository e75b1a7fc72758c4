"""Rows in the order of time that chance divides into training and test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mldebt.graph.model import Graph
from mldebt.graph.questions.jobs import only_explores
from mldebt.graph.questions.rows import way_from_data
from mldebt.graph.questions.time_order import Lagged, SplitByChance, shuffled_time
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt.rules.witness import display, step, witness
from mldebt.sites import Site
from mldebt_rules.causes import by_cause
from mldebt_rules.wording import listed, snippet


class RandomSplitOnTimeData(Rule):
    code = "MLD705"
    name = "random-split-on-time-data"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        found = sorted(shuffled_time(graph), key=lambda one: _split(one))
        for same in by_cause(found, _causes):
            yield self._finding(graph, same)

    def _finding(self, graph: Graph, same: Sequence[SplitByChance]) -> Finding:
        first, splits = same[0], list(dict.fromkeys(map(_split, same)))
        split, judged = splits[0], min(first.assessment.evaluation.sites)
        lagged = list({lag.name: lag for found in same for lag in found.lagged}.values())
        models = list(dict.fromkeys(display(found.model) for found in same))
        others = f" and {len(models) - 1} more" if len(models) > 1 else ""
        made = [lag.site for lag in lagged if lag.site is not None]
        return self.finding(
            f"{models[0]}{others} {'is' if len(models) == 1 else 'are'} judged by rows that chance took from between "
            f"those that {'it' if len(models) == 1 else 'they'} learned from. "
            f"{_names(lagged)} {'comes' if len(lagged) == 1 else 'come'} from neighbouring rows, so the rows stand "
            f"in an order, and {split} shuffles them before it divides them: of nearly every test row the model knows "
            f"the row before and the row after.{_also(splits[1:])} "
            "The figure says how well it fills gaps, not how well it foresees.",
            subject=[first.split.source],
            locations=list(dict.fromkeys((split, judged, *made[:3], *splits[1:]))),
            path=_path(graph, first, lagged),
            evidence="likely",
            help="Train on what comes before a date and judge by what comes after; leave a gap as long as the longest "
            "window between the two:"
            + snippet("cut = df[TIME].quantile(0.8)", "train, test = df[df[TIME] < cut], df[df[TIME] >= cut]")
            + "In a cross-validation take TimeSeriesSplit(gap=...). Then state the figure again.",
            effort_minutes=45,
            severity="medium" if only_explores(graph.unit_of(judged)) else None,
        )


def _split(found: SplitByChance) -> Site:
    return min(found.split.sites)


def _causes(found: SplitByChance) -> Iterable[tuple[str, ...]]:
    """One split, whichever models are judged by it; and the splits of one file that shuffle the same order."""
    split = _split(found)
    yield (str(split),)
    yield from ((split.file, lag.name, str(lag.site)) for lag in found.lagged)


def _also(splits: Sequence[Site]) -> str:
    shown = [str(split) for split in splits[:3]] + (["others"] if len(splits) > 3 else [])
    return f" So it is at {', '.join(shown)}." if shown else ""


def _names(lagged: Sequence[Lagged]) -> str:
    """Names with what makes them: `lag_1` (shift)."""
    shown = [f"`{lag.name}` ({lag.op})" for lag in lagged[:3]]
    if len(lagged) > len(shown):
        return f"{', '.join(shown)} and {len(lagged) - len(shown)} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _path(graph: Graph, found: SplitByChance, lagged: Sequence[Lagged]) -> list[Step]:
    one = found.assessment
    source = found.split.source
    made = [Step(source, f"{listed([lag.name])} is made by {lag.op}", lag.site) for lag in lagged[:1] if lag.site]
    training = (*way_from_data(graph, one.training.source), one.training) if one.training is not None else ()
    steps = [*witness(graph, training), step(graph, one.evaluation)]
    return [*made, *steps]
