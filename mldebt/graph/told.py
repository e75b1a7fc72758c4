"""What the code of single files says, kept between runs: to unpack and go through all of it again takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from posixpath import basename
from typing import TYPE_CHECKING, Any
from zlib import crc32

from mldebt.project.cache import Cache, open_cache
from mldebt.project.written import code_digest
from mldebt.read.facts import FileFacts
from mldebt.read.settings_text import format_of

if TYPE_CHECKING:
    from mldebt.evaluate.workspace import Workspace
    from mldebt.read.settings_files import Loaded

BUNDLES = 16
"""How many answers there are to a question about all files: one of them is found anew when a file has changed."""
CODE = ("graph", "read", "sites.py", "knowledge")
"""Where it is written what is asked of the code of a file."""


class Told:
    """Answers to questions about the code of one file, whatever its name, in plain values that nobody changes.

    `root`: of the repository with the cache, None where nothing is kept.
    """

    def __init__(self, root: Path | None = None) -> None:
        self._root = root
        self._cache: Cache | None = None
        self._known: dict[tuple[str, bytes, str], Any] = {}
        self._unpacked: tuple[bytes, tuple[Any, ...]] = (b"", ())

    @contextmanager
    def remembering(self) -> Iterator[None]:
        """Meanwhile, answers are looked up in the cache and kept there."""
        if self._root is None or self._cache is not None:
            yield
            return
        with open_cache(self._root) as self._cache:
            yield
        self._cache = None

    def of(self, facts: FileFacts, asked: str, answer: Callable[[tuple[Any, ...]], Any]) -> Any:
        """What `answer` says of the code of a file; `asked` stands for the question."""
        question = (facts.file, facts.key, asked)
        if question not in self._known:
            self._known[question] = self._found(facts.key, asked, lambda: answer(self.body(facts)))
        return self._known[question]

    def of_all(
        self, files: Iterable[FileFacts], asked: str, answer: Callable[[FileFacts], Any]
    ) -> Iterator[tuple[str, Any]]:
        """What `answer` says of each of many files, by name; kept for some together, for there may be thousands."""
        bundles: dict[int, list[FileFacts]] = {}
        for facts in files:
            bundles.setdefault(crc32(facts.file.encode("utf-8", "surrogatepass")) % BUNDLES, []).append(facts)
        for some in bundles.values():
            stands = b"".join(facts.key for facts in some) if all(facts.key for facts in some) else b""
            answers = self._found(stands, asked, lambda some=some: tuple(map(answer, some)))  # type: ignore[misc]
            yield from zip((facts.file for facts in some), answers, strict=True)

    def settings(self, workspace: Workspace, file: str) -> Loaded | None:
        """What `Workspace.settings_lines` says."""
        written = workspace.settings_text(file)
        if written is None:
            return None
        stands = blake2b(format_of(basename(file)).encode() + written, digest_size=20).digest()
        question = (file, stands, "settings")
        if question not in self._known:
            self._known[question] = self._found(stands, "settings", lambda: workspace.settings_lines(file))
        known: Loaded | None = self._known[question]
        return known

    def body(self, facts: FileFacts) -> tuple[Any, ...]:
        """The code of a file; the one that was asked for last is still at hand."""
        if self._unpacked[0] is not facts.packed:
            self._unpacked = (facts.packed, facts.body)
        return self._unpacked[1]

    def _found(self, stands: bytes, asked: str, answer: Callable[[], Any]) -> Any:
        """The answer that is kept under what stands for a file, or now."""
        if self._cache is None or not stands:
            return answer()
        hashed = blake2b(self._base, digest_size=20)
        hashed.update(stands)
        hashed.update(asked.encode("utf-8", "surrogatepass"))
        kept = self._cache.get(hashed.digest())
        if kept is None:
            kept = (answer(),)
            self._cache.put(hashed.digest(), kept)
        return kept[0]

    @cached_property
    def _base(self) -> bytes:
        return blake2b(b"told 1" + code_digest(CODE, self._cache), digest_size=20).digest()
