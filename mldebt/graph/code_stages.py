"""Stages that code declares: nodes of Kedro, tasks of Luigi, with what they are told of data and what they do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.records import Stage, Touch
from mldebt.sites import Site

IN_CODE = ("kedro", "luigi")


class Work(Protocol):
    touches: set[Touch]


class Flow(Protocol):
    def work_of(self, function: str) -> Work: ...

    def present(self, touches: Iterable[Touch]) -> set[str]: ...


def stages_in_code(workspace: Workspace, trace: Trace, flow: Flow) -> Iterator[Stage]:
    for key, facts in sorted(trace.tasks.items()):
        if facts.get("tool") not in IN_CODE or facts.get("file") not in workspace.facts:
            continue
        method = f"{key}.run" if facts.get("kind") == "targets" else key
        touches = flow.work_of(method).touches
        if facts.get("kind") != "targets" or facts.get("known"):
            yield _stage(workspace, key, facts, touches, flow.present(touches))


def _stage(
    workspace: Workspace, key: str, facts: Mapping[str, object], touches: set[Touch], present: set[str]
) -> Stage:
    file, told = str(facts["file"]), facts.get("declared_at")
    return Stage(
        job=f"job:{key}",
        name=str(facts["name"]),
        tool=str(facts["tool"]),
        site=told if isinstance(told, Site) else workspace.facts[file].site(int(str(facts["line"]))),
        reads=_texts(facts.get("reads")),
        writes=_texts(facts.get("writes")),
        runs=(file,),
        touches=tuple(sorted(touches)),
        present=tuple(sorted(present)),
    )


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(each) for each in value) if isinstance(value, (list, tuple)) else ()
