"""Clients that a program is handed: `def load(client: bigquery.Client)` is as good as one that it makes."""

from __future__ import annotations

from mldebt.evaluate.calls import Call
from mldebt.evaluate.handed_on import CURRENT, is_application
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import Connection, Object, Symbol, Value

KINDS = frozenset({
    "azure_blob", "azure_client", "azure_container", "blob", "bucket", "client", "command_context", "connection",
    "consumer",
    "feature_store", "filesystem", "firestore", "gcs_hook", "graph_session", "hopsworks", "mlflow_client", "mongo",
    "producer", "redis", "request", "s3_hook", "search_client", "session", "snowpark", "spark", "trainer",
})  # fmt: skip
"""What gives access to what is stored elsewhere, whoever has made it."""


def client(machine: Machine, declared: Symbol | None) -> Value | None:
    """One of the class that an annotation names; None where nothing is known of the class."""
    from mldebt.evaluate.operations import carry_out

    entry = machine.knowledge.call(declared.dotted) if declared is not None else None
    if declared is None or entry is None:
        return None
    if is_application(machine, declared):
        return Object(CURRENT, declared.dotted)
    if entry.text("returns") not in KINDS:
        return None
    made = carry_out(Operation(machine, Call(machine.scope.statement[0], -1, [], {}), entry, declared.dotted))
    return made if isinstance(made, (Object, Connection)) else None
