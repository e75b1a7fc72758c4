from __future__ import annotations

import pytest

from mldebt.rules.model import Finding, Settings
from mldebt_rules.data.unused_dataset import UnusedDataset
from tests.rules.building import Building


def findings(building: Building, *consumers: dict[str, object]) -> list[Finding]:
    return list(UnusedDataset().check(building.graph(), Settings(consumers)))


def written(
    name: str = "data/joined.parquet", *, roles: tuple[str, ...] = ("train",), **attributes: object
) -> Building:
    return (
        Building(files=14)
        .unit("build.py", roles)
        .edge("frame:df", "WRITES", f"dataset:{name}", "build.py:8", **attributes)
        .node(f"dataset:{name}", format=name.rpartition(".")[2])
    )


def test_what_is_only_tried_out_is_likely() -> None:
    (finding,) = findings(written(roles=("explore",)))
    assert finding.evidence == "likely"
    assert findings(written().unit("build.py", ["explore"]).unit("scratch/x.py").edge(
        "frame:df", "WRITES", "dataset:data/joined.parquet", "scratch/x.py:3")) == []  # fmt: skip


def test_what_nothing_reads_is_found_where_it_is_written() -> None:
    (finding,) = findings(written())
    assert finding.headline == "`data/joined.parquet` is written and never read in the 14 files scanned."
    assert (str(finding.locations[0]), finding.evidence) == ("build.py:8", "certain")


def test_a_write_that_is_only_guessed_is_silent() -> None:
    guessed = Building(files=14).unit("build.py", ["train"]).edge(
        "frame:df", "WRITES", "dataset:data/joined.parquet", "build.py:8", "guessed"
    ).node("dataset:data/joined.parquet", format="parquet")  # fmt: skip
    assert findings(guessed) == []


def test_a_read_is_enough() -> None:
    assert findings(written().edge("dataset:data/joined.parquet", "READS", "frame:x", "train.py:2")) == []


def test_a_copy_of_it_is_a_read() -> None:
    copied = written().edge("dataset:data/joined.parquet", "DERIVES", "dataset:s3://b/joined.parquet", "up.py:2")
    assert findings(copied) == []


@pytest.mark.parametrize(
    "read",
    ["data/{name}.parquet", "data/*.parquet", "data", "data/", "src/data/joined.parquet", "data/joined.parquet.gz"],
)
def test_a_pattern_or_folder_that_could_be_it_is_enough(read: str) -> None:
    assert findings(written().edge(f"dataset:{read}", "READS", "frame:x", "train.py:2")) == []


def test_a_pattern_that_can_not_be_it_does_not_help() -> None:
    assert len(findings(written().edge("dataset:raw/{name}.parquet", "READS", "frame:x", "train.py:2"))) == 1


def test_a_written_template_is_read_by_a_name_that_it_can_make() -> None:
    building = written("data/{city}.parquet").edge("dataset:data/lyon.parquet", "READS", "frame:x", "train.py:2")
    assert findings(building) == []


def test_a_declared_output_or_consumer_is_silent() -> None:
    assert (
        findings(written().edge("job:join", "DECLARES", "dataset:data/joined.parquet", "dvc.yaml:4", "declared")) == []
    )
    assert findings(written(), {"dataset": "data/joined.parquet", "consumer": "finance"}) == []


def test_a_read_of_unknown_data_makes_it_silent_unless_the_format_differs() -> None:
    gap = written().node("gap:g", at="train.py:3", blocks="READS")
    assert findings(gap) == []
    assert len(findings(gap.node("gap:g", format="csv"))) == 1


def test_a_name_that_stands_in_other_code_too_is_silent() -> None:
    assert findings(written().node("dataset:data/joined.parquet", mentioned=True)) == []


def test_an_unknown_read_in_a_test_hides_nothing() -> None:
    building = written().node("gap:g", at="test_x.py:3", blocks="READS").unit("test_x.py", ["test"])
    assert len(findings(building)) == 1


@pytest.mark.parametrize(
    "name",
    ["reports/metrics.json", "plots/roc.csv", "submission.csv", "out/figure.png", "train.log", "feat_importance.csv"],
)
def test_what_people_look_at_is_silent(name: str) -> None:
    assert findings(written(name)) == []


def test_predictions_are_the_product() -> None:
    assert findings(written().edge("prediction:p", "DERIVES", "frame:df", "build.py:7")) == []


def test_shared_stores_and_paths_outside_are_silent() -> None:
    for name in ("s3://lake/joined.parquet", "/mnt/share/joined.parquet"):
        assert findings(written(name)) == []


def test_a_table_is_likely_where_the_repository_reads_its_database() -> None:
    table = written("warehouse.sqlite::joined").node("dataset:warehouse.sqlite::joined", store="table", format=None)
    assert findings(table) == []
    table.edge("dataset:warehouse.sqlite::orders", "READS", "frame:o", "train.py:3")
    table.node("dataset:warehouse.sqlite::orders", store="table")
    (finding,) = findings(table)
    assert finding.evidence == "likely"
    assert findings(table.node("gap:q", at="train.py:4", blocks="READS", reason="query: computed value")) == []


def test_logs_that_grow_tests_and_loose_notebooks_are_silent() -> None:
    assert findings(written(mode="append")) == []
    assert findings(written(roles=("test",))) == []
    assert findings(written().unit("build.py", ["explore"], kind="notebook")) == []
