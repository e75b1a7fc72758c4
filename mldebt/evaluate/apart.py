"""The evaluation in a process of its own, while this one gets ready for what comes after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from mldebt.evaluate.program import Program, Progress, evaluate, room_to_recurse
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.trace_codec import decode_trace
from mldebt.evaluate.workspace import Workspace
from mldebt.knowledge.loader import Knowledge
from mldebt.project.cache import Cache, open_cache
from mldebt.project.meanwhile import meanwhile
from mldebt.project.patience import patient_collector

Message = tuple[int, Any]
"""The number of a part and its trace (see `Program.traces`); last, `LOOKED_AT` with what the workspace looked at."""
LOOKED_AT = -1


@contextmanager
def evaluating(
    workspace: Workspace,
    knowledge: Knowledge,
    progress: Progress | None = None,
    *,
    use_cache: bool = True,
    jobs: int = 1,
    apart: bool = False,
) -> Iterator[Callable[[], Trace]]:
    """Like `evaluate`, whose trace can be asked for later; `apart`: it is made meanwhile, from what the cache has."""

    def here() -> Trace:
        with open_cache(workspace.root, enabled=use_cache) as cache:
            return evaluate(workspace, knowledge, progress, cache=cache, jobs=jobs)

    if not (apart and use_cache):
        yield here
        return

    def there() -> Trace:
        if progress is not None:
            progress(0, 0)
        trace = _together(messages, workspace)
        return here() if trace is None else trace

    with meanwhile(lambda: _messages(workspace, knowledge, jobs), apart=True) as messages:
        yield there


def _messages(workspace: Workspace, knowledge: Knowledge, jobs: int) -> Iterator[Message]:
    with open_cache(workspace.root) as cache, room_to_recurse(), patient_collector():
        yield from Program(workspace, knowledge, cache, strict=False).traces(jobs, early=True)
    yield LOOKED_AT, (workspace.looked_at, workspace.boundless)


def _together(messages: Iterator[Message], workspace: Workspace) -> Trace | None:
    """The trace of the whole; None if one that was kept can't be read any more."""
    parts: dict[int, Trace] = {}
    with open_cache(workspace.root) as cache, patient_collector():
        for number, said in messages:
            if number == LOOKED_AT:
                workspace.looked_at |= said[0]
                workspace.boundless |= said[1]
                continue
            encoded = _kept(cache, said) if isinstance(said, bytes) else said
            if encoded is None:
                return None
            parts[number] = decode_trace(encoded)
        trace = Trace()
        for number in sorted(parts):
            trace.add(parts[number])
        return trace


def _kept(cache: Cache | None, key: bytes) -> Any:
    return None if cache is None else cache.get(key)
