"""Shell text → simple commands: words, redirections, the folder they run in and the variables they see."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from posixpath import normpath, relpath

from msgspec import Struct, field

QUOTED_OR_COMMENT = re.compile(r"'[^']*'|\"(?:[^\"\\]|\\.)*\"|(?:(?<=\s)|^)#[^\n]*")
HEREDOC = re.compile(r"(?<!<)<<-?\s*(['\"]?)(\w+)\1")
QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'[^']*'"
SUBSTITUTION = re.compile(
    rf"\$\(\((?P<sum>[^()]*)\)\)|\$\((?P<body>(?:{QUOTED}|[^()\"']|\((?:{QUOTED}|[^()\"'])*\))*)\)|`(?P<old>[^`]*)`"
)
OWN_FOLDER = re.compile(r"\$\(\s*(?:dirname|realpath)\b[^()]*(?:\$0|\$\{?BASH_SOURCE)[^()]*\)")
ENTERED_FOLDER = re.compile(
    r"\$\(\s*cd\s+(?:-P\s+)?(?:--\s+)?\"?(\{own_folder\}[^\"&;()]*?)\"?\s*(?:>\s*\S+\s*)?(?:&&|;)\s*pwd[^()]*\)"
)
VARIABLE = re.compile(
    r"\$\{\{\s*(?P<expression>[^}]*?)\s*\}\}|\$\{(?P<braced>\w+)(?::?(?P<operator>[-=])(?P<default>[^}]*)|[^}]*)\}|\$(?P<bare>\w+|[@*#?$!])"
)
HOLE = re.compile(r"\{(\w+)\}")
ASSIGNMENT = re.compile(r"([A-Za-z_]\w*)=(.*)", re.DOTALL)
OPERATORS = frozenset(("&&", "||", ";", "|", "&", ";;", "\n", "|&"))
ARRAY = re.compile(r"(?<!\w)[A-Za-z_]\w*\+?=\([^()]*\)")
OPEN_GROUP = re.compile(r"(?:(?<!\w)[A-Za-z_]\w*\+?=|\$)\([^()]*$")
CASE = re.compile(r"(?:^|[;\s])case\s.*?\sin(?=\s|$)", re.DOTALL)
CASE_WORD = r"(?:[^\s()&;<>`\"'|]|\"[^\"]*\"|'[^']*')+"
CASE_PATTERN = re.compile(rf"\s*\(?{CASE_WORD}(?:\s*\|\s*{CASE_WORD})*\s*\)")
FUNCTION = re.compile(r"(?m)^\s*(?:function\s+)?([\w-]+)\s*(?:\(\s*\)\s*(?:\{|\n)|(?<=\w)\s+\{)")
KEYWORDS = frozenset((
    "if", "then", "else", "elif", "fi", "do", "done", "while", "until", "!", "time", "{", "}", "case", "esac", "in",
    "function",
))  # fmt: skip
REDIRECTION = re.compile(r"&?\d*(?:>>?|<)&?\d*")


class Simple(Struct, frozen=True):
    """One simple command."""

    words: tuple[str, ...]
    line: int
    directory: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()


def simple_commands(
    text: str, line: int, directory: str = "", variables: Mapping[str, str] | None = None, home: str = ""
) -> Iterator[Simple]:
    """The simple commands of a script; `cd` and assignments hold for those behind them.

    `home` is the folder of the script itself, for `cd "$(dirname "$0")"`.
    """
    known = dict(variables or {})
    folders = [directory]
    functions = set(FUNCTION.findall(text))
    for content, at in _without_patterns(_logical_lines(text, line)):
        content = ENTERED_FOLDER.sub(r"\1", OWN_FOLDER.sub("{own_folder}", content))
        for body in _substitutions(content):
            yield from simple_commands(body, at, folders[-1], known, home)
        _keep_defaults(content, known)
        for words in _segments(_expanded(content, known)):
            if words in (["("], [")"]):
                folders = [*folders, folders[-1]] if words == ["("] else folders[:-1] or [directory]
                continue
            words = [_located(_filled(word, known), folders[-1], home) for word in words]
            command = _simple(words, at, folders[-1], known)
            if command.words[:1] in (("cd",), ("pushd",)):
                folders[-1] = _changed(folders[-1], command.words[1:])
            elif command.words[:1] in (("export",), ("set",), ("declare",), ("local",), ("readonly",)):
                known.update(_assignments(command.words[1:]))
            elif not command.words:
                known.update(command.environment)
            elif command.words[0] not in functions:
                yield command


def join_folder(folder: str, path: str) -> str:
    """A path under a folder, normal and relative to the root; "" for the root itself."""
    if path.startswith(("/", "~")) or "://" in path:
        return path
    joined = normpath(f"{folder}/{path}" if folder else path)
    return "" if joined == "." else joined


def _logical_lines(text: str, line: int) -> Iterator[tuple[str, int]]:
    """Lines with their continuations and open quotes joined, without comments and here-documents."""
    pending, start, end_marks = "", line, list[str]()
    for number, content in enumerate(text.split("\n"), line):
        if end_marks:
            if content.strip() == end_marks[0]:
                end_marks.pop(0)
            continue
        start = start if pending else number
        pending += content.rstrip("\r")
        if pending.endswith("\\") and not pending.endswith("\\\\"):
            pending = pending[:-1] + " "
        elif _is_open(pending) and number - start < 60:
            pending += "\n"
        else:
            content = _without_comments(pending)
            end_marks = [mark for _, mark in HEREDOC.findall(content)]
            yield content, start
            pending = ""
    if pending:
        yield _without_comments(pending), start


def _without_patterns(lines: Iterable[tuple[str, int]]) -> Iterator[tuple[str, int]]:
    """The lines without `case … in` and its patterns, so that only the commands of its branches are left."""
    depth = 0
    for content, line in lines:
        kept: list[str] = []
        for part in content.split(";;"):
            inside = CASE.search(part)
            depth += inside is not None
            body = part[inside.end() :] if inside else part
            kept.append(CASE_PATTERN.sub("", body, count=1) if depth and CASE_PATTERN.match(body) else body)
            depth = max(0, depth - len(re.findall(r"\besac\b", body)))
        yield ";;".join(kept), line


def _is_open(text: str) -> bool:
    """Whether a quote, an array or a substitution goes on in the next line."""
    rest = QUOTED_OR_COMMENT.sub("", text).replace("\\'", "").replace('\\"', "")
    return "'" in rest or '"' in rest or OPEN_GROUP.search(rest) is not None


def _without_comments(text: str) -> str:
    return QUOTED_OR_COMMENT.sub(lambda match: "" if match[0].startswith("#") else match[0], text)


def _expanded(text: str, known: Mapping[str, str]) -> str:
    """The text with known variables filled in and everything else that only a run can know as named holes."""
    text = ARRAY.sub("", text)
    for _ in range(3):
        text = SUBSTITUTION.sub(_substitution_hole, text)
    return with_variables(text, known)


def with_variables(text: str, known: Mapping[str, str]) -> str:
    """The text with the values of known variables, or their defaults, or named holes."""
    return VARIABLE.sub(lambda match: _variable(match, known), text)


def _keep_defaults(text: str, known: dict[str, str]) -> None:
    """Defaults that stay, as `: "${NAME:=value}"` sets them."""
    for match in VARIABLE.finditer(text):
        if match["operator"] == "=" and not known.get(match["braced"]):
            known[match["braced"]] = with_variables(match["default"], known)


def _substitutions(text: str) -> Iterator[str]:
    """The commands whose output is put into the text."""
    for match in SUBSTITUTION.finditer(text):
        yield match["body"] or match["old"] or ""


def _substitution_hole(match: re.Match[str]) -> str:
    words = (match["sum"] or match["body"] or match["old"] or "").split()
    return f"{{{re.sub(r'[^0-9A-Za-z_.]+', '_', words[0]).strip('_') or 'value'}}}" if words else "{value}"


def _variable(match: re.Match[str], known: Mapping[str, str]) -> str:
    if match["expression"] is not None:
        return f"{{{re.sub(r'[^0-9A-Za-z_.-]+', '_', match['expression']).strip('_') or 'value'}}}"
    name = match["braced"] or match["bare"]
    return known.get(name) or match["default"] or f"{{{name}}}"


def _filled(word: str, known: Mapping[str, str]) -> str:
    """A word with the holes filled that an assignment earlier in the line fills."""
    return HOLE.sub(lambda match: known.get(match[1]) or match[0], word) if "{" in word else word


def _located(word: str, folder: str, home: str) -> str:
    """A word that names a place by the script's own folder, as seen from the current one."""
    if not word.startswith("{own_folder}") or folder.startswith("{"):
        return word
    place = join_folder(home, word.removeprefix("{own_folder}").lstrip("/") or ".")
    return relpath(f"/{place}", f"/{folder}")


