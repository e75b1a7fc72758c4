"""A path through the graph as the steps of a finding: what a sceptical reader checks in a minute."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mldebt.graph.model import Edge, Graph, Node
from mldebt.rules.model import Step
from mldebt.sites import Site

_WORDS = {
    "READS": "read as `{name}`",
    "WRITES": "written to {target}",
    "TRAINS_ON": "trains {shown}",
    "LABELS": "gives the label to {shown}",
    "FITS": "fits {shown}",
    "EVALUATES_ON": "evaluates {shown}",
    "PERSISTS": "saved as {target}",
    "LOADS": "loaded as {target}",
    "PREDICTS": "{source} predicts",
    "DECIDES": "compared",
    "CONSUMES": "consumed by `{name}`",
}


def witness(graph: Graph, path: Iterable[Edge]) -> tuple[Step, ...]:
    """The path as steps: its first node, then one step for each edge.

    What one statement does in several edges is one step, the last of them.
    """
    edges = list(path)
    if not edges:
        return ()
    first = graph[edges[0].source]
    steps = [Step(first.id, described(first), _site(first.sites))]
    for position, edge in enumerate(edges):
        following = edges[position + 1] if position + 1 < len(edges) else None
        if following is None or not _same_statement(edge, following):
            steps.append(step(graph, edge))
    return tuple(steps)


def step(graph: Graph, edge: Edge) -> Step:
    return Step(edge.target, _note(graph, edge), _site(edge.sites), edge.kind)


def described(node: Node) -> str:
    """A node in words: its kind, where it needs one, and its name."""
    if node.kind == "model":
        return f"model {display(node)}"
    if node.name == node.kind:
        return f"the {node.kind}"
    if node.kind in ("prediction", "consumer", "job", "decision"):
        return f"{node.kind} `{node.name}`"
    return spoken(node.name)


def display(node: Node) -> str:
    """A model as `variable` (Class), everything else as `name`."""
    class_name = str(node.attributes.get("class") or "").rpartition(".")[2]
    if node.kind != "model" or not class_name[:1].isupper() or class_name == node.name:
        return spoken(node.name)
    return f"`{node.name}` ({class_name})"


_LOGGED = re.compile(r"^mlflow://runs/(?P<file>.+\.(?:py|ipynb))$")
_OF_A_RUN = re.compile(r"^mlflow://runs:/\{[^}]*\}/(?P<name>.+)$")
_REGISTERED = re.compile(r"^mlflow://(?P<name>[\w -]+)$")


def spoken(name: str) -> str:
    """The name of something stored as its users call it: no autolog model has one, and MLflow knows no `mlflow://`."""
    if found := _LOGGED.match(name):
        return f"the model that `{found['file']}` logs in MLflow"
    if found := _OF_A_RUN.match(name):
        return f"`{found['name']}` of an MLflow run"
    if found := _REGISTERED.match(name):
        return f"`{found['name']}` in MLflow"
    return f"`{name.removeprefix('mlflow://')}`" if name.startswith("mlflow://models:/") else f"`{name}`"


def _same_statement(edge: Edge, following: Edge) -> bool:
    return edge.kind == following.kind == "DERIVES" and _site(edge.sites) == _site(following.sites)


def _site(sites: tuple[Site, ...]) -> Site | None:
    return min(sites) if sites else None


def _note(graph: Graph, edge: Edge) -> str:
    source, target = graph[edge.source], graph[edge.target]
    words = _WORDS.get(edge.kind, "becomes {target}")
    if edge.kind == "WRITES" and edge.attributes.get("mode") == "append":
        words = "appended to {target}"
    note = words.format(target=described(target), name=target.name, source=display(source), shown=display(target))
    return note + _detail(edge, target)


def _detail(edge: Edge, target: Node) -> str:
    if edge.kind in ("READS", "WRITES"):
        return _columns(edge)
    if edge.kind == "DECIDES":
        threshold = target.attributes.get("threshold")
        return "" if threshold is None else f" with {threshold}"
    operation = edge.attributes.get("operation")
    return f" ({operation})" if edge.kind == "DERIVES" and isinstance(operation, str) and operation else ""


def _columns(edge: Edge) -> str:
    columns = edge.attributes.get("columns")
    if not isinstance(columns, (tuple, list)) or not columns or len(columns) > 4:
        return ""
    return " (" + ", ".join(str(column) for column in columns) + ")"


def place(edge: Edge) -> Site:
    """Where the edge is written: its first site."""
    return min(edge.sites) if edge.sites else Site("", 1, 1)
