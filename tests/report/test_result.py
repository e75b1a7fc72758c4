from __future__ import annotations

from pathlib import Path

from mldebt.rules.result import Result, SourceText
from mldebt.sites import Site

from .churn_graph import NOTEBOOK, SCALE, WRITE_SCORES


def test_findings_are_ordered_by_place(result: Result) -> None:
    places = [(site.file, site.cell, site.line) for site in (finding.locations[0] for finding in result.findings)]
    assert places == sorted(places)
    assert Result(result.findings[::-1], result.graph, result.root, "churn").findings == result.findings


def test_lines_are_numbered_and_may_have_context(root: Path) -> None:
    source = SourceText(root)
    site = Site("churn/train.py", 8, 8)
    assert source.lines(site) == ((8, "model = RandomForestClassifier(n_estimators=300)"),)
    assert [number for number, _ in source.lines(site, context=2)] == [6, 7, 8, 9, 10]
    assert [number for number, _ in source.lines(Site("churn/train.py", 1, 1), context=2)] == [1, 2, 3]


def test_a_region_reaches_from_the_first_sign_to_the_end(root: Path) -> None:
    assert SourceText(root).region(WRITE_SCORES) == (11, 5, 19, 6)


def test_lines_of_a_notebook_are_those_of_its_cell(root: Path) -> None:
    source = SourceText(root)
    assert source.code(SCALE) == 'X = StandardScaler().fit_transform(X)  # "all" rows'
    assert source.region(SCALE)[:2] == (4, 1)
    assert source.lines(Site(NOTEBOOK, 1, 1, 99)) == ()


def test_columns_are_code_points(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes("\ufeff\tnaïve = '𝛼'\r\n\x0cb = 1".encode())
    source = SourceText(tmp_path)
    assert source.region(Site("a.py", 1, 1)) == (1, 2, 1, 13)
    assert source.lines(Site("a.py", 2, 2)) == ((2, "\x0cb = 1"),)


def test_what_is_not_there_has_no_text(root: Path) -> None:
    source = SourceText(root)
    for site in (
        Site("gone.py", 3, 5),
        Site("churn/train.py", 500, 501),
        Site("gone.ipynb", 1, 1, 0),
        Site("churn", 1, 1),
    ):
        assert source.lines(site) == ()
        assert source.region(site) == (site.line, 1, site.end_line, 1)
        assert source.code(site) == ""


def test_code_on_several_lines_becomes_one(root: Path) -> None:
    code = SourceText(root).code(WRITE_SCORES)
    assert code.startswith('batch.to_parquet(f"data/scores/{day}.parquet", columns=["user_id", "churn_probability"],')
    assert code.endswith("…")
    assert len(code) <= 160
