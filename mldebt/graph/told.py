"""What the code of single files says, kept between runs: to unpack and go through all of it again takes long."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mldebt.project.cache import Cache, open_cache
from mldebt.project.written import code_digest
from mldebt.read.facts import FileFacts

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
            self._known[question] = self._kept(facts, asked, answer)
        return self._known[question]

    def body(self, facts: FileFacts) -> tuple[Any, ...]:
        """The code of a file; the one that was asked for last is still at hand."""
        if self._unpacked[0] is not facts.packed:
            self._unpacked = (facts.packed, facts.body)
        return self._unpacked[1]

    def _kept(self, facts: FileFacts, asked: str, answer: Callable[[tuple[Any, ...]], Any]) -> Any:
        if self._cache is None or not facts.key:
            return answer(self.body(facts))
        hashed = blake2b(self._base, digest_size=20)
        hashed.update(facts.key)
        hashed.update(asked.encode("utf-8", "surrogatepass"))
        kept = self._cache.get(hashed.digest())
        if kept is None:
            kept = (answer(self.body(facts)),)
            self._cache.put(hashed.digest(), kept)
        return kept[0]

    @cached_property
    def _base(self) -> bytes:
        return blake2b(b"told 1" + code_digest(CODE), digest_size=20).digest()
