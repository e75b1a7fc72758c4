"""Abstract values: what an expression is known to be without running it.

Every value can say which graph nodes its data came from (`sources_of`), so that the flow survives code that can't be
seen into. Frames, instances, lists and dictionaries are heap cells: aliases share them, assignments change them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from msgspec import Struct, field

from mldebt.sites import Site
from mldebt.terms import HOLE, Term

ColumnRef = tuple[str, str]
"""(id of the node that owns the column, name of the column)"""

Pick = tuple[str, tuple[tuple[str, str], ...], Term | None]
"""How rows were picked: an operation of the canonical expressions, its settings, and the condition where it has one."""

MAX_ALTERNATIVES = 6
MAX_ITEMS = 64


# Unknown, Const and Text never change. They are not frozen because so many are made, and a frozen one takes three times
# as long to make.


class Unknown(Struct, frozen=True):
    """A value that can't be resolved: why, what it is called, which data went into it, and how where that is known."""

    reason: str
    label: str = ""
    sources: frozenset[str] = frozenset()
    columns: frozenset[ColumnRef] = frozenset()
    term: Term | None = None


class Const(Struct, frozen=True):
    """A number, truth value or None."""

    value: object


class Hole(Struct, frozen=True):
    """An unknown part of a text: its name, and where it would come from (param, env, cli, config, loop, time, any)."""

    name: str
    kind: str = "any"


class Text(Struct, frozen=True):
    """A string with known and unknown parts. `path` marks a pathlib object, `assumed` a text that is only a default.

    `term`: how it is put together, where its unknown parts are data. `rooted`: a path that begins where the code lies
    (`__file__`), so that it is told from the root of the repository.
    """

    parts: tuple[str | Hole, ...]
    path: bool = False
    assumed: bool = False
    sources: frozenset[str] = frozenset()
    term: Term | None = None
    rooted: bool = False

    @property
    def literal(self) -> str | None:
        """The string itself where every part is known."""
        for part in self.parts:
            if not isinstance(part, str):
                return None
        return "".join(self.parts)  # type: ignore[arg-type]

    @property
    def template(self) -> str:
        """The text with holes written as `{name}`."""
        if len(self.parts) == 1 and isinstance(self.parts[0], str):
            return self.parts[0]
        return "".join([part if isinstance(part, str) else f"{{{part.name}}}" for part in self.parts])

    @property
    def known(self) -> bool:
        """True where some part that identifies something is literal."""
        return any(isinstance(part, str) and part.strip("/.\\_- ") for part in self.parts)


class Seq(Struct, eq=False):
    """A list, tuple or set. `open` where there may be more items than are listed; `picked`: which of them were kept.

    `loose`: the items are the names that the columns of some table happen to have; `but`: which it leaves out for sure.
    `numbers`: those of a range that is too long to be listed. `stream`: names what is kept of values that come one
    by one. `grown`: items were put into it in a loop of unknown length, or by a function that it outlives.
    """

    items: list[Value]
    open: bool = False
    kind: str = "list"
    picked: tuple[Pick, ...] = ()
    loose: bool = False
    numbers: range | None = None
    but: frozenset[str] = frozenset()
    stream: str = ""
    grown: bool = False


class Map(Struct, eq=False):
    """A dictionary with constant keys; `rest` stands for the values under keys that are not known.

    `record`: the record that it was made of, which it has the values of under all other keys.
    """

    entries: dict[object, Value]
    open: bool = False
    rest: Value | None = None
    origin: str = ""
    record: Value | None = None


class Symbol(Struct, frozen=True):
    """Something of a library, by its dotted name."""

    dotted: str


class ModuleValue(Struct, frozen=True):
    """A module of the repository."""

    file: str


class Function(Struct, eq=False):
    """A function of the repository; `this` is the receiver of a bound method, `given` what decorators pass to it."""

    file: str
    qualname: str
    params: tuple[Any, ...]
    body: tuple[Any, ...]
    closure: Env
    decorators: tuple[Any, ...] = ()
    this: Value | None = None
    owner: Class | None = None
    line: int = 0
    is_lambda: bool = False
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.file}::{self.qualname}"


