"""Whether a model learns from groups of rows, of which each holds something: nobody of whom nothing is stored."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.graph.model import Edge, Graph
from mldebt.terms import Term
from mldebt.terms.statistics import STATISTICS

ANSWERS = frozenset({"fill_null", "is_null", "is_not_null", "default", "if_empty", "where"})
"""What says what becomes of a group of which there is nothing."""


def is_of_groups(graph: Graph, source: str, term: Term) -> bool:
    """Whether an expression is a statistic of groups, in a table that has a row for each group and for nobody else."""
    inner = term.args[0] if term.op == "over" and term.args else None
    if inner is None or inner.op not in STATISTICS or any(part.op in ANSWERS for part in term.walk()):
        return False
    edges = list(behind(graph, source))
    return not any(map(_keeps_others, edges)) and (_has_groups(graph, source) or _is_asked(edges))


def behind(graph: Graph, node: str) -> Iterator[Edge]:
    """Every edge over which data comes to a node."""
    seen, waiting = {node}, [node]
    while waiting:
        for edge in graph.into(waiting.pop(), "DERIVES", "READS", "WRITES"):
            yield edge
            if edge.source not in seen:
                seen.add(edge.source)
                waiting.append(edge.source)


def _keeps_others(edge: Edge) -> bool:
    """Whether a join keeps rows of one side that the other has nothing for."""
    told = edge.attributes
    if told.get("outer"):
        return True
    how = told.get("how")
    return told.get("operation") == "merge" and how != "inner" and not (how is None and told.get("keys"))


def _has_groups(graph: Graph, node: str) -> bool:
    waiting, seen = [str(graph.nodes[node].attributes.get("rows") or "")], set[str]()
    while waiting:
        known = graph.rowsets.get(rows := waiting.pop())
        if known is None or rows in seen:
            continue
        if known.operation == "group":
            return True
        seen.add(rows)
        waiting += known.parents
    return False


def _is_asked(edges: list[Edge]) -> bool:
    """Whether a query made the groups."""
    return any(edge.kind == "READS" and edge.attributes.get("columns") for edge in edges)