def _segments(text: str) -> Iterator[list[str]]:
    """Lists of words between operators; parentheses stand alone."""
    words: list[str] = []
    for word in _words(text):
        if word in OPERATORS or (word and set(word) <= {"(", ")"}):
            yield words
            yield from ([letter] for letter in word if letter in "()")
            words = []
        else:
            words.append(word)
    yield words


def _words(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|<>()")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        return [part for word in lexer for part in _parted(word)]
    except ValueError:  # a quote that is never closed
        return text.split()


def _parted(word: str) -> Iterable[str]:
    """Operators that stand together, such as `);`."""
    if len(word) > 1 and set(word) <= set(";&|()") and word not in OPERATORS:
        return re.findall(r"&&|\|\||;;|[;&|()]", word)
    return (word,)


def _simple(words: list[str], line: int, directory: str, known: Mapping[str, str]) -> Simple:
    while words and words[0] in KEYWORDS:
        words = words[1:]
    if words[:1] == ["for"] or (len(words) > 1 and words[1] == "()"):
        words = []
    plain, reads, writes = _without_redirections(words)
    leading = next((n for n, word in enumerate(plain) if not ASSIGNMENT.fullmatch(word)), len(plain))
    environment = {**known, **_assignments(plain[:leading])}
    paths = [tuple(_under(directory, path) for path in found if _is_file(path)) for found in (reads, writes)]
    return Simple(tuple(plain[leading:]), line, directory, environment, paths[0], paths[1])


def _assignments(words: Iterable[str]) -> dict[str, str]:
    return {match[1]: match[2] for word in words if (match := ASSIGNMENT.fullmatch(word))}


def _without_redirections(words: list[str]) -> tuple[list[str], list[str], list[str]]:
    plain: list[str] = []
    reads: list[str] = []
    writes: list[str] = []
    rest = iter(words)
    for word in rest:
        if not REDIRECTION.fullmatch(word) and word not in ("&>", ">&", "<<", "<<-", "<<<", ">|"):
            plain.append(word)
            continue
        if plain and plain[-1] in ("1", "2"):
            plain.pop()
        operand = next(rest, "")
        if word == "<":
            reads.append(operand)
        elif word in (">", ">>", ">|", "&>"):
            writes.append(operand)
    return plain, reads, writes


def _is_file(path: str) -> bool:
    return bool(path) and not path.startswith(("/dev/", "&")) and not path.isdigit()


def _changed(folder: str, words: tuple[str, ...]) -> str:
    target = next((word for word in words if not word.startswith("-")), "")
    return folder if not target or target.startswith(("/", "~")) else _under(folder, target)


def _under(folder: str, path: str) -> str:
    """A path under a folder; one that begins with a hole may be absolute and is left as it is."""
    return path if path.startswith("{") else join_folder(folder, path)
