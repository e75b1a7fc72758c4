"""What configuration files define, as tables of keys on which it is noted what code does with them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from msgspec import Struct, field

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.told import Told
from mldebt.sites import Site

MAX_COMPOSED = 200
_PACKAGE = re.compile(r"^\s*#\s*@package\s+(\S+)", re.MULTILINE)
_ANCHOR = re.compile(r"[:-]\s+&[\w-]+")
OF_OTHERS = ({"apiVersion", "kind"}, {"architectures", "model_type"}, {"openapi", "paths"}, {"stages", "vars"})
"""Keys by which a file for a cluster, of a stored network, of an interface or of a pipeline is known."""
_BUILT = ("_target_", "target", "class_path", "_args_")
"""Keys that say what is made of the others: whatever makes it reads them."""


class Table(Struct, eq=False):
    """A key of a configuration and the keys below it.

    `sites`: where it is defined; `reads`: where code asks for it or uses it; `used`: somebody asks for it; `escaped`:
    it goes where it can't be followed, with all that is below; `stored`: code may put keys into it; `leaf`: the value,
    where it has no keys below it; `anchored`: other keys of the file repeat what it holds.
    """

    path: tuple[str, ...]
    file: str = ""
    children: dict[str, Table] = field(default_factory=dict)
    is_list: bool = False
    leaf: object = None
    sites: set[Site] = field(default_factory=set)
    reads: set[Site] = field(default_factory=set)
    used: bool = False
    escaped: bool = False
    stored: bool = False
    anchored: bool = False
    folded: dict[str, Table] | None = None

    @property
    def dotted(self) -> str:
        return ".".join(self.path)

    def child(self, key: str) -> Table | None:
        """The table under a key; some libraries don't mind the case, nor whether it is written with - or _."""
        found = self.children.get(key)
        if found is None and self.children:
            if self.folded is None:
                self.folded = {_folded(name): one for name, one in reversed(self.children.items())}
            found = self.folded.get(_folded(key))
        return found

    def below(self) -> Iterator[Table]:
        """The table and all tables below it."""
        yield self
        for one in self.children.values():
            yield from one.below()

    def escape(self) -> None:
        self.escaped = self.used = True


def _folded(key: str) -> str:
    return key.lower().replace("-", "_")


def of_file(workspace: Workspace, file: str, told: Told) -> Table | None:
    """The tables of one file; None where it is no table of keys or can't be read."""
    loaded = told.settings(workspace, file)
    if loaded is None or not isinstance(loaded[0], dict):
        return None
    root = Table((), file)
    _fill(root, loaded[0], loaded[1], file, ())
    if any(marks <= root.children.keys() for marks in OF_OTHERS):
        return None
    if "DEFAULT" in root.children:
        _leave_open(root)  # its keys are in every section
    _note_anchors(root, (workspace.text(file) or "").splitlines())
    return root


def _leave_open(root: Table) -> None:
    for one in root.below():
        one.stored = True


def _note_anchors(root: Table, lines: list[str]) -> None:
    for one in root.below():
        one.anchored = any(_ANCHOR.search(lines[site.line - 1]) for site in one.sites if site.line <= len(lines))


def of_folder(workspace: Workspace, folder: str, name: str, told: Told) -> Table | None:
    """Tables that are composed of the files of a folder, whichever are chosen, below the names of their groups."""
    found = [one for end in ("yaml", "yml") for one in workspace.listing(folder, f"**/*.{end}", MAX_COMPOSED)]
    root = Table((), f"{folder}/{name}")
    for inner in found:
        file = f"{folder}/{inner}" if folder != "." else inner
        loaded = told.settings(workspace, file)
        if loaded is None or not isinstance(loaded[0], dict):
            continue
        place = root
        for step in _package(workspace.text(file) or "", PurePosixPath(inner)):
            place = place.children.setdefault(step, Table((*place.path, step), root.file, used=True))
        _fill(place, {key: value for key, value in loaded[0].items() if key != "defaults"}, loaded[1], file, ())
    if (hydra := root.children.get("hydra")) is not None:
        hydra.escape()
    return root if root.children else None


def _package(text: str, inner: PurePosixPath) -> list[str]:
    """Where the keys of a group's file go: below the names of its folders, or where its first line says."""
    header = _PACKAGE.search(text[:400])
    if header is None:
        return list(inner.parent.parts)
    if header[1] in ("_global_", ""):
        return []
    group = ".".join(inner.parent.parts)
    return [step for step in header[1].replace("_group_", group).replace("_name_", inner.stem).split(".") if step]


def _fill(
    table: Table,
    settings: Mapping[object, object],
    lines: Mapping[tuple[str, ...], int],
    file: str,
    at: tuple[str, ...],
) -> None:
    for key, value in settings.items():
        name = str(key)
        one = table.children.setdefault(name, Table((*table.path, name), table.file))
        if line := lines.get((*at, name)):
            one.sites.add(Site(file, line, line))
        _put(one, value, lines, file, (*at, name))
    if any(key in table.children for key in _BUILT):
        table.escape()


def _put(one: Table, value: object, lines: Mapping[tuple[str, ...], int], file: str, at: tuple[str, ...]) -> None:
    if isinstance(value, dict) and value:
        _fill(one, value, lines, file, at)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        one.is_list = True
        for number, item in enumerate(value):
            inner = one.children.setdefault(str(number), Table((*one.path, str(number)), one.file, used=True))
            if isinstance(item, dict):
                _fill(inner, item, lines, file, (*at, str(number)))
    else:
        one.leaf = value


def of_options(name: str, options: Mapping[str, Site]) -> Table:
    """The options that a command line declares."""
    root = Table((), name)
    for option, site in options.items():
        root.children[option] = Table((option,), name, sites={site})
    return root


def unused(root: Table) -> Iterator[tuple[Table, Table]]:
    """The topmost keys that nobody asks for, in tables of which others are asked for by name; each with its table."""
    if root.escaped or not any(one.used for one in root.children.values()):
        return
    for one in root.children.values():
        if root.is_list or one.used:
            yield from unused(one)
        else:
            yield root, one
