from mldebt.graph.model import Column
from mldebt_rules.data.unused_input_column import UnusedInputColumn
from tests.rules.sketch import Sketch, at, column


def users(*columns, **attributes):
    sketch = Sketch()
    sketch.node("dataset:data/users.csv", "train.py:3", columns, store="file", format="csv", **attributes)
    sketch.edge("dataset:data/users.csv", "frame:users", "READS", "train.py:3", columns=None)
    sketch.unit("train.py", "train")
    return sketch


def test_names_the_columns_and_what_to_read_instead():
    sketch = users(column("id", True), column("age", True), column("fax", False), column("telex", False))
    [finding] = sketch.ask(UnusedInputColumn)
    assert finding.headline == "2 of the 4 columns loaded from data/users.csv have no use: `fax` and `telex`."
    assert 'usecols=["id", "age"]' in finding.help
    assert "7 files scanned" in finding.message
    assert str(finding.locations[0]) == "train.py:3"
    assert finding.subject == ("dataset:data/users.csv",)


def test_all_readers_count_as_one_horizon_and_one_finding():
    sketch = users(column("id", True), column("fax", False))
    sketch.edge("dataset:data/users.csv", "frame:people", "READS", "score.py:9", columns=None)
    [finding] = sketch.ask(UnusedInputColumn)
    assert [str(site) for site in finding.locations] == ["score.py:9", "train.py:3"]


def test_columns_that_are_asked_for_by_name_keep_their_order():
    sketch = Sketch()
    known = [column(name, name != "fax", "projection") for name in ("age", "fax", "id", "zip")]
    sketch.node("dataset:users.parquet", "train.py:3", known, store="file", format="parquet")
    sketch.edge("dataset:users.parquet", "frame:users", "READS", "train.py:3", columns=("id", "fax", "age"))
    sketch.edge("dataset:users.parquet", "frame:all", "READS", "copy.py:3")
    [finding] = sketch.ask(UnusedInputColumn)
    assert finding.headline == "1 of the 3 columns loaded from users.parquet has no use: `fax`."
    assert 'columns=["id", "age"]' in finding.help
    assert [str(site) for site in finding.locations] == ["train.py:3"]


def test_a_reader_that_does_not_load_the_column_is_not_blamed():
    sketch = users(column("id", True), column("fax", False))
    sketch.edge("dataset:data/users.csv", "frame:ids", "READS", "ids.py:2", columns=("id",))
    [finding] = sketch.ask(UnusedInputColumn)
    assert [str(site) for site in finding.locations] == ["train.py:3"]


def test_unknown_use_and_mere_mentions_stay_silent():
    assert users(column("id", True), column("fax", None), column("x", False, "mention")).ask(UnusedInputColumn) == []


def test_names_with_unknown_parts_stay_silent():
    assert users(column("id", True), column("{feature}", False)).ask(UnusedInputColumn) == []


def test_a_table_of_which_only_the_rows_matter_stays_silent():
    assert users(column("id", False), column("fax", False)).ask(UnusedInputColumn) == []


def test_tests_and_notebooks_that_nothing_runs_stay_silent():
    for role, kind in (("test", "script"), ("example", "script"), ("train", "notebook")):
        sketch = users(column("id", True), column("fax", False))
        sketch.unit("train.py", role, kind=kind)
        assert sketch.ask(UnusedInputColumn) == []


def test_derived_columns_are_reported_once_for_their_function():
    sketch = Sketch()
    made = [column("age", True, "derived", "f.py:4"), column("decade", False, "derived", "f.py:5")]
    made.append(column("initial", False, "derived", "f.py:7"))
    sketch.node("dataset:users.csv", store="file", format="csv")
    sketch.edge("dataset:users.csv", "frame:f.py::build:users", "READS", "f.py:3")
    sketch.node("frame:f.py::build:users", "f.py:3", made, scope="f.py::build", variable="users")
    [finding] = sketch.ask(UnusedInputColumn)
    assert finding.headline == "2 columns are computed in build() of f.py and never used: `decade` and `initial`."
    assert [str(site) for site in finding.locations] == ["f.py:5", "f.py:7"]


