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


# -- arrays that keep the order of their columns


@pytest.mark.parametrize(
    ("array", "features"),
    [
        ("df[['a', 'b', 'c']].values[:, 2].reshape(-1, 1)", ("c",)),
        ("df[['a', 'b', 'c']].to_numpy()[:, :2]", ("a", "b")),
        ("np.asarray(df[['c', 'a']])[10:, [1]]", ("a",)),
        ("np.hstack([df[['a']].values, df[['c', 'b']].values])[:, 1:]", ("c", "b")),
        ("df.values[:, :-1]", ("b", "a", "c")),
        ("df.values.T[:, :-1]", ("b", "a", "c", "y")),
        ("np.fliplr(df[['a', 'b']].values)[:, [0]]", ("a", "b")),
        ("df[['a', 'b']].values.reshape(10, 1, -1)[:, 0, :]", ("a", "b")),
    ],
)
def test_a_position_in_an_array_means_the_column_there(
    array: str, features: tuple[str, ...], graph_of: GraphOf
) -> None:
    program = (
        "import numpy as np, pandas as pd\nfrom sklearn.linear_model import LinearRegression\n"
        f"df = pd.read_csv('a.csv', usecols=['a', 'b', 'c', 'y'])\nLinearRegression().fit({array}, df['y'])\n"
    )
    assert graph_of({"main.py": program, "a.csv": "b,a,z,c,y\n1,2,3,4,5\n"}).trained() == [features]


def test_columns_that_are_asked_for_lie_in_an_order_that_only_the_file_knows(graph_of: GraphOf) -> None:
    program = "import pandas as pd\npd.read_csv('a.csv', usecols=['a', 'b']).iloc[:, :1].to_csv('out.csv')\n"
    assert graph_of(program).written("out.csv") is None
    assert graph_of({"main.py": program, "a.csv": "b,a\n1,2\n"}).written("out.csv") == ("b",)


# -- data sets of examples


EXAMPLES = """
import pandas as pd
from datasets import Dataset, concatenate_datasets, load_dataset, load_from_disk
from transformers import AutoModelForSequenceClassification, AutoTokenizer, Trainer
tokenizer = AutoTokenizer.from_pretrained("base")
def encode(batch):
    return tokenizer(batch["text"], truncation=True)
"""


@pytest.mark.parametrize(
    ("load", "names"),
    [
        ("load_dataset('csv', data_files={'train': 'a.csv', 'test': 'b.csv'})['train']", {"a.csv", "b.csv"}),
        ("load_dataset('csv', data_files='a.csv', split='train')", {"a.csv"}),
        ("load_dataset('json', data_files=['a.json', 'b.json'])['train']", {"a.json", "b.json"}),
        ("load_dataset('imagefolder', data_dir='images')['train']", {"images"}),
        ("load_dataset('imdb')['train']", {"hub://imdb"}),
        ("load_dataset('imdb', split='train[:10%]')", {"hub://imdb"}),
        ("load_dataset('./local/reviews')['train']", {"local/reviews"}),
    ],
)
def test_a_data_set_is_called_after_its_files_else_as_it_was_published(
    load: str, names: set[str], graph_of: GraphOf
) -> None:
    seen = graph_of(f"{EXAMPLES}part = {load}\npart.to_csv('out.csv')\n")
    assert seen.reads() - {"hub://base"} == names
    assert seen.flows(min(names), "out.csv")


def test_columns_of_examples_are_followed_to_the_trainer(graph_of: GraphOf) -> None:
    program = """
parts = load_dataset("csv", data_files={"train": "a.csv", "test": "b.csv"})
parts = parts.filter(lambda row: row["lang"] == "en").remove_columns(["lang", "id"]).rename_column("mood", "label")
encoded = parts.map(encode, batched=True, remove_columns=["text"])
halves = encoded["train"].shuffle(seed=1).train_test_split(test_size=0.2)
model = AutoModelForSequenceClassification.from_pretrained("base")
trainer = Trainer(model=model, train_dataset=halves["train"], eval_dataset=halves["test"])
trainer.train()
model.push_to_hub("me/mood")
pd.DataFrame({"p": trainer.predict(encoded["test"]).predictions}).to_csv("p.csv")
"""
    seen = graph_of(EXAMPLES + program)
    assert seen.used("a.csv") == {"lang", "mood", "text"}
    assert seen.use("a.csv", "lang") == {"filter"}
    assert (
        seen.flows("a.csv", "hub://me/mood")
        and seen.flows("b.csv", "p.csv")
        and not seen.flows("b.csv", "hub://me/mood")
    )
    assert len(list(seen.graph.edges_of_kind("EVALUATES_ON"))) == 1


