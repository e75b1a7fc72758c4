"""One scan: files to facts, facts to a trace, the trace to the graph.

What makes the graph is loaded while another process may be evaluating.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict, Unpack

from msgspec import Struct
from msgspec.structs import replace

from mldebt.config.model import Call
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.gathered import Gathered
from mldebt.graph.told import Told
from mldebt.knowledge.loader import Knowledge, load_knowledge
from mldebt.project.inputs import Inputs
from mldebt.project.meanwhile import meanwhile, pays
from mldebt.project.plain import joined
from mldebt.read.facts import FileFacts

if TYPE_CHECKING:
    from mldebt.graph.beforehand import Beforehand
    from mldebt.graph.late import LateGraph
    from mldebt.graph.model import Graph
    from mldebt.project.earlier import Earlier
    from mldebt.project.files import Listing

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""


FEW = 100
"""How many files may be read anew for a scan to be one in which little has changed."""


class Scan(Struct, frozen=True, dict=True):
    """`found`: what the graph is linked from. `inputs_of`: what it is known to depend on so far."""

    root: Path
    graph: LateGraph
    found: Gathered
    inputs_of: Callable[[], Inputs]

    @property
    def facts(self) -> Mapping[str, FileFacts]:
        return self.found.facts

    @property
    def listed(self) -> tuple[str, ...]:
        """The names of all files that are there, whatever they are."""
        return self.found.listed

    @property
    def inputs(self) -> Inputs:
        """All that it depends on."""
        for late in (self.found.dead, self.found.flags):
            tuple(late)
        return self.inputs_of()

    def linked(self) -> Scan:
        """The same scan, its graph linked by now."""
        self.graph.linked()
        return self


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
        return scanned(root, *look()).linked()


def scanned(root: Path, found: Gathered, inputs_of: Callable[[], Inputs]) -> Scan:
    """A scan whose graph is linked when it is needed."""
    from mldebt.graph.late import LateGraph
    from mldebt.graph.link import coverage_of

    graph = LateGraph(lambda: linked(found), coverage_of(found), found.units, found.repositories)
    return Scan(root, graph, found, inputs_of)


Look = Callable[[], tuple[Gathered, Callable[[], Inputs]]]
"""All that a repository says, and, once that is looked through, what it depends on."""


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
    with open_cache(root, enabled=use_cache) as cache:
        started = time.time_ns()
        listing = list_files(root, paths, exclude, untracked=untracked, earlier=earlier)
        facts = read_files(root, listing.files, jobs=jobs, cache=cache, progress=_stage(progress, "reading"))
        few = cache is not None and cache.added < FEW
    apart = pays(sum(each.lines for each in facts.values()), jobs)
    seen = _Seen(Workspace(root, facts, earlier, listing.names), known, listing, Told(root if use_cache else None))
    following = _stage(progress, "following data")
    with (
        evaluating(seen.workspace, known, following, use_cache=use_cache, jobs=jobs, apart=apart and few) as trace,
        ExitStack() as meantime,
    ):

        def look() -> tuple[Gathered, Callable[[], Inputs]]:
            from mldebt.graph.beforehand import Beforehand

            known = Beforehand(seen.workspace, listing.names, owners or {}, seen.told)
            if apart and few:
                known.ready()
            found = seen.gathered(trace, known, roles or {}, meantime, apart=apart)
            return found, lambda: seen.inputs(started, (str(own) for own in knowledge if isinstance(own, Path)))

        yield look


class _Seen(Struct, frozen=True):
    """What is known of a repository before it is evaluated."""

    workspace: Workspace
    knowledge: Knowledge
    listing: Listing
    told: Told

    def gathered(
        self,
        evaluated: Callable[[], Trace],
        known: Beforehand,
        roles: Mapping[str, Sequence[str]],
        meantime: ExitStack,
        *,
        apart: bool,
    ) -> Gathered:
        """All that the repository says; `apart`: what is set and what hangs on that is found out in the meantime."""
        from mldebt.graph.late import Late
        from mldebt.graph.link import gather
        from mldebt.graph.thresholds import add_spelling

        workspace, told, listing, trace = self.workspace, self.told, self.listing, evaluated()
        answers = meantime.enter_context(meanwhile(lambda: self._settings(trace, known), apart=apart))
        answers = answers if apart else iter(list(answers))
        with told.remembering():
            add_spelling(workspace.facts, trace, told)
            found = gather(
                workspace, trace, known=known, skipped=listing.skipped, roles=roles, listed=listing.names, told=told,
                begun=self._seen_there(answers),
            )  # fmt: skip
        for node_id, name, attributes in self._seen_there(answers):
            trace.node(node_id, "config", name, None, **attributes)
        dead = Late(self._seen_there(answers))
        return replace(found, dead=dead, flags=Late(self._seen_there(answers), after=dead))

    def _settings(self, trace: Trace, known: Beforehand) -> Iterator[tuple[list[Any], set[str], bool]]:
        """Where writes begin, then the nodes of configurations, then dead code, then flags that nobody turns, each with
        what was looked at."""
        from mldebt.graph.branches.flags import stuck_flags
        from mldebt.graph.branches.unreached import Unreached
        from mldebt.graph.configured.keys import keyed_nodes
        from mldebt.graph.starts import starts

        workspace = self.workspace
        with self.told.remembering():
            yield list(starts(workspace.facts, trace, self.told)), workspace.looked_at, workspace.boundless
            nodes = keyed_nodes(workspace, trace, self.told)
            for node_id, name, attributes in nodes:
                trace.node(node_id, "config", name, None, **attributes)
            yield nodes, workspace.looked_at, workspace.boundless
            dead = list(Unreached(workspace, trace, self.knowledge, known.names))
            yield dead, workspace.looked_at, workspace.boundless
            flags = list(stuck_flags(workspace, trace, self.knowledge, self.told))
        yield flags, workspace.looked_at, workspace.boundless  # what was learned is kept by now: nobody waits longer

    def _seen_there(self, answers: Iterator[tuple[list[Any], set[str], bool]]) -> Iterator[Any]:
        """What the next answer says."""
        said, looked_at, boundless = next(answers)
        self.workspace.looked_at |= looked_at
        self.workspace.boundless |= boundless
        yield from said

    def inputs(self, started: int, own: Iterable[str]) -> Inputs:
        """All that was read or looked for in the repository."""
        root, workspace = self.workspace.root, self.workspace
        looked_at = (joined(root, path) for path in workspace.looked_at)
        read = (joined(root, each.file) for each in self.listing.files)
        return Inputs(
            root, started, frozenset({*looked_at, *read, *own}), workspace.boundless, given=self.listing.given
        )


def linked(found: Gathered) -> Graph:
    from mldebt.graph.link import link
    from mldebt.graph.mentions import with_mentions
    from mldebt.graph.unread import UnreadCode

    with found.told.remembering():
        return with_mentions(link(found), found.code, UnreadCode(found.facts.values(), found.written))


def _stage(progress: Progress | None, name: str) -> Callable[[int, int], None] | None:
    if progress is None:
        return None
    return lambda done, total: progress(name, done, total)
