"""Where in a statement each part stands: the query that it belongs to and the clause that says what it is for."""

from __future__ import annotations

from msgspec import Struct
from sqlglot import exp

from mldebt.read.sql.owners import is_owner

CLAUSES = {
    "where": "filter",
    "having": "filter",
    "qualify": "filter",
    "prewhere": "filter",
    "limit": "filter",
    "group": "key",
    "partition_by": "key",
    "distinct": "key",
    "on": "key",
    "cluster": "key",
    "sort": "order",
    "order": "order",
}
CONDITIONS = ("where", "having", "qualify")


class Place(Struct, frozen=True):
    """`owner`: the query or statement that gives a part its columns. `clause`: the innermost clause around it.
    `conditional`: it stands, with the query that it is in, inside a condition of another query.
    """

    owner: exp.Expr | None = None
    clause: str = ""
    conditional: bool = False


class Places:
    """The place of every part of one statement, found in one walk."""

    def __init__(self, tree: exp.Expr) -> None:
        self._places: dict[int, Place] = {id(tree): Place()}
        for node in tree.walk():
            if node.parent is not None and node is not tree:
                self._places[id(node)] = _inside(node, node.parent, self[node.parent])

    def __getitem__(self, node: exp.Expr) -> Place:
        return self._places.get(id(node), Place())


def _inside(node: exp.Expr, parent: exp.Expr, outer: Place) -> Place:
    """The place of a part, by that of the part around it."""
    key = node.arg_key or ""
    owner, clause, conditional = outer.owner, outer.clause, outer.conditional
    if is_owner(parent):
        owner, clause, conditional = parent, key, conditional or key in CONDITIONS
    elif isinstance(parent, exp.Window | exp.Join) and key in CLAUSES:
        clause = key
    elif isinstance(parent, exp.Filter) and key == "expression":
        clause = "where"
    if isinstance(parent, exp.From | exp.CTE) or (isinstance(parent, exp.Join) and key == "this"):
        conditional = False
    return Place(owner, clause, conditional)
