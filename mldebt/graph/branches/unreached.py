"""Functions and modules with work on data that nothing in the repository speaks of: nobody calls them, by any way.

A name counts as spoken of wherever it is written a second time: in code, a comment, a test, a notebook, a document,
a file of settings. What remains is code that only somebody outside could call.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from posixpath import basename, splitext

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.outside import INTERACTIVE, words_of
from mldebt.graph.branches.published import licensed_folders, published_folders
from mldebt.graph.branches.stuck import is_statement, parts
from mldebt.graph.branches.work import FEATURES, FIGURES, Work, variables_of
from mldebt.graph.records import DeadCode, DeadWork
from mldebt.knowledge.loader import Knowledge
from mldebt.project.purpose import is_test
from mldebt.read.facts import FileFacts, Stmt
from mldebt.sites import Site

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
_SHORT_PIECE = 3
_TELLING = frozenset({"trains", "predicts", "builds a model", "reads"})
_COMPUTES = "computes"
"""What nobody calls makes no features of anything."""
_FEW_CALLS, _FEW_LINES = 3, 8
"""Up to so many, what only touches tables is a small help."""
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


class Unreached:
    def __init__(self, workspace: Workspace, trace: Trace, knowledge: Knowledge, listed: Sequence[str]) -> None:
        self._workspace = workspace
        self._knowledge = knowledge
        self._variables = variables_of(trace)
        self._imports = trace.imports
        self._listed = listed

    def __iter__(self) -> Iterator[DeadCode]:
        modules = [file for file in self._candidates if self._is_alone(file)]
        alone = {file: functions for file in self._candidates if (functions := self._alone_in_code(file))}
        if (not alone and not modules) or self._pieces is None:
            return
        for file in sorted({*alone, *modules}):
            if file in modules and self._is_unnamed_module(file):
                yield from self._dead_module(file)
            else:
                left = [one for one in alone.get(file, ()) if not self._is_named_elsewhere(one[3])]
                yield from self._dead_functions(file, left)

    def _dead_functions(self, file: str, functions: list[Stmt]) -> Iterator[DeadCode]:
        for function in functions:
            done, last = self._done(file, function[6]), _last_line(function)
            if _is_work(done, last - function[1]) and not self._only_draws(file, function[6], done):
                yield DeadCode(file, function[3], self._site(file, function[1], last), self._placed(file, done))

    def _dead_module(self, file: str) -> Iterator[DeadCode]:
        body = self._workspace.facts[file].body
        done, last = self._done(file, body), max(map(_last_line, body))
        if _is_work(done, last) and not self._only_draws(file, body, done):
            first = next(one for one in body if one[0] in ("def", "class"))
            yield DeadCode(file, "", self._site(file, first[1], last), self._placed(file, done))

    def _done(self, file: str, body: tuple[Stmt, ...]) -> list[tuple[str, str, int]]:
        return sorted(set(self._work(file).of(body)), key=lambda each: (each[2], each[0], each[1]))

    def _only_draws(self, file: str, body: tuple[Stmt, ...], done: list[tuple[str, str, int]]) -> bool:
        """Whether what is computed goes into a picture."""
        return not _TELLING.intersection(word for word, _, _ in done) and self._work(file).draws(body)

    def _work(self, file: str) -> Work:
        whole = self._workspace.facts[file].body
        return Work(self._knowledge, whole, self._variables.get(file, frozenset()))

    def _placed(self, file: str, done: list[tuple[str, str, int]]) -> tuple[DeadWork, ...]:
        named = ((_COMPUTES if word in (FEATURES, FIGURES) else word, call, line) for word, call, line in done)
        return tuple(DeadWork(word, call, self._site(file, line)) for word, call, line in named)

    def _site(self, file: str, line: int, last: int = 0) -> Site:
        return self._workspace.facts[file].site(line, last or line)

    # -- what may be dead

    @cached_property
    def _candidates(self) -> list[str]:
        public = published_folders(self._workspace, self._listed) | licensed_folders(self._listed)
        return [
            file
            for file, facts in sorted(self._workspace.facts.items())
            if facts.kind == "python" and not facts.problem and facts.packed and not is_test(file)
            if not any(file.startswith(folder) for folder in public)
            if not INTERACTIVE.search(self._text(file))
        ]

    @cached_property
    def _imported(self) -> set[str]:
        """The files that another one imports."""
        return {file for by, others in self._imports.items() for file in others if by != file}

    def _alone_in_code(self, file: str) -> list[Stmt]:
        """The functions of a file whose names no code writes again."""
        words = Counter(_WORD.findall(self._text(file)))
        return [
            statement
            for statement in self._workspace.facts[file].body
            if statement[0] == "def"
            and not statement[5]
            and words[statement[3]] == 1
            and self._code_words[statement[3]] == 1
            and not _CALLED_BY_OTHERS.match(statement[3])
        ]

    @cached_property
    def _code_words(self) -> Counter[str]:
        """In how many files of code a word is written."""
        found: Counter[str] = Counter()
        for facts in self._workspace.facts.values():
            if facts.kind in ("python", "notebook", "sql"):
                found.update(words_of(self._workspace, facts))
        return found

    def _text(self, file: str) -> str:
        return self._workspace.text(file) or ""

    def _is_alone(self, file: str) -> bool:
        """Whether a module only defines things, and no other code writes its name or one of theirs."""
        body, stem = self._workspace.facts[file].body, splitext(basename(file))[0]
        names = {one[3] for one in body if one[0] in ("def", "class")}
        if (
            stem == "__init__"
            or not names
            or not all(map(_only_defines, body))
            or any(map(_CALLED_BY_OTHERS.match, names))
        ):
            return False
        if file in self._imported:
            return False
        own = set(_WORD.findall(self._text(file)))
        return all(self._code_words[name] <= (name in own) for name in (stem, *names))

    def _is_unnamed_module(self, file: str) -> bool:
        names = [one[3] for one in self._workspace.facts[file].body if one[0] in ("def", "class")]
        return not any(self._is_named_elsewhere(name) for name in (splitext(basename(file))[0], *names))

    # -- other ways to be called

    @cached_property
    def _pieces(self) -> set[str] | None:
        """The pieces of which code that finds functions by name may put names together; None where it takes all."""
        found: set[str] = set()
        for file, facts in self._workspace.facts.items():
            if facts.kind not in ("python", "notebook"):
                continue
            text = self._text(file)
            ways = {match[1] for match in _BY_NAME.finditer(text)}
            if ways & {"getmembers", "Fire"}:
                return None
            if ways:
                found.update(_pieces_of(facts))
        return found

    def _is_named_elsewhere(self, name: str) -> bool:
        pieces = self._pieces or ()
        put_together = any(name.startswith(piece) or name.endswith(piece) for piece in pieces)
        return put_together or name in self._other_words

    @cached_property
    def _other_words(self) -> frozenset[str]:
        """The words of all files beside the code."""
        found: set[str] = set()
        for file in self._listed:
            if (_TEXTS.search(file) and file not in self._workspace.facts) or self._is_other(file):
                found.update(_WORD.findall(_DRAWN.sub("", self._text(file)[:MOST_TEXT])))
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


def _is_work(done: list[tuple[str, str, int]], lines: int) -> bool:
    words = [word for word, _, _ in done]
    computed = words.count(FEATURES) + words.count(FIGURES)
    makes = FEATURES in words and computed >= _FEW_CALLS and lines >= _FEW_LINES
    return makes or bool(_TELLING.intersection(words))


def _last_line(statement: Stmt) -> int:
    inside: Iterator[int] = (part[2] for part in parts(statement) if part is not statement and is_statement(part))
    return max(inside, default=int(statement[2]))


def _only_defines(statement: Stmt) -> bool:
    """An import, a definition that no library is told of, a constant."""
    if statement[0] == "def":
        return not statement[5]
    if statement[0] == "class":
        return not statement[6] and all(base[-1] in _PLAIN_BASES for base in statement[4])
    calls = (part for part in parts(statement) if part[0] == "call" and len(part) == 6)
    return statement[0] in ("import", "from", "assign", "expr") and all(call[1][-1] in _PLAIN_CALLS for call in calls)