class Class(Struct, eq=False):
    """A class of the repository; `members` is its body's name space, `fields` its annotated attributes in order.

    `types` has their annotations, which are names of `scope`.
    """

    file: str
    qualname: str
    bases: list[Value]
    members: dict[str, Value]
    fields: list[str]
    decorators: tuple[Any, ...] = ()
    line: int = 0
    types: dict[str, Any] = field(default_factory=dict)
    scope: Any = None

    @property
    def key(self) -> str:
        return f"{self.file}::{self.qualname}"


class Instance(Struct, eq=False):
    """An object of a class of the repository; `real` is the whole of it, where this is how a base class sees it."""

    cls: Class
    fields: dict[str, Value] = field(default_factory=dict)
    symbolic: bool = False
    real: Any = None
    seeded: set[str] = field(default_factory=set)
    """What its constructor seeded: that holds when its methods run."""


class Method(Struct, frozen=True):
    """An attribute of a library value, on its way to be called."""

    receiver: Value
    name: str


class Handle(Struct, eq=False):
    """An open file, a buffer in memory or a temporary file; `touched` once something was read or written.

    `reason`: why its name is not known. `held`: what was written into a buffer; `origin`: what it is a copy of.
    `at`: where its text was taken, for it to be parsed later. `pieces`: where text was written into it.
    """

    name: Text
    mode: str = "r"
    store: str = "file"
    touched: bool = False
    format: str = ""
    reason: str = ""
    held: Any = None
    origin: Any = None
    at: Site | None = None
    pieces: tuple[Site, ...] = ()


class Connection(Struct, eq=False):
    """A database connection, engine or cursor; `rows` are the frames of the last query."""

    name: Text
    store: str
    rows: tuple[Any, ...] = ()


class Object(Struct, eq=False):
    """A library object of a known kind that needs no more than its kind, its origin and some facts."""

    kind: str
    dotted: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    sources: frozenset[str] = frozenset()


class Shape(NamedTuple):
    """A representation of data: what it is, which call made it of the one before, where, and of what.

    `seen` is what was known of the values then: while it holds, nothing was done to them.
    """

    kind: str
    call: str
    site: Site
    node: str
    seen: object


MORE = ""
"""Among the names of what was dropped: others, which are not known."""


class Frame(Struct, eq=False):
    """Tabular data: table, series, array, records, row or request.

    `columns` maps each known name to what it is made of ("" for an unnamed value). `open` names the nodes whose other
    columns pass through too, all but `dropped`, where `MORE` stands for names that are not known; `vague` where columns
    got names that are not known. `rows` is the id of the row set. `named` is False once names are lost.
    `state` where a statistic over rows went into the values, `learned` there.
    `index` names the columns that are the keys of a grouping. `side` of a mask: what it divides the rows by, and which
    part of them it keeps. `spelled`: the text that each value is a part of, where text was put around a column.
    `term` says what is computed of each column, `terms` of single ones that differ. `placed` is False where a position
    no longer tells which column is meant. `cells`: how each value of a row is computed, where the row is written out
    without names. `picked`: which rows were kept, and in which order. `ordered`: the code itself says which
    columns there are, in which order; else `rest` names the data sets of which all columns that they happen to have are
    there, but `dropped` ones. `unique`: sets of columns of which no two rows have the same values, by what made them.
    `shapes`: the representations that the values went through since they were last touched. `chosen`: its columns are
    those that something names which was stored with a model.
    """

    node: str
    columns: dict[str, frozenset[ColumnRef]]
    open: tuple[str, ...] = ()
    dropped: frozenset[str] = frozenset()
    rows: str = ""
    form: str = "table"
    named: bool = True
    vague: bool = False
    state: bool = False
    index: tuple[str, ...] = ()
    side: tuple[str, str] = ("", "")
    spelled: Text | None = None
    term: Term | None = HOLE
    terms: dict[str, Term | None] = field(default_factory=dict)
    placed: bool = True
    cells: tuple[Term | None, ...] | None = None
    picked: tuple[Pick, ...] = ()
    ordered: bool = False
    rest: tuple[str, ...] = ()
    unique: tuple[frozenset[str], ...] = ()
    shapes: tuple[Shape, ...] = ()
    chosen: bool = False
    learned: Site | None = None

    def copy(self, **changes: Any) -> Frame:
        made = Frame(
            self.node, self.columns.copy(), self.open, self.dropped, self.rows, self.form, self.named, self.vague,
            self.state, self.index, self.side, self.spelled, self.term, self.terms.copy(),
            self.placed, self.cells, self.picked, self.ordered, self.rest, self.unique, self.shapes,
            self.chosen, self.learned,
        )  # fmt: skip
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    @property
    def closed(self) -> bool:
        """True where the names of all columns are known."""
        return not self.open and not self.vague and "" not in self.columns

    def names(self) -> tuple[str, ...] | None:
        """The names of all columns in order, None where they are not all known."""
        return tuple(self.columns) if self.closed else None

    def refs(self) -> frozenset[ColumnRef]:
        """Everything that the known columns are made of."""
        return frozenset().union(*self.columns.values()) if self.columns else frozenset()


