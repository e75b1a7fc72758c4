"""Modules that other parts of the program import: each is evaluated by itself, once, however many import it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from mldebt.evaluate.command_lines import commands_by_file
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.values import Value
from mldebt.evaluate.workspace import Workspace
from mldebt.knowledge.loader import Knowledge


class Modules:
    """Machines by the module that each evaluates; `trace` knows the nodes that importers may meet.

    `commands`: the command lines of the repository's manifests by the files that they run.
    """

    def __init__(self, workspace: Workspace, knowledge: Knowledge, *, strict: bool = False) -> None:
        self.workspace = workspace
        self.knowledge = knowledge
        self.strict = strict
        self.commands = commands_by_file(workspace)
        self.trace = Trace()
        self._machines: dict[str, Machine] = {}
        self._names: dict[str, dict[str, Value]] = {}

    def machine(self, file: str) -> Machine:
        """The machine of a module, which has been evaluated; in an import cycle, as far as it has got."""
        known = self._machines.get(file)
        if known is None:
            known = self._machines[file] = self.apart((file,))
            with self.asking(known):
                known.module(file)
            self._publish(known.trace)
            if self.workspace.facts[file].outline.rebound:
                self._names[file] = dict(known.modules[file].names)
        return known

    def apart(self, files: tuple[str, ...]) -> Machine:
        """A machine for files that share state."""
        return Machine(self.workspace, self.knowledge, files, self, strict=self.strict)

    def restore(self) -> None:
        """Give the names that functions rebind the values that they had after import."""
        for file, names in self._names.items():
            env = self._machines[file].modules[file]
            env.names.clear()
            env.names.update(names)

    @contextmanager
    def asking(self, machine: Machine) -> Iterator[None]:
        """Questions to the workspace are asked by this machine."""
        outer, self.workspace.asked = self.workspace.asked, machine.asked
        try:
            yield
        finally:
            self.workspace.asked = outer

    def _publish(self, trace: Trace) -> None:
        self.trace.nodes.update(trace.nodes)
        self.trace.into.update(trace.into)
        self.trace.rows.update(trace.rows)
