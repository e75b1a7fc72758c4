"""What the code of a project speaks of, in texts that are written out or put together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.stuck import parts
from mldebt.read.facts import Expr

SHORTEST = 3
_WORD = re.compile(r"[\w.-]+")


class Words:
    """The texts in files of code; `whole` and the beginnings and ends of texts that code puts together."""

    def __init__(self, workspace: Workspace, files: Iterable[str]) -> None:
        self.whole: set[str] = set()
        self._pieces: set[str] = set()
        for file in files:
            for part in parts(workspace.facts[file].body):
                self._take(part)

    def _take(self, part: Expr) -> None:
        if part[0] == "const" and len(part) == 2 and isinstance(part[1], str):
            self.whole.add(part[1])
            self.whole.update(_WORD.findall(part[1]))
        elif part[0] == "magic" and len(part) > 4:
            self.whole.update(_WORD.findall(" ".join(str(each) for each in part[1:])))
        elif part[0] == "fstr" and len(part) == 2:
            self._pieces.update(piece for piece in part[1] if isinstance(piece, str))
        elif part[0] == "bin" and len(part) == 4:
            self._pieces.update(_texts(part[2:]))

    def speak_of(self, name: str) -> bool:
        if name in self.whole:
            return True
        pieces = [piece for piece in self._pieces if len(piece) >= SHORTEST]
        return any(name.startswith(piece) or name.endswith(piece) for piece in pieces)


def _texts(sides: Iterable[Expr]) -> Iterator[str]:
    for side in sides:
        if side[0] == "const" and isinstance(side[1], str):
            yield side[1]
