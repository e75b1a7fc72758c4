"""Words that a repository speaks of, wherever: a key that somebody names may be read in a way that isn't followed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.told import Told
from mldebt.graph.unread import UnreadCode
from mldebt.read.facts import FileFacts
from mldebt.sites import Site

WORD = re.compile(r"[^\W\d][\w-]*")
_KEY = re.compile(r"""^[\s-]*["']?[\w.-]+["']?\s*[:=]""", re.MULTILINE)
_REFERENCE = re.compile(r"\$\{[^}]*\}|%\(\w+\)s|\{\{[^}]*\}\}|\*[\w-]+")
_COMMENT = re.compile(r"(^|\s)#.*$", re.MULTILINE)
SETTINGS = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".json")
OTHER_CODE = (
    "R",
    "r",
    "jl",
    "scala",
    "java",
    "js",
    "ts",
    "tsx",
    "jsx",
    "go",
    "rs",
    "cpp",
    "html",
    "j2",
    "jinja",
    "jinja2",
    "tf",
    "ps1",
    "bat",
)


Lines = tuple[int, int]


class Words:
    """Looks for words in the code and the other files of a repository; each file is looked through once at most."""

    def __init__(self, workspace: Workspace, told: Told) -> None:
        self._workspace = workspace
        self.told = told
        self._facts = workspace.facts
        self._unread = UnreadCode(workspace.facts.values(), workspace.written)
        self._in_code: dict[str, dict[str, set[Lines]]] = {}
        self._in_text: dict[str, frozenset[str]] = {}
        self._others: list[str] | None = None

    def spoken(self, word: str, but: Iterable[Site], files: Iterable[str]) -> bool:
        """Whether any of the files speaks of a word, other than at the given sites."""
        apart, forms = list(but), forms_of(word)
        return any(self._in_file(file, form, apart) for file in files for form in forms)

    def defined(self, word: str, files: Iterable[str]) -> bool:
        """Whether a settings file beside the given ones speaks of a word, or a command sets it."""
        folders = {file.rpartition("/")[0] or "." for file in files}
        beside = [
            f"{folder}/{name}" if folder != "." else name
            for folder in folders
            for end in SETTINGS
            for name in self._workspace.listing(folder, f"*{end}", 60)
        ]
        if any(word in WORD.findall(_COMMENT.sub("", self._workspace.text(file) or "")) for file in beside):
            return True
        given = re.compile(rf"(?<![\w/-]){re.escape(word)}(?:\.[\w.]+)?=")
        scripts = [file for file, facts in self._facts.items() if not facts.packed]
        return any(given.search(self._workspace.text(file) or "") for file in scripts)

    def site(self, file: str, lines: tuple[int, int]) -> Site:
        return self._facts[file].site(*lines)

    def files(self) -> list[str]:
        """All files of code and of other languages, and all manifests."""
        return [*self._facts, *self._other_files()]

    def _other_files(self) -> list[str]:
        if self._others is None:
            found = self._workspace.by_ending(OTHER_CODE, 40)
            self._others = [file for file in found if file not in self._facts and "node_modules" not in file]
        return self._others

    def _in_file(self, file: str, word: str, apart: list[Site]) -> bool:
        facts = self._facts.get(file)
        if facts is not None and facts.packed:
            if word.encode("utf-8", "surrogatepass") not in facts.packed:
                return False
            near = [site for site in apart if site.file == file]
            return any(not any(_holds(site, facts.site(*line)) for site in near) for line in self._lines(facts, word))
        return word in self._text(file)

    def _lines(self, facts: FileFacts, word: str) -> Iterator[Lines]:
        """The statements of a file that speak of a word."""
        for text, lines in self._code(facts).items():
            if word in text and (word == text or word in WORD.findall(text)):
                yield from lines

    def _code(self, facts: FileFacts) -> dict[str, set[Lines]]:
        known = self._in_code.get(facts.file)
        if known is None:
            known = self._in_code[facts.file] = self.told.of(facts, "words", _collected)
        return known

    def _text(self, file: str) -> frozenset[str]:
        known = self._in_text.get(file)
        if known is None:
            text = self._workspace.text(file) or ""
            text = _COMMENT.sub("", text)
            if file.lower().endswith(SETTINGS):
                text = _values(text, file)
            known = self._in_text[file] = frozenset(WORD.findall(text)) if text else frozenset()
        return known


def _values(text: str, file: str) -> str:
    """What a settings file says without the names of its own keys; of a plain one, only what it refers to."""
    if _is_plain(file):
        return " ".join(_REFERENCE.findall(text)).replace(".", " ")
    return _KEY.sub(" ", text)


def _is_plain(file: str) -> bool:
    """A file of settings, as opposed to one that says what is to be done with them."""
    last = file.rpartition("/")[2].lower()
    return not re.match(
        r"dvc\.|.*compose|mlproject|pyproject|setup|tox|azure|\.?gitlab|cloudbuild|buildspec", last
    ) and not (".github/" in file or ".circleci/" in file)


def forms_of(word: str) -> set[str]:
    words = re.split(r"[_-]", word)
    camel = words[0] + "".join(part.capitalize() for part in words[1:])
    return {word, word.replace("-", "_"), word.replace("_", "-"), word.upper().replace("-", "_"), word.lower(), camel}


def _holds(site: Site, place: Site) -> bool:
    return site.file == place.file and site.cell == place.cell and site.line <= place.line <= site.end_line


def _collected(tree: Any) -> dict[str, set[Lines]]:
    """Every name, attribute, keyword and text, with the lines of its statements."""
    found: dict[str, set[Lines]] = {}
    waiting: list[tuple[Any, Lines]] = [(tree, (1, 1))]
    while waiting:
        part, lines = waiting.pop()
        if len(part) > 2 and isinstance(part[0], str) and type(part[1]) is int and type(part[2]) is int:
            lines = (part[1], part[2])
        for one in part:
            if type(one) is tuple:
                waiting.append((one, lines))
            elif type(one) is str:
                if one in found:
                    found[one].add(lines)
                else:
                    found[one] = {lines}
    return found
