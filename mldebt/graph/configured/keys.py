"""Configurations with what becomes of their keys: the ones that nobody reads, and those that are asked for in vain."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cached_property

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.configured.flow import Asked, Flow, Lines, Unit
from mldebt.graph.configured.tables import Table, of_file, of_folder, of_options, unused
from mldebt.graph.configured.walk import walk
from mldebt.graph.configured.words import WORD, Words, forms_of
from mldebt.graph.model import ConfigKey, MissingKey
from mldebt.graph.told import Told
from mldebt.project.patience import patient_collector
from mldebt.project.purpose import is_test
from mldebt.sites import Site

Said = tuple[str, str]
_TOLD = frozenset({
    "description", "comment", "comments", "note", "notes", "doc", "docs", "about", "version", "author", "authors",
    "owner", "maintainer", "title", "created", "updated", "date", "license", "schema", "$schema", "help", "example",
    "examples", "reference", "references", "todo", "reason", "rationale", "interpretation", "provenance", "software",
    "local_rank", "f",
})  # fmt: skip
"""Keys for people, and options that whatever starts a program passes to it."""
_SECRET = re.compile(r"key|secret|token|pass|pwd|credential|auth|dsn|conn", re.IGNORECASE)
SENTENCE = 6
"""How many words make a value something to read."""
LONGEST = 60
"""How long a value is that is told."""
_SETTINGS = re.compile(r"config|setting|param|option|args|conf\b")
_TOOLS = re.compile(
    r"pyproject\.toml|setup\.cfg|tox\.ini|pytest\.ini|package(-lock)?\.json|tsconfig.*|dvc\.(yaml|lock)|mkdocs\.ya?ml"
    r"|.*compose.*\.ya?ml|.*environment.*\.ya?ml|conda.*\.ya?ml|dbt_project\.yml|profiles\.yml|prometheus.*|grafana.*"
    r"|.*logging.*|.*logger.*|.*openapi.*|.*swagger.*|.*schema.*\.json|manifest\.json|.*lock.*|feature_store\.ya?ml"
    r"|neptune\.ya?ml|.*sweep.*\.ya?ml|bentofile\.ya?ml|skaffold\.ya?ml|buildspec.*\.ya?ml|cloudbuild.*\.ya?ml"
    r"|serverless\.ya?ml|values.*\.ya?ml|chart\.ya?ml|mkdocs.*|ruff\.toml|cargo\.toml|pipfile|poetry.*|netlify\.toml"
)
"""Files that belong to a tool, which reads them in its own way."""


KeyedNode = tuple[str, str, dict[str, object]]
"""The id and the name of the node of a configuration, and what is to be noted there."""


def keyed_nodes(workspace: Workspace, trace: Trace, told: Told) -> list[KeyedNode]:
    """The keys of configurations, and what becomes of them."""
    with patient_collector():
        return list(_keyed(workspace, trace, Words(workspace, told)))


def _keyed(workspace: Workspace, trace: Trace, words: Words) -> Iterator[KeyedNode]:
    groups = _groups(workspace, trace)
    roots = _roots(workspace, trace, groups, words)
    if not roots:
        return
    heard = Heard(words, {site.file for root in roots.values() for one in root.below() for site in one.sites})
    asked: list[Asked] = []
    starts = {call[0] for call, said in trace.settings.items() if any(map(roots.get, said))}
    for group in groups:
        start = starts & group
        flow = Flow(group, workspace.facts, trace.settings, roots, words.told)
        if start and flow.run(start, walk):
            asked += flow.asked()
        heard.add(flow)
    read = {site for root in roots.values() for one in root.below() if one.used for site in one.sites}
    for one, root in roots.items():
        yield from _node(one, root, asked, heard, read)


class Heard:
    """What is spoken of out of sight: in code that was walked, the words that are no keys of a known table; in all
    other files, every word."""

    def __init__(self, words: Words, settings: Collection[str]) -> None:
        self._words = words
        self._settings = settings
        self._walked: set[str] = set()
        self._units: list[Unit] = []
        self._files: list[str] | None = None

    def add(self, flow: Flow) -> None:
        self._walked |= flow.walked.keys()
        self._units += [unit for units in flow.walked.values() for unit in units.values()]

    @cached_property
    def _loose(self) -> dict[str, set[tuple[str, Lines]]]:
        found: dict[str, set[tuple[str, Lines]]] = {}
        for unit in self._units:
            for word, lines in unit.words:
                found.setdefault(word, set()).add((unit.file, lines))
            for text, lines in unit.texts:
                for word in WORD.findall(text):
                    found.setdefault(word, set()).add((unit.file, lines))
        return found

    def _is_loose(self, word: str, but: set[Site]) -> bool:
        places = {place for form in forms_of(word) for place in self._loose.get(form, ())}
        return any(self._words.site(file, lines) not in but for file, lines in places)

    def of(self, one: Table, what: str) -> bool:
        word = one.path[-1]
        if self._is_loose(word, one.sites):
            return True
        if self._files is None:
            self._files = sorted({*self._words.files(), *self._settings} - self._walked)
        return what != "parse" and self._words.spoken(word, one.sites, self._files)

    def of_missing(self, root: Table, key: MissingKey) -> bool:
        """Whether a missing key may come from a command line, or from a file that can take the place of this one."""
        return self._words.defined(
            key.path.rpartition(".")[2], {site.file for one in root.below() for site in one.sites}
        )


def _roots(workspace: Workspace, trace: Trace, groups: Sequence[set[str]], words: Words) -> dict[Said, Table]:
    """The tables of what code loads and is in the repository, and isn't written by code."""
    found: dict[Said, Table] = {}
    written = {edge.target.partition(":")[2] for edge in trace.edges.values() if edge.kind in ("WRITES", "PERSISTS")}
    handed = {name.rpartition("/")[2] for said in trace.settings.values() for what, name in said if what == "handed"}
    home = {file: group for group in groups for file in group}
    told = {one for call, said in trace.settings.items() if not is_test(call[0]) for one in said}
    for one in sorted(told):
        what, name = one
        table = None
        if what == "load" and name not in written and name.rpartition("/")[2] not in handed and _is_own(name):
            is_table = not name.endswith(".json") or _SETTINGS.search(name.lower())
            table = of_file(workspace, name, words.told) if is_table else None
        elif what == "compose":
            folder, _, chosen = name.rpartition(":")
            table = of_folder(workspace, folder, chosen, words.told)
        elif what == "parse":
            table = _options(name, trace.options.get(name, {}), home, words)
        if table is not None and table.children:
            found[one] = table
    return found


