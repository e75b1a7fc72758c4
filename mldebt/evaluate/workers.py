"""Training that a framework spreads over workers: a function that each of them runs, and the data they share."""

from __future__ import annotations

from mldebt.evaluate.calls import Call, invoke
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import derived, sources_of_all
from mldebt.evaluate.values import NONE, Map, Model, Object, Seq, Text, Value


def workers(operation: Operation) -> Value:
    """`Trainer(loop, datasets={"train": data})`: what `fit` trains, and on what."""
    shares = operation.given("data") or NONE
    if isinstance(shares, Map):
        operation.machine.shares.entries.update(shares.entries)
    before = _trained(operation.machine)
    _run_loop(operation)
    trained = sorted(_trained(operation.machine) - before)
    node = trained[0] if len(trained) == 1 else _unseen_model(operation)
    model = Model(node, operation.dotted, operation.entry.text("family"), "unknown")
    data = Seq(list(shares.entries.values())) if isinstance(shares, Map) else shares
    return Object("learner", operation.dotted, {"model": model, "X": data}, sources_of_all([data]))


def _run_loop(operation: Operation) -> None:
    loop, config = operation.given("function"), operation.given("config")
    if loop is not None:
        given = [] if config is None else [config]
        invoke(operation.machine, loop, Call(operation.call.line, operation.call.ordinal, given, {}))


def _trained(machine: Machine) -> set[str]:
    """The models that something was seen to train so far."""
    return {node for node, edges in machine.trace.into.items() if any(edge.kind == "TRAINS_ON" for edge in edges)}


def _unseen_model(operation: Operation) -> str:
    """A model for what the workers train where that wasn't seen, or where they train several."""
    machine, name = operation.machine, operation.name_in_scope("model")
    node = machine.node_id("model", name, operation.call.ordinal)
    machine.trace.node(
        node, "model", name, operation.site, variable=operation.hint, family=operation.entry.text("family"),
        scope=f"{machine.scope.file}::{machine.scope.qualname}", task="unknown", **{"class": operation.dotted},
    )  # fmt: skip
    return node


def share(operation: Operation) -> Value:
    """What a worker gets of the data that was handed to all of them under a name."""
    name = operation.given("name")
    known = operation.machine.shares.entries
    if isinstance(name, Text) and name.literal in known:
        return known[name.literal]
    return derived("share of unknown data", *known.values(), label=operation.hint)
