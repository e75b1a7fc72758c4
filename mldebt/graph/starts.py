"""Where what is written begins: the statement that calls the function that writes, and the file that is run for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from mldebt.evaluate.trace import Trace
from mldebt.graph.stored import WRITING
from mldebt.graph.told import Told
from mldebt.read.facts import FileFacts
from mldebt.sites import Site

_VARIANT = re.compile(r"(\[\d+\])|@[0-9a-f]{6}(?=$|[.\[])")
_ROUND = re.compile(r"\[\d+\]")
_HEADERS = frozenset({"if", "for", "while", "with", "try", "match", "def", "class"})


Start = tuple[str, dict[str, tuple[tuple[Site, Site], ...]]]
"""The node of a data set, and what is to be noted there."""


def starts(facts: Mapping[str, FileFacts], trace: Trace, told: Told) -> Iterator[Start]:
    """Of data sets that functions write: where these are called (`called`), and what is run for that (`begun`).

    Both are pairs of the place of the write and another place. The line of `begun` is 0 for a function that no code
    calls.
    """
    written = {(edge.target, site) for edge in trace.edges.values() if edge.kind in WRITING for site in edge.sites}
    callers = _Callers(facts, trace, told)
    begun: dict[str, set[tuple[Site, Site]]] = {}
    called: dict[str, set[tuple[Site, Site]]] = {}
    for node, site in written & trace.touched.keys():
        for scope in {_ROUND.sub("", scope) for scope in trace.touched[node, site]}:
            begun.setdefault(node, set()).update((site, entry) for entry in callers.entries(scope, site))
            called.setdefault(node, set()).update((site, place) for place in callers.places(scope))
    for node, pairs in begun.items():
        calls = {"called": tuple(sorted(called[node]))} if called[node] else {}
        yield node, {"begun": tuple(sorted(pairs)), **calls}


class _Callers:
    """Who calls an activation, directly and from the top level of a file."""

    def __init__(self, facts: Mapping[str, FileFacts], trace: Trace, told: Told) -> None:
        self._facts = facts
        self._trace = trace
        self._told = told
        self._found: dict[tuple[str, str], tuple[Site, ...]] = {}
        self._entries: dict[str, set[Site]] = {}

    def entries(self, scope: str, site: Site) -> set[Site]:
        """The top-level statements that lead to an activation; the file alone where only functions do."""
        if "::" not in scope:
            return {site}
        if scope not in self._entries:
            self._entries[scope] = self._entries_of(scope)
        return self._entries[scope]

    def _entries_of(self, scope: str) -> set[Site]:
        found, seen, waiting = set[Site](), {scope}, [scope]
        while waiting:
            one = waiting.pop()
            callers = self._calls.get(one, ())
            if not callers:
                found.add(Site(_file(one), 0, 0))
            for caller, line in callers:
                if "::" not in caller:
                    found.add(self._site(caller, line))
                elif caller not in seen:
                    seen.add(caller)
                    waiting.append(caller)
        return found

    def places(self, scope: str) -> Iterator[Site]:
        """The statements that call an activation."""
        for caller, line in self._calls.get(scope, ()):
            if line:
                yield self._site(caller, line)
            else:
                yield from self._written_in(_VARIANT.sub("", caller), _VARIANT.sub("", scope))

    def _written_in(self, caller: str, called: str) -> tuple[Site, ...]:
        if (caller, called) not in self._found:
            file, _, function = caller.partition("::")
            name = called.rpartition("::")[2].rpartition(".")[2]
            lines = self._lines(file, function, name) if file in self._facts else ()
            self._found[caller, called] = tuple(self._site(file, line) for line in lines)
        return self._found[caller, called]

    def _lines(self, file: str, function: str, name: str) -> Sequence[int]:
        """The lines in which a function of a file calls others of a name."""

        def answer(body: Any) -> tuple[int, ...]:
            return tuple(sorted(set(_calling(_body(body, function.split(".")), name))))

        found: Sequence[int] = self._told.of(self._facts[file], f"calls of {name} in {function}", answer)
        return found

    def _site(self, file: str, line: int) -> Site:
        file = _ROUND.sub("", file)
        return self._facts[file].site(line) if file in self._facts else Site(file, line, line)

    @cached_property
    def _calls(self) -> dict[str, list[tuple[str, int]]]:
        found: dict[str, set[tuple[str, int]]] = {}
        for (scope, line), called in self._trace.calls.items():
            for one in called:
                found.setdefault(_whole(one), set()).add((_whole(scope), line))
        return {scope: sorted(callers) for scope, callers in found.items()}


def _whole(scope: str) -> str:
    """An activation in whatever round of a loop."""
    return _ROUND.sub("", scope) if "[" in scope else scope


def _file(scope: str) -> str:
    return scope.partition("::")[0]


def _body(body: Any, names: list[str]) -> Any:
    """The statements of a function, or none where it isn't found."""
    if not names:
        return body
    for statement in _nested(body):
        if statement[3] == names[0]:
            return _body(statement[6] if statement[0] == "def" else statement[7], names[1:])
    return ()


def _nested(body: Any) -> Iterator[Any]:
    """The functions and classes among statements, in the order in which they stand."""
    for statement in body:
        if statement[0] in ("def", "class"):
            yield statement
        elif statement[0] in _HEADERS:
            yield from (inner for part in statement[3:] if _are_statements(part) for inner in _nested(part))


def _are_statements(part: Any) -> bool:
    return isinstance(part, tuple) and bool(part) and isinstance(part[0], tuple) and len(part[0]) > 2 and (
        isinstance(part[0][0], str) and isinstance(part[0][1], int)
    )  # fmt: skip


def _calling(tree: Any, name: str) -> Iterator[int]:
    """The lines of calls of a function of that name."""
    if not isinstance(tree, tuple) or not tree:
        return
    if tree[0] == "call" and len(tree) > 4 and tree[1][-1:] == (name,):
        yield tree[4]
    for child in tree:
        yield from _calling(child, name)
