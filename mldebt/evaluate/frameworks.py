"""The operations by which code tells a framework what to run, with which data, and when."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mldebt.evaluate import (
    assets,
    catalog,
    checkpoints,
    components,
    construction,
    exchange,
    feature_services,
    jobs,
    orchestration,
    project_catalog,
)
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.values import Value


def _command_classes(operation: Operation) -> Value:
    from mldebt.evaluate.command_classes import command_classes  # it carries out operations in its turn

    return command_classes(operation)


OPERATIONS: Mapping[str, Callable[[Operation], Value]] = {
    "asset": assets.asset,
    "component": components.component,
    "bring": catalog.bring,
    "checkpoint": checkpoints.checkpoint,
    "loop": checkpoints.loop,
    "declared": project_catalog.declared,
    "command_classes": _command_classes,
    "deploy": jobs.deploy,
    "importer": components.importer,
    "keep_arguments": construction.keep_arguments,
    "pipeline": orchestration.pipeline,
    "project_catalog": project_catalog.of_project,
    "pull": exchange.pull,
    "push": exchange.push,
    "put": catalog.put,
    "query_task": jobs.query_task,
    "run_component": components.run_component,
    "schedule": jobs.schedule,
    "sequence": exchange.sequence,
    "shell": jobs.shell,
    "slot": assets.slot,
    "store": catalog.store,
    "feature_view": feature_services.view,
    "chosen": feature_services.chosen,
    "service": feature_services.service,
    "named_service": feature_services.named_service,
    "wire": orchestration.wire,
}
