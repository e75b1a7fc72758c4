"""One scan: files to facts, facts to a trace, the trace to the graph."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from msgspec import Struct
from msgspec.structs import replace

from mldebt.config.model import Call
from mldebt.evaluate.program import evaluate
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.flags import stuck_flags
from mldebt.graph.branches.unreached import Unreached
from mldebt.graph.configured.keys import add_keys
from mldebt.graph.gathered import Gathered
from mldebt.graph.link import gather, link
from mldebt.graph.mentions import with_mentions
from mldebt.graph.model import Graph
from mldebt.graph.thresholds import add_spelling
from mldebt.graph.told import Told
from mldebt.graph.unread import UnreadCode
from mldebt.knowledge.loader import load_knowledge
from mldebt.project.inputs import Inputs
from mldebt.project.plain import joined
from mldebt.read.facts import FileFacts

if TYPE_CHECKING:
    from mldebt.project.earlier import Earlier

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""


class Scan(Struct, frozen=True):
    """`listed` names all files that are there, whatever they are."""

    root: Path
    graph: Graph
    facts: Mapping[str, FileFacts]
    inputs: Inputs
    listed: tuple[str, ...] = ()


class Wanted(TypedDict, total=False):
    """How to scan: only some `paths`; `earlier` is a state of the repository that was, see also `list_files`."""

    paths: Sequence[Path]
    exclude: Sequence[str]
    jobs: int
    use_cache: bool
    knowledge: Sequence[Path | Call]
    owners: Mapping[str, str] | None
    roles: Mapping[str, Sequence[str]] | None
    untracked: bool
    earlier: Earlier | None
    progress: Progress | None


def scan(root: Path, **wanted: Unpack[Wanted]) -> Scan:
    """Scan a repository without running its code."""
    found, inputs = look_at(root, **wanted)
    return Scan(root, linked(found), found.facts, inputs, found.listed)


def look_at(
    root: Path,
    *,
    paths: Sequence[Path] = (),
    exclude: Sequence[str] = (),
    jobs: int = 1,
    use_cache: bool = True,
    knowledge: Sequence[Path | Call] = (),
    owners: Mapping[str, str] | None = None,
    roles: Mapping[str, Sequence[str]] | None = None,
    untracked: bool = True,
    earlier: Earlier | None = None,
    progress: Progress | None = None,
) -> tuple[Gathered, Inputs]:
    """All that a repository says, and what that depends on."""
    from mldebt.project.cache import open_cache
    from mldebt.project.files import list_files
    from mldebt.read.reader import read_files

    known = load_knowledge(knowledge)
    with open_cache(root, enabled=use_cache) as cache:
        started = time.time_ns()
        listing = list_files(root, paths, exclude, untracked=untracked, earlier=earlier)
        facts = read_files(root, listing.files, jobs=jobs, cache=cache, progress=_stage(progress, "reading"))
        workspace = Workspace(root, facts, earlier, listing.names)
        trace = evaluate(workspace, known, _stage(progress, "following data"), cache=cache, jobs=jobs)
    told = Told(root if use_cache else None)
    with told.remembering():
        add_keys(workspace, trace, told)
        add_spelling(facts, trace, told)
        found = gather(
            workspace, trace, skipped=listing.skipped, owners=owners, roles=roles, listed=listing.names, told=told
        )
        dead = tuple(Unreached(workspace, trace, known, listing.names))
        found = replace(found, flags=tuple(stuck_flags(workspace, trace, known, told)), dead=dead)
    looked_at = {joined(root, path) for path in workspace.looked_at}
    read = {joined(root, each.file) for each in listing.files}
    inputs = frozenset({*looked_at, *read, *(str(own) for own in knowledge if isinstance(own, Path))})
    return found, Inputs(root, started, inputs, workspace.boundless)


def linked(found: Gathered) -> Graph:
    with found.told.remembering():
        return with_mentions(link(found), found.facts, UnreadCode(found.facts.values(), found.written))


def _stage(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(name, done, total)
