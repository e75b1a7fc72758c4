"""Identity of stored things across files: what a load brings, which names mean the same thing, which may."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from mldebt.evaluate.trace import Trace, TracedEdge
from mldebt.graph.globs import fits
from mldebt.graph.names import has_store, table_of

MODEL_FORMATS = {
    "pickle", "joblib", "torch", "keras", "onnx", "hdf5", "xgboost", "catboost", "binary", "", "model",
}  # fmt: skip
STORED = ("dataset", "artifact")
WRITING = ("WRITES", "PERSISTS")
READING = ("READS", "LOADS")


def renamed(trace: Trace) -> dict[str, str]:
    """New ids of stored things: `stored:` ids become artifacts or data sets, bare tables join their database."""
    touching = _touching(trace)
    fed = {edge.target for edge in trace.edges.values()}
    stored = [node_id for node_id in trace.nodes if node_id.startswith("stored:")]
    names = {node_id: _decided(trace, node_id, touching.get(node_id, []), fed) for node_id in stored}
    return _moved(trace, {**names, **_pickled_models(trace), **bare_tables(trace)})


def _moved(trace: Trace, names: dict[str, str]) -> dict[str, str]:
    """What is written under one name, read by nobody and then moved has the name that it is moved to."""
    read, written, moves = set(), set(), dict[str, set[str]]()
    for edge in trace.edges.values():
        source, target = names.get(edge.source, edge.source), names.get(edge.target, edge.target)
        if edge.kind in READING:
            read.add(source)
        elif edge.kind in WRITING:
            written.add(target)
        elif edge.attributes.get("moves"):
            moves.setdefault(source, set()).add(target)
    given = {old: min(new) for old, new in moves.items() if len(new) == 1 and old in written - read}
    found = {node: given[name] for node in trace.nodes if (name := names.get(node, node)) in given}
    return {**names, **found}


def _pickled_models(trace: Trace) -> dict[str, str]:
    """What was read like data and then used as a model is an artifact."""
    found: dict[str, str] = {}
    for edge in trace.edges.values():
        if (
            edge.kind == "READS"
            and "model" in trace.loaded_as.get(edge.target, ())
            and edge.source.startswith("dataset:")
        ):
            found[edge.source] = edge.source.replace("dataset:", "artifact:", 1)
    return found


def _decided(trace: Trace, stored: str, edges: list[TracedEdge], fed: set[str]) -> str:
    name = stored.removeprefix("stored:")
    for kind in ("artifact", "dataset"):
        if f"{kind}:{name}" in trace.nodes:
            return f"{kind}:{name}"
    return f"{'artifact' if _is_artifact(trace, stored, edges, fed) else 'dataset'}:{name}"


def _is_artifact(trace: Trace, stored: str, edges: list[TracedEdge], fed: set[str]) -> bool:
    """By what is done with what was loaded, by what was saved, by the kind of file."""
    uses: set[str] = set()
    for edge in edges:
        if edge.source == stored:
            uses |= trace.loaded_as.get(edge.target, set())
        elif edge.source.startswith(("model:", "loaded:")):
            uses.add("model")
        elif edge.source.startswith("frame:"):
            uses.add("frame" if edge.source in fed else "")
    if "model" in uses:
        return True
    if "frame" in uses:
        return False
    return trace.nodes[stored].attributes.get("format", "") in MODEL_FORMATS


def brings_data(trace: Trace, loaded: str) -> bool:
    """Whether what was loaded is used as data, and as nothing else."""
    return trace.loaded_as.get(loaded, set()) == {"frame"}


def _touching(trace: Trace) -> dict[str, list[TracedEdge]]:
    """The edges at each stored thing whose kind is still open."""
    found: dict[str, list[TracedEdge]] = {}
    for edge in trace.edges.values():
        for end in (edge.source, edge.target):
            if end.startswith("stored:"):
                found.setdefault(end, []).append(edge)
    return found


def bare_tables(trace: Trace) -> dict[str, str]:
    """`orders` is `warehouse.db::orders` where only one database has such a table."""
    tables = [
        node.id for node in trace.nodes.values() if node.kind == "dataset" and node.attributes.get("store") == "table"
    ]
    owners: dict[str, list[str]] = {}
    for table in tables:
        if has_store(table):
            owners.setdefault(table_of(table).lower(), []).append(table)
    found: dict[str, str] = {}
    for table in tables:
        bare = table.removeprefix("dataset:").lower()
        if not has_store(table) and len(owners.get(bare, ())) == 1:
            found[table] = owners[bare][0]
    return found


# -- templates


def matches(trace_nodes: Iterable[tuple[str, str, bool]], written: set[str], read: set[str]) -> list[tuple[str, str]]:
    """Pairs (written, read) of different names that can mean the same thing because a part of one is unknown.

    `trace_nodes` gives (id, name, template) of each stored thing.
    """
    by_length: dict[int, list[_Named]] = {}
    for node_id, name, template in sorted(trace_nodes):
        parts = segments(name)
        by_length.setdefault(len(parts), []).append(_Named(node_id, parts, template))
    pairs: list[tuple[str, str]] = []
    for group in by_length.values():
        taken = [one for one in group if one.id in read]
        whole, templates = _BySegment(taken), _BySegment([one for one in taken if one.template])
        for source in group:
            among = whole if source.template else templates
            for target in among.near(source) if source.id in written else ():
                if source.id != target.id and unify(source.parts, target.parts):
                    pairs.append((source.id, target.id))
    return pairs


class _Named(NamedTuple):
    id: str
    parts: list[str]
    template: bool


class _BySegment:
    """Names of one length, found by a segment that is written out in both, so that few have to be compared."""

    def __init__(self, names: Sequence[_Named]) -> None:
        self._names = names
        self._by_segment: dict[tuple[int, str], list[int]] = {}
        for at, name in enumerate(names):
            for place, part in enumerate(name.parts):
                self._by_segment.setdefault((place, "" if _is_open(part) else part), []).append(at)

    def near(self, name: _Named) -> Sequence[_Named]:
        """Those that can be equal to it, and some more, in order."""
        best: tuple[list[int], list[int]] | None = None
        for place, part in enumerate(name.parts):
            if part and not _is_open(part):
                found = self._by_segment.get((place, part), []), self._by_segment.get((place, ""), [])
                if best is None or sum(map(len, found)) < sum(map(len, best)):
                    best = found
        return self._names if best is None else [self._names[at] for at in sorted((*best[0], *best[1]))]


def _is_open(segment: str) -> bool:
    """Whether it can be equal to a segment that is written otherwise."""
    return any(sign in segment for sign in "*?[")


def segments(name: str) -> list[str]:
    """Parts of a name between slashes, every hole a `*`."""
    return re.sub(r"\{[^}]*\}", "*", name).replace("::", "/").split("/")


def unify(left: list[str], right: list[str]) -> bool:
    """Whether two names with holes can be equal, and agree on something that is written out."""
    if len(left) != len(right):
        return False
    if not all(fits(a, b) or fits(b, a) for a, b in zip(left, right, strict=True)):
        return False
    if not (left[-1] + right[-1]).strip("*"):
        return False  # of neither is anything known but the folder
    same = [a for a, b in zip(left[:-1], right[:-1], strict=True) if a == b and a.strip("*")]
    shared = agreed(left[-1], right[-1])
    if len(left) == 1:
        return shared >= 5
    return bool(same) and (shared >= 3 or (len(same) == len(left) - 1 >= 2))


def agreed(left: str, right: str) -> int:
    """How many written-out characters of the name, without its ending, both sides share."""
    a, b = re.sub(r"\.\w{1,8}$", "", left), re.sub(r"\.\w{1,8}$", "", right)
    if a == b and a.strip("*"):
        return max(3, len(a.replace("*", "")))
    return min(len(a.replace("*", "")), len(b.replace("*", "")))


def asset_pairs(nodes: Iterable[tuple[str, str, str]], written: set[str], read: set[str]) -> list[tuple[str, str]]:
    """Pairs (written, read) of an asset and the only table of its name: what one side makes is what the other takes.

    `nodes` gives (id, name, "asset", "modelled" for a table of a SQL project, or "") of each data set.
    """
    assets: dict[str, list[str]] = {}
    tables: dict[str, list[str]] = {}
    for node_id, name, store in nodes:
        kind = assets if store == "asset" else tables if store == "modelled" else {}
        kind.setdefault(re.split(r"[./:]", name.lower())[-1], []).append(node_id)
    found: list[tuple[str, str]] = []
    for last in sorted(assets.keys() & tables.keys()):
        if len(assets[last]) == len(tables[last]) == 1:
            pair = assets[last][0], tables[last][0]
            found += [(a, b) for a, b in (pair, pair[::-1]) if a in written and b in read and b not in written]
    return found


def endpoint_of(url: str) -> str:
    """The path of a URL, with holes as stars and without a trailing slash."""
    found = re.match(r"^(?:https?://|\{[^}]*\})[^/]*(/.*)?$", url)
    path = found[1] if found else None
    return re.sub(r"\{[^}]*\}", "*", (path or "").split("?")[0]).rstrip("/")


def endpoint_pairs(nodes: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs (endpoint that the repository serves, URL that it calls) with the same path."""
    known = list(nodes)
    served = [
        (node_id, name.rpartition(" ")[2])
        for node_id, name in known
        if re.match(r"^http::\S* /", name) and "(request)" not in name
    ]
    called = [(node_id, endpoint_of(name)) for node_id, name in known if re.match(r"^(https?://|\{)", name)]
    by_path: dict[str, list[str]] = {}
    for url, target in called:
        if target.strip("/*"):
            by_path.setdefault(target, []).append(url)
    place = {url: at for at, (url, _) in enumerate(called)}
    found: list[tuple[str, str]] = []
    for endpoint, path in served:
        pattern = re.sub(r"[<{][^>}]*[>}]", "*", path).rstrip("/") or "/"
        paths = [each for each in by_path if fits(each, pattern)] if _is_open(pattern) else [pattern]
        urls = sorted((url for each in paths for url in by_path.get(each, ())), key=place.__getitem__)
        found += [(endpoint, url) for url in urls]
    return found


_VERSION = re.compile(r"^(\w+)://(?:models:/+([^/@]+)(?:/[^/]*|@[^/]*)?|([^/:]+):[^/:]+)$")
"""`models:/churn/3`, `models:/churn@champion`; `churn:latest`."""


def registered_pairs(names: Mapping[str, str], written: set[str], read: set[str]) -> list[tuple[str, str]]:
    """Pairs (model under its registered name, version or alias of it that is loaded)."""
    saved: dict[str, list[str]] = {}
    for node_id in sorted(written & names.keys()):
        saved.setdefault(names[node_id], []).append(node_id)
    return [
        (source, target)
        for target in sorted(read & names.keys())
        if (found := _VERSION.match(names[target])) and (model := (found[2] or found[3]).strip("{}"))
        for source in saved.get(f"{found[1]}://{model}", ())
    ]


_TABLE = re.compile(r"^(.*(?:/|::))?(?:([^./:]+)\.)?([^./:{}*]+)$")
_USUAL = ("public", "dbo", "main")
"""The schemas that are looked in where none is named."""


def schema_pairs(names: Mapping[str, str], written: set[str], read: set[str]) -> list[tuple[str, str]]:
    """Pairs (written, read) of a table with its schema and the only one of its name without: a connection has one."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for node_id, name in sorted(names.items()):
        if match := _TABLE.match(name.lower()):
            found.setdefault((match[1] or "", match[3]), []).append((match[2] or "", node_id))
    pairs: list[tuple[str, str]] = []
    for same in found.values():
        made = [(schema, node_id) for schema, node_id in same if node_id in written]
        taken = [(schema, node_id) for schema, node_id in same if node_id in read and node_id not in written]
        if len(made) == 1:
            (home, source), others = made[0], [(schema, one) for schema, one in taken if schema != made[0][0]]
            pairs += [(source, one) for schema, one in others if not schema or (not home and schema in _USUAL)]
    return pairs


def contained_pairs(names: Mapping[str, str], written: set[str], read: set[str]) -> list[tuple[str, str]]:
    """Pairs (written, read) of a path of the repository and the same path as a container sees it.

    `/opt/app/data/x.csv` is `data/x.csv` where some code of the repository speaks of that.
    """
    within = {name: node_id for node_id, name in names.items() if "/" in name and not name.startswith(("/", "{", "~"))}
    pairs: list[tuple[str, str]] = []
    for node_id, name in sorted(names.items()):
        parts = name.strip("/").split("/") if name.startswith("/") else []
        tails = ("/".join(parts[at:]) for at in range(1, len(parts) - 1))
        other = next((within[tail] for tail in tails if tail in within), None)
        for source, target in ((node_id, other), (other, node_id)) if other else ():
            if source in written and target in read:
                pairs.append((source, target))
    return pairs
