"""What stages of pipelines declare to take and to make, and nothing that they run touches."""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename

from msgspec import Struct

from mldebt.graph.model import Graph
from mldebt.graph.questions.datasets import is_kept_unread, unresolved_reads
from mldebt.graph.questions.pipeline_io import covers, entry_of
from mldebt.graph.records import Stage

_NOT_DATA = re.compile(
    r"(^|/)(requirements[^/]*|pyproject\.toml|setup\.\w+|environment\.ya?ml|[Dd]ockerfile[^/]*|\.[^/]+|[^/]*\.lock)$"
    r"|\.(ya?ml|json|toml|ini|cfg|env|md|rst|ipynb|sh|sql|r|R|jl|png|jpe?g|svg|html|pdf|log|dvc)$"
)


class Phantoms(Struct, frozen=True):
    """A stage, the inputs that it declares and doesn't use (`absent`: that there aren't), and the outputs that it
    doesn't make."""

    stage: Stage
    inputs: tuple[str, ...]
    absent: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


def phantom_io(graph: Graph) -> Iterator[Phantoms]:
    """Stages that can be seen into wholly, and declare what nothing in them touches."""
    found: dict[tuple[str, str], list[Phantoms]] = {}
    for stage in graph.stages:
        found.setdefault((stage.site.file, entry_of(stage)), []).append(_phantoms(graph, stage))
    for key in sorted(found):
        first, *others = found[key]
        if (first.inputs or first.absent or first.outputs) and all(_is_alike(first, other) for other in others):
            yield first


def _is_alike(first: Phantoms, other: Phantoms) -> bool:
    return first.inputs == other.inputs and first.absent == other.absent and first.outputs == other.outputs


def _phantoms(graph: Graph, stage: Stage) -> Phantoms:
    absent = tuple(path for path in stage.absent if not _is_made(graph, path))
    if stage.opaque or not stage.runs or stage.reruns == "never":
        return Phantoms(stage, (), absent if stage.tool == "dvc" else ())
    quiet = [path for path in stage.unspoken if path not in absent and not _is_touched(stage, path)]
    code = [path for path in stage.reads if path in quiet and path in graph.units and _is_python(stage)]
    data = (
        [path for path in stage.reads if path in quiet and _is_data(path)] if _is_known(graph, stage, "reads") else []
    )
    made = (
        [path for path in stage.writes if path in quiet and _is_data(path)] if _is_known(graph, stage, "writes") else []
    )
    outputs = tuple(path for path in made if not _is_for_people(path))
    return Phantoms(stage, (*code, *data), absent, outputs)


def _is_python(stage: Stage) -> bool:
    return all(file.endswith(".py") for file in stage.runs)


def _is_touched(stage: Stage, path: str) -> bool:
    names = (touch.node.partition(":")[2] for touch in stage.touches if touch.kind != "key")
    code = (*stage.runs, *stage.loaded)
    return any(covers(path, name) for name in names) or any(
        file == path or file.startswith(f"{path}/") for file in code
    )


def _is_known(graph: Graph, stage: Stage, kind: str) -> bool:
    """All that the stage reads (writes) has a name, and something of it is stored."""
    stored = (touch for touch in stage.touches if touch.kind == kind)
    return any(True for _ in stored) and not _gaps(graph) & {*stage.runs, *stage.loaded}


def _gaps(graph: Graph) -> frozenset[str]:
    return graph.once(_files_with_gaps)


def _files_with_gaps(graph: Graph) -> frozenset[str]:
    unnamed = (*graph.of_kind("gap"), *unresolved_reads(graph))
    return frozenset(site.file for node in unnamed for site in node.sites)


def _is_data(path: str) -> bool:
    return not _NOT_DATA.search(path) and not path.endswith(".py") and "." in basename(path)


def _is_made(graph: Graph, path: str) -> bool:
    return any(path in stage.writes for stage in graph.stages)


def _is_for_people(path: str) -> bool:
    """Meant for people, to judge by the name; libraries write such files in many ways."""
    from mldebt.graph.model import Node

    return is_kept_unread(Node(f"dataset:{path}", "dataset", path))
