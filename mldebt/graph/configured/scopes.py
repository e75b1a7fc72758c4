"""What names mean in a file of code: its functions and classes, and which scope binds which name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from msgspec import Struct, field

from mldebt.read.bindings import BINDING, bound_by
from mldebt.read.facts import FileFacts, Stmt

Place = tuple[str, ...]
"""Where a value may be kept: ("local", file, scope, name), ("attr", name) or ("ret", name of a function)."""


def local(file: str, scope: str, name: str) -> Place:
    return ("local", file, scope, name)


class Scope(Struct, eq=False):
    """A module, class or function; `bound` are the names that it binds itself."""

    key: str
    name: str = ""
    kind: str = "module"
    bound: frozenset[str] = frozenset()
    outer: Scope | None = None
    params: tuple[Any, ...] = ()

    def place(self, file: str, name: str) -> Place:
        return local(file, self.key, name)


class Outlook(Struct):
    """A file with its scopes: `defined` are functions by name, `imported` the names that names of others have here."""

    facts: FileFacts
    body: tuple[Stmt, ...]
    scope: Scope
    scopes: dict[int, Scope] = field(default_factory=dict)
    defined: dict[str, list[Scope]] = field(default_factory=dict)
    classes: dict[str, list[Scope]] = field(default_factory=dict)
    imported: dict[str, str] = field(default_factory=dict)
    star: bool = False


def outlook(facts: FileFacts) -> Outlook:
    body = facts.body
    rare = Rare(b"walrus" in facts.packed, b"global" in facts.packed)
    found = Outlook(facts, body, Scope("", bound=frozenset(_bound(body, rare))))
    _imports(body, found)
    _scopes(body, found.scope, found, rare)
    return found


class Rare(NamedTuple):
    """What seldom occurs in a file, and is looked for in all of it."""

    walruses: bool
    globals: bool


def _scopes(body: Iterable[Stmt], outer: Scope, found: Outlook, rare: Rare) -> None:
    for statement in body:
        if statement[0] == "def":
            bound = set(_bound(statement[6], rare))
            if rare.globals:
                bound -= _global(statement[6])
            names = frozenset(bound.union(param[0] for param in statement[4]))
            scope = Scope(_key(outer.key, statement), statement[3], "function", names, outer, statement[4])
            found.scopes[id(statement)] = scope
            found.defined.setdefault(statement[3], []).append(scope)
            _scopes(statement[6], scope, found, rare)
        elif statement[0] == "class":
            scope = Scope(_key(outer.key, statement), statement[3], "class",
                          frozenset(_bound(statement[7], rare)), outer)  # fmt: skip
            found.scopes[id(statement)] = scope
            found.classes.setdefault(statement[3], []).append(scope)
            _scopes(statement[7], scope, found, rare)
        else:
            for block in blocks(statement):
                _scopes(block, outer, found, rare)


def _key(outer: str, statement: Stmt) -> str:
    return f"{outer}.{statement[3]}@{statement[1]}"


Signature = tuple[str, tuple[tuple[str, str], ...], bool]
"""The key of a function's scope, its parameters with their kinds, and whether it receives an object first."""


def signatures(body: Iterable[Stmt]) -> dict[str, list[Signature]]:
    """The functions of a file by name, and what makes objects of its classes by theirs."""
    found: dict[str, list[Signature]] = {}
    made: dict[str, list[Signature]] = {}
    _signatures(body, ("", ""), found, made)
    for name, signature in made.items():
        found.setdefault(name, []).extend(signature)
    return found


def _signatures(
    body: Iterable[Stmt],
    outer: tuple[str, str],
    found: dict[str, list[Signature]],
    made: dict[str, list[Signature]],
) -> None:
    """`outer`: the key of a scope, and the name of the class whose it is; `made` are the objects by their classes."""
    for statement in body:
        if statement[0] == "def":
            key, params = _key(outer[0], statement), tuple((param[0], param[3]) for param in statement[4])
            receives = bool(outer[1]) and params[:1] != () and params[0][0] in ("self", "cls", "mcs")
            found.setdefault(statement[3], []).append((key, params, receives))
            if outer[1] and statement[3] == "__init__":
                made.setdefault(outer[1], []).append((key, params, True))
            _signatures(statement[6], (key, ""), found, made)
        elif statement[0] == "class":
            _signatures(statement[7], (_key(outer[0], statement), statement[3]), found, made)
        else:
            for block in blocks(statement):
                _signatures(block, outer, found, made)


COMPOUND = frozenset({"if", "for", "while", "with", "try", "match"})


def blocks(statement: Stmt) -> Iterator[tuple[Stmt, ...]]:
    """The statements inside a compound one that belong to the same scope."""
    if statement[0] not in COMPOUND:
        return
    match statement[0]:
        case "if":
            yield from (statement[4], statement[5])
        case "for":
            yield from (statement[5], statement[6])
        case "while":
            yield from (statement[4], statement[5])
        case "with":
            yield statement[4]
        case "try":
            yield statement[3]
            yield from (handler[2] for handler in statement[4])
            yield from (statement[5], statement[6])
        case "match":
            yield from statement[4]


def _bound(body: Iterable[Stmt], rare: Rare) -> Iterator[str]:
    for statement in body:
        if statement[0] in BINDING:
            yield from bound_by(statement)
        if rare.walruses:
            yield from _walruses(statement)
        if statement[0] in COMPOUND:
            for block in blocks(statement):
                yield from _bound(block, rare)


def _walruses(statement: Stmt) -> Iterator[str]:
    """Names that the expressions of a statement bind."""
    if statement[0] in ("def", "class", "import", "from", "global"):
        return
    waiting: list[Any] = [part for part in statement[3:] if isinstance(part, tuple)]
    while waiting:
        part = waiting.pop()
        if not part or (isinstance(part[0], tuple) and part[0] and part[0][0] in _STATEMENTS):
            continue
        if part[0] == "walrus" and len(part) == 3:
            yield part[1]
        waiting += [one for one in part if isinstance(one, tuple)]


_STATEMENTS = frozenset({
    "assign", "aug", "expr", "return", "raise", "assert", "del", "global", "import", "from", "if", "for", "while",
    "with", "try", "match", "def", "class", "magic",
})  # fmt: skip


def _global(body: Iterable[Stmt]) -> set[str]:
    found: set[str] = set()
    for statement in body:
        if statement[0] == "global":
            found.update(statement[3])
        for block in blocks(statement):
            found |= _global(block)
    return found


def _imports(body: Iterable[Stmt], found: Outlook) -> None:
    for statement in body:
        if statement[0] == "from":
            if statement[5] == "*":
                found.star = True
            else:
                found.imported.update({alias or name: name for name, alias in statement[5]})
        elif statement[0] in ("def", "class"):
            _imports(statement[6 if statement[0] == "def" else 7], found)
        for block in blocks(statement):
            _imports(block, found)
