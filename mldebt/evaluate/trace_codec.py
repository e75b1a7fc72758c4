"""A trace ↔ plain tuples, for the cache and for other processes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

from mldebt.evaluate.trace import Trace, TracedColumn, TracedEdge, TracedNode, TracedRows, TracedUse
from mldebt.sites import Site
from mldebt.terms import Term
from mldebt.terms.term import packed, unpacked

SITE = "\0site"
TERM = "\0term"
Plain = Any
TASKS, CALLS = 7, 14
"""Where they stand in an encoded trace."""


def encode_trace(trace: Trace) -> Plain:
    """The trace as tuples, sets, dictionaries, strings and numbers. Sites are numbers in a table."""
    sites = _Sites()
    alike = _once(lambda attributes: _attributes(attributes, sites))
    return (
        [
            (node.id, node.kind, node.name, _attributes(node.attributes, sites), sites.of(node.sites))
            for node in trace.nodes.values()
        ],
        [
            (
                key,
                edge.source,
                edge.target,
                edge.kind,
                edge.evidence,
                alike(edge.attributes),
                sites.of(edge.sites),
            )
            for key, edge in trace.edges.items()
        ],
        [(ref, *_column(column), sites.of(column.sites)) for ref, column in trace.columns.items()],
        [(use.owner, use.column, use.kind, sites.one(use.site), use.but) for use in sorted(trace.uses, key=_use_order)],
        [
            (name, rows.operation, rows.parents, rows.split, rows.part, sites.one(rows.site))
            for name, rows in trace.rows.items()
        ],
        {name: sorted(natures) for name, natures in trace.loaded_as.items()},
        [(sites.one(site), kind, *outcome) for (site, kind), outcome in trace.io.items()],
        _plain(trace.tasks, sites),
        [(file, [(to, sites.one(site)) for to, site in imported.items()]) for file, imported in trace.imports.items()],
        [(file, sites.of(at)) for file, at in trace.started.items()],
        trace.forwards,
        sorted(trace.trained_through),
        [(*call, sorted(said)) for call, said in trace.settings.items()],
        [
            (parser, [(name, sites.one(site)) for name, site in options.items()])
            for parser, options in trace.options.items()
        ],
        [(caller, sorted(called)) for caller, called in trace.calls.items()],
        [(node, sites.one(site), sorted(scopes)) for (node, site), scopes in trace.touched.items()],
        [(sites.one(site), text) for site, text in trace.failures],
        [
            (key, [(name, sites.of(at)) for name, at in sorted(calls.items())])
            for key, calls in sorted(trace.vendors.items())
        ],
        [(site.file, site.line, site.end_line, site.cell) for site in sites.found],
    )


def decode_trace(data: Plain) -> Trace:
    """The trace that `encode_trace` was given, but for `into`, which only the evaluation asks."""
    nodes, edges, columns, uses, rows, loaded, io, tasks, imports, *program, failures, vendors, places = data
    started, forwards, trained, settings, options, calls, touched = program
    sites = [Site(*place) for place in places]
    at_one = [(site,) for site in sites]

    def found_at(numbers: Sequence[int]) -> tuple[Site, ...]:
        return at_one[numbers[0]] if len(numbers) == 1 else tuple(sites[each] for each in numbers)

    alike = _once(lambda attributes: _given_back(attributes, sites))
    trace = Trace()
    for key, kind, name, attributes, at in nodes:
        trace.nodes[key] = TracedNode(key, kind, name, _given_back(attributes, sites), found_at(at))
    for key, source, target, kind, evidence, attributes, at in edges:
        edge = TracedEdge(source, target, kind, evidence, alike(attributes), found_at(at))
        trace.edges[key] = edge
    for ref, parents, source, term, told, at in columns:
        computed = unpacked(term) if term else None
        trace.columns[ref] = TracedColumn(tuple(parents), found_at(at), source, computed, told)
    trace.uses = {TracedUse(owner, column, kind, sites[at], but) for owner, column, kind, at, but in uses}
    for name, operation, parents, split, part, at in rows:
        trace.rows[name] = TracedRows(operation, parents, split, part, sites[at])
    trace.loaded_as = {name: set(natures) for name, natures in loaded.items()}
    trace.io = {(sites[at], kind): (outcome, reason) for at, kind, outcome, reason in io}
    trace.tasks = _object(tasks, sites)
    trace.imports = {file: {to: sites[at] for to, at in imported} for file, imported in imports}
    trace.started = {file: {sites[each] for each in at} for file, at in started}
    trace.forwards = forwards
    trace.trained_through = set(trained)
    trace.settings = {(file, ordinal): set(map(tuple, said)) for file, ordinal, said in settings}
    trace.options = {parser: {name: sites[at] for name, at in declared} for parser, declared in options}
    trace.calls = {caller: set(called) for caller, called in calls}
    trace.touched = {(node, sites[at]): set(scopes) for node, at, scopes in touched}
    trace.failures = [(sites[at], text) for at, text in failures]
    trace.vendors = {key: {name: {sites[each] for each in at} for name, at in calls} for key, calls in vendors}
    return trace


def places_of(data: Plain) -> list[tuple[str, int, int, int]]:
    """The file, the lines and the cell of all sites of an encoded trace."""
    places: list[tuple[str, int, int, int]] = data[-1]
    return places


def with_places(data: Plain, places: list[tuple[Any, ...]], calls: list[tuple[Any, ...]]) -> Plain:
    """The same trace, encoded, with other sites in the same order, and with calls from other lines."""
    return (*data[:CALLS], calls, *data[CALLS + 1 : -1], places)


def calls_of(data: Plain) -> list[tuple[tuple[str, int], list[str]]]:
    """Who calls what, of an encoded trace: of a module's top level the line is told."""
    calls: list[tuple[tuple[str, int], list[str]]] = data[CALLS]
    return calls


