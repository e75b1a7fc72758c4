"""From the trace of an evaluation to the graph: identities joined across files, kinds settled, uses propagated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from posixpath import basename

from msgspec import Struct
from msgspec.structs import replace

from mldebt.evaluate.trace import Trace, TracedNode, united
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.aliases import alias_edges
from mldebt.graph.beforehand import Beforehand
from mldebt.graph.column_mentions import Mentions
from mldebt.graph.columns import ColumnTable
from mldebt.graph.declared import add_declarations
from mldebt.graph.detours import detours
from mldebt.graph.disuse import Stored, known_by_other_names, perhaps_the_same
from mldebt.graph.environments import environments
from mldebt.graph.gathered import Gathered
from mldebt.graph.idle import Idle
from mldebt.graph.kept import mark_kept
from mldebt.graph.model import Column, Coverage, Edge, Graph, Node, RowSet, Unit
from mldebt.graph.names import plain_name
from mldebt.graph.optional import without_doubles
from mldebt.graph.prompts import prompts
from mldebt.graph.remembered import remembered
from mldebt.graph.requests_sent import requests_sent
from mldebt.graph.settings_made import settings_made
from mldebt.graph.stages import stages_of, with_new_names
from mldebt.graph.starts import Start, starts
from mldebt.graph.stored import READING, STORED, WRITING, brings_data, renamed
from mldebt.graph.told import Told
from mldebt.graph.transforms import transforms_that_predict
from mldebt.graph.units import build_units, production_roots
from mldebt.graph.unread import UnreadCode
from mldebt.graph.uploads import uploaded
from mldebt.sites import Site, in_order


def gather(
    workspace: Workspace,
    trace: Trace,
    *,
    known: Beforehand | None = None,
    skipped: Mapping[str, str] | None = None,
    roles: Mapping[str, Sequence[str]] | None = None,
    listed: tuple[str, ...] = (),
    told: Told | None = None,
    begun: Iterable[Start] | None = None,
) -> Gathered:
    """All that one repository has to say, what its files other than code declare included.

    `begun`: where what is written begins, if that is known.
    """
    told = told or Told()
    known = known or Beforehand(workspace, listed, {}, told)
    add_declarations(workspace, trace)
    roots = production_roots(workspace, trace)
    units = build_units(workspace, trace, known, roots, roles or {})
    mark_kept(workspace, trace, units, known)
    for node, noted in starts(workspace.facts, trace, told) if begun is None else begun:
        trace.nodes[node].attributes.update(noted)
    return Gathered(
        trace, units, workspace.facts, workspace.written, skipped or {},
        stages=tuple(stages_of(workspace, trace)),
        environments=tuple(environments(workspace, trace, units)),
        listed=listed, told=told,
        claims=known.claims,
        detours=tuple(detours(trace)),
        prompts=tuple(prompts(workspace, trace, roots)),
    )  # fmt: skip


def link(found: Gathered) -> Graph:
    trace, units, facts = found.trace, found.units, found.facts
    names = renamed(trace)

    def rename(node_id: str) -> str:
        return names.get(node_id, node_id)

    edges, doubled = without_doubles(_edges(trace, rename))
    edges, closed = _without_closed_gaps(_without_unasked(edges, trace))
    edges += uploaded(edges)
    edges, predicted = transforms_that_predict(edges, trace)
    nodes = _nodes(trace, rename, edges, units)
    nodes.update({node_id: replace(nodes[node_id], kind="prediction") for node_id in predicted})
    for node_id in closed | doubled:
        nodes.pop(node_id, None)
    edges += alias_edges(nodes, edges, found.repositories)
    edges += requests_sent(nodes, edges)
    edges += remembered(nodes, edges)
    edges += settings_made(nodes, edges)
    _add_consumers(nodes, edges, units)
    table = ColumnTable(trace, rename)
    readers = _readers(edges)
    unread = UnreadCode(facts.values(), found.written)
    spoken = Mentions(found.code, trace.imports, unread)
    finished = {node_id: _with_columns(node, table, readers, unread) for node_id, node in nodes.items()}
    shared = known_by_other_names(nodes.values(), edges)
    edges = Idle(table, spoken, trace.imports, edges).noted()
    alike = perhaps_the_same(nodes.values(), readers)
    final = [
        _finished(
            node,
            spoken,
            readers.get(node.id, set()),
            node.id in shared,
            [finished[one] for one in alike.get(node.id, ())],
        )
        for node in finished.values()
    ]
    return Graph(
        final,
        edges,
        rowsets=_rowsets(trace),
        units=units,
        coverage=coverage_of(found),
        repositories=found.repositories,
        stages=[with_new_names(stage, rename) for stage in found.stages],
        environments=found.environments,
        flags=found.flags,
        claims=found.claims,
        dead=found.dead,
        detours=[one._replace(written=rename(one.written), read=rename(one.read)) for one in found.detours],
        prompts=found.prompts,
    )


def _readers(edges: Iterable[Edge]) -> dict[str, set[str]]:
    """The files that read each stored thing."""
    readers: dict[str, set[str]] = {}
    for edge in edges:
        if edge.kind in READING:
            readers.setdefault(edge.source, set()).update(site.file for site in edge.sites)
    return readers


def _with_columns(node: Node, table: ColumnTable, readers: Mapping[str, set[str]], unread: UnreadCode) -> Node:
    columns = table.of(node.id, node.id in readers or node.kind not in STORED)
    found: dict[str, object] = table.chosen(node.id)
    if node.kind == "dataset" and unread.speaks_of(basename(node.name)):
        found["unread"] = True
    return replace(node, columns=columns, attributes={**node.attributes, **found}) if columns or found else node


def _finished(node: Node, spoken: Mentions, readers: set[str], shared: bool, alike: Sequence[Node]) -> Node:
    """That a column has no use is only said where no code near its readers speaks of its name.

    Not of a thing that is `shared` with other names, nor where one of those that may be the same may use it.
    """
    if not any(column.used is False for column in node.columns):
        return node
    known = Stored(node, node.columns)
    return replace(
        node,
        columns=tuple(
            replace(column, used=None)
            if column.used is False
            and (
                shared
                or known.leaves_open(column)
                or _is_spoken(column, known, spoken, readers)
                or any(_may_use(other, column.name) for other in alike)
            )
            else column
            for column in node.columns
        ),
    )


def _may_use(node: Node, name: str) -> bool:
    """Whether a read of a stored thing uses a column, or isn't known to bring it."""
    return not any(column.name == name and column.used is False for column in node.columns)


