"""Kubernetes and Argo manifests: what containers start, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from mldebt.read.facts import Command
from mldebt.read.manifests.command import Context
from mldebt.read.manifests.compose import started
from mldebt.read.yaml_nodes import documents, entries, get, items, text, texts

HAS_KIND = re.compile(r"(?m)^\s*kind\s*:")
HAS_COMMAND = re.compile(r"\b(?:command|args)\s*:")
TEMPLATE = re.compile(r"\{\{-?\s*([\w.]*).*?\}\}")
SPREAD = re.compile(r"\{\{[^{}\n]*\n.*?\}\}", re.DOTALL)
ONLY_TEMPLATES = re.compile(r"\s*(?:-\s*)?(?:\{\{.*?\}\}\s*)+")
KINDS = frozenset((
    "CronJob", "Job", "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Pod", "Workflow", "CronWorkflow",
    "WorkflowTemplate", "ClusterWorkflowTemplate", "Rollout", "PyTorchJob", "TFJob", "RayJob", "RayService",
    "SparkApplication", "Service", "InferenceService",
))  # fmt: skip
SCHEDULED = ("CronJob", "CronWorkflow", "ScheduledSparkApplication")


def read(file: str, content: str) -> Iterator[Command]:
    if not (HAS_KIND.search(content) and HAS_COMMAND.search(content)):
        return
    for document in documents(_without_templates(content)):
        for node in items(get(document, "items")) or [document]:
            yield from _resource(node)


def _without_templates(content: str) -> str:
    """Helm's template actions removed, its values as named holes; the lines stay."""
    if "{{" not in content:
        return content
    content = SPREAD.sub(lambda match: "\n" * match[0].count("\n"), content)
    lines = ["" if ONLY_TEMPLATES.fullmatch(line) else line for line in content.split("\n")]
    return TEMPLATE.sub(lambda match: match[1].strip(".").replace(".", "_") or "value", "\n".join(lines))


def _resource(node: Any) -> Iterator[Command]:
    kind = text(get(node, "kind"))
    if kind not in KINDS:
        return
    crons = text(get(node, "spec", "schedule")) or " | ".join(texts(get(node, "spec", "schedules")))
    name = text(get(node, "metadata", "name")) or text(get(node, "metadata", "generateName"))
    trigger = "schedule" if kind in SCHEDULED else "deploy"
    context = Context(job=name, trigger=trigger, schedule=crons if trigger == "schedule" else "")
    for container in _containers(get(node, "spec")):
        yield from started(container, "command", "args", context)


def _containers(node: Any) -> Iterator[Any]:
    """All containers of a resource, however deep its templates are."""
    for key, value in entries(node):
        if key in ("containers", "initContainers"):
            yield from items(value)
        elif key in ("container", "script"):
            yield value
        else:
            yield from _containers(value)
    for item in items(node):
        yield from _containers(item)
