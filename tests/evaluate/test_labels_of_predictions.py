"""What a prediction is called: the label that is found under it says what was predicted."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

SERVED = """
import joblib, json, numpy as np, sqlite3
LABELS = ["good", "bad"]
NAMES = {0: "good", 1: "bad"}
READ = json.load(open("names.json"))
LINES = [line.strip() for line in open("labels.txt")]
model = joblib.load("m.pkl")

def classify(x):
    scores = model.predict_proba([[x]])
    best = np.argmax(scores, axis=1)[0]
    return %s

connection = sqlite3.connect("log.db")
connection.execute("INSERT INTO log (x, label) VALUES (?, ?)", (1.0, classify(float(input()))))
"""


@pytest.mark.parametrize(
    "label",
    [
        "LABELS[best]",
        "('good', 'bad')[int(best)]",
        "NAMES[best]",
        "READ[str(int(best))]",
        "LINES[best]",
        "model.classes_[best]",
        "[LABELS[one] for one in model.predict([[x]])][0]",
    ],
)
def test_a_label_that_is_stored_is_what_was_predicted(label: str, graph_of: GraphOf) -> None:
    seen = graph_of(SERVED % label)
    assert seen.flows("m.pkl", "log.db::log")


def test_a_table_that_is_chosen_by_a_prediction_is_no_prediction(graph_of: GraphOf) -> None:
    program = "import pandas as pd\nTABLES = [pd.read_csv('a.csv'), pd.read_csv('b.csv')]\n"
    seen = graph_of(program + SERVED % "TABLES[best]['price'].mean()")
    assert seen.flows("a.csv", "log.db::log") and not seen.flows("labels.txt", "log.db::log")


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ('"./intent"', "intent"),
        ('"/opt/models/intent"', "/opt/models/intent"),
        ('os.path.join("models", "intent", "best")', "models/intent/best"),
        ('Path("models") / "intent"', "models/intent"),
        ('str(Path(__file__).parent / "intent")', "intent"),
        ('"owner/intent"', "hub://owner/intent"),
        ('"intent"', "hub://intent"),
    ],
)
def test_a_place_on_the_disk_is_no_name_of_a_hub(place: str, name: str, graph_of: GraphOf) -> None:
    program = (
        f"import os\nfrom pathlib import Path\nfrom transformers import AutoModel\nAutoModel.from_pretrained({place})"
    )
    assert {edge.source for edge in graph_of(program).graph.edges_of_kind("LOADS")} == {f"artifact:{name}"}
