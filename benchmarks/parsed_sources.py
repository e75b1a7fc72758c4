"""The Python sources that mldebt parses of a tree, as files of their own: what bare parsing is measured on.

    python benchmarks/parsed_sources.py TREE FOLDER

Those of a notebook are its code cells, joined. Whatever mldebt skips without parsing is left out; so are the few
sources that libcst can't parse.
"""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path

import libcst

from mldebt.project.files import list_files
from mldebt.read.one_file import kind_of_file, read_one


def main() -> None:
    tree, folder = map(Path, sys.argv[1:])
    folder.mkdir(parents=True)
    files = lines = 0
    for each in list_files(tree).files:
        source = source_of(each.file, each.path.read_bytes())
        if source:
            files, lines = files + 1, lines + source.count("\n")
            (folder / f"{files}.py").write_text(source, encoding="utf-8")
    print(files, lines)


def source_of(file: str, data: bytes) -> str:
    """The source of a file that mldebt reads as Python; "" for others."""
    if kind_of_file(file) not in ("python", "notebook") or not read_one(file, data).body:
        return ""
    with suppress(UnicodeDecodeError, ValueError, libcst.ParserSyntaxError):
        text = data.decode("utf-8-sig")
        source = _cells(text) if file.endswith(".ipynb") else text
        libcst.parse_module(source)
        return source
    return ""


def _cells(text: str) -> str:
    cells = [cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    lines = [line for cell in cells for line in "".join(cell).splitlines()]
    return "\n".join("" if line.lstrip()[:1] in ("%", "!") else line for line in lines) + "\n"


if __name__ == "__main__":
    main()
