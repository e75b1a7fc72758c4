"""Modules that other parts of the program import: each is evaluated by itself, once, however many import it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager

from mldebt.evaluate.command_lines import commands_by_file
from mldebt.evaluate.heap import Heap, Held, put
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.sql_texts import SqlTexts
from mldebt.evaluate.trace import Seen, Trace
from mldebt.evaluate.values import Value
from mldebt.evaluate.workspace import Question, Workspace
from mldebt.knowledge.loader import Knowledge
from mldebt.project.cache import Cache

Suspended = tuple[dict[str, dict[str, Value]], Held]


class Modules:
    """Machines by the module that each evaluates; `trace` knows the nodes that importers may meet.

    `commands`: the command lines of the repository's manifests by the files that they run. `circles`: for each module
    of an import cycle, all of them in order: what one sees of another depends on which is imported first, and that must
    not depend on who asks. `needed`: what a module imports, directly or not.
    """

    def __init__(
        self,
        workspace: Workspace,
        knowledge: Knowledge,
        circles: Mapping[str, Sequence[str]],
        needed: Callable[[str], Iterable[str]],
        *,
        strict: bool = False,
        cache: Cache | None = None,
    ) -> None:
        self.workspace = workspace
        self.sql_texts = SqlTexts(cache)
        self.knowledge = knowledge
        self.strict = strict
        self.heap = Heap()
        self._circles = circles
        self._needed = needed
        self.commands = commands_by_file(workspace)
        self.trace = Trace()
        self._machines: dict[str, Machine] = {}
        self._names: dict[str, dict[str, Value]] = {}
        self._asked: dict[str, frozenset[Question]] = {}
        self._seeded: dict[str, frozenset[str]] = {}
        self._seen: dict[str, Seen] = {}
        """What modules have made that nobody has imported so far."""
        self._lately: list[str] = []
        self._under_way = 0

    def machine(self, file: str) -> Machine:
        """The machine of a module, which has been evaluated; in an import cycle, as far as it has got."""
        if file not in self._machines:
            circle = self._circles.get(file, (file,))
            if not any(other in self._machines for other in circle):
                for other in circle:
                    self._evaluated(other)
        found = self._evaluated(file)
        if self._under_way:
            self._publish(file)
        return found

    def _evaluated(self, file: str) -> Machine:
        known = self._machines.get(file)
        if known is None:
            known = self._machines[file] = self.apart((file,))
            self._lately.append(file)
            with self._as_imported(self._needed(file)), self.asking(known):
                known.module(file)
            self._asked[file] = frozenset({*known.asked, *self.bodies(known), ("top", (file,))})
            self._seeded[file] = frozenset(known.module_roots[file].seeded)
            if known.trace.nodes:
                self._seen[file] = known.trace.as_seen_now()
            names = known.modules[file].names
            if self.workspace.facts[file].outline.rebound or known.starting:
                self._names[file] = dict(names)
            self.heap.keep(file, names.values())
        return known

    @contextmanager
    def _as_imported(self, needed: Iterable[str]) -> Iterator[None]:
        """What a module needs holds what it held after import while that is evaluated; what somebody who is under way
        has done to it is seen again afterwards."""
        files = frozenset(needed)
        classes = self.heap.classes_now()
        suspended = self.suspend(files) if self._under_way else None
        try:
            yield
        finally:
            self.restore(files)
            if suspended is not None:
                self.resume(suspended)
                self.heap.put_classes(classes)

    def asked(self, file: str) -> frozenset[Question]:
        """What the import of a module asks, without what is done with its functions later."""
        if file not in self._asked:
            self.machine(file)
        return self._asked[file]

    def seeded_by(self, machine: Machine, file: str) -> Set[str]:
        """What the import of a module seeds, without what it does when it is run itself; so far, in an import cycle."""
        return self._seeded.get(file, machine.module_roots[file].seeded)

    def bodies(self, machine: Machine, own: Collection[str] = ()) -> Iterator[Question]:
        """The functions of other files than its own that a machine has looked into, as questions what they say."""
        for file, line in machine.looked_into:
            number = self.workspace.facts[file].layout.body_of(line) if file not in own else -1
            if number >= 0:
                yield "unit", (file, number)

    def apart(self, files: tuple[str, ...]) -> Machine:
        """A machine for files that share state."""
        return Machine(self.workspace, self.knowledge, files, self, strict=self.strict)

    def restore(self, files: Iterable[str]) -> None:
        """Give modules back what they held after import: the values of names that functions rebind, and objects."""
        imported = set(files)
        self.heap.put_back(imported)
        for file in imported & self._names.keys():
            self._rebind(file, self._names[file])

    def behind(self, machine: Machine) -> frozenset[str]:
        """The modules that an evaluation brought in, directly or not."""
        found, waiting = set(machine.brought_in), list(machine.brought_in)
        while waiting:
            known = self._machines.get(waiting.pop())
            new = known.brought_in - found if known is not None else set()
            found |= new
            waiting += new
        return frozenset(found)

    def lately_run(self) -> list[str]:
        """The modules that were run since this was last asked."""
        lately, self._lately = self._lately, []
        return lately

    def release(self, file: str) -> None:
        """Let go of a module that nobody runs or imports any more; its names would hold each other."""
        machine = self._machines.pop(file, None)
        self._names.pop(file, None)
        self._seen.pop(file, None)
        self.heap.forget(file)
        if machine is not None:
            machine.leave()

    def suspend(self, files: Iterable[str]) -> Suspended:
        """What modules hold now, for `resume`; until then they hold what they held after import."""
        own = set(files)
        names = {file: dict(self._machines[file].modules[file].names) for file in own & self._names.keys()}
        held = self.heap.now(own)
        self.restore(own)
        return names, held

    def resume(self, suspended: Suspended) -> None:
        names, held = suspended
        put(held)
        for file, bound in names.items():
            self._rebind(file, bound)

    def _rebind(self, file: str, bound: Mapping[str, Value]) -> None:
        names = self._machines[file].modules[file].names
        names.clear()
        names.update(bound)

    @contextmanager
    def asking(self, machine: Machine) -> Iterator[None]:
        """Questions to the workspace are asked by this machine."""
        outer, self.workspace.asked = self.workspace.asked, machine.asked
        self._under_way += 1
        try:
            yield
        finally:
            self._under_way -= 1
            self.workspace.asked = outer

    def _publish(self, file: str) -> None:
        """Importers know the nodes of what they import. Others don't: what they make may have the same names."""
        seen = self._seen.pop(file, None)
        if seen is not None:
            self.trace.show(seen)
