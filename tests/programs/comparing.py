"""Where the graph of a program and a run of it disagree, in words."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from mldebt.graph.model import Edge
from tests.evaluate.small import Seen, seen_in
from tests.programs.making import some_data, store, write_inputs
from tests.programs.running import Access, Run, run_commands
from tests.programs.writing import Program

Place = tuple[str, int, str]
DAY = re.compile(r"20\d\d-?\d\d-?\d\d")
HOLE = re.compile(r"\{[^}]*\}")


def disagreements(root: Path, program: Program) -> list[str]:
    """Evaluate the program, run it, and say what differs; nothing where the graph is true."""
    files = program.files()
    write_inputs(root, program)
    seen = seen_in(root, files)
    run = run_commands(root, program.commands())
    if run.failure:
        return [f"the program itself failed: {run.failure}"]
    found = [*_places("read", seen, run), *_places("write", seen, run), *_written_columns(seen, run)]
    return [*found, *_wrongly_unused(root, program, seen, run)]


# -- places and names


def _places(kind: str, seen: Seen, run: Run) -> Iterator[str]:
    real = {(access.file, access.line, access.name) for access in run.accesses if access.kind == kind}
    said = {place for edge in _edges(seen, kind) for place in _of_edge(seen, edge, kind)}
    for place in sorted(real):
        if not any(_fits(claim, place) for claim in said):
            yield f"{kind} not seen: {_words(place)}"
    for claim in sorted(said):
        if not any(_fits(claim, place) for place in real):
            yield f"{kind} that does not happen: {_words(claim)}"


def _edges(seen: Seen, kind: str) -> Iterable[Edge]:
    return seen.graph.edges_of_kind(*(("READS", "LOADS") if kind == "read" else ("WRITES", "PERSISTS")))


def _of_edge(seen: Seen, edge: Edge, kind: str) -> list[Place]:
    end = seen.graph[edge.source if kind == "read" else edge.target]
    name = f"unknown: {end.attributes['reason']}" if end.kind == "gap" else end.name
    return [(site.file, site.line, name) for site in edge.sites]


def _fits(claim: Place, place: Place) -> bool:
    """A hole in a name is right where the name holds a day, which only the run knows."""
    if claim[:2] != place[:2]:
        return False
    if "{" not in claim[2] or not DAY.search(place[2]):
        return claim[2] == place[2]
    pattern = ".+".join(re.escape(part) for part in HOLE.split(claim[2]))
    return re.fullmatch(pattern, place[2]) is not None


def _words(place: Place) -> str:
    return f"{place[0]}:{place[1]} {place[2]}"


# -- columns


def _written_columns(seen: Seen, run: Run) -> Iterator[str]:
    """Every write has the columns in the graph that it has in reality; they may be open behind an open read."""
    reads_own = bool(
        {a.name for a in run.accesses if a.kind == "read"} & {a.name for a in run.accesses if a.kind == "write"}
    )
    for access in sorted(run.accesses, key=str):
        if access.kind != "write" or access.columns is None:
            continue
        for claimed in sorted(_claimed(seen, access), key=str):
            if claimed is None and reads_own:
                continue
            if claimed is None:
                yield f"columns not known: {access.file}:{access.line} {access.name}: {list(access.columns)}"
            elif list(claimed) != list(access.columns):
                yield f"other columns: {access.file}:{access.line} {list(claimed)}, really {list(access.columns)}"


def _claimed(seen: Seen, access: Access) -> set[tuple[str, ...] | None]:
    found: set[tuple[str, ...] | None] = set()
    for edge in _edges(seen, "write"):
        if any(_fits(place, (access.file, access.line, access.name)) for place in _of_edge(seen, edge, "write")):
            columns = edge.attributes.get("columns")
            found.add(tuple(columns) if isinstance(columns, (list, tuple)) else None)
    return found


def _wrongly_unused(root: Path, program: Program, seen: Seen, run: Run) -> Iterator[str]:
    """A column that is called unused may say anything: nothing that the program leaves behind changes."""
    for name, columns in program.inputs.items():
        nodes = [node for node in seen.graph.of_kind("dataset") if node.name in (name, f"{name}::records")]
        for column in (column for node in nodes for column in node.columns if column.used is False):
            other = _run_with_other_values(root, program, name, column.name)
            if other.failure or (other.outputs, other.printed) != (run.outputs, run.printed):
                yield f"used, though the graph says it is not: {column.name} of {name}"
        store(root / name, some_data(columns))


def _run_with_other_values(root: Path, program: Program, name: str, column: str) -> Run:
    for folder in ("out", "results"):
        shutil.rmtree(root / folder, ignore_errors=True)
    write_inputs(root, program)
    store(root / name, some_data(program.inputs[name], 3, column))
    return run_commands(root, program.commands())
