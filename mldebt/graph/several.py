"""Several repositories in one graph: each is evaluated alone, then what they say is linked together."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from posixpath import basename, splitext
from typing import TYPE_CHECKING

from msgspec import Struct, field

from mldebt.config.model import Call
from mldebt.evaluate.trace import Trace
from mldebt.graph.gathered import Gathered
from mldebt.graph.model import Unit
from mldebt.graph.records import DeadCode
from mldebt.graph.scan import Look, Progress, Scan, looking_at, scanned
from mldebt.project.inputs import Inputs
from mldebt.read.facts import FileFacts

if TYPE_CHECKING:
    from mldebt.graph.qualify import Places
    from mldebt.project.earlier import Earlier


class Source(Struct, frozen=True, dict=True):
    """One of the repositories, and what its configuration says of it."""

    name: str
    root: Path
    exclude: Sequence[str] = ()
    knowledge: Sequence[Path | Call] = ()
    owners: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, Sequence[str]] = field(default_factory=dict)
    untracked: bool = True
    earlier: Earlier | None = None
    paths: Sequence[Path] = ()
    """Those that are looked at, where it isn't all."""


def scan_together(
    home: Path,
    sources: Sequence[Source],
    places: Places,
    *,
    jobs: int = 1,
    use_cache: bool = True,
    progress: Progress | None = None,
) -> Scan:
    """One graph of all; records of the run are kept at `home`."""
    from mldebt.graph.qualify import qualified

    found: list[Gathered] = []
    inputs: list[Inputs] = []
    for source in sorted(sources, key=lambda source: source.name):
        with _looking_at(source, jobs, use_cache, _told(progress, source.name)) as look:
            said, inputs_of = look()
            found.append(qualified(said, source.name, places))
            inputs.append(inputs_of())
    together = joined(found)
    return scanned(home, together, lambda: _all(home, inputs)).linked()


@contextmanager
def scanning_source(
    source: Source, *, jobs: int = 1, use_cache: bool = True, progress: Progress | None = None
) -> Iterator[Callable[[], Scan]]:
    """Begin with one alone, whose scan can be asked for later."""
    with _looking_at(source, jobs, use_cache, progress) as look:
        yield lambda: scanned(source.root, *look())


def _looking_at(source: Source, jobs: int, use_cache: bool, progress: Progress | None) -> AbstractContextManager[Look]:
    return looking_at(
        source.root, exclude=source.exclude, jobs=jobs, use_cache=use_cache, knowledge=source.knowledge,
        owners=source.owners, roles=source.roles, untracked=source.untracked, earlier=source.earlier,
        progress=progress, paths=source.paths,
    )  # fmt: skip


def joined(found: Sequence[Gathered]) -> Gathered:
    """What several repositories say, in one."""
    trace, units, skipped = Trace(), dict[str, Unit](), dict[str, str]()
    facts: dict[str, FileFacts] = {}
    for one in found:
        trace.add(one.trace)
        units.update(one.units)
        facts.update(one.facts)
        skipped.update(one.skipped)
    written = {one.repositories[0]: one.written for one in found}
    return Gathered(
        trace, units, facts, _by_repository(written), skipped, tuple(written),
        stages=tuple(stage for one in found for stage in one.stages),
        environments=tuple(environment for one in found for environment in one.environments),
        listed=tuple(file for one in found for file in one.listed),
        flags=tuple(flag for one in found for flag in one.flags),
        claims=tuple(claim for one in found for claim in one.claims),
        told=found[0].told,
        detours=tuple(each for one in found for each in one.detours),
        prompts=tuple(each for one in found for each in one.prompts),
        dead=tuple(code for one in found for code in one.dead if not _is_spoken(code, one, found)),
    )  # fmt: skip


def _is_spoken(code: DeadCode, home: Gathered, found: Sequence[Gathered]) -> bool:
    """Whether code of another repository names a function or module that its own never does."""
    name = (code.name or splitext(basename(code.file))[0]).encode("utf-8", "surrogatepass")
    others = (facts for one in found if one is not home for facts in one.facts.values())
    return any(name in facts.packed for facts in others)


def _by_repository(written: Mapping[str, Callable[[str], bytes]]) -> Callable[[str], bytes]:
    def content(file: str) -> bytes:
        return written[file.partition("/")[0]](file)

    return content


def _all(home: Path, inputs: Sequence[Inputs]) -> Inputs:
    return Inputs(
        home,
        min(each.started for each in inputs),
        frozenset().union(*(each.paths for each in inputs)),
        any(each.boundless for each in inputs),
        tuple(each.root for each in inputs),
    )


def _told(progress: Progress | None, name: str) -> Progress | None:
    if progress is None:
        return None
    return lambda stage, done, total: progress(f"{name}: {stage}", done, total)
