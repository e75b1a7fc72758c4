"""What a file binds at its top level, brings in and changes: enough to tell which files share state when they run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct, field

from mldebt.read.facts import Expr, Outline, Stmt

CHANGING = frozenset({
    "append", "extend", "insert", "update", "setdefault", "pop", "popitem", "remove", "clear", "add", "discard",
    "sort", "reverse", "appendleft", "extendleft", "popleft",
})  # fmt: skip
"""Methods of Python's own containers that change them."""

EVERYWHERE = frozenset({"numpy", "pandas"})
FEW = 3
ALTERNATIVES = ("bool", "if")
LISTS = ("list", "tuple", "set")
ASKING = (("name", "all"), ("name", "any"))
DISPLAYS = ("list", "dict", "set", "comp")
EXPRESSIONS = {
    "if": (3,), "for": (3, 4), "while": (3,), "match": (3,), "expr": (3,), "return": (3,), "raise": (3,),
    "assert": (3,), "aug": (3, 5), "assign": (4,),
}  # fmt: skip
BODIES = {"if": (4, 5), "for": (5, 6), "while": (4, 5), "with": (4,), "try": (3, 5, 6), "match": ()}


def outline(body: tuple[Stmt, ...]) -> Outline:
    """The outline of a module's IR."""
    drawing = _Drawing()
    drawing.run(body)
    return drawing.finished()


class _Drawing(Struct):
    imports: dict[tuple[int, str, tuple[str, ...]], None] = field(default_factory=dict)
    names: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    objects: dict[str, str] = field(default_factory=dict)
    containers: set[str] = field(default_factory=set)
    inside: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    attributes: set[tuple[str, str]] = field(default_factory=set)
    classes: dict[str, bool] = field(default_factory=dict)
    rebound: set[str] = field(default_factory=set)
    runs: set[str] = field(default_factory=set)
    lists: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    borrowed: set[tuple[int, str]] = field(default_factory=set)
    decorators: set[str] = field(default_factory=set)
    line: int = 0
    assigning: bool = False
    depth: int = 0
    """How many functions are around."""
    cls: str = ""
    method: str = ""

    def finished(self) -> Outline:
        known = {*self.names, *self.containers, *self.objects, *self.classes}
        return Outline(
            imports=tuple(sorted(self.imports)),
            names=tuple(sorted((name, *found) for name, found in self.names.items())),
            objects=tuple(sorted(self.objects.items())),
            containers=tuple(sorted(self.containers)),
            held=tuple(sorted(self.inside & (self.containers | self.objects.keys()))),
            changed=tuple(sorted(path for path in self.changed if path.partition(".")[0] in known)),
            attributes=tuple(sorted(pair for pair in self.attributes if pair[0] in self.names)),
            classes=tuple(sorted(self.classes.items())),
            rebound=tuple(sorted(self.rebound)),
            runs=tuple(sorted(self.runs)),
            lists=tuple(self.lists),
            borrowed=tuple(sorted(self.borrowed)),
            decorators=tuple(sorted(self.decorators & self.names.keys())),
        )

    def run(self, body: Iterable[Stmt]) -> None:
        for statement in body:
            self.line, self.assigning = statement[1], statement[0] == "assign"
            special = SPECIAL.get(statement[0])
            if special is not None:
                special(self, statement)
            for at in EXPRESSIONS.get(statement[0], ()):
                self.look(statement[at])
            for at in BODIES.get(statement[0], ()):
                self.run(statement[at])

    def look(self, *expressions: Any) -> None:
        """What expressions mention and change."""
        waiting: list[Any] = [part for part in expressions if type(part) is tuple]
        while waiting:
            part = waiting.pop()
            if not part or part[0] == "const":
                continue
            if part[0] == "call":
                self.called(part)
                part = _without_operands(part)
            if part[0] in LISTS and len(part) == 2 and (names := _texts_of(part[1])):
                self.lists.append((self.line, names))
                continue
            if part[0] == "name" and len(part) == 2 and self.depth:
                self.inside.add(part[1])
            elif part[0] == "attr" and len(part) == 3 and part[1][0] == "name":
                self.attributes.add((part[1][1], part[2]))
            elif part[0] == "call" and part[1][0] == "attr" and part[1][2] in CHANGING:
                self.changes(part[1][1])
            waiting += [child for child in part if type(child) is tuple]

    def called(self, call: Expr) -> None:
        """What an assignment calls, or hands to a call (`.apply(bucket)`), and another file may hold; no constants."""
        for part in (call[1], *call[2]) if self.assigning else ():
            name = dotted(part).partition(".")[0] if type(part) is tuple else ""
            if name in self.names and self.names[name][1] not in EVERYWHERE and not name.isupper():
                self.borrowed.add((self.line, name))

    def changes(self, owner: Expr) -> None:
        while owner[0] == "index":
            owner = owner[1]
        path = dotted(owner)
        if path and (self.depth or "." in path or path not in self.containers):
            self.changed.add(path)

    # -- statements that bind, bring in or change

    def import_(self, statement: Stmt) -> None:
        for name, alias in statement[3]:
            self.imports[0, name, ()] = None
            head = name.partition(".")[0]
            self.names[alias or head] = (0, name if alias else head, "")

    def from_(self, statement: Stmt) -> None:
        _, _, _, module, level, names = statement
        self.imports[level, module, ("*",) if names == "*" else tuple(name for name, _ in names)] = None
        for name, alias in names if names != "*" else ():
            self.names[alias or name] = (level, module, name)

    def assign(self, statement: Stmt) -> None:
        for target in statement[3]:
            self.target(target)
            elsewhere = self.depth and not (target[0] == "name" and target[1] in self.rebound)
            if statement[4] is not None and not elsewhere and not (self.cls and not self.depth):
                self.bind(target, statement[4])
                self.inside.update(_names_in(target) if self.depth else ())

    def bind(self, target: Expr, value: Expr) -> None:
        if value[0] in ALTERNATIVES:
            for alternative in value[2:]:
                self.bind(target, alternative)
        elif value[0] in DISPLAYS:
            self.containers.update(_names_in(target))
        elif value[0] == "call":
            self.objects.update(dict.fromkeys(_names_in(target), dotted(value[1])))

    def target(self, target: Expr) -> None:
        """`x.a = …` and `x[…] = …` change x; in a method, `self.a = …` makes the class one with state."""
        if target[0] in ("tuple", "list"):
            for part in target[1]:
                self.target(part)
        elif target[0] in ("attr", "index"):
            self.look(target)
            self.changes(target[1])
            owner = dotted(target[1])
            if self.cls and owner == "cls":
                self.changed.add(self.cls)
            if self.cls and owner == "self" and self.method not in ("__init__", "__post_init__"):
                self.classes[self.cls] = True

    def aug(self, statement: Stmt) -> None:
        self.target(statement[3])

    def delete(self, statement: Stmt) -> None:
        for target in statement[3]:
            self.target(target)

    def global_(self, statement: Stmt) -> None:
        self.rebound.update(statement[3])

    def with_(self, statement: Stmt) -> None:
        for item, target in statement[3]:
            self.look(item)
            if target is not None and not self.depth and not self.cls:
                self.bind(target, item)

    def try_(self, statement: Stmt) -> None:
        for kind, _, body in statement[4]:
            self.look(kind)
            self.run(body)

    def match(self, statement: Stmt) -> None:
        for body in statement[4]:
            self.run(body)

    def def_(self, statement: Stmt) -> None:
        _, _, _, name, params, decorators, body, _ = statement
        self.decorated(decorators)
        self.look(*(default for _, _, default, _ in params), *decorators)
        outer = self.method
        self.method = self.method or name
        self.depth += 1
        self.run(body)
        self.depth -= 1
        self.method = outer

    def class_(self, statement: Stmt) -> None:
        _, _, _, name, bases, keywords, decorators, body = statement
        self.decorated(decorators)
        self.look(*bases, *(value for _, value in keywords), *decorators)
        outer, self.cls = self.cls, self.cls or name
        self.classes.setdefault(self.cls, False)
        self.run(body)
        self.cls = outer

    def decorated(self, decorators: tuple[Expr, ...]) -> None:
        """What stands above a function or class of the top level."""
        for one in decorators if not self.depth and not self.cls else ():
            self.decorators.add(dotted(one[1] if one[0] == "call" else one).partition(".")[0])

    def magic(self, statement: Stmt) -> None:
        if statement[3] == "%" and statement[4].startswith("run "):
            self.runs.add(statement[4].split()[1].strip("\"'"))


