"""What a fit itself told of its evaluation set is shown as a figure: `model.best_score_`, `max(history["val_auc"])`."""

from __future__ import annotations

from mldebt.evaluate.calls import Call
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import sources_of
from mldebt.read.facts import Expr
from mldebt.sites import Site

HISTORY = "history"
VALIDATING = "val_"
"""How Keras calls what is measured on the evaluation set."""


def tell(machine: Machine, model: str, site: Site) -> None:
    """EVALUATES_ON for the rows that chose the state of a model, whose figure is the one that it was chosen by."""
    for edge in list(machine.trace.into.get(model, ())):
        told = edge.attributes
        if edge.kind == "EVALUATES_ON" and told.get("chooses") and not told.get("labels"):
            rows = told.get("rows")
            machine.trace.edge(
                edge.source, model, "EVALUATES_ON", site, operation="score", rows=rows, own=True,
                trained=told.get("trained"), chosen=(rows,),
            )  # fmt: skip


def best_of_history(machine: Machine, call: Call) -> None:
    """`max(history.history["val_accuracy"])`."""
    if len(call.args) == 1 and _is_history(call.labels[0] if call.labels else None):
        for source in sorted(sources_of(call.args[0])):
            if source.startswith("model:"):
                tell(machine, source, machine.site(call.line))


def _is_history(expression: Expr | None) -> bool:
    if expression is None or expression[0] != "index" or expression[2][0] != "const":
        return False
    measured, base = expression[2][1], expression[1]
    named = isinstance(measured, str) and measured.startswith(VALIDATING)
    return named and base[0] in ("name", "attr") and str(base[-1]).endswith(HISTORY)
