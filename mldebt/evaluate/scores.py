"""Scores as values: what is computed from them is a score, and where one is picked among several, they choose."""

from __future__ import annotations

from mldebt.evaluate.calls import Call
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.own_figures import best_of_history
from mldebt.evaluate.provenance import METRIC, PARTS, derived, sources_of
from mldebt.evaluate.vain import is_noted_in_vain, only_tells
from mldebt.evaluate.values import Const, Frame, Seq, Unknown, Value, options_of
from mldebt.sites import Site

ORDERING = frozenset({"<", "<=", ">", ">="})
MOST_NODES, FEW_NODES = 40, 6
NO_SCORES: list[Unknown] = []
PLACES = ("arg", "idx")
"""How functions are called that say where the best score is, not which one it is."""
PLAIN = frozenset({"value", "statistic", "array", "records"})
"""Operations that make one score of another, or of a list of them."""


def scores_in(value: Value | None, depth: int = 4) -> list[Unknown]:
    """The scores among the values in a list or dictionary, however deep."""
    if type(value) is Unknown:
        return [value] if value.reason == METRIC else NO_SCORES
    parts = PARTS.get(type(value)) if depth else None
    if parts is None:
        return NO_SCORES
    return [score for part in parts(value) for score in scores_in(part, depth - 1)]


def passed_on(operation: Operation) -> Value | None:
    """What a call makes of scores: a score again; the best of several (`max(scores)`) is a choice."""
    if operation.entry.op not in PLAIN:
        return None
    data = operation.data()
    found = scores_in(data)
    if not found or data is None:
        return None
    if operation.entry.flag("picks"):
        choose(operation.machine, found, operation.site, bare=extreme(operation.dotted))
    return derived(METRIC, *found, label=operation.hint)


def extreme(dotted: str) -> str:
    """`max` or `min` of a function that gives the score itself; "" of one that says where it is."""
    picking = dotted.rpartition(".")[2].removeprefix("nan")
    return "" if picking.startswith(PLACES) else picking


def best_of(machine: Machine, call: Call) -> Value | None:
    """`max(scores)`, `max(scores, key=scores.get)`; beside a number that is written out it is only a bound."""
    found = [score for value in call.args for score in scores_in(value)]
    if not found:
        best_of_history(machine, call)
    if not found or (len(call.args) > 1 and any(isinstance(value, Const) for value in call.args)):
        return None
    choose(machine, found, machine.site(call.line), bare="" if "key" in call.kwargs else "best")
    return derived(METRIC, *found, label=call.hint)


def compared(machine: Machine, operator: str, left: Value, right: Value) -> None:
    """`if score > best:` is a choice, also of what a prediction is compared with; a number is only a demand."""
    found = [*scores_in(left), *scores_in(right)] if operator in ORDERING else []
    if found and not isinstance(left, Const) and not isinstance(right, Const):
        data = [option for side in (left, right) for option in options_of(side) if isinstance(option, Frame)]
        if data:
            chosen = any(predictions_behind(machine, side) for side in data)
        else:
            chosen = not _of_one_model(machine, left, right) and not only_tells(machine)
        if chosen and not is_noted_in_vain(machine):
            choose(machine, found, machine.site(), "threshold" if data else "choice", told=not data)


def _of_one_model(machine: Machine, left: Value, right: Value) -> bool:
    """`if train_score > test_score:` says how well one model does on different rows."""
    sides = [{model for score in scores_in(side) for model in _models_behind(machine, score)} for side in (left, right)]
    return bool(sides[0]) and sides[0] == sides[1]


def _models_behind(machine: Machine, score: Unknown) -> set[str]:
    """The models whose scores a value is, or is made of."""
    told = {source for source in score.sources if source.startswith("model:")}
    predicted = (machine.trace.into.get(source, ()) for source in score.sources if source.startswith("prediction:"))
    return told | {edge.source for edges in predicted for edge in edges if edge.kind == "PREDICTS"}


def place_of_the_best(machine: Machine, values: Seq, call: Call) -> None:
    """`scores.index(max(scores))`: where the best one stands."""
    if scores_in(call.args[0]):
        choose(machine, scores_in(values), machine.site(call.line))


