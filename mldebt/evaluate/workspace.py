"""What evaluation may know of a repository besides the facts of its code: which files exist, what small ones say."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from hashlib import blake2b
from pathlib import Path, PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING, TypeVar

from mldebt.evaluate.search_path import SearchPath, joined_below, upwards
from mldebt.evaluate.temporary import temporary_names
from mldebt.project.folders import OWN, VERSION_CONTROL, folder_reason
from mldebt.project.inputs import below
from mldebt.project.plain import exists, joined, text
from mldebt.read.facts import FileFacts

if TYPE_CHECKING:
    from mldebt.project.earlier import Earlier

PROJECT_MARKERS = (
    "pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "environment.yml", "Pipfile", "dvc.yaml",
    "Dockerfile", "Makefile", "MLproject", "docker-compose.yml", "docker-compose.yaml", "compose.yml", "compose.yaml",
)  # fmt: skip
MAX_TEXT = 1_000_000
_OF_RUN = re.compile(r"\bdata\.([A-Za-z]\w*)")
Question = tuple[str, tuple[object, ...]]
"""The name of a method of the workspace and its arguments."""

Answer = TypeVar("Answer")
_STANDS_FOR = {"settings": "settings_text"}
"""What tells as well as another question whether the answer has changed, and sooner."""
MAX_LISTED = 24


class Workspace:
    """Read-only view of one repository; every answer is remembered for the time of one scan.

    `names`: of all files that are there, whatever they are.
    `asked`: the questions that an evaluation has put, on whose answers its outcome depends; None where nothing does.
    `looked_at`: the paths, from the root or absolute, that answers depend on; `boundless` where they are too many.
    """

    def __init__(
        self, root: Path, facts: Mapping[str, FileFacts], earlier: Earlier | None = None, names: Sequence[str] = ()
    ) -> None:
        self.root = root
        self._top_folder = str(root)
        self._names = names
        self._earlier = earlier
        self.facts = facts
        self.looked_at: set[str] = set()
        self.boundless = False
        self.asked: set[Question] | None = None
        self._answers: dict[Question, bytes] = {}
        self._watched: dict[str, bool] = {}
        self._modules = SearchPath(facts)
        self.exists = self._question("exists", self._exists)
        self.text = self._question("text", self._text)
        self.settings = self._question("settings", self._settings)
        self.columns = self._question("columns", self._columns)
        self.listing = self._question("listing", self._listing)
        self.base_of = self._question("base_of", self._base_of)
        self.module_file = self._question("module_file", self._modules.module_file)
        self.relative_module = self._question("relative_module", self._modules.relative_module)
        self.is_package_folder = self._question("is_package_folder", self._modules.is_package_folder)
        self.has_code = self._question("has_code", self._has_code)
        self.top = self._question("top", self._top)
        self.unit = self._question("unit", self._unit)
        self.by_name = self._question("by_name", self._named)
        self.registrants = self._question("registrants", self._registrants)
        self.handed_over = self._question("handed_over", self._handed_over)
        self.asked_of_runs = self._question("asked_of_runs", self._asked_of_runs)
        self._folders = self._modules.folders
        self._by_name: dict[str, list[str]] = {}
        for file in facts:
            self._by_name.setdefault(file.rpartition("/")[2], []).append(file)

    def _question(self, name: str, answer: Callable[..., Answer]) -> Callable[..., Answer]:
        """An answer that is remembered, with a note that it was asked for: the same one for all who ask."""
        known: dict[tuple[object, ...], tuple[Question, Answer]] = {}

        def ask(*arguments: object) -> Answer:
            found = known.get(arguments)
            if found is None:
                found = known[arguments] = ((name, arguments), answer(*arguments))
            if self.asked is not None:
                self.asked.add(found[0])
            return found[1]

        return ask

    def answers(self, questions: Iterable[Question]) -> tuple[bytes, ...]:
        """What the answers to questions are, short enough to be compared later."""
        known = self._answers
        found: list[bytes] = []
        for question in questions:
            answer = known.get(question)
            if answer is None:
                name, arguments = question
                answer = known[question] = _digest(repr(getattr(self, _STANDS_FOR.get(name, name))(*arguments)))
            found.append(answer)
        return tuple(found)

    def _has_code(self, file: str) -> bool:
        return file in self.facts

    def _top(self, file: str) -> tuple[bytes, bool]:
        """What a file does when it is imported, as far as it calls no function; all of it where it isn't laid out."""
        facts = self.facts.get(file)
        if facts is None:
            return b"", False
        return facts.layout.top or facts.key or facts.packed, bool(facts.outline.rebound)

    def code_of(self, file: str) -> bytes:
        """What stands for all that a file says, on whichever lines."""
        facts = self.facts[file]
        layout = facts.layout
        return b"".join((layout.top, *layout.digests)) if layout.starts else facts.key or facts.packed

    def _unit(self, file: str, number: int) -> bytes:
        """What stands for the body of a function, by its number in the layout of the file."""
        digests = self.facts[file].layout.digests if file in self.facts else ()
        return digests[number] if number < len(digests) else b""

    def _registrants(self, file: str) -> list[str]:
        """The files with functions or classes under a decorator of a file, or of an object that its class makes."""
        return sorted(
            other
            for home, others in self._decorating.items()
            if home == file or any(self._home(home, name) == file for name, *_ in self.facts[home].outline.names)
            for other in others - {file}
        )

    @cached_property
    def _decorating(self) -> dict[str, set[str]]:
        """The files whose names decorate functions or classes of others, and those others."""
        found: dict[str, set[str]] = {}
        for file, facts in self.facts.items():
            for name in facts.outline.decorators:
                if home := self._home(file, name):
                    found.setdefault(home, set()).add(file)
        return found

    def _home(self, file: str, name: str, hops: int = 4) -> str:
        """The file of the repository that an imported name comes from; what only passes it on isn't meant."""
        bound = next((one for one in self.facts[file].outline.names if one[0] == name), None)
        if bound is None or hops == 0:
            return file if hops < 4 else ""
        _, level, module, original = bound
        for path in (f"{module}.{original}".strip("."), module):
            at = self._modules.relative_module(path, level, file) if level else self._modules.module_file(path, file)
            if at is not None and at != file:
                return self._home(at, original, hops - 1) if path == module and original else at
        return ""

    def _handed_over(self, path: str) -> bool:
        """Whether a temporary file is left for somebody: several functions or files name it or its folder, or one does
        only once."""
        above = path.rpartition("/")[0]
        if above.count("/") > above.startswith("/var/") + 1 and self._handed_over(above):
            return True
        uses = self._named_temporary.get(path, ())
        return len(set(uses)) > 1 or (len(uses) == 1 and self._is_said_once(path))

    def _is_said_once(self, path: str) -> bool:
        files = [file for file in self.facts if file.endswith((".py", ".ipynb", ".sh"))]
        return sum((self._text(file) or "").count(path) for file in files) == 1

    @cached_property
    def _named_temporary(self) -> dict[str, list[tuple[str, int]]]:
        """Where code names each temporary file: the files, with the lines of their functions."""
        found: dict[str, list[tuple[str, int]]] = {}
        for file in self.facts:
            code = self._text(file) if file.endswith((".py", ".ipynb")) else None
            for path, line in temporary_names(code) if code and "/tmp/" in code else ():
                found.setdefault(path, []).append((file, line))
        return found

    def _asked_of_runs(self, tool: str) -> list[str]:
        """What code asks of runs that a tool keeps: `run.data.model`."""
        word = tool.encode()
        files = [file for file, facts in self.facts.items() if word in facts.packed]
        found = {name for file in files for name in _OF_RUN.findall(self._text(file) or "")}
        return sorted(found)

    def content(self, file: str) -> bytes:
        """The code of a file."""
        return self.facts[file].packed if file in self.facts else b""

    def _named(self, name: str) -> list[str]:
        """The files of code with a name, in any folder."""
        return self._by_name.get(name, [])

    def _path(self, name: str) -> Path:
        return self._earlier.path(name) if self._earlier is not None else self.root / name

    def _place(self, name: str) -> str:
        return str(self._path(name)) if self._earlier is not None else joined(self._top_folder, name)

    def written(self, file: str) -> bytes:
        """What is written in a file of the repository; b"" where it can't be read."""
        try:
            return self._path(file).read_bytes()
        except OSError:
            return b""

    def _exists(self, path: str) -> bool:
        self.looked_at.add(path)
        return len(path) < 400 and exists(self._place(path))

    def _text(self, path: str) -> str | None:
        self.looked_at.add(path)
        return text(self._place(path), MAX_TEXT)

    def _settings(self, path: str) -> object:
        from mldebt.read.settings_files import load_settings

        loaded = load_settings(self._path(path)) if self._exists(path) else None
        return loaded[0] if loaded else None

    def settings_text(self, path: str) -> bytes | None:
        """What is written in a settings file, on which all that is parsed depends."""
        from mldebt.read.settings_text import settings_text

        return settings_text(self._path(path)) if self._exists(path) else None

    def settings_lines(self, path: str) -> tuple[object, Mapping[tuple[str, ...], int]] | None:
        """The parsed value of a settings file and the line of each of its keys."""
        from mldebt.read.settings_files import load_settings

        return load_settings(self._path(path)) if self._exists(path) else None

    def _columns(self, path: str) -> tuple[str, ...] | None:
        from mldebt.read.schema import data_columns

        full = self._path(path)
        return data_columns(full) if self._exists(path) and full.is_file() else None

    def _listing(self, folder: str, pattern: str = "*", most: int = MAX_LISTED) -> list[str]:
        """Names below a folder of the repository that match a pattern, sorted; few enough to be worth naming."""
        try:
            found = sorted(self._matches(folder, pattern))
        except (OSError, ValueError, NotImplementedError, IndexError):  # what `Path.glob` says of an odd pattern
            return []
        if self._is_watched(folder):
            found = [name for name in found if self._is_watched(f"{folder}/{name}".rpartition("/")[0])]
        else:
            seen = below(self.root / folder)
            self.boundless |= seen is None
            self.looked_at.update(seen or ())
        return [name for name in found if not name.startswith(".")] if len(found) <= most else []

    def _is_watched(self, folder: str) -> bool:
        """Whether a new file in a folder would count as a change of the repository anyway (`project.inputs`)."""
        path = normpath(folder)
        if path not in self._watched:
            above, _, name = path.rpartition("/")
            outside = path.startswith(("..", "/"))
            inside = path == "." or (
                not outside and self._is_watched(above or ".") and name not in VERSION_CONTROL | OWN
            )
            self._watched[path] = inside and (path == "." or not folder_reason(self.root / path))
        return self._watched[path]

    def by_ending(self, endings: tuple[str, ...], most: int) -> list[str]:
        """The files with one of the endings, of whatever kind; of an ending that is met more often than that, none."""
        found: dict[str, list[str]] = {ending: [] for ending in endings}
        for name in self._names:
            _, dot, ending = name.rpartition(".")
            if dot and ending in found and not name.startswith("."):
                found[ending].append(name)
        return [name for names in found.values() if len(names) <= most for name in names]

    def _matches(self, folder: str, pattern: str) -> Iterable[str]:
        if self._earlier is not None:
            return self._earlier.glob(folder, pattern)
        return (path.relative_to(self.root / folder).as_posix() for path in (self.root / folder).glob(pattern))

    def place(self, path: str, file: str) -> str:
        """A relative path as code in `file` means it, from the root of the repository.

        The folder that holds it is looked for upwards from the file; where nothing like it exists, the nearest project.
        """
        folder = str(PurePosixPath(file).parent)
        for base in upwards(folder):
            candidate = joined_below(base, path)
            if candidate is not None and self.exists(candidate):
                return candidate
        parent = path.rpartition("/")[0]
        while parent:
            for base in upwards(folder) if "{" not in parent else ():
                candidate = joined_below(base, parent)
                if candidate and candidate != "." and self._holds_data(candidate):
                    return joined_below(base, path) or path
            parent = parent.rpartition("/")[0]
        start = folder if path.startswith("..") else self.base_of(folder)
        first = path.partition("/")[0]
        if first == PurePosixPath(start).name and not self.exists(f"{start}/{first}"):
            start = str(PurePosixPath(start).parent)  # the path begins above the project's own folder
        return joined_below(start, path) or path.lstrip("./")

    def _holds_data(self, folder: str) -> bool:
        """A folder where data may lie: `src/data` is often full of code, named like the folder of the data."""
        return self.exists(folder) and not self.exists(f"{folder}/__init__.py") and not self._holds_only_code(folder)

    def _holds_only_code(self, folder: str) -> bool:
        names = self.listing(folder) if folder in self._folders else []
        return bool(names) and all(name.endswith(".py") or f"{folder}/{name}" in self._folders for name in names)

    def _base_of(self, folder: str) -> str:
        """The nearest folder upwards that looks like the root of a project."""
        for base in upwards(folder):
            if base == "." or any(self.exists(f"{base}/{marker}") for marker in PROJECT_MARKERS):
                return base
        return "."


def _digest(answer: str) -> bytes:
    return blake2b(answer.encode("utf-8", "surrogateescape"), digest_size=12).digest()
