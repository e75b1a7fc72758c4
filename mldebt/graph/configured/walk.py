"""One walk over the statements of a file."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mldebt.graph.configured.expressions import Expressions
from mldebt.graph.configured.flow import NOTHING, OTHER, Flow
from mldebt.graph.configured.scopes import Outlook, Scope
from mldebt.read.facts import Expr, Stmt

PLAIN = frozenset({
    "property", "cached_property", "staticmethod", "classmethod", "lru_cache", "cache", "ensure_annotations",
    "typechecked", "beartype", "no_type_check", "wraps", "abstractmethod", "override", "overload", "dataclass",
})  # fmt: skip
"""Decorators after which a function gives what it gave."""
PROPERTIES = ("property", "cached_property", "classproperty")


class Walker(Expressions):
    """Walks the statements of one file."""

    def block(self, body: Iterable[Stmt]) -> None:
        for statement in body:
            self.lines = (statement[1], statement[2])
            handler = STATEMENTS.get(statement[0])
            if handler is not None:
                handler(self, statement)

    def _assign_(self, statement: Stmt) -> None:
        if statement[4] is not None:
            for target in statement[3]:
                self.store(target, self.of(statement[4]), statement[4])

    def _aug_(self, statement: Stmt) -> None:
        self.use(self.of(statement[3]) | self.of(statement[5]))

    def _expr_(self, statement: Stmt) -> None:
        self.of(statement[3])

    def _return_(self, statement: Stmt) -> None:
        values = self.of(statement[3]) if statement[3] is not None else NOTHING
        scope = self._function()
        if not self.gives_back or scope is None:
            self.use(values)
        elif any(values):
            self.flow.put(("ret", scope.name), values)
            self.flow.put(("attr", scope.name), values)  # it may be a property
        elif values:
            self.flow.put(("ret", scope.name), values)

    def _raise_(self, statement: Stmt) -> None:
        if statement[3] is not None:
            self.use(self.of(statement[3]))

    def _assert_(self, statement: Stmt) -> None:
        self.of(statement[3])

    def _if_(self, statement: Stmt) -> None:
        self.test(statement[3])
        plain = _plain_in(statement[3]) - self.plain
        self.plain |= plain
        self.block(statement[4])
        self.plain -= plain
        self.block(statement[5])

    def _while_(self, statement: Stmt) -> None:
        self.test(statement[3])
        self.block(statement[4])
        self.block(statement[5])

    def _for_(self, statement: Stmt) -> None:
        self.store(statement[3], self.items(self.of(statement[4])))
        self.block(statement[5])
        self.block(statement[6])

    def _with_(self, statement: Stmt) -> None:
        for expression, target in statement[3]:
            values = self.of(expression)
            self.use(values)
            if target is not None:
                self.store(target, OTHER)
        self.block(statement[4])

    def _try_(self, statement: Stmt) -> None:
        self.guarded += 1
        self.block(statement[3])
        self.guarded -= 1
        for _, name, body in statement[4]:
            if name:
                self.store(("name", name), OTHER)
            self.block(body)
        self.block(statement[5])
        self.block(statement[6])

    def _match_(self, statement: Stmt) -> None:
        self.use(self.of(statement[3]))
        for body in statement[4]:
            self.block(body)

    def _def_(self, statement: Stmt) -> None:
        scope = self.seen.scopes[id(statement)]
        for name, _, default, kind in statement[4]:
            place = scope.place(self.file, name)
            self.flow.put(place, self.of(default) if default is not None and default != ("const", None) else NOTHING)
            if kind in ("*", "**"):
                self.flow.put(place, OTHER)
        plain = [self._decorated(decorator, scope) for decorator in statement[5]]
        outer = self.scope, self.gives_back, self.guarded
        self.scope, self.gives_back, self.guarded = scope, all(plain) and not scope.name.startswith("__"), 0
        self._body(statement)
        self.scope, self.gives_back, self.guarded = outer

    def _body(self, statement: Stmt) -> None:
        """The body of a function; that of an outermost one is only walked if something has changed for it."""
        around = self.flow.unit
        if self.inside:
            self.block(statement[6])
            return
        unit = self.flow.unit_of(self.file, id(statement))
        if unit.clean:
            return
        unit.begin()
        self.flow.unit, self.inside = unit, True
        self.block(statement[6])
        self.flow.unit, self.inside = around, False

    def _decorated(self, decorator: Expr, scope: Scope) -> bool:
        """Whether a function gives under a decorator what it gives; one may hand it a configuration."""
        self.use(self.of(decorator))
        if decorator[0] == "call":
            for said in self.flow.settings.get((self.file, decorator[5]), ()):
                root = self.flow.roots.get(said)
                if root is not None and scope.params:
                    self.flow.put(scope.place(self.file, scope.params[0][0]), frozenset((root,)))
        called = decorator[1] if decorator[0] == "call" else decorator
        return called[0] in ("name", "attr") and called[-1] in PLAIN

    def _class_(self, statement: Stmt) -> None:
        outer, self.scope = self.scope, self.seen.scopes[id(statement)]
        for expression in (*statement[6], *statement[4]):
            self.use(self.of(expression))
        self.block(statement[7])
        self.scope = outer


STATEMENTS: dict[str, Callable[[Walker, Stmt], None]] = {
    name.strip("_"): method for name, method in vars(Walker).items() if name.startswith("_") and name.endswith("_")
    and not name.startswith("__")
}  # fmt: skip


def _plain_in(test: Expr) -> set[str]:
    """The names of which a condition says that they hold a list, a text or a number."""
    match test:
        case ("call", ("name", "isinstance"), (("name", name), kind), _, _, _) if not _may_be_table(kind):
            return {name}
        case ("bool", "and", left, right):
            return _plain_in(left) | _plain_in(right)
    return set()


def _may_be_table(kind: Expr) -> bool:
    kinds = kind[1] if kind[0] == "tuple" else (kind,)
    return not all(
        one[0] == "name" and one[1] in ("list", "str", "int", "float", "bool", "tuple", "set") for one in kinds
    )


def walk(flow: Flow, seen: Outlook) -> None:
    Walker(flow, seen).block(seen.body)