def _is_spoken(column: Column, known: Stored, spoken: Mentions, readers: set[str]) -> bool:
    made = column.source == "derived" and not readers
    return any(spoken.elsewhere(name, column.sites, readers, made=made) for name in known.spellings(column.name))


# -- nodes and edges


Ends = tuple[str, str, str, str]
"""The source and the target of an edge, its kind and its evidence."""


def _edges(trace: Trace, rename: Callable[[str], str]) -> list[Edge]:
    found: list[_Merged] = []
    alike: dict[Ends, list[_Merged]] = {}
    for traced in trace.edges.values():
        source, target = rename(traced.source), rename(traced.target)
        trains = traced.kind == "PREDICTS" and traced.target in trace.trained_through
        if source == target or trains:
            continue
        attributes = _known(traced.attributes)
        kind = _kind(traced.kind, source, target, brings_data(trace, traced.target))
        ends = (source, target, kind, traced.evidence)
        same = next((one for one in alike.get(ends, ()) if one.attributes == attributes), None)
        if same is not None:
            same.sites = united(same.sites, traced.sites)
            continue
        found.append(_Merged(ends, attributes, traced.sites))
        alike.setdefault(ends, []).append(found[-1])
    return [Edge(*one.ends, in_order(one.sites), one.attributes) for one in found]


class _Merged(Struct):
    ends: Ends
    attributes: dict[str, object]
    sites: tuple[Site, ...]


def _known(attributes: dict[str, object]) -> dict[str, object]:
    """Those that have a value; the same dictionary where all have."""
    if all(value is not None for value in attributes.values()):
        return attributes
    return {key: value for key, value in attributes.items() if value is not None}


def _kind(kind: str, source: str, target: str, brings_data: bool) -> str:
    """What a read or write is, now that the nature of the stored thing is known, or of what it brings."""
    if kind == "READS" and source.startswith("artifact:"):
        return "LOADS"
    if kind == "LOADS" and (source.startswith("dataset:") or (brings_data and source.startswith("gap:"))):
        return "READS"
    if kind == "PERSISTS" and target.startswith("dataset:"):
        return "WRITES"
    if kind == "WRITES" and target.startswith("artifact:"):
        return "PERSISTS"
    return kind


OF_RUNS = "metaflow"
"""The store of what runs of a flow leave behind: all that its steps set, of which some is asked for."""


def _without_unasked(edges: list[Edge], trace: Trace) -> list[Edge]:
    """What a run leaves behind is stored as far as somebody asks for it."""
    kept = {node.id for node in trace.nodes.values() if node.attributes.get("store") == OF_RUNS}
    asked = {edge.source for edge in edges if edge.kind in READING} if kept else kept
    unasked = {node.rpartition("://")[2] for node in kept} - {node.rpartition("://")[2] for node in asked}
    return [edge for edge in edges if not (edge.kind in WRITING and edge.target.rpartition("://")[2] in unasked)]


def _without_closed_gaps(edges: list[Edge]) -> tuple[list[Edge], set[str]]:
    """A gap at a place where some call of the function does resolve the name is only a function without its caller."""
    gaps = [(edge, end) for edge in edges if (end := _gap_end(edge))]
    resolved = {
        (site, edge.kind in READING)
        for edge in (edges if gaps else ())
        if edge.kind in (*READING, *WRITING) and not _gap_end(edge)
        for site in edge.sites
    }
    closed = {end for edge, end in gaps if all((site, edge.kind in READING) in resolved for site in edge.sites)}
    return [edge for edge in edges if _gap_end(edge) not in closed], closed


