"""Where the tables of a configuration go in code, followed by name through variables, functions and attributes.

No claim that a key is unread may rest on code that was not understood, so a table that goes anywhere but the few places
followed here has `escaped`. Names stand for all things of that name: what one of them may hold, all may.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from mldebt.graph.configured.scopes import Outlook, Place, Scope, outlook
from mldebt.graph.configured.tables import Table
from mldebt.read.facts import FileFacts
from mldebt.sites import Site

MAX_PASSES = 400
Other = None
Values = frozenset[Table | None]
"""The tables that an expression may stand for; None among them where it may be something else."""

NOTHING: Values = frozenset()
OTHER: Values = frozenset((Other,))


@dataclass(slots=True)
class Asked:
    """A key that one statement asks for: of which tables, and whether it does without it."""

    key: str
    site: Site
    tables: set[Table] = field(default_factory=set)
    surely: bool = True
    soft: bool = False


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
    ) -> None:
        self.settings, self.roots = settings, roots
        self._facts = facts
        self._files = sorted(files)
        self._outlooks: dict[str, Outlook] = {}
        self._places: dict[Place, set[Table | None]] = {}
        self._readers: dict[Place, set[str]] = {}
        self._spelled: dict[str, list[str]] = {}
        self._waiting: dict[str, None] = {}
        self.asked: dict[str, dict[tuple[Site, str], Asked]] = {}
        self._functions: dict[str, list[tuple[str, Scope, bool]]] = {}
        self.followed: set[str] = set()
        self.settled = False
        self.loose: dict[str, dict[str, set[Site]]] = {}
        """The words of each file that was walked, but those that are keys of tables, and where they are."""

    def run(self, start: Iterable[str], walk: Callable[[Flow, Outlook], None]) -> bool:
        """Walk files until nothing new comes to light; False where that is too much, and nothing is known then.

        Where keys seem to be missing, all is walked again: what nobody was seen to give a value to, may be anything.
        """
        self._waiting.update(dict.fromkeys(sorted(start)))
        known = self._walk(walk)
        if known and any(one.surely and not one.soft for file in self.asked.values() for one in file.values()):
            self.settled = True
            self._waiting.update(dict.fromkeys(self.asked))
            known = self._walk(walk)
        if not known:
            self._give_up()
        return known

    def _walk(self, walk: Callable[[Flow, Outlook], None]) -> bool:
        for _ in range(MAX_PASSES):
            if not self._waiting:
                return True
            file = next(iter(self._waiting))
            del self._waiting[file]
            self.asked[file] = {}
            self.loose[file] = {}
            walk(self, self.outlook(file))
        return not self._waiting

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

    def read(self, place: Place, file: str) -> Values:
        self._readers.setdefault(place, set()).add(file)
        return frozenset(self._places.get(place, ()))

    def put(self, place: Place, values: Values) -> None:
        known = self._places.setdefault(place, set())
        if values <= known:
            return
        had = any(one is not None for one in known)
        known |= values
        self._waiting.update(dict.fromkeys(sorted(self._readers.get(place, ()))))
        if not had and any(one is not None for one in values):
            if place[0] == "local" and place[1] not in self.asked:
                self._waiting[place[1]] = None
            elif place[0] != "local":
                self.look_at(place[1])

    def look_at(self, name: str) -> None:
        """Walk the files that speak of a name and were not walked yet."""
        self._waiting.update(dict.fromkeys(file for file in self.spelling(name) if file not in self.asked))

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
        if name and name not in self.followed:
            self.followed.add(name)
            self._waiting.update(dict.fromkeys(self.spelling(name)))

    def functions(self, name: str) -> list[tuple[str, Scope, bool]]:
        """The functions of a name, and what makes objects of classes of that name.

        Each with its file and whether a receiver comes first.
        """
        known = self._functions.get(name)
        if known is None:
            known = self._functions[name] = [one for file in self.spelling(name) for one in self._inside(file, name)]
        return known

    def _inside(self, file: str, name: str) -> Iterator[tuple[str, Scope, bool]]:
        seen = self.outlook(file)
        for scope in seen.defined.get(name, ()):
            yield file, scope, _is_method(scope)
        for owner in seen.classes.get(name, ()):
            yield from ((file, one, True) for one in seen.defined.get("__init__", ()) if one.outer is owner)


def _is_method(scope: Scope) -> bool:
    first = scope.params[0][0] if scope.params else ""
    return scope.outer is not None and scope.outer.kind == "class" and first in ("self", "cls", "mcs")
