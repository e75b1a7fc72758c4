"""The graph as JSON (the contract), GraphML, DOT and Mermaid, and its statistics as text."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import floor

from mldebt.errors import UsageError, near_name_hint
from mldebt.graph.model import Column, ConfigKey, Edge, Graph, MissingKey, Node
from mldebt.sites import Site

SCHEMA = "mldebt-graph/1"
STORED = ("dataset", "artifact", "gap")
ELSEWHERE = ("object", "http", "hub", "mlflow")
PICTURES = (".png", ".jpg", ".jpeg", ".svg", ".gif", ".pdf", ".html")
"""What a run of MLflow keeps to be looked at; it holds no data."""
FORMATS = ("json", "graphml", "dot", "mermaid")
SHAPES = {
    "dataset": "cylinder", "artifact": "cylinder", "model": "box3d", "prediction": "parallelogram", "consumer": "house",
    "gap": "octagon", "job": "component", "decision": "diamond",
}  # fmt: skip


def export(graph: Graph, format: str) -> str:
    writers = {"json": to_json, "graphml": to_graphml, "dot": to_dot, "mermaid": to_mermaid}
    if format not in writers:
        raise UsageError(
            f'Unknown graph format "{format}"{near_name_hint(format, FORMATS)} Known: {", ".join(FORMATS)}.'
        )
    return writers[format](graph)


# -- JSON


def to_json(graph: Graph) -> str:
    document = {
        "schema": SCHEMA,
        "coverage": coverage(graph),
        **({"repositories": list(graph.repositories)} if graph.repositories else {}),
        "nodes": [_node(node) for node in graph.nodes.values()],
        "edges": [said for edge in graph.edges for said in _edges(graph, edge)],
        "rowsets": [_rows(graph, rows) for rows in sorted(graph.rowsets)],
        "units": [_unit(graph, file) for file in sorted(graph.units)],
    }
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=False) + "\n"


def coverage(graph: Graph) -> dict[str, object]:
    known = graph.coverage
    share = known.share
    return {
        "files": known.files,
        "lines": known.lines,
        "resolved": known.resolved,
        "transient": known.transient,
        "unresolved": known.unresolved,
        "share": round(share, 4) if share is not None else None,
        "reasons": dict(known.reasons),
        "skipped": dict(known.skipped),
    }


def site_dict(site: Site) -> dict[str, object]:
    return {
        "file": site.file,
        "line": site.line,
        "end_line": site.end_line,
        "cell": site.cell if site.cell >= 0 else None,
    }


def _node(node: Node) -> dict[str, object]:
    return {
        "id": node.id,
        "kind": node.kind,
        "name": node.name,
        **{key: _plain(value) for key, value in sorted(node.attributes.items()) if key not in ("id", "kind", "name")},
        "sites": [site_dict(site) for site in node.sites],
        "columns": [_column(column) for column in node.columns],
    }


def _column(column: Column) -> dict[str, object]:
    uses = sorted({use.kind for use in column.uses})
    return {
        "name": column.name,
        "used": column.used,
        "source": column.source,
        "uses": uses,
        "derived_from": [list(parent) for parent in column.derived_from],
        "expression": str(column.expression) if column.expression is not None else None,
    }


def _edges(graph: Graph, edge: Edge) -> Iterator[dict[str, object]]:
    attributes = {key: _plain(value) for key, value in sorted(edge.attributes.items())}
    for kind in _kinds(graph, edge):
        yield {
            "source": edge.source,
            "target": edge.target,
            "kind": kind,
            "evidence": edge.evidence,
            "attributes": attributes,
            "sites": [site_dict(site) for site in edge.sites],
        }


def _kinds(graph: Graph, edge: Edge) -> tuple[str, ...]:
    """A copy reads one stored thing and writes another, an upload is told by what it writes; a move does neither."""
    source, target = graph[edge.source], graph[edge.target]
    copies = edge.kind == "DERIVES" and edge.attributes.get("operation") == "copy" and not edge.attributes.get("moves")
    if not copies or source.kind not in STORED or target.kind not in STORED:
        return (edge.kind,)
    if target.attributes.get("store") == "mlflow" and target.name.endswith(PICTURES):
        return (edge.kind,)
    return ("WRITES",) if target.attributes.get("store") in ELSEWHERE else ("READS", "WRITES")


def _rows(graph: Graph, id: str) -> dict[str, object]:
    rows = graph.rowsets[id]
    return {
        "id": id,
        "operation": rows.operation,
        "parents": list(rows.parents),
        "split": rows.split,
        "part": rows.part,
    }


def _unit(graph: Graph, file: str) -> dict[str, object]:
    unit = graph.units[file]
    return {
        "file": file,
        "kind": unit.kind,
        "roles": sorted(unit.roles),
        "production": unit.production,
        "owner": unit.owner,
        "owner_evidence": unit.owner_evidence,
    }


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, Site):
        return site_dict(value)
    if isinstance(value, (ConfigKey, MissingKey)):
        return _plain(value._asdict())
    if isinstance(value, (set, frozenset)):
        return sorted(str(item) for item in value)
    if isinstance(value, (tuple, list)):
        return [_plain(item) for item in value]
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


# -- drawings


def drawn(graph: Graph) -> tuple[list[Node], list[tuple[str, str, str]]]:
    """What a picture shows: everything but frames, which are folded into the edges between what they connect."""
    shown = {node.id for node in graph.nodes.values() if node.kind not in ("frame", "check")}
    edges: set[tuple[str, str, str]] = set()
    for node_id in shown:
        for edge in graph.out(node_id):
            kind = edge.kind.lower().replace("_", " ")
            for target in _visible(graph, edge.target, shown):
                edges.add((node_id, target, kind))
    touched = {end for edge in edges for end in edge[:2]}
    nodes = [graph[node_id] for node_id in sorted(shown) if node_id in touched]
    return nodes, sorted(edge for edge in edges if edge[0] != edge[1])


def _visible(graph: Graph, start: str, shown: set[str]) -> list[str]:
    """The shown nodes that are reached from a node through hidden ones."""
    if start in shown:
        return [start]
    waiting, seen, found = [start], {start}, set()
    while waiting:
        for edge in graph.out(waiting.pop()):
            if edge.target in shown:
                found.add(edge.target)
            elif edge.target not in seen:
                seen.add(edge.target)
                waiting.append(edge.target)
    return sorted(found)


def to_dot(graph: Graph) -> str:
    nodes, edges = drawn(graph)
    lines = ["digraph mldebt {", "  rankdir=LR;", '  node [fontname="Helvetica", fontsize=10];']
    for node in nodes:
        lines.append(f"  {_quoted(node.id)} [label={_quoted(node.name)}, shape={SHAPES.get(node.kind, 'box')}];")
    lines += [f"  {_quoted(source)} -> {_quoted(target)} [label={_quoted(kind)}];" for source, target, kind in edges]
    return "\n".join([*lines, "}"]) + "\n"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def to_mermaid(graph: Graph) -> str:
    nodes, edges = drawn(graph)
    short = {node.id: f"n{number}" for number, node in enumerate(nodes)}
    lines = ["flowchart LR"]
    for node in nodes:
        label = re.sub(r'["\n]', " ", node.name).replace("{", "&#123;").replace("}", "&#125;")
        opening, closing = ("[(", ")]") if node.kind in ("dataset", "artifact") else ("[", "]")
        lines.append(f'  {short[node.id]}{opening}"{node.kind}: {label}"{closing}')
    lines += [f"  {short[source]} -->|{kind}| {short[target]}" for source, target, kind in edges]
    return "\n".join(lines) + "\n"


def to_graphml(graph: Graph) -> str:
    import networkx

    return "\n".join(networkx.generate_graphml(to_networkx(graph))) + "\n"


def to_networkx(graph: Graph) -> object:
    """A networkx.MultiDiGraph with plain attributes."""
    import networkx

    made = networkx.MultiDiGraph()
    for node in graph.nodes.values():
        attributes = {key: _scalar(value) for key, value in sorted(node.attributes.items()) if value is not None}
        made.add_node(node.id, **{**attributes, "kind": node.kind, "name": _clean(node.name)})
    for edge in graph.edges:
        sites = " ".join(str(site) for site in edge.sites)
        made.add_edge(edge.source, edge.target, kind=edge.kind, evidence=edge.evidence, sites=sites)
    return made


def _scalar(value: object) -> object:
    return value if isinstance(value, (int, float, bool)) else _clean(str(value))


def _clean(text: str) -> str:
    """XML has no place for most control characters."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]", "?", text)


