from mldebt_rules.architecture.in_place_dataset_overwrite import InPlaceDatasetOverwrite
from tests.rules.sketch import Sketch, at

DATA = "dataset:data/step3.csv"


def sketch_of(format="csv", **attributes):
    sketch = Sketch()
    sketch.node(DATA, store="file", format=format, **attributes)
    return sketch


def clean_in_place(sketch, operation="fillna", file="clean.py", **write):
    sketch.edge(DATA, "frame:raw", "READS", f"{file}:3")
    sketch.edge("frame:raw", "frame:clean", "DERIVES", f"{file}:4", operation=operation)
    sketch.edge("frame:clean", DATA, "WRITES", f"{file}:5", **{"mode": "replace", **write})
    return sketch


def test_reading_changing_and_writing_back_is_found_at_the_write():
    [finding] = clean_in_place(sketch_of()).ask(InPlaceDatasetOverwrite)
    assert finding.headline == "clean.py overwrites its own input data/step3.csv."
    assert str(finding.locations[0]) == "clean.py:5"
    assert "data/step3_cleaned.csv" in finding.help
    assert [step.edge for step in finding.path] == ["", "READS", "DERIVES", "WRITES"]
    assert finding.evidence == "certain"


def test_appends_merges_and_partitions_stay_silent():
    for write in ({"mode": "append"}, {"mode": "merge"}, {"mode": "error"}, {"partition": True}):
        assert clean_in_place(sketch_of(), **write).ask(InPlaceDatasetOverwrite) == []


def test_templates_temporary_data_and_state_files_stay_silent():
    for attributes in ({"template": True}, {"format": "json"}, {"format": "yaml"}):
        assert clean_in_place(sketch_of(**attributes)).ask(InPlaceDatasetOverwrite) == []


def test_an_append_or_upsert_by_hand_stays_silent():
    sketch = clean_in_place(sketch_of(), operation="concat")
    sketch.edge("frame:new", "frame:clean", "DERIVES", "clean.py:4", operation="concat")
    assert sketch.ask(InPlaceDatasetOverwrite) == []


def test_a_cache_that_is_filled_or_read_stays_silent():
    sketch = clean_in_place(sketch_of())
    sketch.edge("frame:computed", DATA, "WRITES", "clean.py:5", mode="replace")
    assert sketch.ask(InPlaceDatasetOverwrite) == []


def test_a_scripts_own_intermediate_stays_silent():
    sketch = clean_in_place(sketch_of())
    sketch.edge("frame:fetched", DATA, "WRITES", "clean.py:2", mode="replace")
    assert sketch.ask(InPlaceDatasetOverwrite) == []


def test_tests_stay_silent():
    sketch = clean_in_place(sketch_of())
    sketch.unit("clean.py", "test")
    assert sketch.ask(InPlaceDatasetOverwrite) == []


def rivals(readers=1):
    sketch = sketch_of(format="parquet")
    sketch.edge("frame:a", DATA, "WRITES", "build_a.py:7", mode="replace")
    sketch.edge("frame:b", DATA, "WRITES", "build_b.py:9", mode="replace")
    for number in range(readers):
        sketch.edge(DATA, f"frame:{number}", "READS", f"train{number}.py:2")
    return sketch


def test_two_units_that_replace_what_others_read_are_found():
    [finding] = rivals().ask(InPlaceDatasetOverwrite)
    assert finding.headline == "data/step3.csv is replaced by 2 units of code: `build_a.py` and `build_b.py`."
    assert [str(site) for site in finding.locations] == ["build_a.py:7", "build_b.py:9"]
    assert finding.evidence == "likely"


def test_rival_writers_of_what_nobody_reads_stay_silent():
    assert rivals(readers=0).ask(InPlaceDatasetOverwrite) == []


def test_a_notebook_that_nothing_runs_is_no_rival():
    sketch = rivals()
    sketch.unit("build_b.py", "explore", kind="notebook")
    assert sketch.ask(InPlaceDatasetOverwrite) == []


