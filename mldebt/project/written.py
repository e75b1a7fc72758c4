"""What stands for the code of mldebt itself, on which everything depends that is kept."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mldebt.project.cache import Cache

HOME = Path(__file__).parents[1]
WITHOUT_CODE = (".pyc", ".md")


def code_digest(parts: Sequence[str], kept: Cache | None = None) -> bytes:
    """Of some folders and files of the package; `kept` may know it of files that look the same."""
    hashed = blake2b(digest_size=20)
    for part in parts:
        hashed.update(_digest(part) if kept is None else _known_digest(part, kept))
    return hashed.digest()


def _known_digest(part: str, kept: Cache) -> bytes:
    """To read all of the code takes longer than to look at its files."""
    key = blake2b(f"code {part} {_looks(part)}".encode("utf-8", "surrogateescape"), digest_size=20).digest()
    known: bytes | None = kept.get(key)
    if known is None:
        known = _digest(part)
        kept.put(key, known)
    return known


@cache
def _looks(part: str) -> list[tuple[str, int, int]]:
    if (HOME / part).is_dir():
        return stamps([str(HOME / part / "__init__.py")])
    seen = (HOME / part).stat()
    return [(part, seen.st_size, seen.st_mtime_ns)]


@cache
def _digest(part: str) -> bytes:
    hashed = blake2b(part.encode(), digest_size=20)
    for path in sorted((HOME / part).rglob("*.py")) or [HOME / part]:
        hashed.update(f"\0{path.relative_to(HOME).as_posix()}\0".encode())
        hashed.update(path.read_bytes() if path.is_file() else b"")
    return hashed.digest()


def stamps(modules: Iterable[str]) -> list[tuple[str, int, int]]:
    """Sizes and times of change of modules, given the file of each: of all files beside
    it, of a package also of those below."""
    return sorted({stamp for module in modules for stamp in _stamps(Path(module))})


def _stamps(module: Path) -> Iterator[tuple[str, int, int]]:
    waiting = [str(module.parent)]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    waiting += [entry.path] if entry.name != "__pycache__" and module.name == "__init__.py" else []
                elif not entry.name.endswith(WITHOUT_CODE):
                    seen = entry.stat()
                    yield entry.path, seen.st_size, seen.st_mtime_ns
