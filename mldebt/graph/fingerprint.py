"""What stands for all that is linked, besides what linking asks the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b, sha256
from itertools import islice
from typing import Any

import msgspec

from mldebt.graph.gathered import Gathered

DIGEST, PIECE = 20, 500
ONLY_GATHERED = frozenset({
    "into", "calls", "touched", "settings", "options", "started", "tasks", "vendors", "fetched", "aside",
})  # fmt: skip
"""What of a trace is told in what is gathered, and not looked at by linking; `into` is another view of the edges."""


def encoded(found: Gathered) -> Iterator[bytes]:
    """All that is gathered but dead code and flags, which are known last.

    The number of lines is left out: it is told in reports, but nothing is concluded from it.
    """
    return map(encode, (*_trace(found), *_others(found)))


def fingerprint(part: bytes) -> bytes:
    """Of a part of what is `encoded`: some megabytes in all, hashed in a way that processors know."""
    return sha256(part).digest()


def encode(value: Any) -> bytes:
    """Structs, tuples, dictionaries, sets, texts and numbers, whatever the order of what has none."""
    return _ENCODER.encode(value)


def digest(value: Any) -> bytes:
    """Of what can be encoded."""
    return blake2b(encode(value), digest_size=DIGEST).digest()


def _trace(found: Gathered) -> Iterator[Any]:
    """Nodes and edges know their own keys."""
    for name, value in sorted(vars(found.trace).items()):
        if name not in ONLY_GATHERED:
            yield name
            yield from _pieces(name, value) if isinstance(value, Mapping) else (value,)


def _pieces(name: str, values: Mapping[Any, Any]) -> Iterator[Any]:
    """Where something is on another line, only the piece that speaks of it has to be gone through."""
    items = iter(values.values() if name in ("nodes", "edges") else values.items())
    while piece := list(islice(items, PIECE)):
        yield piece


def _others(found: Gathered) -> Iterator[Any]:
    yield found.units
    yield dict(found.skipped)
    yield found.repositories, found.listed
    yield found.stages, found.environments, found.claims, found.prompts, found.detours
    yield [(file.file, file.kind, file.problem, file.commands) for file in found.facts.values()]
    yield [found.written(file.file) for file in found.facts.values() if file.problem]


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"nothing stands for {type(value).__name__}")


_ENCODER = msgspec.msgpack.Encoder(order="deterministic", enc_hook=_plain)