def dropped_from(frames: Sequence[Frame]) -> frozenset[str]:
    """What is in none of several frames; names that are not known, where one of them lacks such."""
    if not frames:
        return frozenset()
    more = frozenset({MORE}) if any(MORE in frame.dropped for frame in frames) else frozenset()
    return frozenset.intersection(*(frame.dropped for frame in frames)) | more


class Model(Struct, eq=False):
    """An estimator, transformer or booster. `steps` are the parts of a composite, with their columns where known.

    `held` is the data that it was given when it was made or fitted (X, y), for calls that name none. `predicts_by` is
    the method that predicts where its name says something else (`transform`). `fitted_on`: the rows of the last fit,
    `fitted_as`: how they were called then; `chosen_on`: those whose score chose the state that it is in, `kept_on`:
    those whose score chose the state that was stored. `stops` where every fit watches its evaluation set. `takes`,
    `gives`, `target`: the columns that it finds by name, sets beside them, and learns to tell, where it is told so;
    `untold` where the first is what its library takes for lack of another.
    """

    node: str
    dotted: str = ""
    family: str = ""
    task: str = "unknown"
    composite: str = ""
    steps: list[tuple[str, Value, tuple[str, ...] | None]] = field(default_factory=list)
    remainder: str = "drop"
    fitted_on: str = ""
    loaded: bool = False
    held: dict[str, Any] = field(default_factory=dict)
    predicts_by: str = ""
    stops: bool = False
    chosen_on: tuple[str, ...] = ()
    kept_on: tuple[str, ...] = ()
    fitted_as: str = ""
    takes: tuple[str, ...] | None = None
    gives: tuple[str, ...] = ()
    target: str = ""
    untold: bool = False


class Loaded(Struct, eq=False):
    """Something read from storage whose nature only its use or its writer tells: a model, a frame, or neither.

    `term`, `parts`: of what lies in it under a key.
    """

    node: str
    name: str
    term: Term | None = None
    parts: dict[str, Loaded] = field(default_factory=dict)


class Choice(Struct, frozen=True):
    """One of several alternatives; `term` where it is known which of them it is when."""

    options: tuple[Value, ...]
    term: Term | None = None


Value = (
    Unknown | Const | Text | Seq | Map | Symbol | ModuleValue | Function | Class | Instance | Method | Handle
    | Connection | Object | Frame | Model | Loaded | Choice
)  # fmt: skip

NONE = Const(None)
DOUBT = "?"
"""Before a name, the key under which is kept that it may hold None besides what it is known to hold."""


class Env:
    """Names of one scope, with the scopes around it."""

    __slots__ = ("globals", "names", "outer", "shared", "stars")

    def __init__(self, outer: Env | None = None, names: dict[str, Value] | None = None) -> None:
        self.names: dict[str, Value] = names if names is not None else {}
        self.outer = outer
        self.globals: Env = outer.globals if outer else self
        self.shared: set[str] = set()
        self.stars: list[str] = []

    def get(self, name: str) -> Value | None:
        scope: Env | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            scope = scope.outer
        return None

    def set(self, name: str, value: Value) -> None:
        names = self.globals.names if name in self.shared else self.names
        names[name] = value
        names.pop(DOUBT + name, None)


def text(literal: str, *, path: bool = False) -> Text:
    return Text((literal,), path)


CONSTANT = "constant"
"""The kind of a hole that a constant fills which the repository doesn't hold."""


def hole(name: str, kind: str = "any") -> Text:
    return Text((Hole(name or "value", kind),))


def is_none(value: Value) -> bool:
    return isinstance(value, Const) and value.value is None


def options_of(value: Value) -> tuple[Value, ...]:
    return value.options if isinstance(value, Choice) else (value,)


DATA = ("X", "y")
"""The roles under which a wrapper of data (`DMatrix(X, label=y)`) holds it."""
