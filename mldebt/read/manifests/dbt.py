"""dbt projects: where models, seeds and tests lie, how sources are called, which exposures they feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

PROJECT = "dbt_project.yml"
REFERENCE = re.compile(r"""ref\(\s*(?:['"][^'"]*['"]\s*,\s*)?['"]([^'"]+)['"]""")
SOURCE = re.compile(r"""source\(\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]+)['"]""")
ALIAS = re.compile(r"""config\([^)]*?\balias\s*=\s*['"]([^'"]+)['"]""", re.DOTALL)
INCREMENTAL = re.compile(r"""\bmaterialized\s*=\s*['"]incremental['"]""")
STRATEGY = re.compile(r"""\bunique_key\s*=|\bincremental_strategy\s*=\s*['"]merge['"]""")
SNAPSHOT = re.compile(r"\{%-?\s*snapshot\s+(\w+)")


class Project(Struct, frozen=True):
    """A folder of SQL files that each define a table. Paths are relative to the root of the repository."""

    folder: str
    models: tuple[str, ...]
    snapshots: tuple[str, ...]
    tests: tuple[str, ...]
    seeds: tuple[str, ...]

    def holds(self, file: str, folders: Iterable[str]) -> bool:
        return any(file.startswith(f"{folder}/") for folder in folders)


class Exposure(Struct, frozen=True):
    """A dashboard, notebook or application that is declared to use models."""

    name: str
    kind: str
    owner: str
    uses: tuple[str, ...]


def project_of(folder: str, settings: object) -> Project | None:
    """What a project file says of the folders of its project."""
    if not isinstance(settings, Mapping):
        return None

    def paths(*keys: str, default: str) -> tuple[str, ...]:
        found = next((settings[key] for key in keys if isinstance(settings.get(key), list)), [default])
        return tuple(f"{folder}/{path}".removeprefix("./").rstrip("/") for path in found)

    return Project(
        folder,
        paths("model-paths", "source-paths", default="models"),
        paths("snapshot-paths", default="snapshots"),
        paths("test-paths", default="tests"),
        paths("seed-paths", "data-paths", default="seeds"),
    )


def model_name(file: str, content: str) -> tuple[str, str]:
    """(name, mode) of the table that a file defines."""
    stem = file.rpartition("/")[2].rpartition(".")[0]
    named = ALIAS.search(content) or SNAPSHOT.search(content)
    if not INCREMENTAL.search(content) and not SNAPSHOT.search(content):
        return (named[1] if named else stem), "replace"
    return (named[1] if named else stem), "merge" if STRATEGY.search(content) else "append"


def source_names(settings: object) -> dict[str, str]:
    """`source.table` as models write it → the name of the table in the database."""
    names: dict[str, str] = {}
    for source in _listed(settings, "sources"):
        schema = str(source.get("schema") or source.get("name"))
        for table in _listed(source, "tables"):
            names[f"{source.get('name')}.{table.get('name')}"] = (
                f"{schema}.{table.get('identifier') or table.get('name')}"
            )
    return {written: name for written, name in names.items() if "{" not in name}


def columns_of(settings: object) -> Iterator[tuple[str, str]]:
    """(model, column) that schema files describe."""
    for model in _listed(settings, "models"):
        for column in _listed(model, "columns"):
            yield str(model.get("name")), str(column.get("name"))


def exposures_of(settings: object) -> Iterator[Exposure]:
    for exposure in _listed(settings, "exposures"):
        owner = exposure.get("owner")
        person = (owner.get("name") or owner.get("email")) if isinstance(owner, Mapping) else None
        needed = exposure.get("depends_on")
        uses = tuple(name for text in needed if (name := referred(str(text)))) if isinstance(needed, list) else ()
        yield Exposure(str(exposure.get("name")), str(exposure.get("type") or ""), str(person or ""), uses)


def referred(text: str) -> str:
    """The table that `ref('orders')` or `source('shop', 'orders')` means."""
    if source := SOURCE.search(text):
        return f"{source[1]}.{source[2]}"
    found = REFERENCE.search(text)
    return found[1] if found else ""


def _listed(settings: object, key: str) -> list[Mapping[str, object]]:
    found = settings.get(key) if isinstance(settings, Mapping) else None
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []
