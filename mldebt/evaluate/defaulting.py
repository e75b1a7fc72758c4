"""Failures of a source that become a value: `except Exception: rain = 0`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.values import Const, Map, Seq, Value, options_of
from mldebt.read.facts import Expr, Stmt
from mldebt.sites import Site

ALARMS = frozenset({
    "error", "exception", "critical", "fatal", "warning", "warn", "alert", "notify", "capture_exception",
    "capture_message", "gauge", "increment", "inc", "count", "send", "record_error", "set_tag", "abort", "exit",
    "log_exception", "report_exception",
})  # fmt: skip
"""What a call is named by which somebody hears of a failure."""
EXPECTED = frozenset({
    "FileNotFoundError", "ImportError", "ModuleNotFoundError", "KeyboardInterrupt", "StopIteration", "EmptyDataError",
    "NotFound", "NoSuchKey",
})  # fmt: skip
"""What is raised where something simply isn't there yet."""


def quiet_handlers(handlers: Iterable[Stmt]) -> list[bool]:
    """Which handlers let nobody know that something failed, and go on."""
    return [not (_tells(body) or _is_expected(kind)) for kind, _, body in handlers]


def note_default(
    machine: Machine, lines: tuple[Site, Site, Site], read: Mapping[str, Value], returned: Iterable[Value],
    instead: Mapping[str, Value], answered: list[Value],
) -> None:  # fmt: skip
    """Mark what was read in the body, where the handler puts a made-up value in its place.

    `lines`: of the `try`, of the handler's first and last statement.
    `read`, `returned`: what the body left under names, or gave back; `instead`, `answered`: what the handler did.
    """
    replaced = [(read[name], instead[name]) for name in sorted(read.keys() & instead.keys())]
    replaced += [(value, answer) for answer in answered for value in (*returned, *read.values())]
    for value, default in replaced:
        shown = next((shown for one in options_of(default) if (shown := _made_up(one))), "")
        for node in sorted(sources_of(value)) if shown else ():
            if _is_read_between(machine, node, lines):
                known = machine.trace.nodes[node]
                machine.trace.node(node, known.kind, known.name, None, defaulted=(lines[2], shown))


def _made_up(value: Value) -> str:
    """A value that looks like a real one, as text: a number, or a record of numbers; "" for one that says unknown."""
    if isinstance(value, Const):
        number = isinstance(value.value, (int, float)) and not isinstance(value.value, bool)
        return str(value.value) if number and value.value == value.value else ""
    if isinstance(value, Map) and value.rest is None:
        shown = {str(name): _made_up(part) for name, part in value.entries.items()}
        return f"{{{', '.join(f'{name}: {part}' for name, part in shown.items())}}}" if all(shown.values()) else ""
    if isinstance(value, Seq) and value.items and not value.open:
        parts = [_made_up(item) for item in value.items]
        return f"[{', '.join(parts)}]" if all(parts) else ""
    return ""


def _is_read_between(machine: Machine, node: str, lines: tuple[Site, Site, Site]) -> bool:
    first, last, _ = lines
    edges = machine.trace.into.get(node, ())
    sites = (site for edge in edges if edge.kind == "READS" for site in edge.sites)
    return any(
        (first.file, first.cell) == (site.file, site.cell) and first.line <= site.line < last.line for site in sites
    )


def last_line(body: Iterable[Stmt]) -> int:
    """The last line of statements, those inside of them, too."""
    return max((part[2] for one in body for part in _parts(one) if len(part) > 2 and type(part[2]) is int), default=0)


def _is_expected(kind: Expr | None) -> bool:
    if kind is None:
        return False
    kinds = kind[1] if kind[0] == "tuple" else (kind,)
    return all(_last(one) in EXPECTED for one in kinds)


def _tells(body: Any) -> bool:
    return any(part[0] == "raise" or (part[0] == "call" and _last(part[1]) in ALARMS) for part in _parts(body))


def _last(expression: Expr) -> str:
    return str(expression[2]) if expression[0] == "attr" else str(expression[1]) if expression[0] == "name" else ""


def _parts(tree: Any) -> Iterator[tuple[Any, ...]]:
    """Every statement and expression in a body."""
    if isinstance(tree, tuple):
        if tree and isinstance(tree[0], str):
            yield tree
        for part in tree:
            yield from _parts(part)