def test_examples_are_made_stored_and_published(graph_of: GraphOf) -> None:
    program = """
raw = load_dataset("imdb", split="train").select_columns(["text", "label"])
raw.save_to_disk("small")
more = Dataset.from_pandas(pd.read_csv("more.csv", usecols=["text", "label", "id"])).remove_columns("id")
both = concatenate_datasets([load_from_disk("small"), more])
both = both.map(lambda row: {"length": len(row["text"])})
both.push_to_hub("me/both")
both.to_pandas()[["length"]].to_csv("lengths.csv")
for row in load_dataset("json", data_files="asked.json", split="train"):
    print(row["question"])
"""
    seen = graph_of(EXAMPLES + program)
    assert seen.written("small") == ("text", "label")
    assert seen.writes() == {"small", "hub://me/both", "lengths.csv"}
    assert seen.flows("hub://imdb", "hub://me/both") and seen.flows("more.csv", "lengths.csv")
    assert seen.used("asked.json") == {"question"}


def test_data_for_tensorflow_keeps_features_and_labels_apart(graph_of: GraphOf) -> None:
    program = """
import pandas as pd
import tensorflow as tf
df = pd.read_csv("a.csv", usecols=["a", "b", "y"])
y = df.pop("y")
ready = tf.data.Dataset.from_tensor_slices((df[["a", "b"]].values, y.values)).shuffle(9).batch(8)
model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
model.fit(ready)
new = tf.data.experimental.make_csv_dataset("b.csv", 32, label_name="y", select_columns=["a", "b", "y"])
model.evaluate(new)
with tf.io.TFRecordWriter("p.tfrecord") as out:
    out.write(model.predict(new))
"""
    seen = graph_of(program)
    assert (seen.trained(), seen.trained("LABELS")) == ([("a", "b")], [("y",)])
    assert seen.trained("PREDICTS") == [("a", "b")]
    assert seen.use("b.csv", "y") == {"label"}
    assert seen.flows("b.csv", "p.tfrecord")


def test_a_series_of_predictions_becomes_a_column_of_a_polars_frame(graph_of: GraphOf) -> None:
    program = """
import polars as pl
from sklearn.linear_model import LinearRegression
df = pl.read_csv("a.csv", columns=["u", "y"])
model = LinearRegression().fit(df.select("u").to_numpy(), df["y"].to_numpy())
df.with_columns(pl.Series("p", model.predict(df.select("u").to_numpy()))).write_parquet("p.parquet")
pl.scan_parquet("wide.parquet").select("k", pl.col("^x_.*$")).sink_parquet("narrow.parquet")
"""
    seen = graph_of(program)
    (edge,) = seen.graph.edges_of_kind("PREDICTS")
    assert seen.flows("a.csv", "p.parquet")
    assert any(e.source == edge.target for e in seen.graph.edges_of_kind("DERIVES"))
    assert seen.used("wide.parquet") == {"k"}


# -- Lightning


def test_what_a_lightning_trainer_fits_is_the_module_itself(graph_of: GraphOf) -> None:
    program = """
import pandas as pd
import pytorch_lightning as pl
import torch
from torch.utils.data import DataLoader, TensorDataset
class Lit(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = torch.nn.Sequential(torch.nn.Linear(2, 1))
    def forward(self, x):
        return self.net(x)
    def training_step(self, batch, number):
        x, y = batch
        return torch.nn.functional.mse_loss(self(x), y)
    def validation_step(self, batch, number):
        x, y = batch
        self.log("loss", torch.nn.functional.mse_loss(self.net(x), y))
df = pd.read_csv("a.csv")
trainer, module = pl.Trainer(max_epochs=2), Lit()
trainer.fit(module, DataLoader(TensorDataset(torch.tensor(df[["a", "b"]].values), torch.tensor(df["y"].values))))
trainer.save_checkpoint("best.ckpt")
"""
    seen = graph_of(program)
    assert seen.flows("a.csv", "best.ckpt")
    assert not list(seen.graph.edges_of_kind("PREDICTS"))


# -- functions that nothing speaks of


def test_a_helper_that_nobody_calls_reads_and_writes_what_is_not_named(graph_of: GraphOf) -> None:
    seen = graph_of(
        {
            "tools.py": """
            import json
            import pandas as pd

            def load_table(path):
                return pd.read_csv(path)

            def keep(path, told):
                with open(path, "w") as file:
                    json.dump(told, file)
        """,
        }
    )
    assert [site.line for edge in seen.graph.edges_of_kind("READS") for site in edge.sites] == [5]
    assert [site.line for edge in seen.graph.edges_of_kind("PERSISTS") for site in edge.sites] == [9]
    assert seen.reads() == seen.writes() == set()
    assert seen.gaps() == {"parameter that no call in the repository binds"}


