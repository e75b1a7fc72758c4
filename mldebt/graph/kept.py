"""What is kept of the data that models are trained on: whether files are tracked, and whether code makes a record."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.beforehand import Beforehand
from mldebt.graph.model import Unit
from mldebt.graph.stored import READING, WRITING

_HERE = re.compile(r"^(?![/~{.])[^:{*]+$")


def mark_kept(workspace: Workspace, trace: Trace, units: Mapping[str, Unit], known: Beforehand) -> None:
    """Notes `kept` (False) of files that are read and lie in no commit, `tracked` of those that are read and written
    and lie in one, and `records` of the jobs that make records."""
    for file, unit in units.items():
        if "train" in unit.roles and _makes_records(workspace, trace, known, file):
            trace.node(f"job:{file}", "job", file, file=file, records=True)
    files, changed = _raw_files(trace), _changed_files(trace)
    present = {name for name in {**files, **changed} if workspace.exists(name)}
    listed = known.tracked if present else None
    for name in present & changed.keys():
        if listed is None or name in listed:
            for node in changed[name]:
                trace.nodes[node].attributes["tracked"] = True
    for name in files:
        if name not in present or (listed is not None and not _is_listed(name, listed)):
            for node in files[name]:
                trace.nodes[node].attributes["kept"] = False


def _makes_records(workspace: Workspace, trace: Trace, known: Beforehand, file: str) -> bool:
    """Whether code makes a record of a training, itself or in what it imports."""
    reached, waiting = set[str](), [file]
    while waiting:
        one = waiting.pop()
        if one not in reached and one in workspace.facts:
            reached.add(one)
            waiting += trace.imports.get(one, ())
    return any(map(known.speaks_of_records, sorted(reached)))


def _raw_files(trace: Trace) -> dict[str, list[str]]:
    """Files that code reads and no code makes, by name."""
    made = {edge.target for edge in trace.edges.values() if edge.kind in (*WRITING, "DERIVES")}
    read = {edge.source for edge in trace.edges.values() if edge.kind in READING}
    found: dict[str, list[str]] = {}
    for node in sorted(read - made):
        known = trace.nodes.get(node)
        if known is not None and known.attributes.get("store", "file") == "file" and _HERE.match(known.name):
            found.setdefault(known.name, []).append(node)
    return found


def _changed_files(trace: Trace) -> dict[str, list[str]]:
    """Data sets and models in files that code reads and writes, by name: they may be read under another id."""
    reading = {edge.source for edge in trace.edges.values() if edge.kind in READING}
    read = {trace.nodes[node].name for node in reading if node in trace.nodes}
    found: dict[str, list[str]] = {}
    for node in sorted({edge.target for edge in trace.edges.values() if edge.kind in WRITING}):
        known = trace.nodes.get(node)
        if known is None or known.attributes.get("store", "file") != "file" or not _HERE.match(known.name):
            continue
        if known.name in read:
            found.setdefault(known.name, []).append(node)
    return found


def _is_listed(name: str, listed: Iterable[str]) -> bool:
    return any(file == name or file.startswith(f"{name}/") for file in listed)
