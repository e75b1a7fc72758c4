"""The abstract machine: runs the IR of a unit without running its code, on demand and across files.

Both branches of an undecided `if` are taken and joined, short loops over known items are unrolled, calls into the
repository are evaluated where they are made. Depth, steps and contexts are bounded; what a bound cut is said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterable, Mapping, Set
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING

from msgspec import Struct, field

from mldebt.evaluate.computed_at import Places
from mldebt.evaluate.first_use import FirstUse
from mldebt.evaluate.kept_values import Slots
from mldebt.evaluate.mains import as_imported
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.values import (
    Class,
    ColumnRef,
    Env,
    Frame,
    Function,
    Instance,
    Map,
    Model,
    Object,
    Pick,
    Seq,
    Unknown,
    Value,
)
from mldebt.evaluate.workspace import Question, Workspace
from mldebt.project.purpose import is_test
from mldebt.read.facts import Command, Expr, FileFacts, Stmt
from mldebt.sites import Site
from mldebt.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mldebt.evaluate.modules import Modules
    from mldebt.evaluate.naming import Identity
    from mldebt.evaluate.wiring import Wiring
    from mldebt.knowledge.loader import Knowledge

MAX_DEPTH = 12
MAX_STEPS = 150_000


class Scope(Struct):
    """One activation: a module's top level or a call. `key` makes ids of nodes: file, qualified name and arguments."""

    file: str
    qualname: str
    key: str
    env: Env
    depth: int = 0
    function: Function | None = None
    returns: list[Value] = field(default_factory=list)
    yields: list[Value] = field(default_factory=list)
    hint: str = ""
    targets: tuple[str, ...] = ()
    statement: tuple[int, int] = (1, 1)
    symbolic: bool = False
    path: list[Term | None] = field(default_factory=list)
    looping: list[str] = field(default_factory=list)
    """The names that the loops around the current statement give one value after the other, and what is made of these
    in them."""
    loops: list[int] = field(default_factory=list)
    """Where the loops around the current statement begin."""
    rounds: list[tuple[dict[str, Value], int]] = field(default_factory=list)
    """Of these, those of which one round stands for all: what there was before them, and how many conditions hold."""
    guards: list[Term | None] = field(default_factory=list)
    """The conditions on data under which the current statement runs, and under which each return was reached."""
    assumed: list[Term] = field(default_factory=list)
    """What holds of data from here on, because an error was raised where it didn't."""
    leaving: bool = False
    """Whether a `yield` lies behind: what follows tidies up when those who were served are gone."""
    lacking: tuple[tuple[str, range], ...] = ()
    """The names of files that were looked for in vain, and the lines that are run then."""


class Root(Struct):
    """One entry into the program: its seeds and the steps that it has left."""

    file: str
    seeded: set[str] = field(default_factory=set)
    steps: int = MAX_STEPS
    cut: bool = False
    settings_folder: str = ""
    logging: tuple[str, Site] | None = None
    """Where the tracker was told to keep every model that is fitted from here on, and its name."""


