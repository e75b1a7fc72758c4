"""What stages of pipelines declare to take and to make, against what the code that they run does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from posixpath import basename

from msgspec import Struct

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.datasets import is_kept_unread
from mldebt.graph.questions.jobs import TABULAR, is_aside
from mldebt.graph.records import Stage, Touch
from mldebt.sites import Site

MODEL_FORMATS = frozenset({"pickle", "joblib", "torch", "keras", "onnx", "hdf5", "xgboost", "catboost", "numpy"})
IN_CODE = ("kedro", "luigi")
"""Tools whose stages are declared in code, each with inputs and outputs of its own."""
ONLY_ORDER = ("luigi",)
"""Tools that run a stage once; what it takes only matters to them where another stage makes it."""
KINDS = ("reads", "settings", "writes")
_ELSEWHERE = re.compile(r"^([\w+.-]+:|[/~{]|\.\./)|::")
_PASSING = re.compile(r"(^|/)(\.?cache|tmp|temp|mlruns|wandb|lightning_logs|runs|logs?|dvclive|__pycache__)(/|$)", re.I)
_CONF = re.compile(r"(^|/)conf/")
_UNRELATED = re.compile(r"log(ging)?[._-]|logger|credential|secret|(^|/)\.env|token", re.IGNORECASE)
_MANIFEST = re.compile(r"(^|/)(pyproject\.toml|setup\.cfg|dvc\.(yaml|lock)|package\.json|\.dvc/.*)$")


class Undeclared(Struct, frozen=True):
    """Something stored that the code of a stage touches and the stage doesn't declare.

    `keys`: of a file of settings of which the stage declares others, the keys that are asked for. `maker`: the stage
    that makes it, None where there is none. `places`: where the code touches it.
    """

    name: str
    kind: str
    node: Node
    touches: tuple[Touch, ...]
    keys: tuple[str, ...] = ()
    maker: Stage | None = None

    @property
    def places(self) -> tuple[Site, ...]:
        return tuple(sorted({touch.site for touch in self.touches}))


class Lacking(Struct, frozen=True):
    """A stage (all of those that `foreach` makes of one entry) and what it should declare besides."""

    stage: Stage
    items: tuple[Undeclared, ...]


class LackingCode(Struct, frozen=True):
    """A pipeline file and, for each of its stages, the files of code that it runs without declaring them.

    Each with the place that imports it; the place of the command for the one that the command starts.
    """

    file: str
    stages: tuple[tuple[Stage, tuple[tuple[str, Site], ...]], ...]


def entry_of(stage: Stage) -> str:
    """The name of the entry in the pipeline file: `train@city` is one of those that `train` stands for."""
    return stage.name.partition("@")[0]


def undeclared_io(graph: Graph) -> Iterator[Lacking]:
    """Stages that touch data or settings which they don't declare."""
    found: dict[tuple[str, str], tuple[Stage, dict[tuple[str, str], Undeclared]]] = {}
    told: set[tuple[Site, ...]] = set()
    for stage in graph.stages:
        if stage.reruns == "never" or all(is_aside(graph.unit_of(Site(file, 1, 1))) for file in stage.runs):
            continue
        for item in _new(told, stage, _undeclared(graph, stage)):
            _, items = found.setdefault((stage.site.file, entry_of(stage)), (stage, {}))
            items.setdefault((item.kind, item.name), item)
    for key in sorted(found):
        stage, items = found[key]
        kept = _without_guesses(stage, list(items.values()))
        order = sorted(kept, key=lambda item: (KINDS.index(item.kind), item.places, item.name))
        yield Lacking(stage, tuple(order))


def _new(told: set[tuple[Site, ...]], stage: Stage, items: Iterable[Undeclared]) -> Iterator[Undeclared]:
    """A helper of several nodes or tasks is one cause: the first of them tells."""
    listed = list(items)
    yield from (item for item in listed if stage.tool not in IN_CODE or item.places not in told)
    told.update(item.places for item in listed)


def _without_guesses(stage: Stage, items: list[Undeclared]) -> list[Undeclared]:
    """Of several folders that code looks for one file in, those where it is, or is declared to be made."""
    places: dict[tuple[object, ...], list[Undeclared]] = {}
    for item in items:
        places.setdefault((item.kind, item.places, basename(item.name)), []).append(item)
    known = {label: [item for item in same if _is_there(stage, item)] for label, same in places.items()}
    return [item for label, same in places.items() for item in known[label] or same]


def _is_there(stage: Stage, item: Undeclared) -> bool:
    return item.name in stage.present or (item.maker is not None and holds(item.maker.writes, item.name))


def is_behind(stage: Stage, maker: Stage) -> bool:
    """Whether a stage declares to take something that the other declares to make."""
    return any(covers(path, taken) for taken in stage.reads for path in maker.writes)


def _comes_after(graph: Graph, stage: Stage, maker: Stage, hops: int = 8) -> bool:
    """Whether a stage is never run before another, since it takes what that makes, directly or not."""
    if is_behind(stage, maker):
        return True
    between = (other for other in graph.stages if other.tool == stage.tool and is_behind(stage, other))
    return hops > 0 and any(other.job != stage.job and _comes_after(graph, other, maker, hops - 1) for other in between)


