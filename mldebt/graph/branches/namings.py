"""Where the names of functions and modules are written: who is spoken of nowhere can't be called by its name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property
from posixpath import basename, splitext
from typing import NamedTuple

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.outside import INTERACTIVE, words_of
from mldebt.graph.branches.published import licensed_folders, published_folders
from mldebt.graph.branches.stuck import parts
from mldebt.graph.told import Told
from mldebt.project.purpose import is_test
from mldebt.read.facts import FileFacts, Stmt

_WORD = re.compile(r"[A-Za-z_]\w*")
_TEXTS = re.compile(
    r"(^|/)(Makefile|Dockerfile[^/]*|Snakefile|Procfile|MLproject|Jenkinsfile|README[^/]*)$"
    r"|\.(pyw?|md|rst|txt|ya?ml|toml|cfg|ini|json|sh|bash|bat|ps1|env|html|js|tsx?|jinja2?|j2|tf|R|Rmd|qmd|sql|scala|java|"
    r"go|rs|c|cpp|pyx|smk|xml|conf|properties|mk|ipynb|pyi|tmpl|template|hcl|nomad|service|cron)$"
)
_BY_NAME = re.compile(
    r"\b(getmembers|iter_modules|walk_packages|import_module|__import__|globals|locals|vars|eval|exec|getattr|"
    r"attrgetter|load_object|import_string|locate|get_class|instantiate|Fire)\s*\("
)
"""Ways to come by a function without writing its name whole."""
_TAKE_ALL = frozenset({"getmembers", "Fire"})
_SHORT_PIECE = 3
_PLAIN_BASES = frozenset({
    "object", "ABC", "Enum", "Module", "BaseEstimator", "TransformerMixin", "ClassifierMixin", "RegressorMixin",
    "Dataset", "IterableDataset", "NamedTuple", "Protocol", "TypedDict", "Exception",
})  # fmt: skip
_PLAIN_CALLS = frozenset({
    "getLogger", "Path", "join", "resolve", "compile", "dirname", "abspath", "get", "getenv", "namedtuple", "TypeVar",
    "load_dotenv", "frozenset", "set", "dict", "list", "tuple", "filterwarnings", "simplefilter", "device",
    "basicConfig",
})  # fmt: skip
_CALLED_BY_OTHERS = re.compile(
    r"^(main|run|init|score|setup|teardown|handler|handle|predict|train|fit|transform|app|serve|process|entrypoint|"
    r"cli|execute|start|create_app|create_pipeline|create_pipelines|register_pipelines|build_graph|"
    r"custom|model|loss|metric|objective|test|pytest_\w+|test_\w+|on_\w+|load_pyfunc|_load_pyfunc|"
    r"\w+_fn|\w+_hook|\w*handler|\w*callback|do_\w+|upgrade|downgrade|\w*_view|__\w+__)$",
    re.IGNORECASE,
)
"""Names that frameworks and servers call by convention."""
_DRAWN = re.compile(r"^.*[├└│].*$", re.MULTILINE)
"""Lines of a drawn tree of files, which lists what there is."""
MOST_TEXT = 400_000


class Names(NamedTuple):
    """What a file of code says: its `words`, and those that it says `once`.

    `is_interactive`: somebody runs it in pieces. `takes_all`: it finds functions whatever their names; `pieces`: of
    which it may put names together. `functions`: those at the top that no framework calls. `defined`: what a file
    defines that does nothing else.
    """

    words: tuple[str, ...]
    once: tuple[str, ...]
    is_interactive: bool
    takes_all: bool
    pieces: tuple[str, ...]
    functions: tuple[str, ...]
    defined: tuple[str, ...]


def names_in(workspace: Workspace, facts: FileFacts) -> Names:
    body, text = facts.body, workspace.text(facts.file) or ""
    counted = Counter(_WORD.findall(text))
    ways = {match[1] for match in _BY_NAME.finditer(text)} if facts.kind != "sql" else set()
    defined = tuple(one[3] for one in body if one[0] in ("def", "class"))
    alone = all(map(_only_defines, body)) and not any(map(_CALLED_BY_OTHERS.match, defined))
    return Names(
        words=tuple(sorted(words_of(workspace, facts))),
        once=tuple(sorted(word for word, count in counted.items() if count == 1)),
        is_interactive=INTERACTIVE.search(text) is not None,
        takes_all=bool(ways & _TAKE_ALL),
        pieces=tuple(sorted(set(_pieces_of(facts)))) if ways else (),
        functions=tuple(
            one[3] for one in body if one[0] == "def" and not one[5] and not _CALLED_BY_OTHERS.match(one[3])
        ),
        defined=defined if alone else (),
    )


class Namings:
    """All that is known of names before the code is evaluated."""

    def __init__(self, workspace: Workspace, listed: Sequence[str], told: Told) -> None:
        self._workspace = workspace
        self._listed = listed
        self._told = told

    @cached_property
    def functions(self) -> dict[str, list[str]]:
        """By file, the functions whose names no code writes again."""
        return {file: functions for file in self._candidates if (functions := self._alone_in_code(file))}

    @cached_property
    def modules(self) -> list[str]:
        """Files that only define things, and no other code writes their names or one of those."""
        return [file for file in self._candidates if self._is_alone(file)]

    @cached_property
    def _names(self) -> dict[str, Names]:
        code = (each for each in self._workspace.facts.values() if each.kind in ("python", "notebook", "sql"))
        found = self._told.of_all(code, "names", lambda facts: tuple(names_in(self._workspace, facts)))
        return {file: Names(*said) for file, said in found}

    @cached_property
    def _candidates(self) -> list[str]:
        public = published_folders(self._workspace, self._listed) | licensed_folders(self._listed)
        return [
            file
            for file, facts in sorted(self._workspace.facts.items())
            if facts.kind == "python" and not facts.problem and facts.packed and not is_test(file)
            if not any(file.startswith(folder) for folder in public)
            if not self._names[file].is_interactive
        ]

    def _alone_in_code(self, file: str) -> list[str]:
        _, again = self._code_words
        names = self._names[file]
        once = set(names.once)
        return [name for name in names.functions if name in once and name not in again]

    @cached_property
    def _code_words(self) -> tuple[set[str], set[str]]:
        """The words that files of code are written with, and those that several of them have."""
        seen, again = set[str](), set[str]()
        for names in self._names.values():
            again |= seen.intersection(names.words)
            seen.update(names.words)
        return seen, again

    def _is_alone(self, file: str) -> bool:
        names, stem = self._names[file], splitext(basename(file))[0]
        if stem == "__init__" or not names.defined:
            return False
        seen, again = self._code_words
        own = set(names.words)
        return not any(name in again or (name in seen and name not in own) for name in (stem, *names.defined))

    # -- other ways to be called

    @cached_property
    def _pieces(self) -> set[str] | None:
        """The pieces of which code that finds functions by name may put names together; None where it takes all."""
        if any(names.takes_all for names in self._names.values()):
            return None
        return {piece for names in self._names.values() for piece in names.pieces}

    @property
    def take_all(self) -> bool:
        """Whether some code finds functions whatever their names."""
        return self._pieces is None

    def is_elsewhere(self, name: str) -> bool:
        """Whether a name is written beside the code, or may be put together."""
        pieces = self._pieces or ()
        put_together = any(name.startswith(piece) or name.endswith(piece) for piece in pieces)
        return put_together or name in self._other_words

    @cached_property
    def _other_words(self) -> frozenset[str]:
        """The words of all files beside the code."""
        found: set[str] = set()
        for file in self._listed:
            if (_TEXTS.search(file) and file not in self._workspace.facts) or self._is_other(file):
                found.update(_WORD.findall(_DRAWN.sub("", (self._workspace.text(file) or "")[:MOST_TEXT])))
        return frozenset(found)

    def _is_other(self, file: str) -> bool:
        facts = self._workspace.facts.get(file)
        return facts is not None and (facts.kind not in ("python", "notebook", "sql") or bool(facts.problem))


def _pieces_of(facts: FileFacts) -> Iterable[str]:
    for part in parts(facts.body):
        if part[0] == "fstr" and len(part) == 2:
            yield from (p for p in part[1] if isinstance(p, str) and len(p) >= _SHORT_PIECE)
        elif part[0] == "bin" and len(part) == 4:
            for side in part[2:]:
                if side[0] == "const" and isinstance(side[1], str) and len(side[1]) >= _SHORT_PIECE:
                    yield side[1]


def _only_defines(statement: Stmt) -> bool:
    """An import, a definition that no library is told of, a constant."""
    if statement[0] == "def":
        return not statement[5]
    if statement[0] == "class":
        return not statement[6] and all(base[-1] in _PLAIN_BASES for base in statement[4])
    calls = (part for part in parts(statement) if part[0] == "call" and len(part) == 6)
    return statement[0] in ("import", "from", "assign", "expr") and all(call[1][-1] in _PLAIN_CALLS for call in calls)
