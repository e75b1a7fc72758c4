"""What a run said, kept with the state of all that it looked at, so that an unchanged repository is answered at once.

A record holds as long as nothing changed: no file that was read or looked for, no folder that was listed, and nothing
of mldebt itself. An unchanged run loads little more than this module, so it imports next to nothing.
"""

from __future__ import annotations

import marshal
import os
import sys
import zlib
from collections.abc import Iterable, Sequence

FOLDER = ".mldebt_cache"
RUNS = "runs"
FORMAT = 2
MOST_RUNS = 32
LARGEST = 2_000_000
TICK = 20_000_000
COARSE_TICK = 2_000_000_000
ABSENT = -1

State = tuple[str, int, int, int, int, int, bytes]
"""Path; times of change of content and of inode (ns); size; inode; whether these are proof enough; content's digest."""

Output = Sequence[tuple[bool, str]]
"""(whether it goes to standard error, text), in the order of writing."""


def question(arguments: Sequence[str], surroundings: object) -> str:
    """A command line with all that its answer depends on besides files, as text."""
    python = (sys.version_info[:3], sys.executable, tuple(sys.path))
    return repr((FORMAT, os.getcwd(), tuple(arguments), surroundings, python))


def recall(starts: Iterable[str], asked: str, now: float) -> tuple[Output, int] | None:
    """The output and exit code of a record that still holds `now`, from the caches of the folders above `starts`."""
    looked_at: set[str] = set()
    for start in starts:
        folder, name = os.path.abspath(start), _name(asked)
        while folder not in looked_at:
            looked_at.add(folder)
            kept = _load(os.path.join(folder, FOLDER, RUNS, name))
            if kept is not None and kept[0] == asked:
                _, until, states, output, code = kept
                if now < until and all(map(holds, states)):
                    return output, code
                break
            folder = os.path.dirname(folder)
    return None


def keep(
    root: str, asked: str, states: Iterable[State], output: Output, code: int, until: float = float("inf")
) -> None:
    """Write a record, which holds `until` then (in seconds since 1970); where that isn't possible, there is none."""
    home = os.path.join(root, FOLDER, RUNS)
    try:
        latest_first = sorted(states, key=lambda each: -each[1])  # what has changed lately soon changes again
        blob = marshal.dumps((asked, until, latest_first, list(output), code))
        os.makedirs(home, exist_ok=True)
        _make_room(home)
        draft = os.path.join(home, f"{_name(asked)}.{os.getpid()}")
        with open(draft, "wb") as stream:
            stream.write(zlib.crc32(blob).to_bytes(4, "big") + zlib.compress(blob, 1))
        os.replace(draft, os.path.join(home, _name(asked)))
    except (OSError, ValueError):
        return


def states_then(root: str, asked: str) -> dict[str, State]:
    """How all was when the same was asked last, by path."""
    kept = _load(os.path.join(root, FOLDER, RUNS, _name(asked)))
    return {each[0]: each for each in kept[2]} if kept is not None and kept[0] == asked else {}


def state(path: str, started: int, then: State | None = None) -> State | None:
    """How a file or folder is; None where it changed after the run started (ns), so that nobody knows what was read.

    `then`: how it was once, for its content need not be read again.
    """
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return (path, ABSENT, ABSENT, ABSENT, ABSENT, True, b"")
    last = max(found.st_mtime_ns, found.st_ctime_ns)
    if last >= started:
        return None
    if then is not None and _as_it_was(then, found):
        return then
    tick = TICK if last % 1_000_000 else COARSE_TICK
    return (
        path, found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino, started - last > tick, _digest(path)
    )  # fmt: skip


def holds(known: State) -> bool:
    """Whether a file or folder is as it was: by its stamps, else by its content (a folder's are the names in it)."""
    path, modified, *_, digest = known
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return modified == ABSENT
    return _as_it_was(known, found) or (digest != b"" and _digest(path) == digest)


def _as_it_was(known: State, found: os.stat_result) -> bool:
    """Whether stamps prove it."""
    _, modified, changed, size, inode, proof, _ = known
    stamps = (found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino)
    return bool(proof) and stamps == (modified, changed, size, inode)


def _digest(path: str) -> bytes:
    try:
        from _blake2 import blake2b  # hashlib loads OpenSSL first, for a fifth of the time of an unchanged run
    except ImportError:
        from hashlib import blake2b

    try:
        if os.path.isdir(path):
            return blake2b("\0".join(sorted(os.listdir(path))).encode("utf-8", "surrogateescape")).digest()[:16]
        if os.path.getsize(path) > LARGEST:
            return b""
        with open(path, "rb") as stream:
            return blake2b(stream.read()).digest()[:16]
    except OSError:
        return b""


def _name(asked: str) -> str:
    data = asked.encode("utf-8", "surrogateescape")
    return f"{zlib.crc32(data):08x}{zlib.adler32(data):08x}"


def _load(path: str) -> tuple[str, float, list[State], Output, int] | None:
    try:
        with open(path, "rb") as stream:
            packed = stream.read()
        blob = zlib.decompress(packed[4:])
        if zlib.crc32(blob).to_bytes(4, "big") != packed[:4]:
            return None
        asked, until, states, output, code = marshal.loads(blob)
    except (OSError, ValueError, EOFError, TypeError, zlib.error):
        return None
    return asked, until, states, output, code


def _make_room(home: str) -> None:
    """Let go of the oldest records."""
    with os.scandir(home) as entries:
        found = sorted((entry.stat().st_mtime_ns, entry.path) for entry in entries)
    for _, path in found[: max(0, len(found) - MOST_RUNS + 1)]:
        os.unlink(path)
