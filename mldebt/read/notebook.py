"""Jupyter notebooks → IR: the code cells, in the order in which they can run, as one module."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from mldebt.read.cell_order import in_order
from mldebt.read.facts import Stmt
from mldebt.read.python.lower import lower
from mldebt.read.python.magics import Magics
from mldebt.read.python.mending import mended
from mldebt.read.python.older import modernised
from mldebt.read.python.refusal import refusal
from mldebt.read.python.unreadable import Unreadable

PYTHON = ("python", "ipython", "pyspark", "sage", "conda", "xpython", "xeus-python", "pyodide", "graphlab", "tf", "py")
OTHERS = {
    "r": "R", "ir": "R", "julia": "Julia", "scala": "Scala", "spylon": "Scala", "sparkkernel": "Scala",
    "sparkrkernel": "R", "bash": "Bash", "javascript": "JavaScript", "typescript": "TypeScript", "java": "Java",
    "sql": "SQL", "matlab": "MATLAB", "octave": "Octave", "sas": "SAS", "ruby": "Ruby", "go": "Go", "gophernotes": "Go",
    "rust": "Rust", "c++": "C++", "csharp": "C#", "c#": "C#", "f#": "F#", "kotlin": "Kotlin", "stata": "Stata",
    "powershell": "PowerShell", "haskell": "Haskell", "perl": "Perl", "lua": "Lua", "swift": "Swift", "apl": "APL",
    "clojure": "Clojure", "raku": "Raku", "mathematica": "Wolfram", "wolfram language": "Wolfram",
}  # fmt: skip
SHOWN = 3
CODE_LIMIT = 1_000_000


class Cell(Struct, frozen=True):
    """A code cell: its index over all cells and its code after the magics were taken out."""

    index: int
    code: str

    @property
    def breaks(self) -> int:
        return self.code.count("\n")


class Notebook(Struct, frozen=True):
    """The code of a notebook without magics; `cells` are (first line in the code, index)."""

    code: str = ""
    body: tuple[Stmt, ...] = ()
    cells: tuple[tuple[int, int], ...] = ()
    lines: int = 0
    problem: str = ""


def read_notebook(text: str) -> Notebook:
    """The IR of a notebook's code; a broken line costs only itself, or its cell. Raises `Unreadable`."""
    notebook = _parsed(text)
    _refuse_other_languages(notebook)
    magics = Magics()
    cells = [Cell(index, magics.take_out(source).rstrip("\n") + "\n") for index, source in code_cells(notebook)]
    if sum(len(cell.code) for cell in cells) > CODE_LIMIT:
        raise Unreadable("more than 1 MB of code")
    code, problem = _joined(cells), ""
    try:
        body, lines = lower(code)
    except Unreadable as error:
        cells, problem = _without_broken(cells, magics, error)
        code = _joined(cells)
        body, lines = lower(code)
    places = _first_lines(cells)
    ordered = in_order(magics.put_back(body), [line for line, _ in places])
    return Notebook(code, ordered, places, lines, problem)


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        notebook = json.loads(text)
    except (ValueError, RecursionError):
        raise Unreadable("not a notebook: its JSON is broken" if text.strip() else "empty") from None
    if not isinstance(notebook, dict):
        raise Unreadable("not a notebook: its JSON is no object")
    return notebook


def _refuse_other_languages(notebook: Mapping[str, Any]) -> None:
    metadata = _mapping(notebook.get("metadata"))
    kernel, language = _mapping(metadata.get("kernelspec")), _mapping(metadata.get("language_info"))
    for name in (language.get("name"), kernel.get("language"), kernel.get("name")):
        if isinstance(name, str) and name.strip():
            word = name.strip().lower()
            if word.startswith(PYTHON):
                return
            known = OTHERS.get(word) or OTHERS.get(word.split("-")[0].split("_")[0])
            if known:
                raise Unreadable(f"a notebook in {known}")


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def code_cells(notebook: Mapping[str, Any]) -> list[tuple[int, str]]:
    """(index over all cells, source) of the code cells, of notebook formats 3 and 4."""
    cells = notebook.get("cells")
    if cells is None:
        sheets = notebook.get("worksheets")
        sheets = sheets if isinstance(sheets, list) else []
        cells = [cell for sheet in sheets for cell in _listed(_mapping(sheet).get("cells"))]
    found = [(index, _mapping(cell)) for index, cell in enumerate(_listed(cells))]
    return [
        (index, _source(cell))
        for index, cell in found
        if cell.get("cell_type") == "code" and str(cell.get("language", "python")).lower().startswith(PYTHON)
    ]


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", cell.get("input", ""))
    if isinstance(source, list):
        source = "".join(part for part in source if isinstance(part, str))
    return source.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "") if isinstance(source, str) else ""


def _joined(cells: Iterable[Cell]) -> str:
    return "".join(cell.code for cell in cells)


def _first_lines(cells: Iterable[Cell]) -> tuple[tuple[int, int], ...]:
    found, line = [], 1
    for cell in cells:
        found.append((line, cell.index))
        line += cell.breaks
    return tuple(found)


def _without_broken(cells: Sequence[Cell], magics: Magics, joined_error: Unreadable) -> tuple[list[Cell], str]:
    """The cells with the broken ones emptied, and one sentence about these."""
    kept: list[Cell] = []
    broken: list[tuple[int, str]] = []
    for cell in cells:
        try:
            kept.append(_mended(cell, magics))
        except Unreadable as error:
            broken.append((cell.index, error.reason))
            kept.append(_without_faults(cell, error.reason))
    if not broken and [cell.code for cell in kept] == [cell.code for cell in cells]:
        raise joined_error
    return kept, _problem(broken, len(cells))


def _mended(cell: Cell, magics: Magics) -> Cell:
    """The cell, or where it is broken the cell without prompts, `pip install x` and other magics without their sign, or
    in today's form where it is Python 2."""
    if _is_readable(cell.code):
        return cell
    guessed = replace(cell, code=magics.take_out(cell.code, guessing=True))
    try:
        lower(guessed.code)
        return guessed
    except Unreadable as error:
        refused = refusal(cell.code, error)
        older = replace(cell, code=_todays(guessed.code, refused.reason))
        if _is_readable(older.code):
            return older
        raise refused from None


def _without_faults(cell: Cell, reason: str) -> Cell:
    """What stands around the lines at fault, on the same lines."""
    rest = mended(_todays(cell.code, reason))
    return replace(cell, code=rest if rest is not None and _is_readable(rest) else "\n" * cell.breaks)


def _todays(code: str, reason: str) -> str:
    return modernised(code) if reason == "Python 2" else code


def _is_readable(code: str) -> bool:
    try:
        lower(code)
    except Unreadable:
        return False
    return True


def _problem(broken: Sequence[tuple[int, str]], cells: int) -> str:
    if not broken:
        return ""
    old = sum(reason == "Python 2" for _, reason in broken)
    if old > 1:
        return f"Python 2 in {old} of {cells} code cells"
    told = "; ".join(f"cell {index}: {reason}" for index, reason in broken[:SHOWN])
    return told if len(broken) <= SHOWN else f"{told}; and {len(broken) - SHOWN} more cells"
