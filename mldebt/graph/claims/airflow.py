"""Airflow: schedules that wait for data sets which no task of the repository says it updates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.stuck import is_statement, parts
from mldebt.graph.records import Claim
from mldebt.read.facts import Expr, FileFacts
from mldebt.sites import Site

KINDS = ("Dataset", "Asset")
_UPDATES = (
    b"outlets",
    b"AssetAlias",
    b"DatasetAlias",
    b"create_asset_event",
    b"AssetWatcher",
    b"register_dataset_change",
)


def unscheduled(workspace: Workspace, listed: Sequence[str]) -> Iterator[Claim]:
    """Only where every outlet of the repository is known by its name."""
    code = [facts for facts in workspace.facts.values() if b"airflow" in facts.packed and facts.kind == "python"]
    if any(facts.problem or any(word in facts.packed for word in _UPDATES[1:]) for facts in code):
        return
    waits: list[tuple[str, Site, str]] = []
    updated: set[str] = set()
    for facts in sorted(code, key=lambda facts: facts.file):
        names = _names(facts)
        for part in parts(facts.body):
            for key, value in part[3] if part[0] == "call" and len(part) == 6 else ():
                if key == "outlets":
                    found = list(_uris(value, names))
                    if not found or None in found:
                        return
                    updated.update(uri for uri in found if uri)
                elif key == "schedule" and value[0] in ("list", "tuple"):
                    dag = next((str(arg[1]) for arg in part[2][:1] if arg[0] == "const"), _dag(part))
                    waits += [(uri, facts.site(part[4]), dag) for uri in _uris(value, names) if uri]
    for uri, site, dag in waits if updated else ():
        if uri not in updated:
            yield Claim("airflow", "dataset", "unused", dag, site, ((uri, site),))


def _dag(call: Expr) -> str:
    return next((str(value[1]) for key, value in call[3] if key == "dag_id" and value[0] == "const"), "the DAG")


def _names(facts: FileFacts) -> Mapping[str, str | None]:
    """The data sets that names of a file stand for; None where one name may be several."""
    found: dict[str, str | None] = {}
    texts: dict[str, str | None] = {}
    for part in parts(facts.body):
        if is_statement(part) and part[0] == "assign" and part[4] is not None:
            for target in part[3]:
                if target[0] != "name":
                    continue
                if part[4][0] == "const" and isinstance(part[4][1], str):
                    texts[target[1]] = part[4][1] if texts.get(target[1], part[4][1]) == part[4][1] else None
                elif (uri := _made(part[4], texts)) is not None:
                    found[target[1]] = uri if found.get(target[1], uri) == uri else None
    return found


def _made(value: Expr, texts: Mapping[str, str | None]) -> str | None:
    """`Dataset("s3://…")`, `Asset(name="…", uri="…")`."""
    if value[0] != "call" or value[1][-1] not in KINDS:
        return None
    given = [value[2][0]] if value[2] else [one for key, one in value[3] if key in ("uri", "name")]
    for one in given[:1]:
        if one[0] == "const" and isinstance(one[1], str):
            return one[1]
        if one[0] == "name":
            return texts.get(one[1])
    return None


def _uris(value: Expr, names: Mapping[str, str | None]) -> Iterator[str | None]:
    """The data sets of a list, None for one that is not known."""
    for item in value[1] if value[0] in ("list", "tuple") else (value,):
        yield _made(item, {}) or (names.get(item[1]) if item[0] == "name" else None)
