"""What stands for the code of mldebt itself, on which everything depends that is kept."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

HOME = Path(__file__).parents[1]


def code_digest(parts: Sequence[str]) -> bytes:
    """Of some folders and files of the package."""
    hashed = blake2b(digest_size=20)
    for part in parts:
        hashed.update(_digest(part))
    return hashed.digest()


@cache
def _digest(part: str) -> bytes:
    hashed = blake2b(part.encode(), digest_size=20)
    for path in sorted((HOME / part).rglob("*.py")) or [HOME / part]:
        hashed.update(f"\0{path.relative_to(HOME).as_posix()}\0".encode())
        hashed.update(path.read_bytes() if path.is_file() else b"")
    return hashed.digest()
