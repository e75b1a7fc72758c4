"""MLD301: predictions re-enter the training data of the model that made them."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.graph.model import Edge, Graph
from mldebt.graph.questions.lineage import evidence_of
from mldebt.graph.questions.loops import Loop, feedback_loops, is_held_in_check
from mldebt.graph.questions.models import written_name
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import place, witness

SEVERITY = {"label": "critical", "feature": "high", "unknown": "high", "selection": "medium"}


class DirectFeedbackLoop(Rule):
    code = "MLD301"
    name = "direct-feedback-loop"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for loop in feedback_loops(graph):
            if evidence_of(loop.path) != "guessed" and not is_held_in_check(graph, loop):
                yield self.found(graph, loop)

    def found(self, graph: Graph, loop: Loop) -> Finding:
        places = (loop.read, loop.path[0], _write(loop), *loop.closing[:1])
        return self.finding(
            _message(graph, loop),
            subject=(loop.identity, written_name(graph, loop.dataset)),
            locations=dict.fromkeys(place(edge) for edge in places),
            path=witness(graph, (*loop.path, *loop.closing)),
            evidence=_evidence(loop),
            help=HELP[loop.kind],
            effort_minutes=480 if loop.kind == "selection" else 960,
            severity=SEVERITY[loop.kind],
            properties={"loop": loop.kind},
        )


def _message(graph: Graph, loop: Loop) -> str:
    model, dataset = graph[loop.identity].name, graph[written_name(graph, loop.dataset)].name
    prediction, write, read = (place(edge) for edge in (loop.path[0], _write(loop), loop.read))
    columns = _columns(loop)
    head = {
        "label": f"The predictions of `{model}` come back as its own training labels through `{dataset}`{columns}.",
        "feature": f"The predictions of `{model}` come back as its own feature through `{dataset}`{columns}.",
        "unknown": f"The predictions of `{model}` come back into its own training data through `{dataset}`.",
        "selection": f"`{model}` is trained on the rows of `{dataset}`, which are only there because it scored them.",
    }[loop.kind]
    return f"{head} Predicted at {prediction}, written at {write}, read for training at {read}. {WHY[loop.kind]}"


def _columns(loop: Loop) -> str:
    named = [f"`{column}`" for column in loop.columns if column.strip()]
    return f" ({', '.join(named)})" if 0 < len(named) <= 3 else ""


def _evidence(loop: Loop) -> str:
    level = certainty(evidence_of((*loop.path, *loop.closing)))
    if loop.kind == "unknown":
        return "heuristic"
    doubtful = loop.by_name or loop.kind == "selection"
    return "likely" if doubtful and level == "certain" else level


def _write(loop: Loop) -> Edge:
    """The edge by which the prediction first leaves its program."""
    return next(edge for edge in loop.path if edge.kind == "WRITES")


WHY = {
    "label": "With every retraining the model confirms its past decisions and moves away from what really happened.",
    "feature": "The model learns to repeat its former output; errors stay in the system after their cause is gone.",
    "unknown": "Which columns come back can't be told, but the cycle is closed.",
    "selection": "What the model never scored it never learns about, and new traffic changes the training data.",
}
_ARM = """Keep a small random arm that the model does not decide, and log what is needed to correct for the rest:

```
explore = rng.random(len(batch)) < 0.05
batch = batch.assign(explore=explore, propensity=np.where(explore, 0.05, 0.95), model_version=MODEL_VERSION)
```"""
HELP = {
    "label": "Train on outcomes that were observed, not on the model's own output. " + _ARM,
    "feature": "Drop the model's former output from the features (`X = X.drop(columns=[...])`), or write it to a table "
    "that training does not read. " + _ARM,
    "unknown": "Write predictions to a table that training does not read, or name the columns that training takes from "
    "it. " + _ARM,
    "selection": "Sample the training rows from the source of the requests as well, not only from the prediction log. "
    + _ARM,
}
