"""Functions that a framework calls: it fills their parameters, and hands on what they give back, by name.

A node of a Kedro pipeline, an asset of Dagster, a task of Airflow: what one returns under a name is what another is
given under that name, in memory or through a stored thing that a catalog declares. `orchestration` reads the wiring off
the code, this module runs it in the order in which the data flows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine, Root, Scope, digest
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.values import NONE, Choice, Env, Function, Map, Object, Seq, Unknown, Value, options_of

if TYPE_CHECKING:
    from mldebt.evaluate.catalog import Catalog
    from mldebt.knowledge.loader import Entry

Key = int | str | None
"""Which part of what a function returns: all of it, the item at a place, or the value under a key."""


class Wire(Struct, frozen=True, eq=False):
    """One call of a function by a framework.

    `args` and `given` are what it is called with, `named` references among them; `gives` says under which names the
    parts of its result are handed on; `behind` names what has to be there before, without being passed. `space` keeps
    the names of two frameworks or projects apart. `find` and `keep` read and write what is stored under a name; None
    where names are only held in memory.
    """

    function: Function
    space: str
    name: str
    file: str
    line: int
    end: int
    args: tuple[Value, ...] = ()
    given: Mapping[str, Value] = field(default_factory=dict)
    gives: tuple[tuple[Key, str], ...] = ()
    behind: tuple[str, ...] = ()
    find: Callable[[Machine, str, Value | None], Value | None] | None = None
    keep: Callable[[Machine, str, Value], None] | None = None

    @property
    def needs(self) -> set[str]:
        """The names that it takes from."""
        passed = {base_name(name) for value in (*self.args, *self.given.values()) for name in names_in(value)}
        return passed | set(self.behind)


def named(name: str, *, optional: bool = False) -> Object:
    """A reference to what is handed on under a name; an optional one is nothing where nobody gives it."""
    return Object("named", facts={"of": name, "optional": optional})


def base_name(name: str) -> str:
    """A name without the way in which it is read: `table@spark`, `table@pandas`."""
    return name.partition("@")[0]


def names_in(value: Value, depth: int = 3) -> Iterator[str]:
    if isinstance(value, Object) and value.kind == "named":
        yield value.facts["of"]
    elif depth and isinstance(value, (Seq, Map, Choice)):
        parts = value.items if isinstance(value, Seq) else options_of(value)
        for part in value.entries.values() if isinstance(value, Map) else parts:
            yield from names_in(part, depth - 1)


class Wiring:
    """All wires of one evaluation, and what has been handed on so far."""

    def __init__(self) -> None:
        self.wires: list[Wire] = []
        self.results: dict[tuple[str, str], Value] = {}
        self.catalogs: dict[tuple[str, str], Catalog] = {}
        self.places: dict[tuple[str, str], str] = {}
        self.results_of: dict[str, tuple[tuple[tuple[Key, str], ...], Entry]] = {}
        self.services: dict[str, dict[str, list[str]]] = {}
        self.groups: dict[str, str] = {}
        self.before: dict[Wire, set[Wire]] = {}
        self.ends: dict[Wire, int] = {}
        self.makers: dict[tuple[str, str], list[Wire]] = {}
        self.current: Wire | None = None

    def add(self, wire: Wire) -> None:
        self.wires.append(wire)

    def order(self, earlier: Wire, later: Wire) -> None:
        """A framework runs one behind the other."""
        self.before.setdefault(later, set()).add(earlier)

    def remove(self, wire: Wire) -> None:
        """Take back a wire that goes into a pipeline under other names."""
        self.wires = [known for known in self.wires if known is not wire]

    def run(self, machine: Machine) -> None:
        """Run what has not run yet, each wire behind those that it takes from."""
        waiting = sorted(self.wires, key=lambda wire: (wire.file, wire.line, wire.name))
        self.ends |= _ends(waiting)
        uses = Counter(wire.function.key for wire in waiting)
        self.wires = []
        while waiting:
            ready = _ready(waiting, self.before) or waiting[:1]
            for wire in ready:
                self._run(machine, wire, f"@{digest(wire.name)}" if uses[wire.function.key] > 1 else "")
            waiting = [wire for wire in waiting if wire not in ready]

    def _run(self, machine: Machine, wire: Wire, suffix: str) -> None:
        from mldebt.evaluate.entries import run_alone
        from mldebt.evaluate.jobs import note_flow

        note_flow(machine, wire)
        scope = Scope(wire.file, wire.name, f"{wire.file}::{wire.name}", Env(), statement=(wire.line, self.ends[wire]))
        with machine.rooted(Root(wire.file)), machine.entered(scope):
            given = self._arguments(machine, wire)
        function = replace(wire.function, given={**wire.function.given, **given})
        self.current = wire
        result = run_alone(machine, function, handed_on=suffix, root=wire.file)
        with machine.rooted(Root(wire.file)), machine.entered(scope):
            for key, name in wire.gives:
                self._hand_on(machine, wire, name, part(result, key, len(wire.gives)))

    def _arguments(self, machine: Machine, wire: Wire) -> dict[str, Value]:
        """What each parameter holds."""
        positional = [self._resolved(machine, wire, value) or NONE for value in wire.args]
        resolved = {name: self._resolved(machine, wire, value) for name, value in wire.given.items()}
        given = {name: value for name, value in resolved.items() if value is not None}
        known, rest = {param[0] for param in wire.function.params}, given.copy()
        for number, (name, _, _, kind) in enumerate(wire.function.params):
            if kind == "*":
                given[name], positional = Seq(positional, kind="tuple"), []
            elif kind == "**":
                given[name] = Map({key: value for key, value in rest.items() if key not in known}, True)
            elif kind == "pos" and positional and not (number == 0 and wire.function.this is not None):
                given[name] = positional.pop(0)
        return given

    def _resolved(self, machine: Machine, wire: Wire, value: Value) -> Value | None:
        if isinstance(value, Object) and value.kind == "named":
            return self._fetched(machine, wire, value.facts["of"], bool(value.facts["optional"]))
        if isinstance(value, Seq):
            items = [self._resolved(machine, wire, item) or NONE for item in value.items]
            return Seq(items, value.open, value.kind)
        if isinstance(value, Map):
            entries = {key: self._resolved(machine, wire, item) or NONE for key, item in value.entries.items()}
            return Map(entries, value.open, value.rest, value.origin)
        return value

    def _fetched(self, machine: Machine, wire: Wire, name: str, optional: bool) -> Value | None:
        produced = self.results.get((wire.space, base_name(name)))
        found = wire.find(machine, name, produced) if wire.find is not None else None
        if found is not None or produced is not None or optional:
            return found or produced
        return Unknown("input that nothing in sight provides", name)

    def _hand_on(self, machine: Machine, wire: Wire, name: str, value: Value) -> None:
        key = (wire.space, base_name(name))
        self.makers.setdefault(key, []).append(wire)
        known = self.results.get(key)
        self.results[key] = value if known is None else join((known, value))
        if wire.keep is not None:
            wire.keep(machine, name, value)


def _ends(wires: list[Wire]) -> dict[Wire, int]:
    """The last line of each call: in the list that it stands in, it ends before the next one begins."""
    found = {wire: wire.end for wire in wires}
    for wire, following in pairwise(wires):
        if following.file == wire.file and wire.line < following.line <= wire.end:
            found[wire] = following.line - 1
    return found


def part(value: Value, key: Key, count: int) -> Value:
    """One part of a result; what a generator yields one after the other is the result as a whole."""
    if key is None:
        return join(value.items) if isinstance(value, Seq) and value.kind == "generator" and value.items else value
    found = [_part(option, key, count) for option in options_of(value)]
    return join(found)


def _part(value: Value, key: Key, count: int) -> Value:
    from mldebt.evaluate.unpacking import unpacked

    if isinstance(key, int):
        return unpacked(value, key, count)
    if isinstance(value, Map):
        held = value.entries.get(key)
        return held if held is not None else derived("value under an unknown key", value, label=str(key))
    return derived("value under an unknown key", value, label=str(key))


def _ready(waiting: list[Wire], before: Mapping[Wire, set[Wire]]) -> list[Wire]:
    """The wires that need nothing that another one has yet to give, and come behind none that waits."""
    missing = Counter((wire.space, base_name(name)) for wire in waiting for _, name in wire.gives)
    still = set(waiting)
    return [
        wire
        for wire in waiting
        if not any(_awaited(missing, wire, name) for name in wire.needs) and not before.get(wire, set()) & still
    ]


def _awaited(missing: Counter[tuple[str, str]], wire: Wire, name: str) -> bool:
    own = sum(base_name(given) == name for _, given in wire.gives)
    return missing[wire.space, name] > own
