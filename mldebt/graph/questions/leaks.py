"""What was learned from records that should have stayed unseen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.doubt import is_outdone
from mldebt.graph.questions.jobs import is_aside
from mldebt.graph.questions.lineage import ColumnFlow, Path, path_between, reachable
from mldebt.graph.questions.rows import VALUES, RowFlow, is_training, rows_of
from mldebt.graph.questions.statistics import Learned, is_drawn, learned_statistics, owners_of, told_by
from mldebt.sites import Site

_TIME = re.compile(
    r"(?<![a-z])"
    r"(date|datetime|time|timestamp|day|week|month|year|hour|quarter|season|period|step|timestep)"
    r"(?![a-z])",
    re.IGNORECASE,
)


class Leak(Struct, frozen=True):
    """A statistic learned from test rows that goes into the training of the model evaluated on them.

    `flow` leads from the fit to the model, `evaluation` is the prediction or metric on the other part; `apart` says how
    the parts were made: split, filter, or folds for a cross-validation.
    """

    learned: Learned
    flow: Path
    model: Node
    evaluation: Edge
    apart: str


def leaks(graph: Graph) -> Iterator[Leak]:
    """The first leak of every statistic that has one."""
    rows = RowFlow(graph)
    found: set[str] = set()
    judged = _judged_parts(graph, rows)
    for learned in _told_apart(learned_statistics(graph)):
        inner = any(judged.get(split, set()) - {part} for split, part in rows.parts(learned.rows))
        if learned.carrier.id not in found and not inner and not is_outdone(graph, learned.fit):
            leak = _leak(graph, rows, learned)
            if leak is not None and not is_drawn(graph, learned.fit.source):
                found.add(learned.carrier.id)
                yield leak


ALIKE = 8
"""In how many ways the same statistic is looked at: a function may run in hundreds."""


def _told_apart(statistics: Iterable[Learned]) -> Iterator[Learned]:
    seen: dict[tuple[str, tuple[Site, ...]], int] = {}
    for learned in statistics:
        key = str(learned.carrier.attributes.get("variable") or learned.carrier.name), learned.fit.sites
        seen[key] = seen.get(key, 0) + 1
        if seen[key] <= ALIKE:
            yield learned


def _judged_parts(graph: Graph, rows: RowFlow) -> dict[str, set[str]]:
    """The parts of each split on which a figure is taken. What learns from another part only is an inner step."""
    measured: set[str] = set()
    for edge in graph.edges_of_kind("EVALUATES_ON"):
        target = graph[edge.target]
        if edge.attributes.get("operation") == "score":
            measured.add(rows_of(graph, edge.source))
        elif edge.attributes.get("operation") == "metric":
            measured.add(rows_of(graph, target.id))
    parts: dict[str, set[str]] = {}
    for split, part in (pair for found in measured for pair in rows.parts(found)):
        parts.setdefault(split, set()).add(part)
    return parts


def _leak(graph: Graph, rows: RowFlow, learned: Learned) -> Leak | None:
    """The first training or cross-validation to which the learned values come, if they spoil its evaluation."""
    if learned.of_groups and not _may_be_looked_up(rows, learned):
        return None
    for training in _reached_trainings(graph, learned):
        model = graph[training.target]
        if learned.of_groups and not _looked_up(graph, rows, learned, training):
            continue
        if learned.of_groups and _makes_the_label(graph, rows, learned, training):
            continue
        if _has_clean_evaluation(graph, rows, learned, training):
            continue
        if training.kind == "EVALUATES_ON":
            apart, evaluation = (
                "folds" if rows.includes(learned.rows, rows_of(graph, training.source)) else "",
                training,
            )
        else:
            apart, evaluation = _evaluated_apart(graph, rows, learned, training)
        if apart:
            way = path_between(
                graph,
                _carriers(graph, learned),
                [training.source],
                VALUES,
                allowed=lambda e: _carries(graph, learned, e),
            )
            return Leak(learned, (learned.fit, *(way or ()), training), model, evaluation, apart)
    return None


def _may_be_looked_up(rows: RowFlow, learned: Learned) -> bool:
    """What is quickly told, and mostly no: whether any model learns from such rows, and no time is a key."""
    if learned.rows not in rows.learned_from:
        return False
    return not any(_TIME.search(name) for name in rows.keys(learned.fit.sites))  # what happened in the same hour


def _looked_up(graph: Graph, rows: RowFlow, learned: Learned, training: Edge) -> bool:
    """Whether the values of groups are written beside the rows that they come from, and are no rows themselves."""
    above = rows.above(rows_of(graph, training.source))
    return learned.rows in above and rows_of(graph, learned.carrier.id) not in above


def _makes_the_label(graph: Graph, rows: RowFlow, learned: Learned, training: Edge) -> bool:
    """Whether what was computed for groups becomes what the model foretells, and none of its features."""
    flow = graph.once(ColumnFlow)
    above = rows.above(rows_of(graph, training.source))
    reached = reachable(graph, [learned.carrier.id], VALUES, allowed=lambda edge: _carries(graph, learned, edge))
    beside = [node for node in reached if graph[node].kind == "frame" and rows_of(graph, node) not in above]
    made = flow.after(ref for node in beside for ref in flow.of_node(node))
    labels = graph.into(training.target, "LABELS")
    sites = [*training.sites, *(site for edge in labels for site in edge.sites)]
    return bool(made & flow.used_at(("label",), sites)) and not made & flow.used_at(("feature",), sites)


def _reached_trainings(graph: Graph, learned: Learned) -> Iterator[Edge]:
    starts = _carriers(graph, learned)
    for node in reachable(graph, starts, VALUES, allowed=lambda edge: _carries(graph, learned, edge)):
        for edge in graph.out(node, "TRAINS_ON", "EVALUATES_ON"):
            if is_training(edge) and not all(is_aside(graph.unit_of(site)) for site in edge.sites):
                yield edge


def _carriers(graph: Graph, learned: Learned) -> list[str]:
    return told_by(graph, learned.carrier) if learned.groups else [learned.carrier.id]


def _evaluated_apart(graph: Graph, rows: RowFlow, learned: Learned, training: Edge) -> tuple[str, Edge]:
    """A use of the trained model on rows that were kept apart from those of its training, but not from the fit."""
    trained = rows_of(graph, training.source)
    for evaluated, edge, measured in _evaluations(graph, training.target):
        apart = rows.split_between(trained, evaluated, learned.rows)
        if apart == "split":
            return apart, edge
        if apart == "filter" and measured:
            return apart, edge
        of_some = not apart and rows.touches(learned.rows, evaluated)
        if of_some and rows.split_between(trained, evaluated, rows.whole(learned.rows)) == "split":
            return "split", edge
    return "", training


def _evaluations(graph: Graph, model: str) -> Iterator[tuple[str, Edge, bool]]:
    """Where the model, or what is loaded from where it was saved, is applied: (rows, edge, is it measured)."""
    for member in _stored_and_loaded(graph, model):
        for edge in graph.out(member, "PREDICTS"):
            yield rows_of(graph, edge.target), edge, bool(graph.into(edge.target, "EVALUATES_ON"))
        for edge in graph.into(member, "EVALUATES_ON"):
            if edge.attributes.get("operation") != "cross_validate" and not edge.attributes.get("labels"):
                yield rows_of(graph, edge.source), edge, True


def _stored_and_loaded(graph: Graph, model: str) -> list[str]:
    return [node for node in reachable(graph, [model], ("PERSISTS", "LOADS")) if graph[node].kind == "model"]


def _has_clean_evaluation(graph: Graph, rows: RowFlow, learned: Learned, training: Edge) -> bool:
    """Whether some metric is about rows that the statistic never saw; then the leak spoils no reported figure.

    A model that was fitted on other data meanwhile is another one.
    """
    own = rows_of(graph, training.source)
    for evaluated, edge, measured in _evaluations(graph, training.target):
        trained = str(edge.attributes.get("trained") or own)
        alike = trained == own or rows.includes(learned.rows, trained)
        if measured and alike and evaluated in graph.rowsets and not rows.touches(learned.rows, evaluated):
            return True
    return False


def _carries(graph: Graph, learned: Learned, edge: Edge) -> bool:
    """Whether an edge passes the learned values on: no model is made of them, and no other fit made them.

    What is only compared with others becomes yes or no, and so does what says which of its rows stay.
    """
    if edge.attributes.get("compared") or _keeps_rows(graph, edge) or _is_left_behind(graph, learned, edge):
        return False
    if edge.attributes.get("operation") == "step" or graph[edge.target].kind == "model":
        return False
    if edge.source != learned.carrier.id or learned.transformer is None:
        return True
    fits = {site for fit in graph.into(edge.source, "FITS") if fit is not learned.fit for site in fit.sites}
    return not set(edge.sites) & (fits - set(learned.fit.sites))


def _keeps_rows(graph: Graph, edge: Edge) -> bool:
    """Whether values say which rows stay of those that they were computed for: `df[(zscore(df) < 3).all(axis=1)]`."""
    made = graph.rowsets.get(rows_of(graph, edge.target))
    mask = edge.attributes.get("operation") == "filter" and edge.attributes.get("indirect")
    return bool(mask) and made is not None and rows_of(graph, edge.source) in made.parents


def _is_left_behind(graph: Graph, learned: Learned, edge: Edge) -> bool:
    """Whether the columns that hold what was computed, and all that is made of them, were dropped before."""
    dropped = edge.attributes.get("without")
    if not isinstance(dropped, (tuple, list)) or (learned.transformer is not None and not learned.groups):
        return False
    stored = [out for node in _carriers(graph, learned) for out in graph.out(node, "DERIVES")]
    further = [] if learned.groups else owners_of(graph, learned.carrier, learned.fit)
    owners = [*further, *(graph[node] for node in (learned.carrier.id, *(out.target for out in stored)))]
    sites = {site for out in stored for site in out.sites} if learned.groups else set(learned.fit.sites)
    made = [(owner.id, one.name) for owner in owners for one in owner.columns if set(one.sites) & sites]
    return bool(made) and {name for _, name in graph.once(ColumnFlow).after(made)} <= set(dropped)
