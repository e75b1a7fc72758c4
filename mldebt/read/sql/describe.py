"""A parsed statement → what it reads, what it writes and what it uses."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlglot import exp

from mldebt.read.facts import SqlColumn
from mldebt.read.sql.computed import rows_of
from mldebt.read.sql.fallback import tables_in
from mldebt.read.sql.owners import OWNERS, is_owner
from mldebt.read.sql.scopes import Scopes
from mldebt.read.sql.templates import Templates
from mldebt.read.sql.uses import column_uses

Facts = dict[str, Any]
HARMLESS = (
    exp.Set, exp.Alter, exp.Transaction, exp.Commit, exp.Rollback, exp.Use, exp.Pragma, exp.Describe, exp.Show,
    exp.Grant, exp.Comment, exp.Analyze, exp.Cache, exp.Semicolon, exp.Declare,
)  # fmt: skip
MOVING = (exp.AlterRename, exp.SwapTable)
"""What gives the rows of a table another name: whoever reads that one reads them."""
SETTINGS_WORDS = ("grant", "revoke", "set", "show", "alter", "comment", "pragma")
ROUTINE_WORDS = ("do", "begin", "declare", "if", "while", "for", "create")
DATA_WORDS = ("from", "into", "select", "insert", "update", "merge")


def describe(tree: exp.Expr, templates: Templates) -> Facts:
    """The fields of the `SqlStatement` of a tree, without its lines."""
    if isinstance(tree, HARMLESS):
        moved = isinstance(tree, exp.Alter) and any(isinstance(one, MOVING) for one in tree.args.get("actions") or ())
        return {"kind": "other", "reads": (Scopes(tree, templates).name(tree.this),) if moved else ()}
    if isinstance(tree, exp.Command):
        return _command(tree, templates)
    scopes = Scopes(tree, templates)
    describer = next((found for kind, found in DESCRIBERS.items() if isinstance(tree, kind)), _query)
    return {"reads": _reads(tree, scopes), "uses": column_uses(tree, scopes)} | describer(tree, scopes)


def _reads(tree: exp.Expr, scopes: Scopes) -> tuple[str, ...]:
    """Tables that any part takes rows from, in order of mention; the target of an UPDATE, DELETE or MERGE is not."""
    names: dict[str, None] = {}
    for owner in filter(is_owner, tree.find_all(*OWNERS, bfs=False)):
        sources = scopes.sources(owner)
        for source in sources if isinstance(owner, exp.Select) else sources[1:]:
            names[source.table] = None
    return tuple(name for name in names if name)


def _query(tree: exp.Expr, scopes: Scopes) -> Facts:
    facts: Facts = {"kind": "select", "outputs": scopes.outputs(tree)}
    if any(str(join.args.get("side") or "") for join in tree.find_all(exp.Join)):
        facts["outer"] = True
    if isinstance(tree, exp.Select) and tree.args.get("group") is None:
        facts["rows"] = rows_of(tree, scopes.term)
    into = tree.find(exp.Into)
    if into is not None:
        facts |= {"kind": "create_table", "target": scopes.name(into.this), "mode": "replace"}
    return facts


def _insert(tree: exp.Expr, scopes: Scopes) -> Facts:
    target, columns = _schema(tree.this, scopes)
    query = tree.expression
    conflict = tree.args.get("conflict")
    updates = str(tree.args.get("alternative") or "").upper() == "REPLACE" or (
        conflict is not None and bool(_sets(conflict))
    )
    return {
        "kind": "insert",
        "target": target,
        "columns": columns,
        "mode": "replace" if tree.args.get("overwrite") else "merge" if updates else "append",
        "outputs": scopes.outputs(query) if isinstance(query, exp.Query) else (),
    }


def _sets(conflict: exp.Expr) -> bool:
    action = conflict.args.get("action")
    return bool(conflict.args.get("duplicate") or conflict.expressions or "UPDATE" in str(action or "").upper())


def _create(tree: exp.Expr, scopes: Scopes) -> Facts:
    kind = str(tree.args.get("kind") or "").upper()
    if kind in ("FUNCTION", "PROCEDURE"):
        return _routine(tree)
    if kind not in ("TABLE", "VIEW"):
        return {"kind": "other", "reads": (), "uses": ()}
    target, columns = _schema(tree.this, scopes)
    facts: Facts = {"kind": f"create_{kind.lower()}", "target": target, "columns": columns}
    query = tree.expression
    if isinstance(query, exp.Query):
        facts |= {"mode": "error" if tree.args.get("exists") else "replace", "outputs": scopes.outputs(query)}
    clone = tree.args.get("clone")
    if clone is not None and isinstance(clone.this, exp.Table):
        facts |= {"mode": "replace", "reads": (scopes.name(clone.this),)}
    return facts


def _routine(tree: exp.Expr) -> Facts:
    language = tree.find(exp.LanguageProperty)
    body = tree.expression.name if isinstance(tree.expression, exp.Expr) else ""
    if language is not None and "sql" not in language.name.lower():
        body = ""
    reads, target = tables_in(body)
    reason = "only the tables of a routine's body are read" if reads or target else ""
    return {"kind": "other", "reads": reads, "uses": (), "incomplete": reason}


def _schema(node: exp.Expr, scopes: Scopes) -> tuple[str, tuple[str, ...]]:
    """Name and columns of `table (a, b)` or `table (a INT, b TEXT)`."""
    table = node.this if isinstance(node, exp.Schema) else node
    named = [item for item in node.expressions if isinstance(item, exp.ColumnDef | exp.Identifier | exp.Column)]
    name = scopes.name(table) if isinstance(table, exp.Table) else ""
    return name, tuple(scopes.text(item.name) for item in named if isinstance(node, exp.Schema))


def _update(tree: exp.Expr, scopes: Scopes) -> Facts:
    changed = tuple(scopes.text(item.this.name) for item in tree.expressions if isinstance(item, exp.EQ))
    return {"kind": "update", "target": scopes.name(tree.this), "mode": "merge", "columns": changed}


def _delete(tree: exp.Expr, scopes: Scopes) -> Facts:
    return {"kind": "delete", "target": scopes.name(tree.this)}


def _truncate(tree: exp.Expr, scopes: Scopes) -> Facts:
    return {"kind": "delete", "target": scopes.name(tree.expressions[0])}


def _merge(tree: exp.Expr, scopes: Scopes) -> Facts:
    columns = dict.fromkeys(scopes.text(name) for name in _merged_columns(tree))
    return {"kind": "merge", "target": scopes.name(tree.this), "mode": "merge", "columns": tuple(columns)}


def _merged_columns(tree: exp.Expr) -> Iterator[str]:
    for action in tree.find_all(exp.Update, exp.Insert):
        if isinstance(action, exp.Update):
            yield from (item.this.name for item in action.expressions if isinstance(item, exp.EQ))
        elif isinstance(action.this, exp.Tuple | exp.Schema):
            yield from (item.name for item in action.this.expressions)


def _drop(tree: exp.Expr, scopes: Scopes) -> Facts:
    kind = str(tree.args.get("kind") or "").upper()
    tables = [item for item in (tree.this, *(tree.args.get("tables") or ())) if isinstance(item, exp.Table)]
    if kind not in ("TABLE", "VIEW") or not tables:
        return {"kind": "other"}
    return {"kind": "drop", "target": scopes.name(tables[0])}


def _copy(tree: exp.Expr, scopes: Scopes) -> Facts:
    """COPY … FROM writes the table, COPY … TO reads it; the files are what is on the other side."""
    files = tuple(file.name for file in tree.args.get("files") or () if isinstance(file, exp.Literal))
    if isinstance(tree.this, exp.Subquery | exp.Query):
        return {"kind": "select", "outputs": scopes.outputs(tree.this)} | _exported(files, scopes)
    table, columns = _schema(tree.this, scopes)
    if tree.args.get("kind"):
        return {"kind": "insert", "target": table, "mode": "append", "columns": columns, "reads": files}
    names = sorted(columns) or ["*"]
    outputs = tuple(SqlColumn(name, ((table, name),)) for name in names)
    uses = tuple((table, name, "value") for name in names if name != "*")
    return {"kind": "select", "reads": (table,), "uses": uses, "outputs": outputs} | _exported(files, scopes)


def _exported(files: tuple[str, ...], scopes: Scopes) -> Facts:
    """A file that rows are copied to is made anew, as a table is that a query makes."""
    return {"kind": "create_table", "target": scopes.text(files[0]), "mode": "replace"} if len(files) == 1 else {}


def _command(tree: exp.Expr, templates: Templates) -> Facts:
    """A statement that the parser keeps as text: of interest only where it moves data."""
    text = f"{tree.this} {getattr(tree.expression, 'name', tree.expression) or ''}"
    words = text.lower().split()
    if not any(word in words for word in DATA_WORDS) or words[0] in SETTINGS_WORDS:
        return {"kind": "other"}
    reads, target = tables_in(text)
    return {
        "kind": "other",
        "reads": tuple(templates.put_back(name) for name in reads),
        "target": "" if words[0] in ROUTINE_WORDS else templates.put_back(target),
        "incomplete": f"{words[0].upper()} is read only for its tables",
    }


DESCRIBERS: Mapping[type[exp.Expr], Callable[[exp.Expr, Scopes], Facts]] = {
    exp.Insert: _insert,
    exp.Create: _create,
    exp.Update: _update,
    exp.Delete: _delete,
    exp.TruncateTable: _truncate,
    exp.Merge: _merge,
    exp.Drop: _drop,
    exp.Copy: _copy,
}
