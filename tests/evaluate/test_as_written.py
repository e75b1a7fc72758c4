"""Ways of writing that are met in the wild, each with what is true of it."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf, notebook

IMPORTS = """\
import gzip, io, json
import boto3
import mlflow
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sqlalchemy import text
"""
FIT = """
df = pd.read_csv("train.csv")
model = LogisticRegression().fit(df[["a"]], df["y"])
"""


# -- what is no read and no write


@pytest.mark.parametrize("call", ["mlflow.autolog(disable=True)", "mlflow.sklearn.autolog(log_models=False)"])
def test_a_tracker_that_is_told_to_keep_no_models_keeps_none(call: str, graph_of: GraphOf) -> None:
    assert graph_of(IMPORTS + call + FIT).writes() == set()
    assert graph_of(IMPORTS + "mlflow.autolog()" + FIT).writes() == {"mlflow://runs/main.py"}


@pytest.mark.parametrize("path", ["/proc/self/cgroup", "/sys/class/net/eth0/address", "/dev/urandom"])
def test_what_the_system_says_of_itself_is_no_data_set(path: str, graph_of: GraphOf) -> None:
    assert graph_of(f"print(open({path!r}).read())").reads() == set()


def test_a_compressor_around_a_buffer_writes_into_the_buffer(graph_of: GraphOf) -> None:
    program = """
        buffer = io.BytesIO()
        with gzip.GzipFile(fileobj=buffer, mode="wb") as packed:
            packed.write(pd.read_csv("a.csv").to_json().encode())
        boto3.client("s3").put_object(Bucket="lake", Key="a.json.gz", Body=buffer.getvalue())
    """
    seen = graph_of({"main.py": IMPORTS + "\n".join(line[8:] for line in program.splitlines())})
    assert (seen.writes(), seen.gaps()) == ({"s3://lake/a.json.gz"}, set())
    assert seen.flows("a.csv", "s3://lake/a.json.gz")


# -- names and statements


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (r"'D:\\shop\artifacts\train.csv'", "D:/shop/artifacts/train.csv"),
        (r"'notebook\data\raw.csv'", "notebook/data/raw.csv"),
        (r"'data\new\features.csv'", "data/new/features.csv"),
    ],
)
def test_a_backslash_that_became_a_control_character_was_meant_as_one(path: str, name: str, graph_of: GraphOf) -> None:
    assert graph_of(f"import pandas as pd\npd.read_csv({path})").reads() == {name}


def test_a_statement_says_what_it_is_for_whatever_it_is_given_to(graph_of: GraphOf) -> None:
    seen = graph_of(
        IMPORTS
        + """
def keep(engine, rows, schema: str = "monitor"):
    with engine.begin() as connection:
        connection.execute(text(f"INSERT INTO {schema}.drift (a) VALUES (:a) ON CONFLICT (a) DO NOTHING"), rows)
        return connection.execute("SELECT a FROM monitor.runs WHERE b = 1").fetchall()

def other(pool, task):
    pool.execute("run all")
    pool.execute(task)
    pool.submit("SELECT one of them")
"""
    )
    assert (seen.writes(), seen.reads()) == ({"monitor.drift"}, {"monitor.runs"})


# -- parts of networks


NET = """
import pandas as pd
import torch
from torch import nn

class Body(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(2, 4), nn.ReLU())
    def forward(self, x):
        return self.layers(x)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body, self.head = Body(), nn.Sequential(nn.Linear(4, 1))
    def encode(self, x):
        return self.body(x)
    def forward(self, x):
        return self.head(self.encode(x))
"""


def test_what_the_parts_of_a_network_make_are_no_predictions(graph_of: GraphOf) -> None:
    score = """
net = Net()
new = pd.read_csv("new.csv")
scores = net(torch.tensor(new[["a", "b"]].values))
pd.DataFrame(scores.numpy()).to_csv("scores.csv")
"""
    seen = graph_of(NET + score)
    (edge,) = seen.graph.edges_of_kind("PREDICTS")
    assert seen.graph[edge.source].name == "net"
    assert seen.flows("new.csv", "scores.csv")
    assert seen.used("new.csv") == {"a", "b"}
    assert not list(graph_of(NET).graph.edges_of_kind("PREDICTS"))


# -- notebooks


def test_cells_run_in_an_order_in_which_they_can(graph_of: GraphOf) -> None:
    seen = graph_of(
        {
            "late.ipynb": notebook(
                "import pandas as pd",
                "both = left.merge(right, on='id')",
                "left = pd.read_csv('left.csv')\nright = pd.read_csv('right.csv')",
                "both.to_csv('both.csv')",
            )
        }
    )
    assert seen.flows("left.csv", "both.csv") and seen.flows("right.csv", "both.csv")


def test_cells_that_can_run_where_they_stand_stay_there(graph_of: GraphOf) -> None:
    seen = graph_of(
        {
            "plain.ipynb": notebook(
                "import pandas as pd\nspark_or_so()",
                "df = pd.read_csv('a.csv')",
                "names = [name for name in df.columns]\ndf.to_csv('b.csv')",
                "df = pd.read_csv('c.csv')\nname = 'x'",
                "df.to_csv('d.csv')",
            )
        }
    )
    assert seen.flows("a.csv", "b.csv") and seen.flows("c.csv", "d.csv")
    assert not seen.flows("c.csv", "b.csv")


SCRIPT = """\
%%writefile code/train.py
import argparse, os, joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))

def predict_fn(data, model):
    return model.predict(data)

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--train", default=os.environ.get("SM_CHANNEL_TRAIN"))
    parser.add_argument("--model-dir", default=os.environ.get("SM_MODEL_DIR"))
    args = parser.parse_args()
    df = pd.read_csv(os.path.join(args.train, "train.csv"))
    model = LogisticRegression().fit(df[["a", "b"]], df["y"])
    joblib.dump(model, os.path.join(args.model_dir, "model.joblib"))
"""


def test_a_script_that_a_cell_writes_is_code(graph_of: GraphOf) -> None:
    broken, empty = "%%writefile broken.py\nx = (", "%%writefile empty.py\n# nothing"
    seen = graph_of({"sm.ipynb": notebook(SCRIPT, broken, empty, "import pandas as pd\npd.read_csv('x.csv')")})
    assert seen.reads() == {"{SM_CHANNEL_TRAIN}/train.csv", "{SM_MODEL_DIR}/model.joblib", "x.csv"}
    assert seen.trained() == [("a", "b")]
    assert "sm.ipynb#0:17" in seen.sites("{SM_CHANNEL_TRAIN}/train.csv")


def test_what_a_server_calls_by_name_predicts_with_the_model_that_its_loader_gives(graph_of: GraphOf) -> None:
    seen = graph_of({"serve.py": SCRIPT.partition("\n")[2]})
    assert seen.flows("{SM_CHANNEL_TRAIN}/train.csv", "http::EVENT predict_fn")
    assert seen.flows("http::EVENT predict_fn (request)", "http::EVENT predict_fn")
