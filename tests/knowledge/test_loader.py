from __future__ import annotations

import time
from pathlib import Path

import pytest

from mldebt.errors import UsageError
from mldebt.knowledge.loader import Entry, Knowledge, load_knowledge
from mldebt.knowledge.patterns import Names, matches


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


def written(folder: Path, text: str) -> list[Path]:
    path = folder / "ours.toml"
    path.write_text(text)
    return [path]


def found(entry: Entry | None) -> Entry:
    assert entry is not None
    return entry


def test_a_function_is_found_by_its_dotted_name(knowledge: Knowledge) -> None:
    entry = found(knowledge.call("pandas.read_csv"))
    assert (entry.op, entry.text("format"), entry.selector("name")) == ("read", "csv", (0, "filepath_or_buffer"))
    assert entry.selector("nothing of the kind") == ()
    assert entry.flag("distinctive") is False


def test_a_bare_selector_is_a_selector_of_one(knowledge: Knowledge) -> None:
    assert found(knowledge.method("frame", "to_csv")).selector("data") == ("self",)


def test_what_nobody_wrote_down_is_unknown(knowledge: Knowledge) -> None:
    assert knowledge.call("acme.read_csv") is None
    assert knowledge.method("frame", "frobnicate") is None
    assert knowledge.attribute("frame", "frobnicate") is None


def test_an_alias_stands_for_the_name_that_it_means(knowledge: Knowledge) -> None:
    assert knowledge.call("tensorflow.keras.models.load_model") == knowledge.call("keras.models.load_model") is not None
    assert knowledge.call("sklearn.externals.joblib.load") == knowledge.call("joblib.load") is not None


def test_a_series_has_the_methods_of_a_table_but_for_those_kept_to_tables(knowledge: Knowledge) -> None:
    assert knowledge.method("series", "to_csv") == knowledge.method("frame", "to_csv")
    assert found(knowledge.method("frame", "filter")).op == "select"
    assert found(knowledge.method("series", "filter")).op == "reduce"
    assert knowledge.method("frame", "insert") is not None
    assert knowledge.method("series", "insert") is None


def test_an_accessor_falls_back_to_series_and_tables(knowledge: Knowledge) -> None:
    assert found(knowledge.method("strings", "count")).op == "value"
    assert found(knowledge.method("series", "count")).op == "statistic"
    assert knowledge.method("strings", "astype") == knowledge.method("frame", "astype") is not None


def test_attributes_and_methods_of_one_name_are_kept_apart(knowledge: Knowledge) -> None:
    assert found(knowledge.attribute("frame", "plot")).flag("attribute")
    assert not found(knowledge.method("frame", "plot")).flag("attribute")
    assert knowledge.method("frame", "values") is None


@pytest.mark.parametrize(
    "name", ["to_csv", "to_parquet", "predict_proba", "fit_transform", "fit", "predict", "transform"]
)
def test_a_telling_name_is_enough(knowledge: Knowledge, name: str) -> None:
    assert knowledge.distinctive(name) is not None


@pytest.mark.parametrize(
    "name", ["get", "load", "copy", "join", "save", "read", "write", "open", "update", "add", "json"]
)
def test_a_name_that_anything_might_have_tells_nothing(knowledge: Knowledge, name: str) -> None:
    assert knowledge.distinctive(name) is None


def test_the_kind_comes_with_a_telling_name(knowledge: Knowledge) -> None:
    kind, entry = knowledge.distinctive("to_parquet") or ("", None)
    assert (kind, found(entry).op) == ("frame", "write")


def test_libraries_are_known_by_their_top_level_package(knowledge: Knowledge) -> None:
    assert knowledge.knows_library("sklearn.something.new")
    assert knowledge.knows_library("modin.pandas")
    assert not knowledge.knows_library("churn.features")


def test_a_module_is_of_a_library_where_entries_speak_of_it(knowledge: Knowledge) -> None:
    assert knowledge.knows_module("sklearn")
    assert knowledge.knows_module("sklearn.metrics")
    assert knowledge.knows_module("mlflow.something.new")
    assert not knowledge.knows_module("river.stations")
    assert not knowledge.knows_module("ml.train")


def test_randomness_is_real_only_where_the_library_says_so(knowledge: Knowledge) -> None:
    def stochastic(name: str) -> object:
        return found(knowledge.call(name)).fields["stochastic"]

    assert stochastic("sklearn.ensemble.RandomForestClassifier") == "always"
    assert stochastic("sklearn.neighbors.KNeighborsClassifier") == "never"
    assert stochastic("sklearn.linear_model.LogisticRegression") == {
        "argument": "solver",
        "values": ["sag", "saga"],
        "default": "lbfgs",
    }


