"""What entries may say of the frameworks that run jobs: their kinds of receivers, their operations, their fields."""

from __future__ import annotations

KINDS = (
    "artifact_client command_context component component_run flow_data flow_run function job partial processor "
    "project_catalog run_context stored view wires"
)
OPS = {
    "command_classes": "datamodule model run",
    "component": "annotated function later",
    "feature_view": "bucket columns connection data default_mode method mode name",
    "chosen": "columns",
    "service": "data name",
    "named_service": "defined_by name",
    "flow": "item succeed",
    "flow_run": "name",
    "artifact_of_run": "name",
    "importer": "name",
    "operator": "runs",
    "inputs": "made_by needed_by runs",
    "keep_output": "data made_by",
    "output_named": "name",
    "bring_outputs": "made_by name needed_by",
    "keep_arguments": "data into",
    "run_component": "",
    "asset": "behind inputs name outputs prefix reads_only schedule space",
    "bring": "name",
    "checkpoint": "ending folder monitor name",
    "loop": "callbacks",
    "deploy": "function keywords name schedule",
    "pipeline": "inputs namespace outputs parameters",
    "pull": "data name",
    "push": "data name",
    "query_task": "name sql",
    "project_catalog": "catalog data globals settings space types",
    "declared": "name",
    "put": "data name",
    "schedule": "function name schedule",
    "sequence": "data",
    "shell": "command folder name program words",
    "slot": "name parses part prefix",
    "store": "name sql table",
    "wire": "args catalog context function globals inputs keywords name outputs reads schedule settings space "
    "types writes",
}
TEXT = "defined_by item made_by needed_by program runs space succeed types"
TEXTS = "catalog context globals settings"
FLAG = "annotated each later packed reads_only"
