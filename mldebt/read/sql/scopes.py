"""Where a column of a query comes from: through aliases, sub-queries, common table expressions and stars."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from sqlglot import exp

from mldebt.read.facts import SqlColumn
from mldebt.read.sql.computed import computed, grouped_by, kept_by
from mldebt.read.sql.kept import Kept
from mldebt.read.sql.owners import common_table, from_items, is_own_recursion
from mldebt.read.sql.places import Places
from mldebt.read.sql.table_files import file_read, is_kept_function
from mldebt.read.sql.templates import Templates
from mldebt.terms import Term
from mldebt.terms import column as stored
from mldebt.terms.term import packed, unpacked

Ref = tuple[str, str]
SHELL_HOLE = re.compile(r"\$\{")
COMPARISONS = (
    exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Like, exp.ILike, exp.In, exp.Between, exp.Limit, exp.Offset,
    exp.Interval,
)  # fmt: skip


class Source(Struct, frozen=True, dict=True):
    """Something that a query selects from: a stored table, an inner query, or (neither) a table function."""

    alias: str
    table: str = ""
    query: exp.Expr | None = None
    columns: tuple[str, ...] = ()

    def makes(self, name: str) -> bool:
        """Whether a column comes out of this table function."""
        return not self.table and self.query is None and name in (self.alias, *self.columns)


class Origin(Struct, frozen=True, dict=True):
    """Where a value comes from, and whether anything was done to it on the way."""

    refs: tuple[Ref, ...]
    transform: bool = False
    term: Term | None = None


class Scopes:
    """Answers for one statement; what was found once is remembered."""

    def __init__(self, tree: exp.Expr, templates: Templates) -> None:
        self.places = Places(tree)
        self._templates = templates
        self._outputs: dict[int, tuple[SqlColumn, ...]] = {}
        self._sources: dict[int, tuple[Source, ...]] = {}

    def name(self, table: exp.Table) -> str:
        """A table's name with its qualifiers, as written; that of a function which the database keeps in a schema.

        "" for the functions that come with a database.
        """
        inner = table.this
        if isinstance(inner, exp.Identifier | exp.Dot) or is_kept_function(table):
            name = self._templates.put_back(".".join(part.name for part in table.parts if part.name))
        else:
            name = self.text(file_read(inner))
        return SHELL_HOLE.sub("{", name)

    def text(self, name: str) -> str:
        return self._templates.put_back(name)

    def is_value(self, column: exp.Column) -> bool:
        """Whether a column is only a place for a value, or a text in double quotes that is compared with a column."""
        if self._templates.is_value(column.name):
            return True
        if self._templates.is_hole(column.name) and isinstance(column.parent, COMPARISONS):
            return True
        if _is_option(column):
            return True
        if column.args.get("table") or not getattr(column.this, "quoted", False):
            return False
        compared = isinstance(column.parent, exp.EQ | exp.NEQ | exp.Like | exp.In)
        return compared and column.arg_key in ("expression", "expressions")

    def sources(self, owner: exp.Expr) -> tuple[Source, ...]:
        """What a SELECT, UPDATE, DELETE or MERGE takes its columns from, in order of mention."""
        if id(owner) not in self._sources:
            self._sources[id(owner)] = tuple(self._source(item) for item in from_items(owner))
        return self._sources[id(owner)]

    def _source(self, item: exp.Expr) -> Source:
        alias = item.alias_or_name
        if isinstance(item, exp.Table):
            definition = common_table(item) if len(item.parts) == 1 else None
            if definition is not None:
                return Source(alias, query=definition, columns=tuple(definition.alias_column_names))
            if not is_own_recursion(item):
                return Source(alias, table=self.name(item), columns=tuple(item.alias_column_names))
        inner = item.this if isinstance(item, exp.Subquery) else item
        if isinstance(inner, exp.Query):
            return Source(alias, query=item, columns=tuple(item.alias_column_names))
        return Source(alias, columns=tuple(item.alias_column_names))

    def outputs(self, query: exp.Expr) -> tuple[SqlColumn, ...]:
        """The columns that a query gives, stars expanded where the columns are known."""
        if id(query) not in self._outputs:
            self._outputs[id(query)] = ()  # a query that reaches itself has nothing to add
            self._outputs[id(query)] = tuple(self._find_outputs(query))
        return self._outputs[id(query)]

    def _find_outputs(self, query: exp.Expr) -> Iterator[SqlColumn]:
        if isinstance(query, exp.CTE | exp.Subquery):
            yield from _renamed(self.outputs(query.this), query.alias_column_names)
        elif isinstance(query, exp.SetOperation):
            yield from _united(self.outputs(query.left), self.outputs(query.right))
        elif isinstance(query, exp.Select):
            for projection in query.expressions:
                yield from self._projection(projection, query)
        elif isinstance(query, exp.Table):
            yield SqlColumn("*", ((self.name(query), "*"),))

    def _projection(self, projection: exp.Expr, select: exp.Expr) -> Iterator[SqlColumn]:
        if projection.is_star and isinstance(projection, exp.Star | exp.Column):
            yield from self._star(projection, select)
            return
        value = projection.unalias()
        while isinstance(value, exp.Paren):
            value = value.this
        origins = [self.origin(column) for column in value.find_all(exp.Column) if not self.is_value(column)]
        refs = tuple(dict.fromkeys(ref for origin in origins for ref in origin.refs))
        transform = not isinstance(value, exp.Column) or any(origin.transform for origin in origins)
        keys, kept = grouped_by(select, self.term), self.kept(select)
        term = computed(value, self.term, keys, kept) if transform else None
        name = projection.alias_or_name if isinstance(value, exp.Column) else projection.alias  # COUNT(*) has none
        yield SqlColumn(self.text(name), refs, transform, packed(term) if term else None)

    def kept(self, select: exp.Expr) -> Kept:
        """The conditions on the rows of a query, with those of the query that it takes its rows from."""
        own = kept_by(select, self.term)
        inner = self._rows_within(select)
        return Kept((*self.kept(inner).everywhere, *own.everywhere), own.of) if inner is not None else own

    def _rows_within(self, select: exp.Expr) -> exp.Select | None:
        """The query in FROM whose rows a query has, one by one: none that groups them."""
        clause = select.args.get("from_") or select.args.get("from")
        first = clause.this.alias_or_name if isinstance(clause, exp.From) else ""
        query = next((source.query for source in self.sources(select) if source.alias == first), None)
        inner = query.this if isinstance(query, exp.CTE | exp.Subquery) else query
        plain = isinstance(inner, exp.Select) and inner.args.get("group") is None
        return inner if plain and isinstance(inner, exp.Select) else None

    def term(self, column: exp.Column) -> Term | None:
        """How a mentioned column is computed: as it is stored, or by an inner query."""
        if self.is_value(column):
            return None
        origin = self.origin(column)
        if origin.transform:
            return origin.term
        return stored(origin.refs[0][1]) if len(origin.refs) == 1 else None

    def _star(self, star: exp.Expr, select: exp.Expr) -> Iterator[SqlColumn]:
        qualifier = star.table if isinstance(star, exp.Column) else ""
        inner = star.this if isinstance(star, exp.Column) else star
        excepted = {item.name for item in inner.args.get("except_") or inner.args.get("except") or ()}
        for source in self.sources(select):
            if qualifier and source.alias != qualifier:
                continue
            if source.query is not None:
                yield from (column for column in self.outputs(source.query) if column.name not in excepted)
            elif source.table:
                yield SqlColumn("*", ((source.table, "*"),))

    def origin(self, column: exp.Column) -> Origin:
        """The stored columns behind a mention of a column; the table is "" where it can't be told."""
        owner = self.places[column].owner
        name = column.name
        qualifier = column.table
        while owner is not None:
            sources = self.sources(owner)
            found = _qualified(sources, qualifier) if qualifier else self._holder(sources, name, owner)
            if found is not None:
                return self.from_source(found, name)
            if not qualifier and any(source.makes(name) for source in sources):
                return Origin((), True)
            if not qualifier and any(source.table or source.query for source in sources):
                return Origin((("", self.text(name)),))
            owner = self.places[owner].owner
        return self._unknown(column)

    def _unknown(self, column: exp.Column) -> Origin:
        """A qualifier that is no source is a column with fields, where a single table leaves no doubt."""
        nearest = self.places[column].owner
        sources = self.sources(nearest) if nearest is not None else ()
        table = _qualified(sources, column.text("db")) if column.args.get("db") else None
        if table is not None:
            return Origin(self.from_source(table, column.table).refs, True)
        if column.table and len(sources) == 1 and sources[0].table and not column.args.get("db"):
            return Origin(((sources[0].table, self.text(column.table)),), True)
        return Origin((("", self.text(column.name)),)) if column.table else Origin(())

    def _holder(self, sources: tuple[Source, ...], name: str, owner: exp.Expr) -> Source | None:
        """The one source that an unqualified column can belong to."""
        if any(source.makes(name) for source in sources):
            return None
        for source in sources:
            if source.query is not None and name in self._names(source):
                return source
        open_sources = [source for source in sources if source.table or self._is_open(source)]
        if len(open_sources) == 1 or (open_sources and name in _using(owner)):
            return open_sources[0]
        return None

    def _names(self, source: Source) -> tuple[str, ...]:
        assert source.query is not None
        return tuple(column.name for column in self.outputs(source.query))

    def _is_open(self, source: Source) -> bool:
        return source.query is not None and "*" in self._names(source)

    def from_source(self, source: Source, name: str) -> Origin:
        name = self.text(name)
        if source.table:
            return Origin(((source.table, name),))
        if source.query is None:
            return Origin((), True)
        outputs = self.outputs(source.query)
        for column in outputs:
            if column.name == name:
                return Origin(column.sources, column.transform, unpacked(column.term) if column.term else None)
        stars = tuple(table for column in outputs if column.name == "*" for table, _ in column.sources)
        return Origin(((stars[0], name),) if len(set(stars)) == 1 else (("", name),) if stars else ())