SPECIAL = {
    "import": _Drawing.import_, "from": _Drawing.from_, "assign": _Drawing.assign, "aug": _Drawing.aug,
    "del": _Drawing.delete, "global": _Drawing.global_, "with": _Drawing.with_, "try": _Drawing.try_,
    "match": _Drawing.match, "def": _Drawing.def_, "class": _Drawing.class_, "magic": _Drawing.magic,
}  # fmt: skip


def dotted(expression: Expr) -> str:
    """`a.b.c` as text, "" for anything else."""
    names: list[str] = []
    while expression[0] == "attr":
        names.append(expression[2])
        expression = expression[1]
    return ".".join([expression[1], *reversed(names)]) if expression[0] == "name" else ""


def _without_operands(call: Expr) -> Expr:
    """A call without the list of what it counts together, row by row, or asks for: `df[["a", "b", "c"]].mean(axis=1)`,
    `all(name in df for name in ["a", "b", "c"])`. That is a formula or a guard, no list that others go by."""
    _, function, arguments, keywords, *place = call
    by_row = ("axis", ("const", 1)) in keywords or ("axis", ("const", "columns")) in keywords
    if by_row and function[0] == "attr" and function[1][0] == "index" and _is_list(function[1][2]):
        function = function[1][1]
    elif function in ASKING and len(arguments) == 1 and arguments[0][0] == "comp":
        _, _, element, clauses = arguments[0]
        arguments = (element, *(clause for clause in clauses if not _is_list(clause[1])))
    return ("call", function, arguments, keywords, *place)


def _is_list(part: Any) -> bool:
    return type(part) is tuple and len(part) == 2 and part[0] in LISTS


def _texts_of(items: Any) -> tuple[str, ...]:
    """The texts of a list of nothing else; () for fewer than are worth a word."""
    if len(items) < FEW or any(type(item) is not tuple or item[0] != "const" for item in items):
        return ()
    return tuple(item[1] for item in items) if all(isinstance(item[1], str) for item in items) else ()


def _names_in(target: Expr) -> Iterator[str]:
    if target[0] == "name":
        yield target[1]
    elif target[0] in ("tuple", "list"):
        for part in target[1]:
            yield from _names_in(part)