class Machine:
    """State of one evaluation: of files that share state, `own`; modules of others come from `modules`."""

    looked_into: FirstUse[set[tuple[str, int]]] = FirstUse(set)
    trying: FirstUse[set[str]] = FirstUse(set)
    """Functions that a search calls again and again, each time with other settings."""
    happened: FirstUse[dict[tuple[str, str], tuple[int, int]]] = FirstUse(dict)
    """How often a call, and what it calls, trained a model and asked one."""
    nested: FirstUse[dict[str, Function]] = FirstUse(dict)
    optional: FirstUse[dict[str, list[Instance]]] = FirstUse(dict)
    """Instances of branches that no setting switches on, by class; among those that are made for sure."""
    scope_keys: FirstUse[dict[tuple[str, str], str]] = FirstUse(dict)
    declared: FirstUse[list[Function]] = FirstUse(list)
    flags: FirstUse[Object] = FirstUse(lambda: Object("parser", facts={"options": Map({})}))
    declared_settings: FirstUse[dict[str, Value]] = FirstUse(dict)
    fixtures: FirstUse[dict[tuple[str, str], Function]] = FirstUse(dict)
    fixed: FirstUse[dict[str, Value]] = FirstUse(dict)
    scratch: FirstUse[dict[tuple[str, str], Value]] = FirstUse(dict)
    fetched: FirstUse[dict[tuple[str, str], Identity]] = FirstUse(dict)
    exit_cells: FirstUse[dict[str, list[Value]]] = FirstUse(dict)
    shares: FirstUse[Map] = FirstUse(lambda: Map({}))
    """What workers that train together are given, by name."""
    sessions: FirstUse[dict[str, Map]] = FirstUse(dict)
    """What frameworks keep between calls, by the name under which they hand it out."""
    handed_on: FirstUse[dict[str, list[Object]]] = FirstUse(dict)
    """What frameworks hand to functions by themselves, by what it is."""
    put: FirstUse[list[tuple[Seq, tuple[Pick, ...]]]] = FirstUse(list)
    """Such lists that have the value of the event at hand already, each with how it was before."""
    slots: FirstUse[Slots] = FirstUse(Slots)
    places: FirstUse[Places] = FirstUse(dict)
    joined: FirstUse[dict[str, list[str]]] = FirstUse(dict)
    """The files into whose tables others have put what they register there, and which others."""
    seen_aside: FirstUse[dict[tuple[str, int], int]] = FirstUse(dict)
    """How often branches that no setting switches on were looked at."""
    left_aside: FirstUse[dict[tuple[object, ...], dict[str, tuple[Value | None, Value]]]] = FirstUse(dict)
    """What such branches have made of names, by scope, test and outcome: what the name stood for, and stands for."""
    switched: FirstUse[dict[str, set[str]]] = FirstUse(dict)
    """The fields that the methods of a class set besides its constructor, by class."""
    views: FirstUse[dict[tuple[str, str], Frame]] = FirstUse(dict)
    descendants: FirstUse[dict[str, list[Class]]] = FirstUse(dict)
    decided: FirstUse[dict[str, list[str]]] = FirstUse(dict)
    scored: FirstUse[dict[ColumnRef, tuple[Unknown, ...]]] = FirstUse(dict)
    """The scores that columns of tables hold."""
    guessed: FirstUse[dict[str, Model]] = FirstUse(dict)
    """What is taken for a model because of what is done with it, by its node."""
    _ordinals: FirstUse[dict[tuple[str, str, str], dict[Hashable, int]]] = FirstUse(dict)
    _definitions: FirstUse[dict[tuple[str, str], list[int]]] = FirstUse(dict)

    def __init__(
        self, workspace: Workspace, knowledge: Knowledge, own: Iterable[str], modules: Modules, *, strict: bool = False
    ) -> None:
        from mldebt.evaluate.aside import look_behind
        from mldebt.evaluate.expressions import EXPRESSIONS
        from mldebt.evaluate.invocation import INVOCATIONS
        from mldebt.evaluate.statements import STATEMENTS

        self._expressions = EXPRESSIONS
        self._statements = STATEMENTS
        self.invocations = INVOCATIONS
        self.look_behind = look_behind
        self.strict = strict
        self.workspace = workspace
        self.knowledge = knowledge
        self.own = frozenset(own)
        self.is_test = all(map(is_test, self.own))
        """Whether all that it evaluates is a test."""
        self.others = modules
        self.asked: set[Question] = set()
        self.brought_in: set[str] = set()
        self.trace = Trace(modules.trace)
        self.modules: dict[str, Env] = {}
        self.running: set[str] = set()
        self.starting: dict[str, tuple[Scope, tuple[Stmt, ...]]] = {}
        """What modules will do if they are run themselves, and where."""
        self.called: set[str] = set()
        self.instantiated: set[str] = set()
        self.instances: dict[str, list[Instance]] = {}
        self.memo: dict[tuple[str, str], tuple[Value, frozenset[str], dict[str, Value]]] = {}
        self.contexts: dict[str, int] = {}
        self.commands_run: set[str] = set()
        """The functions that a command line calls: whoever types it gives their parameters."""
        self.crowding: set[str] = set()
        """The functions that left many nodes behind."""
        self.active: list[str] = []
        self.module_roots: dict[str, Root] = {}
        self.streams: dict[str, dict[str, Term | None]] = {}
        """What is put into lists that are kept between calls, by the name of the list and which part of it."""
        self.dropped: dict[str, set[str]] = {}
        """The columns that were dropped from a frame by name, whatever else became of them, by its node."""
        self.bodies: dict[str, Class] = {}
        """The classes of the data that requests bring, by its node."""
        self.undecided = 0
        self.decorating = 0
        self.in_one_row = 0
        """How many functions around the current statement are called with one row or value after the other."""
        self.rounds = 0
        """How many loops of unknown length are under way."""
        self.trained = self.asked_models = 0
        """How often a model was trained so far, and how often one was asked."""
        self.absent: Value | None = None
        self.absent_results: set[tuple[str, str]] = set()
        self.deciding: list[str] = []
        self.root = Root("")
        self.scope = Scope("", "", "", Env())
        self._first: dict[tuple[str, str, str], Hashable] = {}

    @cached_property
    def wiring(self) -> Wiring:
        """The functions that frameworks call, and what these hand on by name."""
        from mldebt.evaluate.wiring import Wiring

        return Wiring()

    def uses(self, name: str) -> bool:
        """Whether an attribute that is made when it is first used has been made."""
        return name in self.__dict__

    @property
    def commands(self) -> Mapping[str, list[Command]]:
        """The command lines of the repository's manifests by the files that they run."""
        return self.others.commands

    # -- positions and names

    @property
    def facts(self) -> FileFacts:
        return self.workspace.facts[self.scope.file]

    def site(self, line: int | None = None) -> Site:
        first, last = self.scope.statement
        return self.facts.site(line or first, max(last, line or first))

    def note_call(self, key: str) -> None:
        """The current activation calls another one."""
        scope = self.scope
        place = (scope.key, 0 if scope.function is not None else scope.statement[0])
        self.trace.calls.setdefault(place, set()).add(key)

    def note_touch(self, node: str, site: Site) -> None:
        """The current activation reads, writes or parses what is stored."""
        self.trace.touched.setdefault((node, site), set()).add(self.scope.key)

    def note_key(self, settings: Map, key: object) -> None:
        """The current activation asks for a key of a file of settings."""
        if settings.origin:
            path = f"{settings.origin}{'.' if '#' in settings.origin else '#'}{key}"
            self.note_touch(f"config:{path}", self.site())

    def node_id(self, kind: str, name: str, ordinal: Hashable) -> str:
        """A node's id: what it is, where it is made by name, and its number among equals in source order."""
        key = (self.scope.key, kind, name)
        first = self._first.setdefault(key, ordinal)
        number = 0 if ordinal == first else self._number(key, first, ordinal)
        suffix = f"#{number}" if number else ""
        return f"{kind}:{self.scope.key}:{name}{suffix}"

    def has_node_id(self, kind: str, name: str, ordinal: Hashable) -> bool:
        """Whether something was made here that such an id was given to."""
        key = (self.scope.key, kind, name)
        return self._first.get(key) == ordinal or ordinal in self._ordinals.get(key, ())

    def _number(self, key: tuple[str, str, str], first: Hashable, ordinal: Hashable) -> int:
        numbers = self._ordinals.setdefault(key, {first: 0})
        return numbers.setdefault(ordinal, len(numbers))

    def distinct(self, qualname: str, line: int) -> str:
        """The qualified name of a function, numbered where the file defines several of that name."""
        lines = self._definitions.setdefault((self.scope.file, qualname), [])
        if line not in lines:
            lines.append(line)
        number = lines.index(line)
        return f"{qualname}#{number}" if number else qualname

    # -- running

    def step(self) -> bool:
        """Count one step; False once the root has used up its steps."""
        self.root.steps -= 1
        if self.root.steps <= 0:
            self.root.cut = True
            return False
        return True

    def body_of(self, function: Function) -> tuple[Stmt, ...]:
        """The statements of a function; what the machine finds out then depends on them."""
        body = function.body
        self.looked_into.add((function.file, body[0][1] if body else function.line))
        return body

    def evaluate(self, expression: Expr) -> Value:
        root = self.root
        root.steps -= 1  # as in `step`: this is where most of the time goes
        if root.steps <= 0:
            root.cut = True
            return Unknown("evaluation budget used up")
        handler = self._expressions.get(expression[0])
        return handler(self, expression) if handler else Unknown("unsupported expression")

    def run(self, body: Iterable[Stmt]) -> bool:
        """Execute statements in the current scope; False where control can't go on behind them.

        What the machine can't do must never end a scan, so it becomes a gap that says so.
        """
        scope, statements = self.scope, self._statements
        waiting = iter(body)
        for statement in waiting:
            scope.statement = (statement[1], statement[2])
            handler = statements.get(statement[0])
            try:
                goes_on = handler is None or handler(self, statement)
            except Exception as error:
                goes_on = self._failed(statement, error)
            if not goes_on or self.root.cut:
                if statement[0] == "if" and not self.root.cut:
                    self.look_behind(self, statement, tuple(waiting))
                return False
        return True

    def _failed(self, statement: Stmt, error: Exception) -> bool:
        """Whether the statements behind one that the machine can't do are to be run."""
        if isinstance(error, RecursionError):
            if self.scope.depth > 0:
                raise error
            self.root.cut = True
            return False
        if self.strict:
            raise error
        self.trace.failures.append((self.site(statement[1]), f"{type(error).__name__}: {error}"))
        return True

    @contextmanager
    def entered(self, scope: Scope) -> Iterator[Scope]:
        outer, self.scope = self.scope, scope
        try:
            yield scope
        finally:
            self.scope = outer

    @contextmanager
    def rooted(self, root: Root) -> Iterator[Root]:
        outer, self.root = self.root, root
        try:
            yield root
        finally:
            self.root = outer

    def module(self, file: str) -> Env:
        """The name space of a module, evaluated on first use; in an import cycle, what is there so far.

        A seed that it sets when it is imported holds for the importer as well.
        """
        if file in self.own:
            env = self._own_module(file)
            seeded: Set[str] = self.module_roots[file].seeded
        else:
            self.brought_in.add(file)
            machine = self.others.machine(file)
            env, seeded = machine.module(file), self.others.seeded_by(machine, file)
        if seeded and self.root.file:
            self.root.seeded |= seeded
        return env

    def _own_module(self, file: str) -> Env:
        known = self.modules.get(file)
        if known is not None:
            return known
        env = self.modules[file] = Env()
        root = self.module_roots[file] = Root(file)
        self.running.add(file)
        from mldebt.evaluate.injected import body_of

        body, scope = body_of(self, file), Scope(file, "", file, env)
        importing, starting = as_imported(body)
        with self.rooted(root), self.entered(scope):
            self.declare(body, env)
            goes_on = self.run(importing)
        if goes_on and starting:
            self.starting[file] = scope, starting
        self.running.discard(file)
        return env

    def start(self, file: str) -> None:
        """Run what a module does only when it is run itself, once."""
        scope, body = self.starting.pop(file, (None, ()))
        if scope is not None:
            with self.rooted(self.module_roots[file]), self.entered(scope):
                self.run(body)

    def leave(self) -> None:
        """Empty the name spaces, which are held by the functions in them."""
        for env in self.modules.values():
            env.names.clear()

    def declare(self, body: Iterable[Stmt], env: Env) -> None:
        """Bind the functions and classes of a module before it runs, so that calls in any order find them."""
        from mldebt.evaluate.definitions import define_function

        for statement in body:
            if statement[0] == "def":
                env.names[statement[3]] = define_function(self, statement, env)

    def module_name(self, file: str, name: str) -> Value | None:
        return self.module(file).names.get(name)

    def unroll(self, suffix: str, action: Callable[[], bool]) -> bool:
        """Run one round of a loop, with its own names for what it makes."""
        key = self.scope.key
        self.scope.key = f"{key}[{suffix}]"
        try:
            return action()
        finally:
            self.scope.key = key


def digest(text: str) -> str:
    """Six characters that stand for the arguments of a call in an id."""
    return hashlib.blake2b(text.encode(errors="replace"), digest_size=3).hexdigest()
