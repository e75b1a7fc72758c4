"""Which files share state when they run, and so have to be evaluated together.

A file that is only imported for its functions and classes is evaluated by itself: whoever calls them sees them, but
nothing of the importer's state gets back. Files that change or hold the same object (an application and its routers,
a settings object, a cached model) form one part. What decides is what is written at the top level of a file and in
place changes, so a part never has too few files unless an object travels in a way that isn't written down. A test is
run by itself: what it sets for what it tries holds for nobody else.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from mldebt.evaluate.circles import circles, imported_first
from mldebt.evaluate.workspace import Workspace
from mldebt.knowledge.loader import Knowledge
from mldebt.project.purpose import is_test
from mldebt.read.facts import Outline

STATELESS = frozenset(("path", "env", "ignore", "identity", "seed", "config", "parser", "argument", "parse"))
"""Operations whose results nobody changes."""

HOPS = 5


class Part(Struct, frozen=True, dict=True):
    """Files that are evaluated together, sorted; `imports` are the files of other parts that they bring in."""

    files: tuple[str, ...]
    imports: frozenset[str]

    @cached_property
    def is_test(self) -> bool:
        return all(map(is_test, self.files))


class Sharing:
    """What the files of a repository share, by their outlines."""

    def __init__(self, workspace: Workspace, knowledge: Knowledge, files: Iterable[str]) -> None:
        self._workspace = workspace
        self._knowledge = knowledge
        self._outlines = {file: workspace.facts[file].outline for file in files}
        self._names = {file: _by_name(outline) for file, outline in self._outlines.items()}
        self._modules: dict[tuple[str, int, str], str | None] = {}
        self._homes: dict[tuple[str, str], tuple[str, str]] = {}
        self._objects = {file: self._stateful_objects(file) for file in self._outlines}
        self._imports = {file: set(self._imported(file)) & self._outlines.keys() for file in self._outlines}
        self._order = {file: at for at, file in enumerate(imported_first(self._imports))}
        self._needed: dict[Part, tuple[str, ...]] = {}
        self.circles = self._circles()

    def parts(self) -> list[Part]:
        """All parts, by the first of their files; what was found out on the way is not needed any more."""
        parts = list(self._parts())
        for known in (self._names, self._modules, self._homes, self._objects):
            known.clear()
        return parts

    def _parts(self) -> Iterator[Part]:
        together = _Groups(self._outlines)
        leaders: dict[tuple[str, str], str] = {}
        for file in self._outlines:
            if is_test(file):
                continue
            for space in self._spaces(file):
                together.join(file, leaders.setdefault(space, file))
            for other in self._shares_with(file):
                together.join(file, other)
        return map(self._part, together.groups())

    def _circles(self) -> dict[str, list[str]]:
        """For each file of an import cycle, all of them in the order in which they are evaluated."""
        every = [sorted(circle, key=self._order.__getitem__) for circle in circles(self._imports) if len(circle) > 1]
        return {file: circle for circle in every for file in circle}

    def needed(self, part: Part) -> tuple[str, ...]:
        """The files of other parts that a part imports, directly or not; what is imported comes first."""
        known = self._needed.get(part)
        if known is None:
            found = self.reached(part.files).difference(part.files)
            known = self._needed[part] = tuple(sorted(found, key=self._order.__getitem__))
        return known

    def imports_of(self, file: str) -> set[str]:
        """The files that a file itself imports."""
        return self._imports[file]

    def imported_by(self, file: str) -> set[str]:
        """A file and all that it imports, directly or not."""
        return self.reached((file,))

    def reached(self, files: Iterable[str]) -> set[str]:
        """Files and all that they import, directly or not."""
        found, waiting = set(files), list(files)
        while waiting:
            new = self._imports.get(waiting.pop(), set()) - found
            found |= new
            waiting += new
        return found

    def _part(self, files: list[str]) -> Part:
        imports = {other for file in files for other in self._imports[file]}
        return Part(tuple(sorted(files)), frozenset(imports.difference(files)))

    # -- who shares

    def _shares_with(self, file: str) -> Iterator[str]:
        outline = self._outlines[file]
        yield from self._run_in(file, outline)
        yield from (other for other in self._imports[file] if self._has_state(other))
        for name, *_ in outline.names:
            yield from self._object_named(file, name)
        for base, attribute in outline.attributes:
            home, name = self._home(file, base)
            if not name and attribute in self._objects.get(home, ()):
                yield home
        for level, module, names in outline.imports:
            target = self._module(file, level, module) if names == ("*",) else None
            if target and self._objects.get(target):
                yield target
        yield from self._changed_from_outside(file, outline)

    def _object_named(self, file: str, name: str) -> Iterator[str]:
        home, original = self._home(file, name)
        if home != file and original in self._objects.get(home, ()):
            yield home

    def _changed_from_outside(self, file: str, outline: Outline) -> Iterator[str]:
        imported = {name for name, *_ in outline.names}
        for path in outline.changed:
            head, _, rest = path.partition(".")
            if head in imported:
                home, name = self._home(file, head)
                if home != file and home in self._outlines and (name or rest):
                    yield home

    def _spaces(self, file: str) -> Iterator[tuple[str, str]]:
        """The frameworks that hand data from function to function by name, with the project that they do it for."""
        outline = self._outlines[file]
        mentioned = [(name, "") for name, *_ in outline.names] + list(outline.attributes)
        for name, attribute in mentioned:
            home, original = self._home(file, name)
            if home not in self._outlines and self._knowledge.may_share(home or original):
                entry = self._knowledge.call(".".join(filter(None, (home, original, attribute))))
                if entry is not None and entry.text("space"):
                    yield entry.text("space"), self._workspace.base_of(file.rpartition("/")[0] or ".")

    def _has_state(self, file: str) -> bool:
        """Whether functions of a file hold or change what its top level made."""
        outline = self._outlines.get(file)
        if outline is None:
            return False
        changed = {path.partition(".")[0] for path in outline.changed}
        own_classes = {name for name, _ in outline.classes}
        held = set(outline.held)
        return bool(held & self._objects[file] or changed & held & set(outline.containers) or changed & own_classes)

    def _run_in(self, file: str, outline: Outline) -> Iterator[str]:
        """`%run other.ipynb` runs another notebook in this one's name space."""
        folder = file.rpartition("/")[0]
        for name in outline.runs:
            for candidate in (name, f"{name}.ipynb", f"{name}.py"):
                path = f"{folder}/{candidate}" if folder else candidate
                if path in self._outlines:
                    yield path

    # -- what is an object with state

    def _stateful_objects(self, file: str) -> frozenset[str]:
        outline = self._outlines[file]
        return frozenset(name for name, called in outline.objects if not self._is_stateless(file, name, called))

    def _is_stateless(self, file: str, name: str, called: str) -> bool:
        if "log" in name.lower() or "log" in called.lower():
            return True  # loggers are everywhere, and say nothing of data
        outline = self._outlines[file]
        head, _, rest = called.partition(".")
        own = dict(outline.classes)
        if called in own:
            return not own[called]
        home, original = self._home(file, head)
        if home == file:
            return not rest and called != "open" and hasattr(builtins, called)
        if home in self._outlines:
            return not rest and not dict(self._outlines[home].classes).get(original, True)
        entry = self._knowledge.call(".".join(filter(None, (home, original, rest))))
        return entry is None or entry.op in STATELESS

    def _home(self, file: str, name: str) -> tuple[str, str]:
        """Where a name comes from: (file, name there or "" for the module), or (dotted library, name in it)."""
        known = self._homes.get((file, name))
        if known is None:
            known = self._homes[file, name] = self._found_home(file, name)
        return known

    def _found_home(self, file: str, name: str) -> tuple[str, str]:
        for _ in range(HOPS):
            found = self._names[file].get(name)
            if found is None:
                return file, name
            _, level, module, original = found
            inner = self._module(file, level, f"{module}.{original}" if module and original else module or original)
            if inner is not None:
                return inner, ""
            outer = self._module(file, level, module) if original else None
            if outer is None or outer not in self._outlines:
                return module, original
            file, name = outer, original
        return file, name

    # -- imports

    def _imported(self, file: str) -> Iterator[str]:
        for level, module, names in self._outlines[file].imports:
            if target := self._module(file, level, module):
                yield target
            for name in names:
                if inner := self._module(file, level, f"{module}.{name}" if module else name):
                    yield inner
                elif target:
                    yield self._home(target, name)[0] if target in self._outlines else target

    def _module(self, file: str, level: int, module: str) -> str | None:
        key = file.rpartition("/")[0] if level else file, level, module
        if key not in self._modules:
            self._modules[key] = self._found_module(file, level, module)
        return self._modules[key]

    def _found_module(self, file: str, level: int, module: str) -> str | None:
        if level:
            return self._workspace.relative_module(module, level, file)
        if not module:
            return None
        return self._workspace.module_file(module, file, not self._knowledge.knows_module(module))


def _by_name(outline: Outline) -> dict[str, tuple[str, int, str, str]]:
    """What a file's names stand for; of one that is bound twice, what is bound first."""
    return {each[0]: each for each in reversed(outline.names)}


class _Groups:
    """Disjoint groups that grow together."""

    def __init__(self, members: Iterable[str]) -> None:
        self._leader = {member: member for member in members}

    def _find(self, member: str) -> str:
        while self._leader[member] != member:
            self._leader[member] = self._leader[self._leader[member]]
            member = self._leader[member]
        return member

    def join(self, one: str, other: str) -> None:
        if one in self._leader and other in self._leader:
            first, second = sorted((self._find(one), self._find(other)))
            self._leader[second] = first

    def groups(self) -> list[list[str]]:
        found: dict[str, list[str]] = {}
        for member in sorted(self._leader):
            found.setdefault(self._find(member), []).append(member)
        return list(found.values())