def _gap_end(edge: Edge) -> str:
    if edge.source.startswith("gap:"):
        return edge.source
    return edge.target if edge.target.startswith("gap:") else ""


def _nodes(trace: Trace, rename: Callable[[str], str], edges: list[Edge], units: Mapping[str, Unit]) -> dict[str, Node]:
    artifacts = {edge.target for edge in edges if edge.kind == "LOADS"}
    written = {edge.target for edge in edges if edge.kind in WRITING}
    read = {edge.source for edge in edges if edge.kind == "READS"}
    nodes: dict[str, Node] = {}
    for traced in trace.nodes.values():
        node = _node(traced, rename(traced.id), artifacts, trace)
        known = nodes.get(node.id)
        if known is not None:
            node = replace(known, sites=tuple(sorted({*known.sites, *node.sites})),
                           attributes={**node.attributes, **known.attributes})  # fmt: skip
        nodes[node.id] = node
    for node_id, node in nodes.items():
        if node.kind in STORED:
            nodes[node_id] = replace(node, attributes={**node.attributes, "external": node_id not in written})
        elif node.kind == "gap":
            unit = units.get(node.sites[0].file) if node.sites else None
            told = {"production": bool(unit and unit.production)} | ({"blocks": "READS"} if node_id in read else {})
            nodes[node_id] = replace(node, attributes={**node.attributes, **told})
    return nodes


def _node(traced: TracedNode, node_id: str, artifacts: set[str], trace: Trace) -> Node:
    kind = traced.kind
    attributes = dict(traced.attributes)
    if kind == "loaded":
        is_model = traced.id in artifacts or "model" in trace.loaded_as.get(traced.id, set())
        kind = "model" if is_model else "frame"
        attributes["loaded"] = True
        if not is_model:
            attributes.setdefault("rows", f"rows:{traced.id}")
    elif kind == "frame" and "model" in trace.loaded_as.get(traced.id, ()):
        kind, attributes["loaded"] = "model", True
    elif kind == "stored" or (kind in STORED and not node_id.startswith(f"{kind}:")):
        kind = node_id.partition(":")[0]
    name = plain_name(node_id, attributes) if kind in STORED else traced.name
    return Node(node_id, kind, name, in_order(traced.sites), (), attributes)


def _add_consumers(nodes: dict[str, Node], edges: list[Edge], units: Mapping[str, Unit]) -> None:
    """Who reads what carries predictions: CONSUMES edges from the stored prediction to the unit."""
    carriers = prediction_carriers(nodes, edges)
    for edge in list(edges):
        if edge.kind == "READS" and edge.source in carriers:
            for site in edge.sites:
                consumer = f"consumer:{site.file}"
                nodes.setdefault(consumer, Node(consumer, "consumer", site.file, (site,), (), {"file": site.file}))
                edges.append(Edge(edge.source, consumer, "CONSUMES", edge.evidence, (site,)))


def prediction_carriers(nodes: Mapping[str, Node], edges: Iterable[Edge]) -> set[str]:
    """Data sets into which predictions flow without passing another model."""
    out: dict[str, list[str]] = {}
    for edge in edges:
        if edge.kind in ("DERIVES", "WRITES"):
            out.setdefault(edge.source, []).append(edge.target)
    waiting = [node.id for node in nodes.values() if node.kind == "prediction"]
    seen = set(waiting)
    while waiting:
        for target in out.get(waiting.pop(), ()):
            if target not in seen and target in nodes and nodes[target].kind in ("frame", "dataset"):
                seen.add(target)
                waiting.append(target)
    return {node_id for node_id in seen if nodes[node_id].kind == "dataset"}


# -- the rest


def _rowsets(trace: Trace) -> dict[str, RowSet]:
    return {
        name: RowSet(name, rows.operation, rows.parents, rows.split, rows.part, rows.site)
        for name, rows in sorted(trace.rows.items())
    }


def coverage_of(found: Gathered) -> Coverage:
    """How much is known; that doesn't depend on how things are linked."""
    files, trace = found.facts, found.trace
    outcomes = Counter(outcome for outcome, _ in trace.io.values())
    reasons = Counter(reason for outcome, reason in trace.io.values() if outcome == "unresolved")
    places = {
        reason: tuple(sorted(site for (site, _), known in trace.io.items() if known == ("unresolved", reason)))
        for reason in sorted(reasons)
    }
    problems = {file: facts.problem for file, facts in files.items() if facts.problem}
    for site, error in trace.failures:
        problems[site.file] = f"{problems.get(site.file, '')}; not followed at line {site.line}: {error}".lstrip("; ")
    read = [facts for facts in files.values() if facts.kind != "skipped"]
    return Coverage(
        files=len(read),
        lines=sum(facts.lines for facts in read),
        resolved=outcomes["resolved"],
        transient=outcomes["transient"],
        unresolved=outcomes["unresolved"],
        reasons=dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        places=places,
        skipped=dict(sorted({**found.skipped, **problems}.items())),
    )
