"""Where the tables of a configuration go in code, followed by name through variables, functions and attributes.

No claim that a key is unread may rest on code that was not understood, so a table that goes anywhere but the few places
followed here has `escaped`. Names stand for all things of that name: what one of them may hold, all may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct, field

from mldebt.graph.configured.scopes import Outlook, Place, local, outlook, signatures
from mldebt.graph.configured.tables import Table
from mldebt.graph.told import Told
from mldebt.read.facts import FileFacts
from mldebt.sites import Site

MAX_PASSES = 400
MOST_FILES = 150
"""Each is walked about two times and a half: with more files the passes would not do, and need not be begun."""
WHOLE = 0
Other = None
Values = frozenset[Table | None]
"""The tables that an expression may stand for; None among them where it may be something else."""

NOTHING: Values = frozenset()
OTHER: Values = frozenset((Other,))


class Asked(Struct):
    """A key that one statement asks for: of which tables, and whether it does without it."""

    key: str
    site: Site
    tables: set[Table] = field(default_factory=set)
    surely: bool = True
    soft: bool = False


Lines = tuple[int, int]


class Unit:
    """The body of a function, or all of a file but these: what is walked again where something new was found.

    `clean`: nothing that the last walk asked for has changed since. `asked`: keys that were asked for and aren't there.
    `words` and `texts`: what it speaks of but for the keys of tables, and where.
    """

    __slots__ = ("asked", "clean", "file", "texts", "words")

    def __init__(self, file: str) -> None:
        self.file = file
        self.begin()
        self.clean = False

    def begin(self) -> None:
        """Forget the last walk. What changes from here on is seen by the next one."""
        self.clean = True
        self.asked: dict[tuple[Site, str], Asked] = {}
        self.words: set[tuple[str, Lines]] = set()
        self.texts: set[tuple[str, Lines]] = set()


class Target(NamedTuple):
    """A function that a call may mean: where its parameters are kept, by position and by name."""

    positional: tuple[Place, ...]
    named: Mapping[str, Place]
    rest: bool


class Flow:
    """What is known of the places of a group of files that import each other.

    `settings`: what calls have to do with configuration, `roots`: the tables that they give, by what is said of them.
    """

    def __init__(
        self,
        files: Iterable[str],
        facts: Mapping[str, FileFacts],
        settings: Mapping[tuple[str, int], Iterable[tuple[str, str]]],
        roots: Mapping[tuple[str, str], Table],
        told: Told,
    ) -> None:
        self.settings, self.roots = settings, roots
        self._facts = facts
        self._told = told
        self._files = sorted(files)
        self._outlooks: dict[str, Outlook] = {}
        self._places: dict[Place, Values] = {}
        self._readers: dict[Place, set[Unit]] = {}
        self._spelled: dict[str, list[str]] = {}
        self._waiting: dict[str, None] = {}
        self._functions: dict[str, list[Target]] = {}
        self._followed: set[str] = set()
        self._callers: dict[str, set[Unit]] = {}
        self.settled = False
        self.unit = Unit("")
        """What is being walked."""
        self.walked: dict[str, dict[int, Unit]] = {}
        """The units of each file that was walked, by what stands for them in it."""

    def run(self, start: Iterable[str], walk: Callable[[Flow, Outlook], None]) -> bool:
        """Walk files until nothing new comes to light; False where that is too much, and nothing is known then.

        Where keys seem to be missing, all is walked again: what nobody was seen to give a value to, may be anything.
        """
        self._waiting.update(dict.fromkeys(sorted(start)))
        known = self._walk(walk)
        if known and any(one.surely and not one.soft for one in self.asked()):
            self.settled = True
            self._waiting.update(dict.fromkeys(self.walked))
            _soil(unit for units in self.walked.values() for unit in units.values())
            known = self._walk(walk)
        if not known:
            self._give_up()
        return known

    def _walk(self, walk: Callable[[Flow, Outlook], None]) -> bool:
        for _ in range(MAX_PASSES):
            if not self._waiting:
                return True
            if len(self.walked.keys() | self._waiting.keys()) > MOST_FILES:
                return False
            file = next(iter(self._waiting))
            del self._waiting[file]
            self.unit = self.unit_of(file, WHOLE)
            self.unit.begin()
            walk(self, self.outlook(file))
        return not self._waiting

    def unit_of(self, file: str, number: int) -> Unit:
        """The unit of a file that a number stands for."""
        units = self.walked.setdefault(file, {})
        if number not in units:
            units[number] = Unit(file)
        return units[number]

    def asked(self) -> list[Asked]:
        """The keys that are asked for in vain, each once for a place."""
        found: dict[tuple[Site, str], Asked] = {}
        for units in self.walked.values():
            for unit in units.values():
                for at, one in unit.asked.items():
                    known = found.setdefault(at, Asked(one.key, one.site))
                    known.tables |= one.tables
                    known.soft |= one.soft
                    known.surely &= one.surely
        return list(found.values())

    def _give_up(self) -> None:
        for place in self._places.values():
            for table in place:
                if table is not None:
                    table.escape()

    def outlook(self, file: str) -> Outlook:
        known = self._outlooks.get(file)
        if known is None:
            known = self._outlooks[file] = outlook(self._facts[file])
        return known

    # -- places

    def read(self, place: Place) -> Values:
        readers = self._readers.get(place)
        if readers is None:
            readers = self._readers[place] = set()
        readers.add(self.unit)
        return self._places.get(place, NOTHING)

    def put(self, place: Place, values: Values) -> None:
        known = self._places.get(place, NOTHING)
        if values <= known:
            return
        had = any(known)
        self._places[place] = known | values
        if readers := self._readers.get(place):
            _soil(readers)
            self._waiting.update(dict.fromkeys(sorted({unit.file for unit in readers})))
        if not had and any(values):
            if place[0] == "local" and place[1] not in self.walked:
                self._waiting[place[1]] = None
            elif place[0] != "local":
                self.look_at(place[1])

    def look_at(self, name: str) -> None:
        """Walk the files that speak of a name and were not walked yet."""
        self._waiting.update(dict.fromkeys(file for file in self.spelling(name) if file not in self.walked))

    def spelling(self, name: str) -> list[str]:
        known = self._spelled.get(name)
        if known is None:
            spelled = name.encode("utf-8", "surrogatepass")
            known = [file for file in self._files if spelled in self._facts[file].packed]
            self._spelled[name] = known
        return known

    # -- functions

    def follow(self, name: str) -> None:
        """From here on, note what the functions of a name are given, whoever calls them."""
        if name and name not in self._followed:
            self._followed.add(name)
            _soil(self._callers.get(name, ()))
            self._waiting.update(dict.fromkeys(self.spelling(name)))

    def functions(self, name: str) -> list[Target]:
        """The functions of a name that is followed, and what makes objects of classes of that name."""
        if name not in self._followed:
            self._callers.setdefault(name, set()).add(self.unit)
            return []
        known = self._functions.get(name)
        if known is None:
            known = self._functions[name] = [one for file in self.spelling(name) for one in self._inside(file, name)]
        return known

    def _inside(self, file: str, name: str) -> Iterator[Target]:
        found = self._told.of(self._facts[file], "signatures", signatures)
        return (_target(file, *signature) for signature in found.get(name, ()))


def _soil(units: Iterable[Unit]) -> None:
    for unit in units:
        unit.clean = False


def _target(file: str, key: str, params: Iterable[tuple[str, str]], receives: bool) -> Target:
    places = {name: local(file, key, name) for name, kind in params if kind in ("pos", "kw")}
    positional = [places[name] for name, kind in params if kind == "pos"]
    return Target(tuple(positional[1 if receives else 0 :]), places, any(kind == "*" for _, kind in params))
