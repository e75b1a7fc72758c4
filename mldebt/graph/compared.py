"""Comparisons of definitions, kept between runs: to try two on tables of examples takes longer than all the rest."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from mldebt.project.cache import open_cache
from mldebt.project.written import code_digest
from mldebt.terms.memory import MEMORY


@contextmanager
def kept_comparisons(root: Path, *, enabled: bool) -> Iterator[None]:
    """Begin with what the cache of a repository knows, and keep in it what is learned meanwhile."""
    with open_cache(root, enabled=enabled) as cache:
        if cache is None:
            yield
            return
        key = blake2b(b"comparisons 1" + code_digest(("terms",), cache), digest_size=20).digest()
        before = cache.get(key) or {}
        MEMORY.learn(before)
        known = set(MEMORY.known)
        yield
        if MEMORY.known.keys() != known or not known <= before.keys():
            cache.put(key, MEMORY.latest())