def choose(
    machine: Machine,
    scores: list[Unknown],
    site: Site,
    how: str = "choice",
    told: bool = False,
    bare: str = "",
) -> None:
    """EVALUATES_ON once more, for the evaluations whose scores decide something. `told`: the best score itself is kept
    too, not only what it was reached with; `bare`: it alone is, as the highest or the lowest."""
    for score in scores:
        for asked in sorted(score.sources):
            for edge in list(machine.trace.into.get(asked, ())):
                judged = edge.kind == "EVALUATES_ON" and edge.attributes.get("operation") in ("metric", "score")
                if judged and edge.source in score.sources:
                    limit = "threshold" if edge.attributes.get("cut") else how  # each for another limit
                    kept = ((told or bare) and limit == "threshold") or None
                    machine.trace.edge(
                        edge.source, asked, "EVALUATES_ON", site, operation=limit, told=kept, bare=bare or None
                    )


def tried_out(machine: Machine, result: Value) -> frozenset[str]:
    """A search calls a function with one setting after the other, and takes the one whose score is best: the models
    that it tries."""
    tried: set[str] = set()
    for node in sources_of(result):
        models = [edge.source for edge in machine.trace.into.get(node, ()) if edge.kind == "PREDICTS"]
        tried.update([node] if node.startswith("model:") else models)
    for model in sorted(tried):
        known = machine.trace.nodes[model]
        machine.trace.node(model, known.kind, known.name, varied=True, searched=True)
    return frozenset(tried)


def predictions_behind(machine: Machine, frame: Frame) -> list[str]:
    """The prediction that a frame is, or those that it was computed from without another model between."""
    seen, waiting = {frame.node}, [frame.node]
    found: list[str] = []
    while waiting and len(seen) < MOST_NODES:
        node = waiting.pop(0)
        if node.startswith("prediction:"):
            found.append(node)
            continue
        for edge in machine.trace.into.get(node, ()):
            if edge.kind == "DERIVES" and edge.source not in seen and edge.source.startswith(("frame:", "prediction:")):
                seen.add(edge.source)
                waiting.append(edge.source)
    return found


def averaged(operation: Operation) -> Value | None:
    """`np.mean((predicted - truth) ** 2)`: a statistic of the differences is a score."""
    data = operation.data() if operation.entry.op == "statistic" else None
    if not isinstance(data, Frame) or data.node.startswith("prediction:"):
        return None
    machine = operation.machine
    asked = _compared(machine, data.node)
    for predicted, true in asked:
        machine.trace.edge(true, predicted, "EVALUATES_ON", operation.site, operation="metric")
    made = derived(METRIC, data, label=operation.hint)
    named = frozenset(node for pair in asked for node in pair)
    return Unknown(METRIC, made.label, made.sources | named, made.columns) if asked else None


def _compared(machine: Machine, node: str) -> list[tuple[str, str]]:
    """(prediction, truth) for each pair of them that a value was computed from in one step, some steps ago."""
    seen, waiting = {node}, [node]
    while waiting and len(seen) < FEW_NODES:
        here = waiting.pop(0)
        edges = [edge for edge in machine.trace.into.get(here, ()) if edge.kind == "DERIVES"]
        computed = [edge.source for edge in edges if edge.attributes.get("operation") == "compute"]
        predicted = [source for source in computed if source.startswith("prediction:")]
        if predicted:
            true = [source for source in computed if source.startswith("frame:")]
            return [(one, other) for one in predicted for other in true]
        plain = {edge.source for edge in edges if edge.source.startswith("frame:")} - seen
        waiting += sorted(plain) if len(plain) == 1 else []
        seen |= plain
    return []


def matched(machine: Machine, operator: str, left: Value, right: Value) -> None:
    """`predicted == truth`: the share of rows where this holds is the accuracy."""
    if operator not in ("==", "!=") or not (isinstance(left, Frame) and isinstance(right, Frame)):
        return
    for predicted, truth in ((left, right), (right, left)):
        told = truth.node.startswith("prediction:") or truth.form in ("scalar", "row")
        if predicted.node.startswith("prediction:") and not told and _is_measured(machine, predicted, truth):
            machine.trace.edge(truth.node, predicted.node, "EVALUATES_ON", machine.site(), operation="metric")


def _is_measured(machine: Machine, predicted: Frame, truth: Frame) -> bool:
    """Whether both are of rows that belong together: not a prediction that was stored into the table of the truth."""
    return predicted.node != truth.node and bool(sources_of(truth))
