"""Components of Kubeflow: inputs and outputs that they declare and that their bodies never mention."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.stuck import is_statement, parts
from mldebt.graph.records import Claim
from mldebt.read.facts import FileFacts, Stmt

SLOTS = {"Input": "input", "InputPath": "input", "Output": "output", "OutputPath": "output"}
_ALL_NAMES = ("locals", "vars", "globals", "eval", "exec")


def unused_slots(workspace: Workspace, listed: Sequence[str]) -> Iterator[Claim]:
    for _, facts in sorted(workspace.facts.items()):
        if b"kfp" in facts.packed and (b"Input" in facts.packed or b"Output" in facts.packed) and not facts.problem:
            for part in parts(facts.body):
                if is_statement(part) and part[0] == "def" and _is_component(part):
                    yield from _of_function(facts, part)


def _is_component(function: Stmt) -> bool:
    names = {part[-1] for decorator in function[5] for part in parts(decorator) if part[0] in ("name", "attr")}
    return "component" in names


def _of_function(facts: FileFacts, function: Stmt) -> Iterator[Claim]:
    mentioned = {part[1] for part in parts(function[6]) if part[0] == "name" and len(part) == 2}
    if mentioned.intersection(_ALL_NAMES) or not any(part[0] == "call" for part in parts(function[6])):
        return
    for what in ("input", "output"):
        names = [param[0] for param in function[4] if _slot(param[1]) == what and param[0] not in mentioned]
        if names:
            site = facts.site(function[1])
            yield Claim("kubeflow", what, "unused", function[3], site, tuple((name, site) for name in names))


def _slot(annotation: Any) -> str:
    """`Output[Model]`, `dsl.Output[Model]`, `OutputPath("Model")`."""
    if not annotation or annotation[0] not in ("index", "call"):
        return ""
    head = annotation[1]
    return SLOTS.get(str(head[-1]), "") if head[0] in ("name", "attr") else ""
