"""Who calls what: methods, functions and lambdas that only code outside of the repository calls."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

IMPORTS = "import json\nimport os\nimport joblib\nimport pandas as pd\nfrom sklearn.svm import SVC\n"


def test_a_method_that_nobody_is_seen_to_call_may_be_called_on_what_is_made(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
class Store:
    def __init__(self, folder):
        self.folder = folder

    def load(self):
        return pd.read_csv(self.folder + "/orders.csv")

stores = [Store("north"), Store("south")]
"""
    )
    assert seen.reads() == {"north/orders.csv", "south/orders.csv"}


def test_what_one_method_sets_another_may_use(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
class Scorer:
    def __init__(self):
        self.model = None

    def score(self, path):
        if self.model is None:
            raise ValueError("load first")
        self.model.predict(pd.read_csv("new.csv"))

    def load(self):
        self.model = joblib.load("model.pkl")

scorer = Scorer()
"""
    )
    (predicts,) = seen.graph.edges_of_kind("PREDICTS")
    assert [seen.graph[edge.source].name for edge in seen.graph.into(predicts.source, "LOADS")] == ["model.pkl"]
    assert seen.reads() == {"new.csv", "model.pkl"}


def test_a_function_within_a_function_that_nobody_calls_is_read(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
def start(client):
    frame = pd.read_csv("a.csv")

    def on_message(client, message):
        frame.to_csv("b.csv")

    client.on_message = on_message
"""
    )
    assert seen.flows("a.csv", "b.csv")


def test_a_lambda_that_goes_to_code_elsewhere_is_called_there(graph_of: GraphOf) -> None:
    seen = graph_of(IMPORTS + "import gui\ndef save():\n    pd.read_csv('a.csv').to_csv('b.csv')\n"
                    "frame = pd.read_csv('c.csv')\ngui.Button(on_click=lambda: frame.to_csv('d.csv'))\n")  # fmt: skip
    assert seen.flows("c.csv", "d.csv")


def test_a_file_in_json_that_says_where_things_are_is_settings(graph_of: GraphOf) -> None:
    seen = graph_of({
        "store.json": '{"orders_path": "data/orders.csv", "rows": 3}',
        "train.py": IMPORTS + "with open('store.json') as file:\n    places = json.load(file)\n"
        "pd.read_csv(places['orders_path'])\n",
    })  # fmt: skip
    assert seen.reads() == {"data/orders.csv"}


def test_a_variable_of_the_environment_may_be_absent(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
def place():
    given = os.getenv("PLACE")
    if given is not None:
        return given
    return "data/orders.csv"

pd.read_csv(place())
"""
    )
    assert "data/orders.csv" in seen.reads()


OPTION = """
    import joblib
    import pandas as pd
    from sklearn.linear_model import LogisticRegression
    def train(path, keep=False, quiet=True):
        table = pd.read_csv(path)
        model = LogisticRegression().fit(table[["a"]], table["b"])
        if keep:
            table["seen"] = 1
            joblib.dump(model, "model.pkl")
        if not quiet:
            print(table)
        table.to_csv("out.csv")
        return model
    train("in.csv")
"""


def test_what_an_option_would_do_is_a_guess_and_reaches_nothing_that_runs(graph_of: GraphOf) -> None:
    seen = graph_of(OPTION)
    assert seen.evidence("model.pkl") == {"guessed"}
    assert seen.evidence("out.csv") == {"resolved"}
    assert {edge.evidence for edge in seen.graph.edges_of_kind("TRAINS_ON")} == {"resolved"}
    assert "seen" not in {column.name for column in seen.stored("out.csv").columns}


def test_an_option_that_is_asked_for_is_no_guess(graph_of: GraphOf) -> None:
    seen = graph_of(OPTION.replace('train("in.csv")', 'train("in.csv", keep=True)'))
    assert seen.evidence("model.pkl") == {"resolved"}


def test_a_call_of_an_option_is_not_taken_for_the_real_one(graph_of: GraphOf) -> None:
    program = """
        import pandas as pd
        def keep(table):
            table.to_csv("kept.csv")
        def run(also=False):
            table = pd.read_csv("in.csv")
            if also:
                keep(table)
            keep(table)
        run()
    """
    assert "resolved" in graph_of(program).evidence("kept.csv")


SCALING = """
    import joblib
    from sklearn.preprocessing import StandardScaler
    class Scaling:
        def __init__(self):
            self.scaler = StandardScaler()
            self.is_fitted = False
        def fit(self, X):
            self.scaler.fit(X)
            self.is_fitted = True
        def save(self):
            if not self.is_fitted:
                raise ValueError("not fitted")
            joblib.dump(self.scaler, "models/scaler.joblib")
"""


@pytest.mark.parametrize("made", ["", "    Scaling()\n"])
def test_a_method_may_run_after_another_one_that_sets_a_switch(made: str, graph_of: GraphOf) -> None:
    assert graph_of(SCALING + made).writes() == {"models/scaler.joblib"}


def test_a_switch_that_nothing_sets_stays_as_it_was_made(graph_of: GraphOf) -> None:
    assert graph_of(SCALING.replace("self.is_fitted = True", "pass")).writes() == set()


LOADING = """
import pandas as pd
def load(path):
    return pd.read_csv(path)
"""
TESTING = """
import pytest
from loading import load
def test_nothing_is_there():
    with pytest.raises(FileNotFoundError):
        load("no_such_file.csv")
def test_the_data_that_is_shipped():
    assert len(load("data/shipped.csv"))
"""


def test_a_name_that_a_unit_test_makes_up_is_no_data_of_the_program(graph_of: GraphOf) -> None:
    seen = graph_of({"loading.py": LOADING, "tests/test_loading.py": TESTING, "data/shipped.csv": "a\n1\n"})
    assert seen.reads() == {"data/shipped.csv"}


def test_what_the_program_reads_too_is_no_name_of_a_test_alone(graph_of: GraphOf) -> None:
    program = "from loading import load\nload('no_such_file.csv')\n"
    seen = graph_of({"loading.py": LOADING, "main.py": program, "tests/test_loading.py": TESTING})
    assert seen.reads() == {"no_such_file.csv"}


def test_a_script_that_tries_a_model_on_data_is_no_unit_test(graph_of: GraphOf) -> None:
    program = "from loading import load\ntest_data = load('held_out.csv')\n"
    assert graph_of({"loading.py": LOADING, "test.py": program}).reads() == {"held_out.csv"}


def test_what_a_unit_test_reads_itself_is_read_there(graph_of: GraphOf) -> None:
    program = "import pandas as pd\nimport pytest\ndef test_it():\n    pd.read_csv('expected.csv')\n"
    assert graph_of({"tests/test_it.py": program}).reads() == {"expected.csv"}
