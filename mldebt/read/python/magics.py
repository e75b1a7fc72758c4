"""What only IPython understands (`%magic`, `!shell`, `name?`, `%%cell`) → names that the parser accepts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct, field

from mldebt.read.facts import Stmt
from mldebt.read.python.bodies import with_bodies
from mldebt.read.python.lines import BLANK, code_end
from mldebt.read.python.lower import lower
from mldebt.read.python.unreadable import Unreadable

CODE_CELLS = frozenset((
    "time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "snakeviz", "scalene", "local", "spark", "pyspark",
    "python", "python3", "px", "wandb", "heat", "autopx", "notify", "debug", "mlflow_run", "skip", "ignore_warnings",
))  # fmt: skip
TIMED = frozenset(("time", "timeit", "prun", "memit"))
TIMED_LINE = re.compile(r"(?:time|timeit|prun|memit)[ \t]+(?:-\w+(?:[ \t]+\d+)?[ \t]+)*(?P<code>[A-Za-z_(\[][^\n]*)$")
"""`%time model.fit(X, y)`: a line of code that is run and measured."""
DATABRICKS_CELLS = frozenset(("sql", "md", "sh", "bash", "r", "scala", "fs", "html"))
WRITING = frozenset({"writefile", "file"})
SCRIPT = re.compile(r"([^\s\"'/]+)\.py[\"']?$")
CELL = re.compile(r"\s*%%(\w[\w.]*|!)?[ \t]*([^\n]*)\n?")
DATABRICKS_CELL = re.compile(r"\s*%(\w+)(?:[ \t]+([^\n]*))?(?:\n|$)")
ANY = re.compile(r"^[ \t]*[!%?]|=[ \t]*[!%]|\?[ \t;]*(?:#[^\n]*)?$", re.MULTILINE)
LINE = re.compile(r"([ \t]*)(?:(!)!?|(%)(?=[A-Za-z_])|(\?)\??(?=[\w.%]))((?:\\\n|[^\n])*)")
ASSIGNED = re.compile(
    r"([ \t]*[A-Za-z_](?:[\w., \t]|\[[^\]=\n]*\])*=[ \t]*)(?:(!)!?|(%)(?=[A-Za-z_]))((?:\\\n|[^\n])*)"
)
HELP = re.compile(r"([ \t]*)(%{0,2}[\w.*]+(?:\[[^\]\n]*\])?\?{1,2})[ \t;]*(?:#[^\n]*)?(?=\n|$)")
AUTOMAGIC = re.compile(
    r"([ \t]*)"
    r"((?:pip3?|conda|mamba|uv) +(?:install|uninstall|activate|list|show|freeze|update|create|env|pip)\b[^\n(=]*"
    r"|(?:run|cd|ls|ll|rm|cp|mv|cat|mkdir|rmdir) +(?!(?:in|is|and|or|not|if|else|for)\b)[-\w.~$/{][^\n=(]*)(?=\n|$)"
)
PROMPT = re.compile(r"^[ \t]*(?:>>>|\.\.\.)(?: |$)", re.MULTILINE)
"""What stands before code that was copied from a Python session; IPython takes it away."""
PLACEHOLDER = re.compile(r"_mldebt_magic_(\d+)_")


class Magic(Struct, frozen=True):
    """`kind` as in the IR; `breaks`: the line breaks within it."""

    kind: str
    text: str
    breaks: int = 0


class Magics(Struct):
    """The magics of a file, taken out of one cell after the other."""

    found: list[Magic] = field(default_factory=list)

    def take_out(self, cell: str, guessing: bool = False) -> str:
        """The code of a cell, as many lines as before; every magic has become a name of its own.

        `guessing`: `pip install x` and the like are magics without their sign, as IPython takes them, and `>>> ` is a
        prompt.
        """
        if guessing:
            cell = PROMPT.sub("", cell)
        if not guessing and not ANY.search(cell):
            return _dedented(cell)
        match = CELL.match(cell)
        if match and (match[1] or match[2]):
            return self._cell_magic(cell, match)
        databricks = DATABRICKS_CELL.match(cell)
        if databricks and databricks[1] in DATABRICKS_CELLS and cell[databricks.end() :].strip():
            return self._cell_magic(cell, databricks)
        return "".join(self._pieces(_dedented(cell), guessing))

    def _cell_magic(self, cell: str, match: re.Match[str]) -> str:
        name, arguments = match[1] or "bash", (match[2] or "").strip()
        before = "\n" * cell[: match.start(1)].count("\n")
        inner = cell[match.end() :]
        if name in WRITING and (script := SCRIPT.search(arguments)) and _is_code(inner):
            return f"{before}{_as_function(script[1], inner)}"
        if name in CODE_CELLS:
            return f"{before}{self._placeholder('%', f'{name} {arguments}'.strip())}\n{self.take_out(inner)}"
        names = [self._placeholder("%%", f"{name} {arguments}")] if arguments else []
        names.append(self._placeholder(f"%%{name}", inner, inner.rstrip("\n").count("\n") + bool(inner)))
        return before + "; ".join(names) + "\n" * (cell.count("\n") - before.count("\n"))

    def _pieces(self, cell: str, guessing: bool) -> Iterator[str]:
        position = 0
        while position < len(cell):
            blank = BLANK.match(cell, position)
            if blank:
                yield blank[0]
                position = blank.end()
                continue
            piece, position = self._piece(cell, position, guessing)
            yield piece

    def _piece(self, cell: str, position: int, guessing: bool) -> tuple[str, int]:
        """One logical line with its line break, and where the next one begins."""
        match = ASSIGNED.match(cell, position)
        if match:
            return match[1] + self._line_magic(match[2] or match[3], match[4]) + "\n", match.end() + 1
        match = HELP.match(cell, position)
        if match:
            return match[1] + self._line_magic("?", match[2]) + "\n", match.end() + 1
        match = LINE.match(cell, position)
        if match:
            return match[1] + self._line_magic(match[2] or match[3] or match[4], match[5]) + "\n", match.end() + 1
        match = AUTOMAGIC.match(cell, position) if guessing else None
        if match:
            return match[1] + self._line_magic(
                "%" if match[2].startswith("run ") else "!", match[2]
            ) + "\n", match.end() + 1
        end = code_end(cell, position)
        return cell[position : end + 1], end + 1

    def _line_magic(self, kind: str, text: str) -> str:
        breaks = text.count("\n")
        timed = TIMED_LINE.match(text) if kind == "%" else None
        if timed:
            return timed["code"]
        if kind == "?":
            kind, text = "%", f"pinfo {text.strip('?% ')}"
        return self._placeholder(kind, text.strip(), breaks) + "\n" * breaks

    def _placeholder(self, kind: str, text: str, breaks: int = 0) -> str:
        self.found.append(Magic(kind, text, breaks))
        return f"_mldebt_magic_{len(self.found) - 1}_"

    def put_back(self, body: tuple[Stmt, ...]) -> tuple[Stmt, ...]:
        """The body with every placeholder replaced by its magic statement."""
        return tuple(made for statement in body for made in self._restored(statement)) if self.found else body

    def _restored(self, statement: Stmt) -> Iterator[Stmt]:
        if statement[0] in ("expr", "assign"):
            yield from self._restored_simple(statement)
        else:
            yield with_bodies(statement, self.put_back)

    def _restored_simple(self, statement: Stmt) -> Iterator[Stmt]:
        tag, line, end = statement[:3]
        value = statement[3] if tag == "expr" else statement[4]
        match = PLACEHOLDER.fullmatch(value[1]) if value is not None and value[0] == "name" else None
        if match is None:
            yield statement
            return
        magic = self.found[int(match[1])]
        yield ("magic", line, line + magic.breaks, magic.kind, magic.text)
        if tag == "assign":
            yield ("assign", line, end, statement[3], ("opaque", ()), statement[5])


def _is_code(text: str) -> bool:
    try:
        lower(text)
    except Unreadable:
        return False
    return True


def _as_function(name: str, code: str) -> str:
    """The script that a cell writes, as what it is for the notebook: code that something else will run."""
    inner = "".join(f" {line}" if line.strip() else line for line in code.splitlines(keepends=True))
    made = re.sub(r"\W", "_", name)
    return f"def script_{made}():\n{inner.rstrip()}\n pass\n"


def _dedented(cell: str) -> str:
    """The cell without the indentation of its first line, as IPython runs it."""
    first = next((line for line in cell.split("\n") if line.strip()), "")
    indent = first[: len(first) - len(first.lstrip(" \t"))]
    if not indent:
        return cell
    return "\n".join(line.removeprefix(indent) for line in cell.split("\n"))