def undeclared_code(graph: Graph) -> Iterator[LackingCode]:
    """Pipeline files whose stages run code of the repository that they don't declare."""
    found: dict[str, dict[str, tuple[Stage, dict[str, Site]]]] = {}
    for stage in graph.stages:
        if stage.tool != "dvc" or not _reruns_when_changed(stage):
            continue
        own = {file: stage.site for file in stage.runs if file.endswith(".py") and not _is_covered(file, stage.reads)}
        declared = [path for other in _family(graph, stage) for path in other.reads]
        missing = own | {file: site for file, site in stage.modules if not _is_covered(file, declared)}
        if missing:
            _, files = found.setdefault(stage.site.file, {}).setdefault(entry_of(stage), (stage, {}))
            files.update(missing)
    for file, stages in sorted(found.items()):
        listed = ((stage, tuple(sorted(files.items()))) for stage, files in stages.values())
        yield LackingCode(file, tuple(sorted(listed, key=lambda one: one[0].site)))


def _undeclared(graph: Graph, stage: Stage) -> Iterator[Undeclared]:
    family = _family(graph, stage)
    before = [] if stage.tool in IN_CODE else _before(graph, family)
    declared = [path for other in family for path in (*other.reads, *other.writes)]
    heard = [path for other in before for path in other.reads]
    made = {touch.node for touch in stage.touches if touch.kind == "writes"} | _brought(graph, stage)
    for (kind, name), touches in _by_name(graph, stage).items():
        node = graph[touches[0].node]
        covered = _is_covered(name, declared) or _is_passed(name, stage.words)
        if covered or _ELSEWHERE.search(name) or _PASSING.search(name):
            continue
        if stage.tool in IN_CODE and (_CONF.search(name) or _is_handed_on(graph, node)):
            continue
        if kind == "reads" and _is_covered(name, heard):
            continue
        maker = _maker(graph, node, stage)
        if maker is not None and stage.tool in ONLY_ORDER and _comes_after(graph, stage, maker):
            continue
        if kind == "reads" and _minds_inputs(stage) and node.id not in made and _is_data(node):
            known = name in stage.present or stage.tool in IN_CODE or _is_made_elsewhere(graph, node, stage)
            if maker or (known and stage.tool not in ONLY_ORDER):
                yield Undeclared(name, kind, node, touches, (), maker)
        elif kind == "settings" and _reruns_when_changed(stage) and stage.tool == "dvc" and _is_setting(name, stage):
            yield from _of_settings(name, node, touches, stage, family, before)
        elif kind == "writes" and _is_product(node) and maker is None and not _is_taken(graph, node, stage):
            yield Undeclared(name, kind, node, touches)


def _family(graph: Graph, stage: Stage) -> list[Stage]:
    """The stages that run the same program, itself among them: which of its commands needs what isn't seen into."""
    if stage.tool in IN_CODE:
        return [stage]
    return [other for other in graph.stages if set(other.runs) & set(stage.runs)]


def _before(graph: Graph, family: Iterable[Stage]) -> list[Stage]:
    """The stages that these wait for, directly or not: what is new to one of them gets to these as well."""
    found: dict[str, Stage] = {}
    waiting = list(family)
    while waiting:
        stage = waiting.pop()
        behind = (other for other in graph.stages if other.tool == stage.tool and is_behind(stage, other))
        new = {other.job: other for other in behind if other.job not in found}
        found |= new
        waiting += new.values()
    return list(found.values())


def _of_settings(
    name: str, node: Node, parsed: tuple[Touch, ...], stage: Stage, family: Iterable[Stage], before: Iterable[Stage]
) -> Iterator[Undeclared]:
    """A file of settings of which the stage uses some key, and declares none or others."""
    paths = [path for each in family for path in each.parameters]
    declared = {path.partition(":")[2] for path in paths if path.startswith(f"{name}:")}
    heard = {path.partition(":")[2] for each in (*family, *before) for path in (*each.parameters, *each.filled)
             if path.startswith(f"{name}:")}  # fmt: skip
    asked = {touch: key for touch in stage.touches if (key := _key_of(touch, node))}
    keys = set(asked.values())
    missing = {key for key in keys if not any(other.startswith(f"{key}.") for other in keys)}
    missing = {key for key in missing if not any(_is_within(key, path) for path in declared | heard)}
    if missing:
        places = tuple(touch for touch, key in asked.items() if key in missing)
        yield Undeclared(name, "settings", node, places or parsed, tuple(sorted(missing)) if declared else ())


def _key_of(touch: Touch, settings: Node) -> str:
    return touch.node.partition("#")[2] if touch.kind == "key" and touch.node.startswith(f"{settings.id}#") else ""


def _is_within(key: str, declared: str) -> bool:
    """Whether a declared parameter is a key, holds it, or is a part of what it holds."""
    return not declared or key == declared or key.startswith(f"{declared}.") or declared.startswith(f"{key}.")