def _is_option(column: exp.Column) -> bool:
    """The name of an option of a table function: `read_csv('x.csv', header = true)`."""
    place = column.parent
    if not isinstance(place, exp.EQ | exp.PropertyEQ) or column.arg_key != "this":
        return False
    function = place.parent
    return isinstance(function, exp.Func) and isinstance(function.parent, exp.Table)


def _qualified(sources: tuple[Source, ...], qualifier: str) -> Source | None:
    return next((source for source in sources if source.alias.lower() == qualifier.lower()), None)


def _using(owner: exp.Expr) -> set[str]:
    joins = owner.args.get("joins") or ()
    return {column.name for join in joins for column in join.args.get("using") or ()}


def _renamed(columns: tuple[SqlColumn, ...], names: list[str]) -> Iterator[SqlColumn]:
    for position, column in enumerate(columns):
        name = names[position] if position < len(names) else column.name
        yield SqlColumn(name, column.sources, column.transform, column.term)


def _united(left: tuple[SqlColumn, ...], right: tuple[SqlColumn, ...]) -> Iterator[SqlColumn]:
    """Columns of a UNION: names from the left, sources by position from both; stars have no position."""
    if any(column.name == "*" for column in (*left, *right)):
        yield from dict.fromkeys((*left, *right))
        return
    for position, column in enumerate(left):
        other = right[position] if position < len(right) else column
        sources = tuple(dict.fromkeys((*column.sources, *other.sources)))
        term = column.term if column.term == other.term else None
        yield SqlColumn(column.name, sources, column.transform or other.transform, term)