# -- searches, servers, statements


def test_a_search_calls_each_function_that_it_is_given(graph_of: GraphOf) -> None:
    program = """
import optuna
import pandas as pd
import xgboost as xgb
def objective(trial, X, y):
    xgb.XGBClassifier(max_depth=trial.suggest_int("depth", 1, 3)).fit(X, y)
def other(trial, X, y):
    xgb.XGBClassifier(eta=trial.suggest_float("eta", 0, 1)).fit(X, y)
df = pd.read_csv("a.csv")
first, second = optuna.create_study(), optuna.create_study()
first.optimize(lambda trial: objective(trial, df[["a"]], df["y"]), n_trials=9)
second.optimize(lambda trial: other(trial, df[["b"]], df["y"]), n_trials=9)
"""
    assert graph_of(program).trained() == [("a",), ("b",)]


def test_a_wrapped_model_predicts_what_its_server_is_asked(graph_of: GraphOf) -> None:
    program = """
import mlflow
import pandas as pd
from sklearn.linear_model import LogisticRegression
class Wrapper(mlflow.pyfunc.PythonModel):
    def __init__(self, model):
        self.model = model
    def predict(self, context, model_input: pd.DataFrame):
        return self.model.predict_proba(model_input[["a", "b"]])[:, 1]
df = pd.read_csv("a.csv")
model = LogisticRegression().fit(df[["a", "b"]], df["y"])
mlflow.pyfunc.log_model("model", python_model=Wrapper(model))
"""
    seen = graph_of(program)
    (edge,) = seen.graph.edges_of_kind("PREDICTS")
    assert edge.attributes["columns"] == ("a", "b")
    assert seen.flows("http::EVENT Wrapper.predict (request)", "http::EVENT Wrapper.predict")
    assert all(seen.flows("a.csv", node.name) for node in seen.graph.of_kind("artifact"))


def test_a_network_that_is_chosen_by_name_is_made_and_not_asked(graph_of: GraphOf) -> None:
    program = """
import argparse
import torchvision.models as models
parser = argparse.ArgumentParser()
parser.add_argument("--arch", default="resnet18")
model = models.__dict__[parser.parse_args().arch](pretrained=True)
other = models.__dict__["vgg16"]()
"""
    seen = graph_of(program)
    assert not list(seen.graph.edges_of_kind("PREDICTS"))
    assert len(list(seen.graph.of_kind("model"))) == 2


@pytest.mark.parametrize(
    "make",
    [
        "con.execute('CREATE TABLE feats AS SELECT id, a AS f FROM raw WHERE k > 1')",
        "con.execute('INSERT INTO feats (id, f) SELECT id, a FROM raw WHERE k > 1')",
    ],
)
def test_what_a_statement_selects_into_a_table_is_used(make: str, graph_of: GraphOf) -> None:
    start = "import sqlite3\nimport pandas as pd\ncon = sqlite3.connect('shop.db')\n"
    schema = "con.execute('CREATE TABLE raw (id INT, a REAL, k INT, z INT)')\n"
    seen = graph_of(start + schema + make + "\npd.read_sql('SELECT f FROM feats', con).to_csv('f.csv')\n")
    assert seen.used("shop.db::raw") == {"id", "a", "k"}
    assert seen.unused("shop.db::raw") == {"z"}
    assert seen.use("shop.db::feats", "f") == {"sink"}


@pytest.mark.parametrize("fetch", ["fetch_arrow_table().to_pandas()", "df()", "arrow().to_pandas()", "something_new()"])
def test_whatever_fetches_the_rows_of_a_query_brings_them(fetch: str, graph_of: GraphOf) -> None:
    program = (
        "import duckdb\ncon = duckdb.connect('lake.db')\n"
        f"rows = con.execute('SELECT a, b FROM raw').{fetch}\nrows[['a']].to_csv('a.csv')\n"
    )
    seen = graph_of(program)
    assert seen.flows("lake.db::raw", "a.csv")
    assert seen.unused("lake.db::raw") <= {"b"}


def test_copies_into_tables_are_writes(graph_of: GraphOf) -> None:
    program = """
import psycopg2
cursor = psycopg2.connect("dbname=shop").cursor()
with open("a.csv") as file:
    cursor.copy_expert("COPY orders (a, b) FROM STDIN WITH CSV", file)
with open("b.csv") as file:
    cursor.copy_from(file, "lines", sep=",")
"""
    seen = graph_of(program)
    assert seen.flows("a.csv", "postgres://orders") and seen.flows("b.csv", "postgres://lines")


