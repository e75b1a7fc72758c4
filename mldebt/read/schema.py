"""Column names of data files that lie in the repository, read from their first bytes."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

HEAD = 64 * 1024
DELIMITERS = (",", "\t", ";", "|")
LFS_POINTER = b"version https://git-lfs.github.com/spec/"
SAMPLED_ROWS = 20
SAMPLED_RECORDS = 200
NUMBER = re.compile(r"\s*[-+]?(\d[\d_]*\.?\d*|\.\d+)([eE][-+]?\d+)?\s*%?\s*|(?i:nan)")
INDEX_COLUMN = re.compile(r"__index_level_\d+__")

Columns = tuple[str, ...] | None


def data_columns(path: Path) -> tuple[str, ...] | None:
    """The names of the columns of a data file, in order; None where it has none that can be told."""
    reader = _reader(path)
    if reader is None:
        return None
    try:
        return reader(path) or None
    except Exception:  # a data file may be broken in any way that its format allows
        return None


def _reader(path: Path) -> Callable[[Path], Columns] | None:
    name = path.name.lower().removesuffix(".gz")
    if path.is_dir():
        return _partitioned
    if name.startswith(("requirements", "readme", "license")):
        return None
    return READERS.get(name[name.rfind(".") :] if "." in name else "")


def _partitioned(path: Path) -> Columns:
    """A folder of Parquet files: the columns of one of them and the keys in the names of its folders."""
    first = min(path.rglob("*.parquet"), default=None)
    if first is None:
        return None
    keys = [part.partition("=")[0] for part in first.relative_to(path).parts[:-1] if "=" in part]
    return (*(_parquet(first) or ()), *keys)


def _head(path: Path) -> bytes:
    with gzip.open(path) if path.name.lower().endswith(".gz") else path.open("rb") as stream:
        return stream.read(HEAD)


def _text(path: Path) -> str:
    head = _head(path)
    if head.startswith(LFS_POINTER):
        return ""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    if b"\0" in head:
        return ""
    try:
        # the last character of the head may be cut in two
        return head.decode("utf-8-sig", "ignore" if len(head) == HEAD else "strict")
    except UnicodeDecodeError:
        return head.decode("latin-1")


def _delimited(path: Path) -> Columns:
    lines = _whole_lines(_text(path))
    if not lines:
        return None
    rows = max((_rows(lines, delimiter) for delimiter in DELIMITERS), key=_regularity)
    return None if _looks_like_data(rows) else tuple(_header(rows[0]))


def _free_text(path: Path) -> Columns:
    """A .txt or .dat file is a table only where its rows agree on more than one column."""
    lines = _whole_lines(_text(path))
    rows = max((_rows(lines, delimiter) for delimiter in DELIMITERS), key=_regularity, default=[])
    if len(rows) < 3 or len(rows[0]) < 2 or len({len(row) for row in rows}) > 1 or _looks_like_data(rows):
        return None
    return tuple(_header(rows[0]))


def _whole_lines(text: str) -> list[str]:
    lines = text.splitlines(keepends=True)
    if len(text) >= HEAD - 4 and len(lines) > 1:
        lines.pop()
    return lines


def _rows(lines: Iterable[str], delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for row in csv.reader(lines, delimiter=delimiter, skipinitialspace=True):
        if row:
            rows.append(row)
        if len(rows) == SAMPLED_ROWS:
            break
    return rows


def _regularity(rows: Sequence[Sequence[str]]) -> tuple[float, int]:
    """How well a delimiter explains the rows: the share that is as wide as the header, then the width."""
    if not rows or len(rows[0]) < 2:
        return (0.0, 0)
    width = len(rows[0])
    return (round(sum(len(row) == width for row in rows) / len(rows), 1), width)


def _looks_like_data(rows: Sequence[Sequence[str]]) -> bool:
    if not rows:
        return True
    cells = [cell.strip() for cell in rows[0]]
    if sum(not cell for cell in cells) > len(cells) / 2 or (len(cells) == 1 and _is_prose(cells[0])):
        return True
    numbers = [cell for cell in cells if _is_number(cell)]
    if not numbers:
        return False
    if len(numbers) == len([cell for cell in cells if cell]):
        return not (cells[0] == "" and _counts_up(numbers))
    return len(rows) > 1 and not _counts_up(numbers) and _same_pattern(cells, rows[1])


def _is_number(cell: str) -> bool:
    """Whether a cell is a number, or several where the delimiter was not found."""
    return all(NUMBER.fullmatch(part) for part in re.split(r"[\s,;]+", cell.strip()))


def _is_prose(cell: str) -> bool:
    return len(cell) > 100 or len(cell.split()) > 6


def _counts_up(numbers: Sequence[str]) -> bool:
    """Whether numbers are years, days or positions, which name columns too; measurements seldom come in such order."""
    if not all(number.isdigit() for number in numbers):
        return False
    values = [int(number) for number in numbers]
    steps = {high - low for low, high in pairwise(values)}
    if all(1900 <= value <= 2100 for value in values):
        return all(step > 0 for step in steps)
    return steps == {1} or values == [0] or (len(values) > 2 and len(steps) == 1 and min(steps) > 0)


def _same_pattern(cells: Sequence[str], row: Sequence[str]) -> bool:
    return [_is_number(cell) for cell in cells] == [_is_number(cell) for cell in row]


def _header(row: Sequence[str]) -> Iterator[str]:
    """The names as pandas gives them: a column without a name gets its position."""
    for position, name in enumerate(row):
        yield name.strip() or f"Unnamed: {position}"


def _json(path: Path) -> Columns:
    text = _text(path).lstrip()
    if text.startswith("["):
        return _keys(_values(text[1:]))
    first = next(_values(text), None)
    if not isinstance(first, Mapping):
        return None
    if set(first) >= {"columns", "data"} and isinstance(first["columns"], list):
        return tuple(str(name) for name in first["columns"])
    lengths = {_column_length(value) for value in first.values()}
    return tuple(first) if len(first) > 1 and len(lengths) == 1 and lengths != {-1} else None


def _column_length(value: object) -> int:
    """The length of a list of plain values, -1 for anything else."""
    if not isinstance(value, list) or any(isinstance(item, list | dict) for item in value):
        return -1
    return len(value)


def _json_lines(path: Path) -> Columns:
    return _keys(_values(_text(path)))


def _values(text: str) -> Iterator[object]:
    """The JSON values of a text that may end in the middle of one, separated by commas or white space."""
    decoder = json.JSONDecoder()
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            return
        yield value


def _keys(values: Iterable[object]) -> Columns:
    names: dict[str, None] = {}
    for number, record in enumerate(values):
        if not isinstance(record, Mapping):
            return None
        names.update(dict.fromkeys(record))
        if number == SAMPLED_RECORDS:
            break
    return tuple(names)


def _parquet(path: Path) -> Columns:
    from pyarrow import parquet

    return _without_index(parquet.read_schema(path).names)


def _feather(path: Path) -> Columns:
    import pyarrow

    with pyarrow.OSFile(str(path)) as source:
        return _without_index(pyarrow.ipc.open_file(source).schema.names)


def _without_index(names: Iterable[str]) -> Columns:
    return tuple(name for name in names if not INDEX_COLUMN.fullmatch(name))


def _workbook(path: Path) -> Columns:
    from mldebt.read.workbook import first_row

    row = first_row(path)
    return None if _looks_like_data([row]) else tuple(_header(row))


READERS: Mapping[str, Callable[[Path], Columns]] = {
    ".csv": _delimited,
    ".tsv": _delimited,
    ".tab": _delimited,
    ".psv": _delimited,
    ".txt": _free_text,
    ".dat": _free_text,
    ".json": _json,
    ".jsonl": _json_lines,
    ".ndjson": _json_lines,
    ".parquet": _parquet,
    ".pq": _parquet,
    ".feather": _feather,
    ".arrow": _feather,
    ".xlsx": _workbook,
    ".xlsm": _workbook,
}
