"""What a change comes to, and what there is to make it with."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct, field

from mldebt.graph.model import Graph
from mldebt.knowledge.loader import Knowledge
from mldebt.rules.fix import Edit
from mldebt.rules.result import SourceText

if TYPE_CHECKING:
    from mldebt.fixes.code import Program

NEW = "mldebt.toml"


class Made(Struct, frozen=True):
    """The edits of a change; `proven`: that the code does what it did is seen in the code."""

    edits: tuple[Edit, ...]
    proven: bool = False

    @staticmethod
    def of(made: Iterable[Made]) -> Made:
        every = tuple(made)
        return Made(tuple(edit for one in every for edit in one.edits), all(one.proven for one in every))


class Tools(Struct, dict=True):
    """The repository as changes are made in it. A change is made by what the files say that it names, and by no others.

    `locate`: where a file lies. `config`: the file of the configuration, "" where there is none yet, None where there
    is no place for one.
    """

    source: SourceText
    knowledge: Knowledge
    graph: Graph
    locate: Callable[[str], Path]
    config: str | None = ""
    _programs: dict[str, Program | None] = field(default_factory=dict)

    def program(self, file: str) -> Program | None:
        from mldebt.fixes.code import read_program

        if file not in self._programs:
            self._programs[file] = read_program(self.source, file)
        return self._programs[file]

    def is_imported(self, file: str) -> bool:
        """Whether other code can see what the file holds."""
        return any(file in unit.imports for name, unit in self.graph.units.items() if name != file)

    @property
    def config_file(self) -> str:
        """The file of the configuration, be it there or not."""
        return self.config or NEW