# -- what nobody can be said not to use


HEADER = "id,a,b,y\n1,2,3,4\n"
READ = "import pandas as pd\nfrom sklearn.linear_model import LinearRegression\ndf = pd.read_csv('a.csv')\n"


@pytest.mark.parametrize(
    "use",
    [
        "df = df.drop(columns=[c for c in ['id'] if c in df.columns])\nLinearRegression().fit(df[['a', 'b']], df['y'])",
        "both = [c for c in df.columns if c in other_names()]\nLinearRegression().fit(df[both], df['y'])",
        "import surprise as s\ndata = s.Dataset.load_from_df(df[['a', 'b', 'y']])\n"
        "train, test = s.model_selection.train_test_split(data)\ns.SVD().fit(train)",
        "from fastapi.responses import JSONResponse\ndef show():\n    return JSONResponse({'rows': df.to_dict()})",
        "from somewhere import Owner\nowner = Owner(df)\nowner.work()",
    ],
)
def test_columns_that_may_be_used_out_of_sight_are_not_called_unused(use: str, graph_of: GraphOf) -> None:
    seen = graph_of({"main.py": READ + use + "\n", "a.csv": HEADER})
    assert seen.unused("a.csv") <= {"id"}


@pytest.mark.parametrize(
    ("use", "unused"),
    [
        ("SELECT * FROM raw", set()),
        ("SELECT a, b FROM raw JOIN other ON raw.id = other.id", {"y"}),
        ("SELECT raw.A FROM raw WHERE raw.id > 1", {"b", "y"}),
        ("SELECT other.k FROM raw JOIN other ON raw.id = other.id", {"a", "b", "y"}),
    ],
)
def test_a_query_that_may_take_a_column_leaves_it_open(use: str, unused: set[str], graph_of: GraphOf) -> None:
    schema = "CREATE TABLE raw (id INT, a REAL, b REAL, y REAL);\nCREATE TABLE other (id INT, k INT);\n"
    seen = graph_of({"schema.sql": schema, "make.sql": f"CREATE TABLE made AS {use};\n"})
    assert seen.unused("raw") == unused


def test_part_of_a_nested_column_is_the_column(graph_of: GraphOf) -> None:
    program = """
from pyspark.sql import SparkSession, functions as F
spark = SparkSession.builder.getOrCreate()
raw = spark.createDataFrame([{"id": 1, "payload": {"now": 2}, "at": 3}])
raw.write.parquet("raw.parquet")
spark.read.parquet("raw.parquet").select(F.col("payload.now").alias("now")).write.parquet("now.parquet")
"""
    assert "payload" not in graph_of(program).unused("raw.parquet")


def test_the_settings_that_a_file_holds_are_used_where_they_say_what_to_do(graph_of: GraphOf) -> None:
    program = """
import json
import pandas as pd
from sklearn.preprocessing import OrdinalEncoder
json.dump({"gone": ["id"], "order": ["low", "high"], "note": "x"}, open("said.json", "w"))
said = json.load(open("said.json"))
df = pd.read_csv("a.csv").drop(columns=said["gone"])
OrdinalEncoder(categories=[said["order"]]).fit(df)
"""
    assert graph_of({"main.py": program, "a.csv": HEADER}).unused("said.json") <= {"note"}


def test_a_handler_that_a_test_calls_is_still_called_by_the_cloud(graph_of: GraphOf) -> None:
    handler = """
        import joblib
        model = joblib.load("m.pkl")

        def features_of(ride):
            return {"km": ride["km"]}

        def handle(event, context):
            return {"minutes": float(model.predict(features_of(event["ride"]))[0])}
    """
    test = "import handler\nprint(handler.handle({'ride': {'km': 3}}, None))\n"
    seen = graph_of({"handler.py": handler, "try_it.py": test})
    assert seen.flows("http::EVENT handle (request)", "http::EVENT handle")


def test_a_parameter_of_a_class_that_is_made_of_nothing_holds_what_that_makes(graph_of: GraphOf) -> None:
    program = """
import os
from kafka import KafkaConsumer, KafkaProducer
class Config:
    def __init__(self):
        self.source = os.getenv("TOPIC", "rides")
        self.target = os.getenv("TOPIC_OUT", "minutes")
class Worker:
    def __init__(self, config: Config, number: int):
        self.config = config
        self.consumer = KafkaConsumer(config.source)
        self.producer = KafkaProducer()
    def work(self):
        for message in self.consumer:
            self.producer.send(self.config.target, value=message.value)
"""
    seen = graph_of(program)
    assert (seen.reads(), seen.writes()) == ({"kafka://rides"}, {"kafka://minutes"})
