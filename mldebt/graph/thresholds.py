"""How the number is written that a prediction is compared with: in the comparison, or as a constant of a module."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mldebt.evaluate.trace import Trace, TracedNode
from mldebt.graph.told import Told
from mldebt.read.facts import Expr, FileFacts, Stmt
from mldebt.sites import Site

ORDERING = ("<", "<=", ">", ">=")
COUNTING = frozenset({"sum", "mean", "count", "count_nonzero", "any", "all", "len", "print", "value_counts", "average"})


def add_spelling(facts: Mapping[str, FileFacts], trace: Trace, told: Told) -> None:
    """Note at decisions how their number is `written`: literal or constant, with its name and place; else nothing."""
    nodes = [node for node in trace.nodes.values() if node.kind == "decision" and _is_number(node)]
    for node in nodes:
        for site in sorted(node.sites)[:1]:
            if site.file in facts:
                _spell(node, site, facts, trace, told)


def _is_number(node: TracedNode) -> bool:
    threshold = node.attributes.get("threshold")
    plain = isinstance(threshold, (int, float)) and not isinstance(threshold, bool)
    return plain and node.attributes.get("operator") in ORDERING


def _spell(node: TracedNode, site: Site, facts: Mapping[str, FileFacts], trace: Trace, told: Told) -> None:
    threshold = node.attributes["threshold"]
    assert isinstance(threshold, (int, float))
    for first, last, sides in told.of(facts[site.file], "compared numbers and names", _compared):
        if facts[site.file].site(first, last) != site:
            continue
        for number, name in sides:
            if number == threshold:
                node.attributes["written"] = "literal"
                return
            if name and (place := _constant(name, float(threshold), site.file, facts, trace, told)) is not None:
                node.attributes.update(written="constant", constant=name, defined=place)
                return


def _compared(body: tuple[Stmt, ...]) -> tuple[Any, ...]:
    """The statements that compare (first line, last line, number and name of each side)."""
    found = (
        (statement[1], statement[2], tuple((_number(side), _name_of(side)) for side in sides))
        for statement in _statements(body)
        if (sides := list(_sides(statement)))
    )
    return tuple(found)


def _name_of(side: Expr) -> str:
    """A name, or that of a constant which belongs to a class or another module: `self.LIMIT`, `settings.LIMIT`."""
    if side[0] == "name":
        return str(side[1])
    return str(side[2]) if side[0] == "attr" and str(side[2]).isupper() else ""


def _constant(
    name: str, value: float, file: str, facts: Mapping[str, FileFacts], trace: Trace, told: Told
) -> Site | None:
    """Where a module binds a name to a number, once and for all: this one, or one that it imports."""
    for each in (file, *sorted(trace.imports.get(file, ()))):
        if each in facts and name.encode() in facts[each].packed:
            bound = told.of(facts[each], f"bindings of {name}", lambda body: tuple(_assigned(body, name)))
            if bound:
                line, number = bound[0]
                return facts[each].site(line) if len(bound) == 1 and number == value else None
    return None


def _assigned(body: Iterable[Stmt], name: str) -> Iterator[tuple[int, float | None]]:
    for statement in _statements(body):
        if statement[0] == "class" and statement[4] and any(_assigned(statement[7], name)):
            yield statement[1], None  # settings that may come from elsewhere: class Settings(BaseSettings)
        if statement[0] in ("assign", "aug") and ("name", name) in (*_targets(statement),):
            yield statement[1], _number(statement[4]) if statement[0] == "assign" and statement[4] else None
        if statement[0] == "def" and any(param[0] == name for param in statement[4]):
            yield statement[1], None


def _targets(statement: Stmt) -> tuple[Any, ...]:
    return tuple(statement[3]) if statement[0] == "assign" else (statement[3],)


def _statements(body: Iterable[Stmt]) -> Iterator[Stmt]:
    """All statements, those inside of others, too."""
    waiting: list[Any] = list(body)
    while waiting:
        part = waiting.pop()
        if isinstance(part, tuple):
            if len(part) > 2 and isinstance(part[0], str) and type(part[1]) is int and type(part[2]) is int:
                yield part
            if part and part[0] not in ("expr", "const"):
                waiting += part


def _sides(statement: Stmt) -> Iterator[Expr]:
    """Both sides of each comparison in a statement, not in those below it."""
    waiting: list[Any] = list(statement[3:])
    while waiting:
        part = waiting.pop()
        if not isinstance(part, tuple) or not part:
            continue
        if len(part) > 2 and isinstance(part[0], str) and type(part[1]) is int and type(part[2]) is int:
            continue
        if part[0] == "call" and _only_counts(part[1]):
            continue
        if part[0] == "cmp" and len(part) == 4 and part[1] in ORDERING:
            yield from (part[2], part[3])
        waiting += part


def _only_counts(function: Expr) -> bool:
    """`(score > 0.9).sum()`: how many there are is told, and nothing is decided."""
    return function[0] in ("name", "attr") and function[-1] in COUNTING


def _number(expression: Any) -> float | None:
    match expression:
        case ("const", value) if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        case ("un", "-", ("const", value)) if isinstance(value, (int, float)):
            return -float(value)
    return None