def _options(name: str, sites: Mapping[str, Site], home: Mapping[str, set[str]], words: Words) -> Table | None:
    """The options of a command line, if there is one that its program doesn't so much as speak of."""
    table = of_options(name, sites)
    own = sorted({site.file for site in sites.values()})
    near = set().union(*(home.get(file, ()) for file in own))
    files = [*(file for file in own if file in near), *sorted(near.difference(own))]
    silent = [one for one in table.children.values() if not words.spoken(one.path[-1], one.sites, files)]
    return table if silent else None


def _is_own(name: str) -> bool:
    """Whether a file is a configuration of the code's own: none of a tool, no variables that every process gets."""
    last = name.rpartition("/")[2].lower()
    return not (last.startswith(".") or last.endswith(".env") or _TOOLS.match(last))


def _groups(workspace: Workspace, trace: Trace) -> list[set[str]]:
    """Files that are connected by imports."""
    near: dict[str, set[str]] = {}
    for file, imported in trace.imports.items():
        for other in imported:
            near.setdefault(file, set()).add(other)
            near.setdefault(other, set()).add(file)
    groups: list[set[str]] = []
    left = {file: None for file, facts in sorted(workspace.facts.items()) if facts.packed and not is_test(file)}
    while left:
        group, waiting = set(), [next(iter(left))]
        while waiting:
            file = waiting.pop()
            if file in left:
                del left[file]
                group.add(file)
                waiting += near.get(file, ())
        groups.append(group)
    return groups


