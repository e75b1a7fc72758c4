"""Loops that climb to the root of a project: `while not (root / "src").exists(): root = root.parent`.

What they look for tells where they end. A climb whose mark no folder of the repository has is a loop like any other;
one that looks for a folder by name (`while root.name != "shop"`) ends at the root where none on its way is called so.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import normpath

from mldebt.evaluate.iteration import elements
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Seq, Text, Value
from mldebt.read.facts import Expr, Stmt

_TESTS = frozenset({"exists", "is_file", "is_dir", "isfile", "isdir"})
_REPOSITORY = (".git", ".hg", ".svn")


def climbed(machine: Machine, statement: Stmt) -> bool | None:
    """Whether what follows is reached where a loop was such a search; None where it is none, or doesn't end here."""
    tests, body = ((), statement[5]) if statement[0] == "for" else (statement[3], statement[4])
    held = dict(_assigned(body))
    climber, start = _climber(machine, statement, body, held)
    if climber is None or not isinstance(start, Text):
        return None
    marks = list(_marks(machine, (tests, body), climber, held))
    folder = _found(machine, start, marks) if marks else _named(machine, start, (tests, body), climber)
    if folder is None:
        return None
    machine.scope.env.names[climber] = _place(start, folder)
    for inner in body:
        if inner[0] == "if" and inner[3][0] != "un" and _looks(machine, inner[3], climber, held):
            if not machine.run(inner[4]):
                return False
        elif inner[0] == "assign" and not _climbs(inner[4], climber, held) and inner[3][0] != ("name", climber):
            machine.run((inner,))
    return True


def searched(machine: Machine, expression: Expr) -> Value | None:
    """`[folder for folder in here.parents if (folder / "src").exists()]`: the first of them; None for anything else."""
    _, kind, element, generators = expression
    if len(generators) != 1 or kind == "dict" or generators[0][0] != element or element[0] != "name":
        return None
    _, iterable, conditions = generators[0]
    start = _below(machine, iterable) if conditions else None
    if not isinstance(start, Text):
        return None
    marks = list(_marks(machine, conditions, element[1], {}))
    folder = _found(machine, start, marks) if marks else _named(machine, start, conditions, element[1])
    return None if folder is None else Seq([_place(start, folder)])


def _climber(
    machine: Machine, statement: Stmt, body: tuple[Stmt, ...], held: dict[str, Expr]
) -> tuple[str | None, Value | None]:
    """The name that stands for one folder after the other, and for which it stands first."""
    names = machine.scope.env.names
    if statement[0] == "for" and statement[3][0] == "name":
        start = _below(machine, statement[4])
        if start is not None:
            return statement[3][1], start
    for inner in _flat(body):
        if inner[0] == "assign" and len(inner[3]) == 1 and inner[3][0][0] == "name":
            name = inner[3][0][1]
            if _climbs(inner[4], name, held):
                return name, names.get(name)
    return None, None


def _below(machine: Machine, iterable: Expr) -> Value | None:
    """The place whose `parents` something goes over."""
    base = next((part[1] for part in _parts(iterable) if part[0] == "attr" and part[2] == "parents"), None)
    return machine.evaluate(base) if base is not None else None


def _place(start: Text, folder: str) -> Text:
    return Text((folder,), start.path, start.assumed, start.sources, rooted=True)


def _climbs(value: Expr | None, name: str, held: dict[str, Expr]) -> bool:
    """`root.parent`, `os.path.dirname(root)`, or another name for it."""
    if value is not None and value[0] == "name" and value[1] != name:
        value = held.get(value[1])
    if value is None:
        return False
    if value[0] == "attr":
        return bool(value[2] == "parent" and value[1] == ("name", name))
    called = value[1][2] if value[0] == "call" and value[1][0] == "attr" else ""
    return called == "dirname" and value[2] == (("name", name),)


def _marks(machine: Machine, tests: object, climber: str, held: dict[str, Expr]) -> Iterator[str]:
    """What is looked for in each of the folders."""
    for part in _parts(tests):
        if part[0] == "comp":
            looped = {target[1]: over for target, over, _ in part[3] if target[0] == "name"}
            for name, over in looped.items():
                for path in _tested(part[2]):
                    if _mark(machine, path, climber, held, {name: "*"}) == "*":
                        yield from _literals(machine, over)
        if part[0] != "call":
            continue
        for path in _tested(part, deep=False):
            mark = _mark(machine, path, climber, held, {})
            if mark:
                yield mark


def _tested(tests: object, *, deep: bool = True) -> Iterator[Expr]:
    for part in _parts(tests) if deep else (tests,):
        if isinstance(part, tuple) and part[0] == "call" and part[1][0] == "attr" and part[1][2] in _TESTS:
            if len(part[2]) == 1:
                yield part[2][0]
            elif not part[2]:
                yield part[1][1]


def _mark(machine: Machine, path: Expr, climber: str, held: dict[str, Expr], looped: dict[str, str]) -> str:
    """What a path has behind the folder that it begins with: `src/x.py` of `(root / "src" / "x.py")`."""
    if path[0] == "name" and path[1] in held and path[1] != climber:
        path = held[path[1]]
    if path[0] == "bin" and path[1] == "/":
        pieces, base = [path[3]], path[2]
    elif path[0] == "call" and path[1][0] == "attr" and path[1][2] == "joinpath":
        pieces, base = list(path[2]), path[1][1]
    elif path[0] == "call" and path[1][0] == "attr" and path[1][2] == "join" and path[2]:
        pieces, base = list(path[2][1:]), path[2][0]
    else:
        return ""
    front = "" if base == ("name", climber) else _mark(machine, base, climber, held, looped)
    if not front and base != ("name", climber):
        return ""
    found = [front] if front else []
    for piece in pieces:
        if piece[0] == "name" and piece[1] in looped:
            found.append(looped[piece[1]])
            continue
        value = machine.evaluate(piece) if piece[0] in ("const", "name", "attr") else None
        if not isinstance(value, Text) or not value.literal:
            return ""
        found.append(value.literal)
    return "/".join(found)


def _literals(machine: Machine, over: Expr) -> Iterator[str]:
    found, _ = elements(machine, machine.evaluate(over), over)
    yield from (one.literal for one in found if isinstance(one, Text) and one.literal)


def _looks(machine: Machine, test: Expr, climber: str, held: dict[str, Expr]) -> bool:
    return any(_marks(machine, test, climber, held)) or any(_names(machine, test, climber))


def _names(machine: Machine, tests: object, climber: str) -> Iterator[str]:
    """The names that folders are compared with: `root.name != "shop"`, `os.path.basename(root) == "shop"`."""
    for part in _parts(tests):
        if part[0] == "cmp" and part[1] in ("==", "!="):
            for side, other in ((part[2], part[3]), (part[3], part[2])):
                name = machine.evaluate(other) if _is_name(side, climber) else None
                if isinstance(name, Text) and name.literal:
                    yield name.literal


def _is_name(side: Expr, climber: str) -> bool:
    if side[0] == "attr":
        return bool(side[2] == "name" and side[1] == ("name", climber))
    called = side[1][2] if side[0] == "call" and side[1][0] == "attr" else ""
    return called == "basename" and side[2] == (("name", climber),)


def _named(machine: Machine, start: Text, tests: object, climber: str) -> str | None:
    """The nearest folder that is called so; the repository itself where none on the way is."""
    names = list(_names(machine, tests, climber))
    folders = _folders(machine, start) if names else []
    return next((folder for folder in folders if PurePosixPath(folder).name in names), "." if folders else None)


def _found(machine: Machine, start: Text, marks: list[str]) -> str | None:
    """The nearest folder that has all of what is looked for, or else any of it."""
    folders = _folders(machine, start)
    for enough in (all, any):
        for folder in folders:
            if enough(_has(machine, folder, mark) for mark in marks):
                return folder
    return None


def _folders(machine: Machine, start: Text) -> list[str]:
    literal = start.literal
    if literal is None or literal.startswith(("/", "~")):
        return []
    file = machine.root.file or machine.scope.file
    place = normpath(literal if start.rooted else str(PurePosixPath(file).parent / literal))
    return [] if place.startswith("..") else [place, *map(str, PurePosixPath(place).parents)]


def _has(machine: Machine, folder: str, mark: str) -> bool:
    if mark in _REPOSITORY:
        return folder == "."
    return machine.workspace.exists(normpath(f"{folder}/{mark}"))


def _assigned(body: tuple[Stmt, ...]) -> Iterator[tuple[str, Expr]]:
    for inner in _flat(body):
        if inner[0] == "assign" and len(inner[3]) == 1 and inner[3][0][0] == "name" and inner[4] is not None:
            yield inner[3][0][1], inner[4]


def _flat(body: tuple[Stmt, ...]) -> Iterator[Stmt]:
    for inner in body:
        yield inner
        if inner[0] == "if":
            yield from _flat(inner[4])
            yield from _flat(inner[5])


def _parts(tree: object) -> Iterator[Expr]:
    """All tuples within an expression or statement that have a tag."""
    waiting = [tree]
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            if part and isinstance(part[0], str):
                yield part
            waiting += part