def test_a_table_that_is_built_and_dropped_as_a_whole_stays_silent():
    sketch = Sketch()
    made = [column("auc", False, "derived", "f.py:4"), column("loss", False, "derived", "f.py:4")]
    sketch.node("frame:summary", "f.py:4", made, scope="f.py::")
    assert sketch.ask(UnusedInputColumn) == []


def test_a_table_of_records_that_are_filled_elsewhere_stays_silent():
    sketch = Sketch()
    sketch.node("dataset:runs.csv", store="file", format="csv")
    sketch.edge("dataset:runs.csv", "frame:summary", "READS", "f.py:3")
    made = [column("auc", True, "derived", "f.py:4"), column("loss", False, "derived", "f.py:4")]
    sketch.node("frame:summary", "f.py:4", made, scope="f.py::")
    assert sketch.ask(UnusedInputColumn) == []
    computed = Column("loss", False, "derived", (), (("dataset:runs.csv", "loss"),), (at("f.py:4"),))
    sketch.node("frame:summary", "f.py:4", [made[0], computed], scope="f.py::")
    [finding] = sketch.ask(UnusedInputColumn)
    assert "`loss`" in finding.headline


def test_a_few_figures_that_people_read_stay_silent_though_something_is_learned_of_them():
    known = [column("rmse", True, uses="feature"), column("fold", False)]
    for name, number in (("results/fold_metrics.csv", 0), ("data/folds.csv", 1)):
        sketch = Sketch()
        sketch.node(f"dataset:{name}", "train.py:3", known, store="file", format="csv")
        sketch.edge(f"dataset:{name}", "frame:folds", "READS", "train.py:3", columns=None)
        assert len(sketch.ask(UnusedInputColumn)) == number


def test_a_column_is_blamed_on_the_file_that_makes_it_not_on_the_one_that_reads():
    sketch = Sketch()
    sketch.node("dataset:users.csv", store="file", format="csv")
    sketch.edge("dataset:users.csv", "frame:rows", "READS", "store.py:3")
    sketch.node("frame:rows", "store.py:3", [column("decade", False, "derived", "train.py:5")], scope="store.py::query")
    [finding] = sketch.ask(UnusedInputColumn)
    assert finding.headline == "Column `decade` is computed in train.py and never used."


def test_columns_that_a_line_retypes_for_several_callers_are_used_if_one_uses_them():
    sketch = Sketch()
    sketch.node("dataset:data/shops.csv", "train.py:3", [], store="file", format="csv")
    for frame, used, parents in (("a", True, ("town", "street")), ("b", False, ("road", "road"))):
        made = [
            Column(name, used, "derived", (), (("dataset:data/shops.csv", parent),), (at("clean.py:5"),))
            for name, parent in zip(("town", "street"), parents, strict=True)
        ]
        sketch.node(f"frame:{frame}", f"{frame}.py:2", made, scope=f"{frame}.py::typed")
        sketch.edge("dataset:data/shops.csv", f"frame:{frame}", "READS", "train.py:3")
    assert sketch.ask(UnusedInputColumn) == []


def test_a_derived_column_that_one_caller_uses_is_used():
    sketch = Sketch()
    for number, used in enumerate((False, True)):
        made = [column("decade", used, "derived", "f.py:5")]
        sketch.node(f"frame:{number}", "f.py:4", made, scope="f.py::build")
    assert sketch.ask(UnusedInputColumn) == []


def test_a_narrower_read_is_proposed_where_the_code_reads_nothing_else():
    [alone] = users(column("id", True), column("fax", False)).ask(UnusedInputColumn)
    assert [fix.changes[0].columns for fix in alone.fixes] == [("id",)]
    shared = users(column("id", True), column("fax", False))
    shared.node("dataset:data/shops.csv", "train.py:3", store="file", format="csv")
    shared.edge("dataset:data/shops.csv", "frame:users", "READS", "train.py:3", columns=None)
    [finding] = shared.ask(UnusedInputColumn)
    assert finding.fixes == ()
    unknown = users(column("id", True), column("fax", False))
    unknown.node("gap:x", "train.py:3", blocks="READS")
    [finding] = unknown.ask(UnusedInputColumn)
    assert finding.fixes == ()
