"""One scan: files to facts, facts to a trace, the trace to the graph.

What makes the graph is loaded while another process may be evaluating.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack

from msgspec import Struct
from msgspec.structs import replace

from mldebt.config.model import Call
from mldebt.evaluate.program import WORTH_PROCESSES
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.gathered import Gathered
from mldebt.graph.told import Told
from mldebt.knowledge.loader import Knowledge, load_knowledge
from mldebt.project.inputs import Inputs
from mldebt.project.meanwhile import can_fork, meanwhile
from mldebt.project.plain import joined
from mldebt.read.facts import FileFacts

if TYPE_CHECKING:
    from mldebt.graph.configured.keys import KeyedNode
    from mldebt.graph.model import Graph
    from mldebt.project.earlier import Earlier
    from mldebt.project.files import Listing

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""


FEW = 100
"""How many files may be read anew for a scan to be one in which little has changed."""


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
    with looking_at(root, **wanted) as look:
        return scanned(root, *look())


def scanned(root: Path, found: Gathered, inputs: Inputs) -> Scan:
    return Scan(root, linked(found), found.facts, inputs, found.listed)


Look = Callable[[], tuple[Gathered, Inputs]]
"""All that a repository says, and what that depends on."""


@contextmanager
def looking_at(
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
) -> Iterator[Look]:
    """Begin with a repository; where little has changed, it is evaluated in another process until it is asked for."""
    from mldebt.evaluate.apart import evaluating
    from mldebt.project.cache import open_cache
    from mldebt.project.files import list_files
    from mldebt.read.reader import read_files

    known = load_knowledge(knowledge)
    started = time.time_ns()
    with open_cache(root, enabled=use_cache) as cache:
        listing = list_files(root, paths, exclude, untracked=untracked, earlier=earlier)
        facts = read_files(root, listing.files, jobs=jobs, cache=cache, progress=_stage(progress, "reading"))
        few = cache is not None and cache.added < FEW
    workspace = Workspace(root, facts, earlier, listing.names)
    large = sum(each.lines for each in facts.values()) > WORTH_PROCESSES
    seen = _Seen(
        workspace, known, listing, Told(root if use_cache else None), jobs > 1 and few and large and can_fork()
    )
    following = _stage(progress, "following data")
    with evaluating(workspace, known, following, use_cache=use_cache, jobs=jobs, apart=seen.apart) as trace:

        def look() -> tuple[Gathered, Inputs]:
            found = seen.gathered(trace, owners or {}, roles or {})
            own = (str(each) for each in knowledge if isinstance(each, Path))
            return found, Inputs(root, started, frozenset({*seen.paths(), *own}), workspace.boundless)

        yield look


class _Seen(Struct, frozen=True):
    """What is known of a repository before it is evaluated; `apart`: another process is worth its while."""

    workspace: Workspace
    knowledge: Knowledge
    listing: Listing
    told: Told
    apart: bool

    def gathered(
        self, evaluated: Callable[[], Trace], owners: Mapping[str, str], roles: Mapping[str, Sequence[str]]
    ) -> Gathered:
        from mldebt.graph.branches.flags import stuck_flags
        from mldebt.graph.branches.unreached import Unreached
        from mldebt.graph.link import gather
        from mldebt.graph.thresholds import add_spelling

        workspace, told, listing, trace = self.workspace, self.told, self.listing, evaluated()
        with meanwhile(lambda: self._keys(trace), apart=self.apart) as keys:
            early = None if self.apart else list(keys)
            with told.remembering():
                add_spelling(workspace.facts, trace, told)
                found = gather(
                    workspace,
                    trace,
                    skipped=listing.skipped,
                    owners=owners,
                    roles=roles,
                    listed=listing.names,
                    told=told,
                )
                for nodes, looked_at in keys if early is None else early:
                    workspace.looked_at |= looked_at
                    for node_id, name, attributes in nodes:
                        trace.node(node_id, "config", name, None, **attributes)
                dead = tuple(Unreached(workspace, trace, self.knowledge, listing.names))
                flags = tuple(stuck_flags(workspace, trace, self.knowledge, told))
        return replace(found, flags=flags, dead=dead)

    def _keys(self, trace: Trace) -> Iterator[tuple[list[KeyedNode], set[str]]]:
        """The nodes of configurations, and what was looked at for them."""
        from mldebt.graph.configured.keys import keyed_nodes

        with self.told.remembering():
            yield keyed_nodes(self.workspace, trace, self.told), self.workspace.looked_at

    def paths(self) -> Iterator[str]:
        """All that was read or looked for in the repository."""
        root = self.workspace.root
        yield from (joined(root, path) for path in self.workspace.looked_at)
        yield from (joined(root, each.file) for each in self.listing.files)


def linked(found: Gathered) -> Graph:
    from mldebt.graph.link import link
    from mldebt.graph.mentions import with_mentions
    from mldebt.graph.unread import UnreadCode

    with found.told.remembering():
        return with_mentions(link(found), found.facts, UnreadCode(found.facts.values(), found.written))


def _stage(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(name, done, total)
