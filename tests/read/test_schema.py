"""Column names of data files."""

from __future__ import annotations

import gzip
import json
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldebt.read.schema import data_columns


def columns(folder: Path, name: str, content: str | bytes) -> tuple[str, ...] | None:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return data_columns(path)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("a,b\n1,2\n", ("a", "b")),
        ("a;b\n1,5;2\n", ("a", "b")),
        ("a\tb\n1\t2\n", ("a", "b")),
        ("a|b\n1|2\n", ("a", "b")),
        ('"a, b",c\n1,2\n', ("a, b", "c")),
        ("\ufeffa,b\n1,2\n", ("a", "b")),
        ("a,b", ("a", "b")),
        ("a\n1\n2\n", ("a",)),
        (",a,b\n0,1,2\n", ("Unnamed: 0", "a", "b")),
        ("country,2000,2001\nNorway,1,2\n", ("country", "2000", "2001")),
        ("Größe,b\n1,2\n", ("Größe", "b")),
    ],
)
def test_header_of_delimited_text(tmp_path: Path, content: str, expected: tuple[str, ...]) -> None:
    assert columns(tmp_path, "x.csv", content) == expected


@pytest.mark.parametrize(
    "content",
    [
        "",
        "\n",
        "1,2\n3,4\n",
        "5.1,3.5,setosa\n4.9,3.0,setosa\n",
        "39, State-gov, 77516\n50, Private, 83311\n",
        "59 2 32.1\n48 1 21.6\n",
        "506,13,,,,\n",
        "Never allow the same bug to bite you twice.\nAnother one\n",
        "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n",
        b"a,b\n\0\0",
    ],
)
def test_file_without_a_header_has_no_columns(tmp_path: Path, content: str | bytes) -> None:
    assert columns(tmp_path, "x.csv", content) is None


def test_only_the_beginning_of_a_file_is_read(tmp_path: Path) -> None:
    assert columns(tmp_path, "x.csv", "a,b\n" + "ä,2\n" * 50_000) == ("a", "b")


def test_other_encodings(tmp_path: Path) -> None:
    assert columns(tmp_path, "x.csv", "Größe,b\n1,2\n".encode("latin-1")) == ("Größe", "b")
    assert columns(tmp_path, "y.csv", "a,b\n1,2\n".encode("utf-16")) == ("a", "b")


def test_compressed_text(tmp_path: Path) -> None:
    assert columns(tmp_path, "x.csv.gz", gzip.compress(b"a,b\n1,2\n")) == ("a", "b")


def test_plain_text_is_a_table_only_where_its_rows_agree(tmp_path: Path) -> None:
    assert columns(tmp_path, "x.txt", "a\tb\n1\t2\n3\t4\n") == ("a", "b")
    assert columns(tmp_path, "y.txt", "Dear all,\nplease see, below,\nthe list\n") is None
    assert columns(tmp_path, "requirements.txt", "a; b\nc; d\ne; f\n") is None


def test_json_records(tmp_path: Path) -> None:
    assert columns(tmp_path, "x.json", '[{"a": 1, "b": 2}, {"a": 1, "c": {"d": 1}}]') == ("a", "b", "c")
    assert columns(tmp_path, "x.jsonl", '{"a": 1}\n{"b": 2}\n') == ("a", "b")
    assert columns(tmp_path, "y.json", json.dumps([{"a": 1}] * 20_000)) == ("a",)
    assert columns(tmp_path, "z.json", '{"a": [1, 2], "b": [3, 4]}') == ("a", "b")
    assert columns(tmp_path, "s.json", '{"columns": ["a", "b"], "index": [0], "data": [[1, 2]]}') == ("a", "b")


@pytest.mark.parametrize("content", ['{"name": "x", "list": [1]}', '{"Records": [{"a": 1}]}', "[1, 2]", "3", "{", "[]"])
def test_json_settings_are_no_records(tmp_path: Path, content: str) -> None:
    assert columns(tmp_path, "x.json", content) is None


def test_arrow_formats(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import feather, parquet

    table = pyarrow.table({"a": [1], "b": ["x"], "__index_level_0__": [0]})
    (tmp_path / "t" / "day=1").mkdir(parents=True)
    parquet.write_table(table, tmp_path / "x.parquet")
    parquet.write_table(table, tmp_path / "t" / "day=1" / "part-0.parquet")
    feather.write_feather(table, str(tmp_path / "x.feather"))
    assert data_columns(tmp_path / "x.parquet") == ("a", "b")
    assert data_columns(tmp_path / "x.feather") == ("a", "b")
    assert data_columns(tmp_path / "t") == ("a", "b", "day")


def test_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr(
            "xl/workbook.xml",
            '<workbook xmlns="m" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
            '<sheets><sheet name="s" r:id="rId7"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="rId7" Target="worksheets/sheet2.xml"/></Relationships>',
        )
        archive.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
        archive.writestr(
            "xl/worksheets/sheet2.xml",
            '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>z</t></is></c>'
            '<c r="D1"><v>2021</v></c></row><row r="2"/></sheetData></worksheet>',
        )
        archive.writestr("xl/sharedStrings.xml", "<sst><si><t>no</t></si><si><r><t>a</t></r><r><t>b</t></r></si></sst>")
    assert data_columns(tmp_path / "x.xlsx") == ("ab", "Unnamed: 1", "z", "2021")


@pytest.mark.parametrize("name", ["x.parquet", "x.feather", "x.xlsx", "x.csv.gz", "x.json", "x.py", "missing/x.csv"])
def test_broken_missing_and_other_files_have_no_columns(tmp_path: Path, name: str) -> None:
    if "/" not in name:
        (tmp_path / name).write_bytes(b"\x01\x02 broken")
    assert data_columns(tmp_path / name) is None


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["x.csv", "x.txt", "x.json", "x.jsonl", "x.xlsx", "x.csv.gz", "x.feather"]), st.binary(max_size=80)
)
def test_any_bytes_are_read(tmp_path: Path, name: str, content: bytes) -> None:
    found = columns(tmp_path, name, content)
    assert found is None or all(isinstance(column, str) for column in found)
