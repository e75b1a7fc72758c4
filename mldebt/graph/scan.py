"""One scan: files to facts, facts to a trace, the trace to the graph."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mldebt.evaluate.entries import evaluate
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.link import link
from mldebt.graph.mentions import with_mentions
from mldebt.graph.model import Graph
from mldebt.knowledge.loader import load_knowledge
from mldebt.read.facts import FileFacts

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Scan:
    root: Path
    graph: Graph
    facts: Mapping[str, FileFacts]


def scan(
    root: Path,
    *,
    paths: Sequence[Path] = (),
    exclude: Sequence[str] = (),
    jobs: int = 1,
    use_cache: bool = True,
    knowledge: Sequence[Path] = (),
    owners: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Scan:
    """Scan a repository without running its code."""
    from mldebt.project.cache import open_cache
    from mldebt.project.files import list_files
    from mldebt.read.reader import read_files

    known = load_knowledge(knowledge)
    listing = list_files(root, paths, exclude)
    with open_cache(root, enabled=use_cache) as cache:
        facts = read_files(root, listing.files, jobs=jobs, cache=cache, progress=_stage(progress, "reading"))
    workspace = Workspace(root, facts)
    trace = evaluate(workspace, known, _stage(progress, "following data"))
    graph = with_mentions(link(workspace, trace, skipped=listing.skipped, owners=owners), facts)
    return Scan(root, graph, facts)


def _stage(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(name, done, total)
