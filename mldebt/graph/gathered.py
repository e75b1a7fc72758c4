"""What is known of one repository, or of several together, before it is linked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property

from msgspec import Struct, field

from mldebt.evaluate.trace import Trace
from mldebt.graph.code import Code
from mldebt.graph.model import Unit
from mldebt.graph.records import Claim, DeadCode, Detour, Environment, Prompt, Stage, StuckFlag
from mldebt.graph.told import Told
from mldebt.read.facts import FileFacts


class Gathered(Struct, frozen=True, dict=True):
    """`written` gives the content of a file, `skipped` says why files were not read.

    `listed` names all files that are there. `repositories`: the names of several; their
    files are then named `name/path`.
    """

    trace: Trace
    units: dict[str, Unit]
    facts: Mapping[str, FileFacts]
    written: Callable[[str], bytes]
    skipped: Mapping[str, str] = field(default_factory=dict)
    repositories: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    environments: tuple[Environment, ...] = ()
    listed: tuple[str, ...] = ()
    flags: Iterable[StuckFlag] = ()
    claims: tuple[Claim, ...] = ()
    told: Told = field(default_factory=Told)
    dead: Iterable[DeadCode] = ()
    prompts: tuple[Prompt, ...] = ()
    detours: tuple[Detour, ...] = ()

    @cached_property
    def code(self) -> Code:
        """What linking asks the code."""
        return Code(self.facts, self.told)
