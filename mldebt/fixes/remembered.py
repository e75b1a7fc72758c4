"""What fixes came to in earlier runs, found again by all that they depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from hashlib import blake2b

from msgspec.structs import replace

from mldebt.fixes.made import Tools
from mldebt.project.cache import Cache
from mldebt.project.written import code_digest
from mldebt.read.identity import PARSERS, version_text
from mldebt.rules.fix import Change, Declaration, Edit, Entries, Fix, NewFile, Projection

CODE = ("fixes", "knowledge", "read", "rules", "project", "sites.py")
"""Where it is written what a fix comes to."""


class Remembered:
    """A fix depends on what it says, on the texts of the files that it names and on whether others import these."""

    def __init__(self, cache: Cache, tools: Tools) -> None:
        self._cache = cache
        self._tools = tools
        self._files: dict[str, bytes] = {}

    def made(self, fix: Fix, make: Callable[[Fix, Tools], Fix | None]) -> Fix | None:
        """The fix with its edits, which are made only if they are not known."""
        key = self._key(fix)
        kept = self._cache.get(key)
        if kept is not None:
            return replace(fix, safety=kept[0], edits=tuple(Edit(*edit) for edit in kept[1:])) if kept else None
        made = make(fix, self._tools)
        self._cache.put(key, (made.safety, *map(_plain, made.edits)) if made is not None else ())
        return made

    def _key(self, fix: Fix) -> bytes:
        hashed = blake2b(self._base, digest_size=20)
        hashed.update(repr((fix.changes, fix.safety)).encode("utf-8", "surrogateescape"))
        files = sorted({file for change in fix.changes for file in self._named(change)})
        hashed.update(b"\0".join(map(self._state, files)))
        return hashed.digest()

    @cached_property
    def _base(self) -> bytes:
        said = ("offers 1", code_digest(CODE), self._tools.knowledge.fingerprint, self._tools.config)
        versions = tuple(map(version_text, PARSERS))
        return blake2b(repr((said, versions)).encode("utf-8", "surrogateescape"), digest_size=20).digest()

    def _named(self, change: Change) -> Iterator[str]:
        if isinstance(change, Projection):
            yield from (site.file for site in change.sites)
        elif isinstance(change, Declaration):
            yield self._tools.config_file
        elif isinstance(change, (Edit, Entries, NewFile)):
            yield change.file
        else:
            yield change.site.file

    def _state(self, file: str) -> bytes:
        """What stands for a file as fixes see it."""
        if file not in self._files:
            text = self._tools.source.text(file).encode("utf-8", "surrogatepass")
            seen = (file, self._tools.is_imported(file), self._tools.locate(file).exists())
            hashed = blake2b(repr(seen).encode("utf-8", "surrogateescape"), digest_size=20)
            hashed.update(text)
            self._files[file] = hashed.digest()
        return self._files[file]


def _plain(edit: Edit) -> tuple[str | int, ...]:
    return (edit.file, edit.line, edit.column, edit.end_line, edit.end_column, edit.text, edit.cell)
