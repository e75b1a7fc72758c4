"""dbt projects: sources that no model selects from, and tables that models name past their sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.records import Claim
from mldebt.read.manifests import dbt
from mldebt.sites import Site

_CODE = (".sql", ".py", ".yml", ".yaml", ".md")
_SOURCE_CALL = re.compile(r"\bsource\s*\(\s*(['\"]?)")
_ANY_TABLE = re.compile(r"\bsource\s*\(\s*['\"]([^'\"]+)['\"]\s*,\s*(?![\s'\"])")
"""`source('raw', name)`, as in a loop over names."""
_COMMENT = re.compile(r"\{#.*?#\}|--[^\n]*|/\*.*?\*/", re.DOTALL)
_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TABLE = re.compile(
    r"\b(?:from|join)\s+((?:[`\"]?[A-Za-z_][\w-]*[`\"]?\.){1,2}[`\"]?[A-Za-z_]\w*[`\"]?)(?![\w.(])", re.I
)
_NO_TABLE = re.compile(r"(\bdistinct|\b(extract|trim|substring|overlay|position)\s*\([^()]*)\s*$", re.I)
_OF_THE_DATABASE = re.compile(r"(^|\.)(information_schema|pg_catalog|account_usage|sys)\.|^(?:unnest|lateral)\b", re.I)
_PACKAGES = re.compile(r"(^|/)(dbt_packages|dbt_modules|target)/")


def sources_and_tables(workspace: Workspace, listed: Sequence[str]) -> Iterator[Claim]:
    for file in listed:
        if file.rpartition("/")[2] != dbt.PROJECT or _PACKAGES.search(file):
            continue
        folder = file.rpartition("/")[0]
        project = dbt.project_of(folder or ".", workspace.settings(file))
        if project is not None:
            within = [one for one in listed if _is_within(one, folder) and one.endswith(_CODE)]
            yield from _unused_sources(workspace, project, within)
            yield from _named_tables(workspace, project, within)


def _is_within(file: str, folder: str) -> bool:
    return (not folder or file.startswith(f"{folder}/")) and not _PACKAGES.search(file)


def _unused_sources(workspace: Workspace, project: dbt.Project, files: Sequence[str]) -> Iterator[Claim]:
    used: set[tuple[str, str]] = set()
    for file in files:
        content = _COMMENT.sub("", workspace.text(file) or "") if file.endswith(".sql") else workspace.text(file) or ""
        if file.endswith(".sql") and any(not match[1] for match in _SOURCE_CALL.finditer(content)):
            return  # a macro makes the name up
        used.update(dbt.SOURCE.findall(content))
        used.update((source, "") for source in _ANY_TABLE.findall(content))
    schemas = (file for file in files if file.endswith((".yml", ".yaml")))
    held = (file for file in schemas if project.holds(file, (*project.models, *project.snapshots)))
    if unused := tuple(one for file in held for one in _declared(workspace, file, used)):
        yield Claim("dbt", "source", "unused", project.folder, unused[0][1], unused)


def _declared(workspace: Workspace, file: str, used: set[tuple[str, str]]) -> Iterator[tuple[str, Site]]:
    settings, lines = workspace.settings(file), (workspace.text(file) or "").splitlines()
    for source in _items(settings, "sources"):
        for table in _items(source, "tables"):
            name = (str(source.get("name")), str(table.get("name")))
            if not used.intersection((name, (name[0], ""))) and not _is_off(source) and not _is_off(table):
                line = _line(lines, name[1])
                yield ".".join(name), Site(file, line, line)


def _items(settings: object, key: str) -> list[Mapping[str, object]]:
    found = settings.get(key) if isinstance(settings, Mapping) else None
    return [item for item in found if isinstance(item, Mapping)] if isinstance(found, list) else []


def _is_off(spec: Mapping[str, object]) -> bool:
    config = spec.get("config")
    return isinstance(config, Mapping) and config.get("enabled") is False


def _line(lines: Sequence[str], name: str) -> int:
    told = re.compile(rf"\bname:\s*['\"]?{re.escape(name)}['\"]?\s*(#|$)")
    return next((number for number, line in enumerate(lines, 1) if told.search(line)), 1)


def _named_tables(workspace: Workspace, project: dbt.Project, files: Sequence[str]) -> Iterator[Claim]:
    """`from raw.orders` in a model: dbt doesn't know that it takes anything from there."""
    models = (file for file in files if file.endswith(".sql"))
    held = (file for file in models if project.holds(file, (*project.models, *project.snapshots)))
    if named := tuple(one for file in held for one in _tables(file, _blank(workspace.text(file) or ""))):
        yield Claim("dbt", "table", "undeclared", project.folder, named[0][1], named)


def _tables(file: str, content: str) -> Iterator[tuple[str, Site]]:
    found: dict[str, Site] = {}
    for match in _TABLE.finditer(content):
        name = re.sub(r"[`\"]", "", match[1])
        head = content[max(0, match.start() - 200) : match.start()]
        if not (_OF_THE_DATABASE.search(name) or _NO_TABLE.search(head) or _is_alias(name, content)):
            line = content.count("\n", 0, match.start(1)) + 1
            found.setdefault(name, Site(file, line, line))
    return iter(found.items())


def _blank(content: str) -> str:
    """The SQL with its lines where they were, without comments and templates."""
    for pattern, put in ((_COMMENT, " "), (_JINJA, " _ ")):
        content = pattern.sub(lambda match, put=put: put + "\n" * match[0].count("\n"), content)  # type: ignore[misc]
    return content


def _is_alias(name: str, content: str) -> bool:
    """Whether a name begins with that of a table within the query: `from orders o, o.items`."""
    first = name.partition(".")[0]
    return re.search(rf"(?<![.\w]){re.escape(first)}\b(?!\s*[`\"]?\.)", content, re.I) is not None