def _by_name(graph: Graph, stage: Stage) -> dict[tuple[str, str], tuple[Touch, ...]]:
    found: dict[tuple[str, str], tuple[Touch, ...]] = {}
    for touch in stage.touches:
        node = graph.nodes.get(touch.node)
        if node is not None and node.kind in ("dataset", "artifact", "config"):
            key = (touch.kind, node.name)
            found[key] = (*found.get(key, ()), touch)
    return found


def _is_handed_on(graph: Graph, node: Node) -> bool:
    """Whether what is written is only the way to another store: an artifact that is logged."""
    return any(edge.source == node.id for edge in _copies(graph))


def _minds_inputs(stage: Stage) -> bool:
    return stage.tool in IN_CODE or _reruns_when_changed(stage)


def _reruns_when_changed(stage: Stage) -> bool:
    """A stage that declares nothing to depend on is run each time."""
    return stage.reruns == "changed" and bool(stage.reads or stage.parameters)


def _is_covered(name: str, declared: Iterable[str]) -> bool:
    return any(covers(path, name) for path in declared)


def covers(path: str, name: str) -> bool:
    """Whether a declared path is, or holds, or lies in what code names; from which folder is not always known."""
    path, name = path.rstrip("/"), name.rstrip("/")
    if path == name or name.startswith(f"{path}/") or path.startswith(f"{name}/"):
        return True
    if "{" in path or "{" in name or "*" in name:
        one, other = (re.sub(r"\{[^}]*\}", "*", each) for each in (path, name))
        return fnmatchcase(name, one) or fnmatchcase(path, other) or fnmatchcase(name, f"{one}/*")
    return f"/{path}".endswith(f"/{name}") or f"/{name}".endswith(f"/{path}") or f"/{path}/" in f"/{name}"


def _is_state(name: str) -> bool:
    return bool(re.search(r"checkpoint|ckpt", name, re.IGNORECASE))


def _is_passed(name: str, words: Iterable[str]) -> bool:
    """Whether a command line names it: then it is a matter of the command, which may be another stage's."""
    return any(basename(name) in word for word in words)


def _maker(graph: Graph, node: Node, stage: Stage) -> Stage | None:
    """The other stage that declares to make it, else the one that does."""
    others = [other for other in graph.stages if other.job != stage.job]
    makes = (other for other in others if any(t.node == node.id and t.kind == "writes" for t in other.touches))
    return next((other for other in others if holds(other.writes, node.name)), next(makes, None))


def holds(paths: Iterable[str], name: str) -> bool:
    """Whether one of the declared paths is a thing, or the folder that it lies in."""
    return any(path == name or name.startswith(f"{path.rstrip('/')}/") for path in paths)


def _is_taken(graph: Graph, node: Node, stage: Stage) -> bool:
    """Whether another stage reads it; that both of them don't declare it is said of that one."""
    others = (other for other in graph.stages if other.job != stage.job and other.reruns == "changed")
    return any(touch.node == node.id and touch.kind == "reads" for other in others for touch in other.touches)


def _is_data(node: Node) -> bool:
    return _is_file(node) and not _MANIFEST.search(node.name) and not _UNRELATED.search(node.name)


def _is_file(node: Node) -> bool:
    attributes = node.attributes
    return attributes.get("store", "file") == "file" and not attributes.get("template") and "{" not in node.name


def _is_setting(name: str, stage: Stage) -> bool:
    return name in stage.present and not (_MANIFEST.search(name) or _UNRELATED.search(name)) and "." in basename(name)


def _brought(graph: Graph, stage: Stage) -> set[str]:
    """What the code of a stage copies, downloads or unpacks; it may read that afterwards."""
    files = {*stage.runs, *stage.loaded}
    return {edge.target for edge in _copies(graph) if any(site.file in files for site in edge.sites)}


def _copies(graph: Graph) -> list[Edge]:
    return graph.once(_all_copies)


def _all_copies(graph: Graph) -> list[Edge]:
    stored = ("dataset:", "artifact:")
    return [
        edge
        for edge in graph.edges_of_kind("DERIVES")
        if edge.source.startswith(stored) and edge.evidence != "inferred"
    ]


def _is_made_elsewhere(graph: Graph, node: Node, stage: Stage) -> bool:
    """Other code writes it, or a file declares that it is tracked: no name that was only misunderstood."""
    files = {*stage.runs, *stage.loaded}
    written = (site.file for edge in graph.into(node.id, "WRITES", "PERSISTS") for site in edge.sites)
    tracked = (edge for edge in graph.into(node.id, "DECLARES") if edge.attributes.get("role") == "writes")
    return any(file not in files for file in written) or any(True for _ in tracked)


def _is_product(node: Node) -> bool:
    """Records or a model in a file of the repository that are made to be used; not what is only looked at."""
    return _is_file(node) and _is_records(node) and not (is_kept_unread(node) or _is_state(node.name))


def _is_records(node: Node) -> bool:
    return node.kind == "artifact" or str(node.attributes.get("format") or "") in TABULAR | MODEL_FORMATS
