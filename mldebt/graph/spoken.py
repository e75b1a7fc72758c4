"""Which of the paths that a stage declares its code speaks of, in whatever way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import basename, splitext

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.records import Stage

SHORTEST = 3
OTHER_PROGRAMS = (b"subprocess", b"Popen", b"popen", b"system", b"runpy", b"importlib", b"__import__", b"run_module")
"""Names in code that runs other programs, or code whose name is made up on the way."""


def runs_commands(workspace: Workspace, files: Iterable[str]) -> bool:
    """Whether code among files runs what can't be seen from its imports and calls."""
    known = (workspace.facts[file].packed for file in files if file in workspace.facts)
    return any(name in packed for packed in known for name in OTHER_PROGRAMS)


def unspoken(workspace: Workspace, stage: Stage) -> Iterator[str]:
    """Declared paths that neither a word of a command, nor code, nor a file of settings names by their last part."""
    files = [file for file in (*stage.runs, *stage.loaded) if file in workspace.facts]
    settings = [touch.node.partition(":")[2] for touch in stage.touches if touch.kind == "settings"]
    texts = [workspace.facts[file].packed for file in files]
    texts += [(workspace.text(name) or "").encode() for name in dict.fromkeys(settings)]
    texts += [word.encode() for word in stage.words]
    for path in (*stage.reads, *stage.writes):
        name = _telling(path)
        if len(name) >= SHORTEST and not any(name.encode() in text for text in texts):
            yield path


def _telling(path: str) -> str:
    """The last part of a path as code would name it: a file of code with its ending, else without; no holes."""
    name = basename(path)
    stem = name if name.endswith(".py") else splitext(name)[0]
    return max(re.split(r"\{[^}]*\}", stem), key=len)
