"""The first row of an Excel workbook, from the XML inside."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from xml.etree.ElementTree import Element, iterparse
from zipfile import ZipFile

SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def first_row(path: Path) -> list[str]:
    """The cells of the first row of the first sheet, as text; cells that are left out are empty."""
    with ZipFile(path) as archive:
        row = next(_elements(archive, _first_sheet(archive), "row"), None)
        cells = [cell for cell in row if _tag(cell) == "c"] if row is not None else []
        shared = [int(_value(cell)) for cell in cells if cell.get("t") == "s"]
        strings = _shared_strings(archive, max(shared, default=-1) + 1)
    texts: list[str] = []
    for cell in cells:
        texts.extend([""] * (_position(cell, len(texts)) - len(texts)))
        texts.append(strings[int(_value(cell))] if cell.get("t") == "s" else _value(cell))
    return texts


def _first_sheet(archive: ZipFile) -> str:
    """The part that holds the first sheet by the workbook's own order, else the first by name."""
    sheet = next(_elements(archive, "xl/workbook.xml", "sheet"), None)
    relation = sheet.get(RELATION) if sheet is not None else None
    for link in _elements(archive, "xl/_rels/workbook.xml.rels", "Relationship"):
        target = (link.get("Target") or "").removeprefix("/xl/")
        if link.get("Id") == relation and target:
            return f"xl/{target}"
    return min(name for name in archive.namelist() if SHEET.fullmatch(name))


def _shared_strings(archive: ZipFile, count: int) -> list[str]:
    if not count:
        return []
    items = islice(_elements(archive, "xl/sharedStrings.xml", "si"), count)
    return ["".join(text.text or "" for text in item.iter() if _tag(text) == "t") for item in items]


def _elements(archive: ZipFile, part: str, tag: str) -> Iterator[Element]:
    if part not in archive.namelist():
        return
    with archive.open(part) as stream:
        for _, element in iterparse(stream):
            if _tag(element) == tag:
                yield element


def _tag(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _value(cell: Element) -> str:
    """Text of a cell: its value, or its inline string."""
    return "".join(part.text or "" for part in cell.iter() if _tag(part) in ("v", "t"))


def _position(cell: Element, default: int) -> int:
    """Column number of a reference such as `AB1`, from 0."""
    letters = "".join(letter for letter in cell.get("r") or "" if letter.isalpha())
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return min(number - 1, 16_384) if letters else default