# -- statistics


def statistics(graph: Graph) -> str:
    known = graph.coverage
    total = known.resolved + known.transient + known.unresolved
    share = f"{floor(known.share * 100 + 1e-9)}%" if known.share is not None else "none"
    lines = [
        f"{known.files} files, {known.lines} lines, {len(known.skipped)} skipped or partly read",
        f"{len(graph.nodes)} nodes: {_counts(node.kind for node in graph.nodes.values())}",
        f"{len(graph.edges)} edges: {_counts(edge.kind for edge in graph.edges)}",
        f"reads and writes with a known name: {share} of {total} "
        f"({known.resolved} named, {known.transient} in memory or temporary, {known.unresolved} unknown)",
    ]
    for reason, count in known.reasons.items():
        lines.append(f"  {count:5}  {reason}")
        lines += [f"         {site}" for site in known.places.get(reason, ())]
    if graph.repositories:
        lines += _of_several(graph)
    return "\n".join(lines) + "\n"


def _of_several(graph: Graph) -> Iterator[str]:
    """Where repositories meet, and where they may."""
    from mldebt.graph.questions.meeting import met, same_words

    yield f"{len(graph.repositories)} repositories: {', '.join(graph.repositories)}"
    for told, found in (
        ("written by one and read by another", met(graph)),
        ("called the same by one that writes it and one that reads it, and taken to be two things; if it is one, "
         "[workspace] shared says so", same_words(graph)),
    ):  # fmt: skip
        if found:
            yield f"{told}:"
            yield from (f"  {name} ({' → '.join(ends)})" for name, *ends in found)


def _counts(kinds: Iterable[str]) -> str:
    return ", ".join(
        f"{count} {kind}" for kind, count in sorted(Counter(kinds).items(), key=lambda item: (-item[1], item[0]))
    )
