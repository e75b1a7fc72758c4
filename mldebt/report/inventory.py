"""What there is: data sets, models, artifacts, predictions, consumers and jobs, each with its places."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mldebt.graph.model import Graph, Node
from mldebt.graph.questions.lineage import VALUES, origins, reachable
from mldebt.report.finding_view import kind_words
from mldebt.report.table import Cell, Table, names, places, sites_of, table, words

_NO_STORE = ("", "unknown")
_IN_PROCESS = ("memory", "builtin")


def inventory(graph: Graph) -> tuple[Table, ...]:
    """The tables that have something in them."""
    tables = (
        _datasets(graph),
        _models(graph),
        _artifacts(graph),
        _predictions(graph),
        _consumers(graph),
        _jobs(graph),
    )
    return tuple(found for found in tables if found.total)


def _datasets(graph: Graph) -> Table:
    def row(node: Node) -> Sequence[Cell]:
        return (
            names([node.name]),
            words(_store(node)),
            places(sites_of(graph.into(node.id, "WRITES"))),
            places(sites_of(graph.out(node.id, "READS"))),
            _columns(node),
        )

    stored = (node for node in graph.of_kind("dataset") if node.attributes.get("store") != "http")
    return table(
        "datasets",
        "Data sets",
        "Everything that holds data between two runs or steps. Curly brackets stand for a part of a name that the code "
        "decides when it runs.",
        ("Name", "Store", "Written at", "Read at", "Columns"),
        stored,
        row,
    )


def _columns(node: Node) -> Cell:
    """How many columns are known and what becomes of them; those that nothing uses by name."""
    if not node.columns:
        return Cell()
    unused = [column.name for column in node.columns if column.used is False]
    used = sum(column.used is True for column in node.columns)
    open_ended = len(node.columns) - used - len(unused)
    parts = [f"{len(node.columns)} known", f"{used} used"]
    parts += [f"{len(unused)} unused: {', '.join(unused[:12])}{', …' if len(unused) > 12 else ''}"] if unused else []
    parts += [f"{open_ended} open"] if open_ended else []
    return words("; ".join(parts))


def _models(graph: Graph) -> Table:
    def row(node: Node) -> Sequence[Cell]:
        trained = graph.into(node.id, "TRAINS_ON", "FITS")
        artifacts = [edge.target for edge in graph.out(node.id, "PERSISTS")]
        artifacts += [edge.source for edge in graph.into(node.id, "LOADS")]
        return (
            names([node.name]),
            names([_attribute(node, "class")]) if _attribute(node, "class") else words(_attribute(node, "family")),
            places(sites_of(trained)),
            names(_stored_origins(graph, [edge.source for edge in trained])),
            names(node.name for node in _known(graph, artifacts)),
            words(_seed(node)),
        )

    return table(
        "models",
        "Models and fitted transformers",
        "The data sets are those from which the training data comes, however far back.",
        ("Name", "Class", "Trained at", "Trained on", "Stored as", "Seed"),
        graph.of_kind("model"),
        row,
    )


def _seed(node: Node) -> str:
    if node.attributes.get("stochastic") is False:
        return "not needed"
    return _attribute(node, "seed")


def _artifacts(graph: Graph) -> Table:
    def row(node: Node) -> Sequence[Cell]:
        return (
            names([node.name]),
            words(_store(node)),
            places(sites_of(graph.into(node.id, "PERSISTS"))),
            places(sites_of(graph.out(node.id, "LOADS"))),
        )

    return table(
        "artifacts", "Stored models", "", ("Name", "Store", "Saved at", "Loaded at"), graph.of_kind("artifact"), row
    )


def _predictions(graph: Graph) -> Table:
    def row(node: Node) -> Sequence[Cell]:
        sources = _known(graph, (edge.source for edge in graph.into(node.id, "PREDICTS")))
        return (
            names([node.name]),
            names(source.name for source in sources if source.kind == "model"),
            names([_attribute(node, "method")] if _attribute(node, "method") else []),
            places([*node.sites, *sites_of(graph.into(node.id, "PREDICTS"))]),
            names(_destinations(graph, node)),
        )

    return table(
        "predictions",
        "Predictions",
        "Where they go: stored data, consumers, decisions and answers that are made of them.",
        ("Name", "Model", "Method", "Made at", "Goes to"),
        graph.of_kind("prediction"),
        row,
    )


def _consumers(graph: Graph) -> Table:
    def row(node: Node) -> Sequence[Cell]:
        is_endpoint = node.kind == "dataset"
        declared = "declared" if node.attributes.get("declared") else "not declared"
        edges = graph.into(node.id, "WRITES" if is_endpoint else "CONSUMES")
        uses = [] if is_endpoint else [found.name for found in _known(graph, (edge.source for edge in edges))]
        return (
            names([node.name]),
            words("endpoint" if is_endpoint else f"consumer, {declared}"),
            names(uses),
            places([*node.sites, *sites_of(edges)]),
        )

    endpoints = [node for node in graph.of_kind("dataset") if node.attributes.get("store") == "http"]
    return table(
        "consumers",
        "Consumers and endpoints",
        "",
        ("Name", "Kind", "Consumes", "Place"),
        [*graph.of_kind("consumer"), *endpoints],
        row,
    )


def _jobs(graph: Graph) -> Table:
    def row(node: Node) -> Sequence[Cell]:
        schedules = [*graph.out(node.id, "SCHEDULED_BY"), *graph.into(node.id, "SCHEDULED_BY")]
        partners = [edge.target if edge.source == node.id else edge.source for edge in schedules]
        roles = node.attributes.get("roles")
        return (
            names([node.name]),
            words(_attribute(node, "kind")),
            words(", ".join(sorted(str(role) for role in roles)) if isinstance(roles, Iterable) else ""),
            names([_attribute(node, "command")] if _attribute(node, "command") else []),
            names(found.name for found in _known(graph, partners)),
            places(node.sites),
        )

    return table(
        "jobs",
        "Jobs",
        "Whatever is run as a whole: scripts, notebooks, routes, pipeline stages and tasks.",
        ("Name", "Kind", "Role", "Command", "Scheduled by", "Place"),
        graph.of_kind("job"),
        row,
    )


def _stored_origins(graph: Graph, nodes: Iterable[str]) -> list[str]:
    found = _known(graph, origins(graph, nodes, VALUES))
    return sorted(node.name for node in found if node.kind == "dataset" and _is_stored(node))


def _destinations(graph: Graph, prediction: Node) -> list[str]:
    ends = ("dataset", "consumer", "decision", "action")
    found = _known(graph, reachable(graph, [prediction.id], (*VALUES, "CONSUMES")))
    return [
        node.name if node.kind == "dataset" else f"{kind_words(node.kind)} {node.name}"
        for node in found
        if node.kind in ends and _is_stored(node)
    ]


def _known(graph: Graph, ids: Iterable[str]) -> list[Node]:
    return [graph[node] for node in ids if node in graph.nodes]


def _is_stored(node: Node) -> bool:
    return node.attributes.get("store") not in _IN_PROCESS


def _store(node: Node) -> str:
    """`file, parquet`"""
    parts = [_attribute(node, key) for key in ("store", "format")]
    return ", ".join(dict.fromkeys(part for part in parts if part not in _NO_STORE))


def _attribute(node: Node, key: str) -> str:
    value = node.attributes.get(key)
    return "" if value is None else str(value)
