"""What the expressions of a file stand for: which tables of a configuration, and what is done with them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mldebt.graph.configured.calls import call
from mldebt.graph.configured.flow import NOTHING, OTHER, Asked, Flow, Values
from mldebt.graph.configured.scopes import Outlook, Scope
from mldebt.graph.configured.tables import Table
from mldebt.read.facts import Expr
from mldebt.sites import Site

LONGEST = 400
"""Of a text that is longer, no word is the name of a key."""
EXPRESSIONS = frozenset({
    "const", "name", "attr", "index", "call", "list", "tuple", "set", "dict", "bin", "cmp", "bool", "un", "fstr", "if",
    "comp", "lambda", "walrus", "star", "yield", "opaque", "slice",
})  # fmt: skip
METHODS = (
    frozenset(dir(dict)) | frozenset(dir(list)) | {"to_dict", "dict", "model_dump", "__dict__", "sections", "options"}
)


class Expressions:
    """Evaluates the expressions of one file; `scope` is where it stands."""

    def __init__(self, flow: Flow, seen: Outlook) -> None:
        self.flow, self.seen, self.file = flow, seen, seen.facts.file
        self.scope = seen.scope
        self.lines = (1, 1)
        self.gives_back = False
        self.guarded = 0
        self.inside = False
        """Whether it is in the body of a function."""
        self.plain: set[str] = set()
        """Names that hold no table here, because the code has looked."""

    @property
    def site(self) -> Site:
        return self.seen.facts.site(*self.lines)

    # -- storing

    def store(self, target: Expr, values: Values, value: Expr | None = None) -> None:
        match target:
            case ("name", name):
                self._store_name(name, values)
            case ("attr", base, name):
                for table in self.tables(self.of(base)):
                    table.stored = True
                self.flow.put(("attr", name), values)
            case ("index", base, key):
                self._store_item(self.of(base), key, values)
            case (("tuple" | "list"), items):
                self._unpack(items, values, value)
            case _:
                self.use(values)

    def _store_name(self, name: str, values: Values) -> None:
        scope: Scope | None = self.scope
        while scope is not None and name not in scope.bound and scope.outer is not None:
            scope = scope.outer
        key = scope.key if scope is not None else ""
        self.flow.put(("local", self.file, key, name), values)
        if (scope is None or scope.kind != "function") and any(values):
            self.flow.put(("attr", name), values)

    def _store_item(self, bases: Values, key: Expr, values: Values) -> None:
        self.of(key)
        for table in self.tables(bases):
            table.stored = True
        if key[0] == "const" and isinstance(key[1], str) and not any(bases):
            self.flow.put(("attr", key[1]), values)  # kept for later: `CACHE["rules"] = rules`
        else:
            self.use(values)

    def _unpack(self, items: tuple[Expr, ...], values: Values, value: Expr | None) -> None:
        if value is not None and value[0] in ("tuple", "list") and len(value[1]) == len(items):
            for target, part in zip(items, value[1], strict=True):
                self.store(target, self.of(part), part)
            return
        if (
            value is not None
            and value[0] == "call"
            and ("first", "") in self.flow.settings.get((self.file, value[5]), ())
        ):
            self.store(items[0], values)
            return
        self.use(values)
        for target in items:
            self.store(target, OTHER)

    # -- expressions

    def of(self, expression: Expr) -> Values:
        """The tables that an expression may stand for. Who asks has to pass them on or to `use` them."""
        handler = HANDLERS.get(expression[0])
        if handler is not None:
            return handler(self, expression)
        self._all_used(expression[1:])
        return OTHER

    def _of_const(self, expression: Expr) -> Values:
        self._hear(expression[1])
        return NOTHING if expression[1] is None else OTHER

    def _of_fstr(self, expression: Expr) -> Values:
        self._hear(" ".join(part for part in expression[1] if isinstance(part, str)))
        self._all_used(expression[1:])
        return OTHER

    def _of_call(self, expression: Expr) -> Values:
        return call(self, expression)

    def _of_if(self, expression: Expr) -> Values:
        self.test(expression[1])
        return self.of(expression[2]) | self.of(expression[3])

    def _of_un(self, expression: Expr) -> Values:
        values = self.of(expression[2])
        if expression[1] != "not":
            self.use(values)
        return OTHER

    def _of_walrus(self, expression: Expr) -> Values:
        values = self.of(expression[2])
        self.store(("name", expression[1]), values)
        return values

    def _of_lambda(self, expression: Expr) -> Values:
        for _, _, default, _ in expression[1]:
            if default is not None:
                self.use(self.of(default))
        self.use(self.of(expression[2]))
        return OTHER

    def _hear(self, value: object) -> None:
        if isinstance(value, str) and len(value) < LONGEST:
            self.flow.unit.texts.add((value, self.lines))

    def _heard(self, word: str) -> None:
        self.flow.unit.words.add((word, self.lines))

    def test(self, expression: Expr) -> None:
        """A condition: whether something is there uses none of its keys."""
        for table in self.tables(self.of(expression)):
            if not table.children:
                self.use(frozenset((table,)))

    def _of_bool(self, expression: Expr) -> Values:
        _, _, left, right = expression
        values = self.of(left)
        if left[0] == "cmp" and left[1] in ("in", "not in"):
            self.guarded += 1
            values |= self.of(right)
            self.guarded -= 1
            return values
        return values | self.of(right)

    def _all_used(self, parts: Any) -> None:
        """Whatever is inside of something that isn't followed."""
        for part in parts if isinstance(parts, tuple) else ():
            if isinstance(part, tuple) and part:
                if isinstance(part[0], str) and part[0] in EXPRESSIONS:
                    self.use(self.of(part))
                else:
                    self._all_used(part)

    def _of_comp(self, expression: Expr) -> Values:
        _, kind, element, generators = expression
        if kind == "dict" and (mapped := _mapped(element, generators)) is not None:
            return self._changed(mapped, element, generators[0][0])
        for target, iterable, conditions in generators:
            self.store(target, self.items(self.of(iterable)))
            for condition in conditions:
                self.test(condition)
        self.use(self.of(element))
        return OTHER

    def _changed(self, table: Expr, element: Expr, target: Expr) -> Values:
        """`{key: resolve(value) for key, value in config.items()}` has the keys of `config`."""
        self.store(target[1][1], OTHER)
        self.use(self.of(element[1][1]))
        return self.of(table)

    def _of_dict(self, expression: Expr) -> Values:
        """`{**defaults, **config}` has the keys of both."""
        found = OTHER
        for key, value in expression[1]:
            if key is None:
                found |= self.of(value)
            else:
                self.use(self.of(key) | self.of(value))
        return found

    def _of_cmp(self, expression: Expr) -> Values:
        _, operator, left, right = expression
        if operator in ("in", "not in"):
            tables = self.of(right)
            if left[0] == "const" and isinstance(left[1], str):
                self.child(tables, left[1], soft=True)
            else:
                self.use(self.of(left) | tables)
        elif right == ("const", None):
            self.of(left)
        else:
            self.use(self.of(left) | self.of(right))
        return OTHER

    # -- names and keys

    def _of_name(self, expression: Expr) -> Values:
        name = expression[1]
        scope: Scope | None = self.scope
        while scope is not None and name not in self.plain:
            inside = scope is self.scope or scope.kind != "class"
            if inside and name in scope.bound:
                values = self.flow.read(scope.place(self.file, name))
                if name in self.seen.imported:
                    return values | self._imported(name)
                return values or (OTHER if self.flow.settled else NOTHING)
            scope = scope.outer
        return (self.flow.read(("attr", name)) if self.seen.star else NOTHING) or OTHER

    def _imported(self, name: str) -> Values:
        return self.flow.read(("attr", self.seen.imported[name])) or OTHER

    def _of_attr(self, expression: Expr) -> Values:
        bases, name = self.of(expression[1]), expression[2]
        found: Values = NOTHING
        if any(bases):
            found |= self.child(bases, name, attribute=True)
            if may_be_other(bases):
                found |= self.flow.read(("attr", name))
            return found
        self._heard(name)
        return self.flow.read(("attr", name)) or OTHER

    def _of_index(self, expression: Expr) -> Values:
        bases, key = self.of(expression[1]), expression[2]
        if not any(bases):
            self.use(self.of(key))
            kept = key[0] == "const" and isinstance(key[1], str)
            return (self.flow.read(("attr", key[1])) if kept else NOTHING) or OTHER
        match key:
            case ("const", str(name)):
                return self.child(bases, name)
            case ("const", int()) | ("un", "-", ("const", int())):
                return self.items(bases)
        self.use(self.of(key) | bases)
        return OTHER

    def items(self, bases: Values) -> Values:
        """What stands in a list; whoever goes through a table sees all of its keys."""
        found: Values = OTHER if may_be_other(bases) or not bases else NOTHING
        for table in self.tables(bases):
            table.used = True
            if table.is_list:
                found |= frozenset(table.children.values())
            else:
                self.use(frozenset((table,)))
                found |= OTHER
        return found

    def child(
        self, bases: Values, key: str, *, soft: bool = False, attribute: bool = False, dotted: bool = False
    ) -> Values:
        """The tables under a key."""
        found: Values = OTHER if may_be_other(bases) else NOTHING
        surely: bool | None = None
        for table in self.tables(bases):
            one = table.child(key)
            if one is None and dotted and "." in key:
                head, _, rest = key.partition(".")
                found |= self.child(self.child(frozenset((table,)), head, soft=soft), rest, soft=soft, dotted=True)
                continue
            if one is not None:
                one.used = True
                one.reads.add(self.site)
                found |= frozenset((one,))
                continue
            if attribute and key in METHODS:
                self.use(frozenset((table,)))
            elif table.children and not table.is_list:
                if surely is None:
                    surely = all(each is not None and each.child(key) is None for each in bases)
                self._missed(table, key, surely, soft or self.guarded > 0)
            else:
                self.use(frozenset((table,)))  # a method of a text, say
            found |= OTHER
        return found

    def _missed(self, table: Table, key: str, surely: bool, soft: bool) -> None:
        site = self.site
        asked = self.flow.unit.asked.setdefault((site, key), Asked(key, site))
        asked.tables.add(table)
        asked.soft |= soft
        asked.surely &= surely

    # -- using

    def use(self, values: Values) -> None:
        """Tables that go where they can't be followed; a value is used here."""
        for table in self.tables(values):
            table.escape()
            table.reads.add(self.site)

    def tables(self, values: Values) -> list[Table]:
        return [one for one in values if one is not None]

    def _function(self) -> Scope | None:
        scope: Scope | None = self.scope
        while scope is not None and scope.kind != "function":
            scope = scope.outer
        return scope


HANDLERS: dict[str, Callable[[Expressions, Expr], Values]] = {
    name.removeprefix("_of_"): method for name, method in vars(Expressions).items() if name.startswith("_of_")
}


def may_be_other(values: Values) -> bool:
    return None in values


def _mapped(element: Expr, generators: tuple[Any, ...]) -> Expr | None:
    """The table that a comprehension gives back with other values under the same keys."""
    match element, generators:
        case ("tuple", (("name", key), _)), (
            (
                ("tuple", (("name", first), ("name", _))),
                ("call", ("attr", table, "items"), (), (), _, _),
                (),
            ),
        ) if key == first:
            found: Expr = table
            return found
    return None
