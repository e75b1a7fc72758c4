"""What stands for all that is linked, besides what linking asks the code."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b, sha256
from typing import Any

import msgspec

from mldebt.graph.gathered import Gathered

DIGEST = 20


def fingerprint(found: Gathered) -> bytes:
    """Of what is gathered but dead code and flags, which are known last.

    The number of lines is left out: it is told in reports, but nothing is concluded from it.
    """
    hashed = sha256()  # which processors know: it is some megabytes
    for part in (*_trace(found), *_others(found)):
        hashed.update(_ENCODER.encode(part))
    return hashed.digest()


def digest(value: Any) -> bytes:
    """Of structs, tuples, dictionaries, sets, texts and numbers, whatever the order of what has none."""
    return blake2b(_ENCODER.encode(value), digest_size=DIGEST).digest()


def _trace(found: Gathered) -> Iterator[Any]:
    """Nodes and edges know their own keys, and `into` is another view of the edges."""
    for name, value in sorted(vars(found.trace).items()):
        if name in ("nodes", "edges"):
            yield name, list(value.values())
        elif name != "into":
            yield name, list(value.items()) if isinstance(value, Mapping) else value


def _others(found: Gathered) -> Iterator[Any]:
    yield found.units
    yield dict(found.skipped)
    yield found.repositories, found.listed
    yield found.stages, found.environments, found.claims, found.prompts, found.detours
    for file in found.facts.values():
        yield file.file, file.kind, file.problem, file.commands
        if file.problem:
            yield found.written(file.file)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"nothing stands for {type(value).__name__}")


_ENCODER = msgspec.msgpack.Encoder(order="deterministic", enc_hook=_plain)