def _node(said: Said, root: Table, asked: list[Asked], heard: Heard, read: Collection[Site]) -> Iterator[KeyedNode]:
    """`read`: where keys stand that are read of any of the configurations; several of them may share a file."""
    what, name = said
    node_id = f"config:{name}" if what == "load" else f"config:{what}:{name}"
    mute = ((above, one) for above, one in unused(root) if one.sites and not _is_read(one, read))
    idle = [(above, one) for above, one in mute if _means(one) and not heard.of(one, what)]
    keys = [ConfigKey(one.dotted, False, *_places(one), _told(one), _meant(above, one, asked)) for above, one in idle]
    keys += [ConfigKey(one.dotted, True, *_places(one), _told(one)) for one in root.below() if one.path and one.used]
    open_ended = what == "parse" or name.endswith(".json")  # many a JSON file of that name comes with a model
    missing = [] if open_ended else [one for one in _missing(root, asked) if not heard.of_missing(root, one)]
    if what != "load" and not idle and not missing:
        return
    keys.sort(key=_order)
    yield node_id, _name(what, root), {"form": what, "keys": tuple(keys), "missing": tuple(missing)}


def _is_read(one: Table, read: Collection[Site]) -> bool:
    return any(site in read for part in one.below() for site in part.sites)


def _told(one: Table) -> object:
    """The value of a key; secrets are nobody's business."""
    if _SECRET.search(one.dotted) or (isinstance(one.leaf, str) and (len(one.leaf) > LONGEST or "@" in one.leaf)):
        return None
    return one.leaf


def _order(key: ConfigKey) -> tuple[object, ...]:
    return key.sites, key.path


def _places(one: Table) -> tuple[tuple[Site, ...], tuple[Site, ...]]:
    return tuple(sorted(one.sites)), tuple(sorted(one.reads))


def _means(one: Table) -> bool:
    """Whether a key is there for code: none that tells people something, none that only holds what others repeat."""
    if one.anchored or (isinstance(one.leaf, str) and len(one.leaf.split()) >= SENTENCE):
        return False
    return one.path[-1].lower().strip("_") not in _TOLD and not one.path[-1].startswith(("x-", "_"))


def _name(what: str, root: Table) -> str:
    return root.file.partition("::")[0] if what == "parse" else root.file


def _missing(root: Table, asked: list[Asked]) -> list[MissingKey]:
    """Keys that code can't do without, asked of tables that don't have them."""
    found: dict[tuple[str, str], set[Site]] = {}
    mine = set(root.below())
    optional = {(table, one.key) for one in asked if one.soft for table in one.tables}
    for one in asked:
        if _is_missing(one) and not any((table, one.key) in optional for table in one.tables):
            table = max(one.tables, key=_is_likely)
            if table in mine:
                found.setdefault((table.dotted, one.key), set()).add(one.site)
    return [_missed(root, path, key, sites) for (path, key), sites in sorted(found.items())]


def _missed(root: Table, path: str, key: str, sites: set[Site]) -> MissingKey:
    table = next(one for one in root.below() if one.dotted == path)
    return MissingKey(".".join(filter(None, (path, key))), tuple(sorted(sites)), near(key, table.children))


def _is_likely(table: Table) -> tuple[int, str]:
    """Of several configurations that may be asked, the one of which code reads most is meant."""
    return sum(one.used for one in table.children.values()), table.file


def _is_missing(asked: Asked) -> bool:
    return asked.surely and not asked.soft and not any(one.escaped or one.stored for one in asked.tables)


def _meant(above: Table, one: Table, asked: list[Asked]) -> str:
    """The key that code asks the table for with a default, and that this one may have been meant for."""
    vain = {each.key for each in asked if each.surely and each.soft and above in each.tables}
    return near(one.path[-1], vain)


def near(name: str, known: Iterable[str]) -> str:
    """The name that another one is a slip of the pen for, "" where there is none."""
    found = get_close_matches(name, [one for one in known if one[:1] == name[:1]], 1, 0.86)
    return found[0] if found else ""
