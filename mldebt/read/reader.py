"""Many files → their facts, from the cache where nothing changed, in several processes where it pays."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from msgspec.structs import replace

from mldebt.project.cache import Cache
from mldebt.project.files import SourceFile
from mldebt.project.patience import patient_collector
from mldebt.read.encode import decode, encode
from mldebt.read.facts import FileFacts
from mldebt.read.from_disk import Result, read_from_disk
from mldebt.read.identity import Identity
from mldebt.read.one_file import kind_of_file

WORTH_PROCESSES = 150
Progress = Callable[[int, int], None]


def read_files(
    root: Path,
    files: Iterable[SourceFile],
    *,
    jobs: int = 1,
    cache: Cache | None = None,
    progress: Progress | None = None,
) -> dict[str, FileFacts]:
    """The facts of the files, sorted by file; those that hold nothing to read (settings, say) are left out."""
    wanted = [each for each in sorted(files, key=lambda each: each.file) if kind_of_file(each.file)]
    identity = Identity()
    with patient_collector():
        facts = dict(_kept(wanted, cache, identity)) if cache is not None else {}
        missing = [each for each in wanted if each.file not in facts]
        for file, key, made in _read(missing, jobs, identity):
            facts[file] = replace(made, key=key)
            if cache is not None and key:
                cache.put(key, encode(made))
            if progress is not None:
                progress(len(facts), len(wanted))
    return {each.file: facts[each.file] for each in wanted}


def _kept(files: Iterable[SourceFile], cache: Cache, identity: Identity) -> Iterator[tuple[str, FileFacts]]:
    for each in files:
        try:
            key = identity.key(each.file, each.path.read_bytes())
        except OSError:
            continue
        data = cache.get(key)
        if data is not None:
            yield each.file, replace(decode(each.file, data), key=key)


def _read(files: Sequence[SourceFile], jobs: int, identity: Identity) -> Iterator[Result]:
    if jobs > 1 and len(files) > WORTH_PROCESSES:
        from mldebt.read.processes import read_in_processes

        yield from read_in_processes(files, jobs, identity)
        return
    for each in files:
        yield read_from_disk(each.file, each.path, identity)
