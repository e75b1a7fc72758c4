"""Results kept between runs: a small SQLite file beside the code, found again by what they were made from.

Whatever is wrong with it (damaged, locked, no room, no right to write) means a run without it, never a failed run.
"""

from __future__ import annotations

import marshal
import sqlite3
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mldebt.project.record import FOLDER

FILE = "facts-1.sqlite"
LARGEST = 200_000_000
TRIMMED = 150_000_000
BATCH = 500
PATIENCE = 2.0
CHECKSUM = 8
DAY = 86_400
TAG = "Signature: 8a477f597d28d172789f06886806bc55\n# This folder is a cache of mldebt; it can be deleted.\n"
SCHEMA = "CREATE TABLE IF NOT EXISTS facts (key BLOB PRIMARY KEY, used INTEGER, size INTEGER, value BLOB)"
DAMAGE = ("malformed", "not a database", "file is encrypted", "no such column", "disk image")
TROUBLE = (sqlite3.Error, OSError, OverflowError)


class Cache:
    """Plain values (tuples, strings, numbers) by key; `added` counts those that are new."""

    def __init__(self, connection: sqlite3.Connection, largest: int = LARGEST, trimmed: int = TRIMMED) -> None:
        self._connection: sqlite3.Connection | None = connection
        self._limits = (largest, trimmed)
        self._today = int(time.time()) // DAY
        self._waiting: dict[bytes, bytes] = {}
        self._stale: list[bytes] = []
        self._written = False
        self.added = 0

    def get(self, key: bytes) -> Any:
        """The value kept under a key; None where there is none, or none that is whole."""
        if self._connection is None:
            return None
        try:
            row = self._connection.execute("SELECT value, used FROM facts WHERE key = ?", (key,)).fetchone()
        except TROUBLE:
            self.close()
            return None
        if row is None:
            return None
        if row[1] != self._today:
            self._stale.append(key)
        return _unpacked(row[0])

    def has(self, key: bytes) -> bool:
        """Whether something is kept under a key, whole or not."""
        try:
            found = self._connection.execute("SELECT 1 FROM facts WHERE key = ?", (key,)) if self._connection else None
            return found is not None and found.fetchone() is not None
        except TROUBLE:
            self.close()
            return False

    def put(self, key: bytes, value: Any) -> None:
        """Keep a value; what can't be kept is let go."""
        if self._connection is None:
            return
        with suppress(ValueError):
            self._waiting[key] = _packed(value)
            self.added += 1
        if len(self._waiting) >= BATCH:
            self._write()

    def close(self) -> None:
        """Write what is waiting and let go of the file."""
        self._write()
        if self._written:
            self._trim()
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(*TROUBLE):
                connection.close()

    def _write(self) -> None:
        waiting, self._waiting = self._waiting, {}
        stale, self._stale = self._stale, []
        if self._connection is None or not (waiting or stale):
            return
        rows = [(key, self._today, len(value), value) for key, value in waiting.items()]
        try:
            with self._connection:
                self._connection.executemany("INSERT OR REPLACE INTO facts VALUES (?, ?, ?, ?)", rows)
                self._connection.executemany(
                    "UPDATE facts SET used = ? WHERE key = ?", [(self._today, key) for key in stale]
                )
            self._written = True
        except TROUBLE:
            self._connection = None

    def _trim(self) -> None:
        """Drop what was not used for longest, down to a lower mark, once the whole is too large."""
        if self._connection is None:
            return
        largest, left = self._limits
        with suppress(*TROUBLE), self._connection:
            total = self._connection.execute("SELECT total(size) FROM facts").fetchone()[0]
            if total <= largest:
                return
            dropped = []
            for key, size in self._connection.execute("SELECT key, size FROM facts ORDER BY used, key"):
                if total <= left:
                    break
                dropped.append((key,))
                total -= size
            self._connection.executemany("DELETE FROM facts WHERE key = ?", dropped)


@contextmanager
def open_cache(root: Path, *, enabled: bool = True) -> Iterator[Cache | None]:
    """The cache of a repository, closed afterwards; None where it is off or can't be used."""
    cache = _opened(root / FOLDER) if enabled else None
    try:
        yield cache
    finally:
        if cache is not None:
            cache.close()


def _opened(folder: Path) -> Cache | None:
    try:
        if folder.is_symlink() or not _made(folder):
            return None
        return Cache(_connected(folder / FILE))
    except sqlite3.DatabaseError as error:
        return _renewed(folder / FILE) if any(sign in str(error) for sign in DAMAGE) else None
    except TROUBLE:
        return None


def _made(folder: Path) -> bool:
    folder.mkdir(exist_ok=True)
    for name, text in ((".gitignore", "*\n"), ("CACHEDIR.TAG", TAG)):
        if not (folder / name).exists():
            (folder / name).write_text(text, "utf-8")
    return folder.is_dir()


def _connected(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=PATIENCE)
    try:
        _log_ahead(connection)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(SCHEMA)
        connection.execute("SELECT key, used, size, value FROM facts LIMIT 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _log_ahead(connection: sqlite3.Connection) -> None:
    """Let readers and a writer be there together; SQLite itself doesn't wait where two runs ask for that at once."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > ends:
                raise
            time.sleep(0.01)


def _renewed(file: Path) -> Cache | None:
    try:
        for suffix in ("", "-wal", "-shm"):
            file.with_name(file.name + suffix).unlink(missing_ok=True)
        return Cache(_connected(file))
    except TROUBLE:
        return None


def _packed(value: Any) -> bytes:
    blob = zlib.compress(marshal.dumps(value), 1)
    return blake2b(blob, digest_size=CHECKSUM).digest() + blob


def _unpacked(packed: Any) -> Any:
    if not isinstance(packed, bytes) or blake2b(packed[CHECKSUM:], digest_size=CHECKSUM).digest() != packed[:CHECKSUM]:
        return None
    try:
        return marshal.loads(zlib.decompress(packed[CHECKSUM:]))
    except (ValueError, EOFError, TypeError, zlib.error):
        return None
