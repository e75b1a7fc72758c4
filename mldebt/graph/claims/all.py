"""The claims of all frameworks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.claims.airflow import unscheduled
from mldebt.graph.claims.dbt import sources_and_tables
from mldebt.graph.claims.kedro import unused_entries
from mldebt.graph.claims.kfp import unused_slots
from mldebt.graph.claims.mlproject import parameters
from mldebt.graph.records import Claim

MAKERS = (parameters, unused_entries, sources_and_tables, unused_slots, unscheduled)


def broken_claims(workspace: Workspace, listed: Sequence[str]) -> Iterator[Claim]:
    for make in MAKERS:
        yield from make(workspace, listed)
