"""Which files of code belong together: those that can import from each other, or that work on the same things."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from posixpath import dirname

from mldebt.graph.model import Graph
from mldebt.graph.questions.jobs import is_passing
from mldebt.graph.questions.models import Models

COLLECTION = 10
"""Parts with an environment of their own beyond which a repository is a collection of things that stand alone."""


class Systems:
    """What each file has to do with; files with something in common could share a module."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._touched: dict[str, set[str]] = {}
        models = graph.once(Models)
        for edge in graph.edges:
            for site in edge.sites:
                self._touched.setdefault(site.file, set()).update((edge.source, edge.target))
        for node in graph.of_kind("dataset"):
            for use in (use for column in node.columns for use in column.uses):
                self._touched.setdefault(use.site.file, set()).add(node.id)
        for touched in self._touched.values():
            touched.update(*(models.names(name) for name in touched if name.startswith("model:")))
        self._installed = _homes(one.folder for one in graph.environments if one.files)

    def touches(self, file: str, node: str) -> bool:
        """Whether code of a file reads, writes or works on a stored thing or a model."""
        return node in self._touched.get(file, ())

    def together(self, files: Iterable[str]) -> list[tuple[str, ...]]:
        """The files, those together that have something in common."""
        groups: list[tuple[set[str], set[str]]] = []
        for file in sorted(files):
            members, common = {file}, self._ties(file)
            for group in [group for group in groups if group[1] & common]:
                groups.remove(group)
                members, common = members | group[0], common | group[1]
            groups.append((members, common))
        return sorted(tuple(sorted(members)) for members, _ in groups)

    def _ties(self, file: str) -> set[str]:
        imports = self._graph.units[file].imports if file in self._graph.units else ()
        code = {file, *imports}
        return {*map("code:{}".format, code), *self._folders(file), *self._stored(file)}

    def _folders(self, file: str) -> Iterable[str]:
        """Where its modules are looked for, and where it is said what is installed for it."""
        folder = dirname(file)
        yield f"folder:{folder}"
        while folder and f"{folder}/__init__.py" in self._graph.units:
            folder = dirname(folder)
            yield f"folder:{folder}"
        home = next((one for one in self._installed if one == "." or f"{file}/".startswith(f"{one}/")), None)
        if home is not None:
            yield f"installed:{home}"

    def _stored(self, file: str) -> Iterable[str]:
        for name in self._touched.get(file, ()):
            kept = name in self._graph.nodes and self._graph[name].kind in ("dataset", "artifact")
            if kept and not is_passing(self._graph[name]):
                yield name


def _homes(folders: Iterable[str]) -> list[str]:
    """Folders for which it is said what is installed, the innermost first; that of a collection ties nothing."""
    homes = sorted(set(folders), key=len, reverse=True)
    return [home for home in homes if home != "." or len(homes) <= COLLECTION]


def named_by_all(systems: Systems, candidates: Sequence[str], files: Iterable[str]) -> str:
    """The first of the candidates that each of the files works on; "" where there is none."""
    files = tuple(files)
    return next((name for name in candidates if all(systems.touches(file, name) for file in files)), "")
