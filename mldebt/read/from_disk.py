"""One file on disk → its facts and their key in the cache."""

from __future__ import annotations

from pathlib import Path

from mldebt.read.facts import FileFacts
from mldebt.read.identity import Identity
from mldebt.read.one_file import read_one

Result = tuple[str, bytes, FileFacts]


def read_from_disk(file: str, path: Path, identity: Identity) -> Result:
    """A file's facts and their key in the cache, which is empty where the bytes can't be had."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return file, b"", FileFacts(file, "skipped", problem=f"can't be read: {error.strerror}")
    return file, identity.key(file, data), read_one(file, data)