def told_of_lines(data: Plain) -> set[str]:
    """The files of which an encoded trace holds lines otherwise than as sites."""
    tasks: dict[str, dict[str, object]] = data[TASKS]
    return {str(facts.get("file")) for facts in tasks.values() if "line" in facts}


class _Sites:
    """Sites by number, in the order in which they are met."""

    def __init__(self) -> None:
        self.found: dict[Site, int] = {}

    def one(self, site: Site) -> int:
        return self.found.setdefault(site, len(self.found))

    def of(self, sites: Collection[Site]) -> list[int]:
        return [self.one(site) for site in sorted(sites)]


def _column(column: TracedColumn) -> tuple[Any, ...]:
    return sorted(column.parents), column.source, packed(column.term) if column.term else None, column.told


def _use_order(use: TracedUse) -> tuple[Any, ...]:
    return (use.owner, use.column, use.kind, use.site, sorted(use.but))


def _once(make: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What is made of an object, once for all that share it; for as long as all of them are there."""
    made: dict[int, Any] = {}

    def of(shared: Any) -> Any:
        if id(shared) not in made:
            made[id(shared)] = make(shared)
        return made[id(shared)]

    return of


def _attributes(attributes: dict[str, Any], sites: _Sites) -> Plain:
    """As they are where none of our own classes is among them, else in a tuple of its own."""
    return attributes if _is_plain(attributes) else (_plain(attributes, sites),)


def _given_back(attributes: Plain, sites: list[Site]) -> dict[str, Any]:
    found: dict[str, Any] = attributes if isinstance(attributes, dict) else _object(attributes[0], sites)
    return found


def _is_plain(value: Any) -> bool:
    """Whether nothing of our own is inside."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is Site or kind is Term:
        return False
    if kind is dict:
        return all(map(_is_plain, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return True


def _plain(value: Any, sites: _Sites) -> Plain:
    """An attribute without our own classes."""
    if isinstance(value, Site):
        return (SITE, sites.one(value))
    if isinstance(value, Term):
        return (TERM, packed(value))
    if isinstance(value, dict):
        return {key: _plain(item, sites) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value)(_plain(item, sites) for item in value)
    return value


def _object(value: Plain, sites: list[Site]) -> Any:
    if isinstance(value, dict):
        return {key: _object(item, sites) for key, item in value.items()}
    if isinstance(value, tuple) and value[:1] == (SITE,):
        return sites[value[1]]
    if isinstance(value, tuple) and value[:1] == (TERM,):
        return unpacked(value[1])
    if isinstance(value, (list, tuple)):
        return type(value)(_object(item, sites) for item in value)
    return value