def test_a_user_adds_and_overrides_entries(tmp_path: Path) -> None:
    ours = load_knowledge(written(tmp_path, """
["acme.io.load_orders"]
op = "read"
name = [0, "day"]
store = "table"

["pandas.read_csv"]
op = "ignore"

["<frame>.to_acme"]
op = "write"
data = "self"
distinctive = true

[aliases]
"acme2" = "acme"

[meanings]
"acme.ratio" = "div(0|numerator, 1|denominator:1)"
"""))  # fmt: skip
    ratio = ours.meaning("acme2.ratio")
    assert ratio is not None and [part.selector for part in ratio.parts] == [(0, "numerator"), (1, "denominator")]
    assert found(ours.call("acme2.io.load_orders")).text("store") == "table"
    assert found(ours.call("pandas.read_csv")).op == "ignore"
    assert found(ours.call("pandas.read_table")).op == "read"
    assert found(ours.method("series", "to_acme")).op == "write"
    assert (ours.distinctive("to_acme") or ("",))[0] == "frame"
    assert ours.knows_library("acme")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('["acme.x"]\nop = "read"\nnmae = [0]', 'unknown field "nmae" of the operation "read"; did you mean "name"?'),
        ('["acme.load"]\nop = "writ"', 'unknown operation "writ"; did you mean "write"?'),
        ('["acme.load"]\nname = [0]', 'the field "op" is missing'),
        ('["<farme>.load"]\nop = "read"', 'unknown kind of receiver "farme"; did you mean "frame"?'),
        ('["<frame>"]\nop = "read"', "a method must be written <kind>.name"),
        ('["acme.load"]\nop = "read"\nname = [true]', 'the field "name" must be a position, a keyword'),
        ('["acme.load"]\nop = "read"\ndistinctive = "yes"', 'the field "distinctive" must be true or false'),
        ('["acme.M"]\nop = "model"\nstochastic = "maybe"', 'the field "stochastic" must be "always", "never"'),
        ("acme = 1", "an entry must be a table"),
        ("[aliases]\na = 1", "aliases must map one dotted name to another"),
        ('[meanings]\n"acme.x" = "a / b"', 'what "acme.x" computes must be written like'),
        ('[meanings]\n"<farme>.x" = "abs(self)"', 'unknown kind of receiver "farme"; did you mean "frame"?'),
        ("not toml", "is not valid TOML"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_users_file_is_one_clear_sentence(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        load_knowledge(written(tmp_path, text))
    message = str(error.value)
    assert said in message
    assert "ours.toml" in message
    assert "\n" not in message


def test_a_missing_file_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Cannot read the knowledge file .*nowhere\.toml: No such file"):
        load_knowledge([tmp_path / "nowhere.toml"])


def test_the_fingerprint_changes_with_the_data_only(tmp_path: Path, knowledge: Knowledge) -> None:
    assert load_knowledge().fingerprint == knowledge.fingerprint
    first = load_knowledge(written(tmp_path, '["acme.load"]\nop = "read"')).fingerprint
    second = load_knowledge(written(tmp_path, '["acme.load"]\nop = "load"')).fingerprint
    assert len({knowledge.fingerprint, first, second}) == 3


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("sklearn.**.Scaler", "sklearn.Scaler", True),
        ("sklearn.**.Scaler", "sklearn.a.b.Scaler", True),
        ("sklearn.*.Scaler", "sklearn.a.b.Scaler", False),
        ("mlflow.**", "mlflow", True),
        ("mlflow.**", "mlflow.a.b", True),
        ("mlflow.**", "mlflower.a", False),
        ("a.[A-Z]*", "a.Big", True),
        ("a.[A-Z]*", "a.small", False),
        ("a.make_*", "a.make_blobs", True),
        ("a.x+y", "a.xxy", False),
    ],
)
def test_wildcards(pattern: str, name: str, expected: bool) -> None:
    assert matches(pattern, name) is expected


def test_the_most_specific_pattern_wins() -> None:
    names = Names([("a.**", "any"), ("a.*_score", "score"), ("a.b.*", "b"), ("a.b.c", "c"), ("**.d", "d")])
    asked = ("a.x.y", "a.f_score", "a.b.x", "a.b.c", "z.d", "z.e")
    assert [names.find(name) for name in asked] == ["any", "score", "b", "c", "d", None]


def test_loading_takes_a_blink_of_an_eye() -> None:
    taken = []
    for _ in range(5):
        start = time.process_time()
        load_knowledge().call("pandas.read_csv")
        taken.append(time.process_time() - start)
    assert min(taken) < 0.1