def test_one_data_set_gives_one_finding():
    sketch = clean_in_place(sketch_of())
    sketch.edge("frame:fetched", DATA, "WRITES", "fetch.py:2", mode="replace")
    [finding] = sketch.ask(InPlaceDatasetOverwrite)
    assert "overwrites its own input" in finding.headline


def test_code_that_is_put_away_is_no_rival():
    sketch = rivals()
    sketch.edge("frame:c", DATA, "WRITES", "trash/build_c.py:9", mode="replace")
    sketch.unit("trash/build_c.py")
    [finding] = sketch.ask(InPlaceDatasetOverwrite)
    assert "trash" not in finding.message


def test_what_one_container_a_session_or_a_cache_has_to_itself_stays_silent():
    for name in (
        "/opt/ml/processing/train/train.csv",
        "/kaggle/working/step3.csv",
        ".cache/step3.csv",
        "/content/step3.csv",
    ):
        sketch = Sketch()
        sketch.node(f"dataset:{name}", store="file", format="csv")
        sketch.edge("frame:a", f"dataset:{name}", "WRITES", "build_a.py:7", mode="replace")
        sketch.edge("frame:b", f"dataset:{name}", "WRITES", "build_b.py:9", mode="replace")
        sketch.edge(f"dataset:{name}", "frame:c", "READS", "train.py:2")
        assert sketch.ask(InPlaceDatasetOverwrite) == []


def test_two_writers_that_go_through_the_same_names_are_one_finding():
    sketch = Sketch()
    for name in ("dataset:data/lake.csv", "dataset:data/sea.csv"):
        sketch.node(name, store="file", format="csv")
        sketch.edge("frame:old", name, "WRITES", "backfill.py:9", mode="replace")
        sketch.edge("frame:new", name, "WRITES", "daily.py:5", mode="replace")
        sketch.edge(name, "frame:read", "READS", "train.py:2")
    [finding] = sketch.ask(InPlaceDatasetOverwrite)
    assert finding.headline == (
        "data/lake.csv and 1 more data set are replaced by 2 units of code: `backfill.py` and `daily.py`."
    )
    assert finding.subject == ("dataset:data/lake.csv", "dataset:data/sea.csv")


def two_callers_of_a_helper(*imports):
    write = at("store.py:2")
    sketch = sketch_of(called=((write, at("wrapper.py:9")), (write, at("features.py:6"))))
    for file, imported in (("store.py", ()), ("wrapper.py", ("store.py",)), ("features.py", ("store.py", *imports))):
        sketch.unit(file, imports=imported)
    for file in ("wrapper", "features"):
        sketch.node(f"frame:{file}", f"{file}.py:5")
        sketch.edge(f"frame:{file}", DATA, "WRITES", "store.py:2", mode="replace")
    sketch.edge(DATA, "frame:read", "READS", "train.py:3")
    return sketch.ask(InPlaceDatasetOverwrite)


def test_two_programs_that_replace_several_data_sets_are_one_finding():
    sketch = Sketch()
    for line, name in enumerate(("train", "test")):
        data = f"dataset:data/{name}.csv"
        sketch.node(data, store="file", format="csv")
        for file in ("old.py", "new.py"):
            sketch.edge(f"frame:{file}{name}", data, "WRITES", f"{file}:{line + 5}", mode="replace")
        sketch.edge(data, f"frame:{name}", "READS", "fit.py:3")
    [finding] = sketch.ask(InPlaceDatasetOverwrite)
    assert finding.headline.startswith("data/test.csv and 1 more data set are replaced by 2 units of code")
    assert len(finding.subject) == 2


def test_two_programs_may_write_through_one_helper():
    [finding] = two_callers_of_a_helper()
    assert "`features.py` and `wrapper.py`" in finding.headline


def test_a_wrapper_and_the_program_that_uses_it_write_once():
    assert two_callers_of_a_helper("wrapper.py") == []
