"""What frameworks and wrappers do with data between a file and a model: settings, registries, threads, forecasts."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

SETTINGS = """
import yaml
import pandas as pd
from pydantic import BaseModel
class Storage(BaseModel):
    catalog: str
    orders: str = "orders"
    def table(self, name: str) -> str:
        return f"{self.catalog}.{getattr(self, name)}"
class Settings(BaseModel):
    storage: Storage
    @classmethod
    def of(cls, path: str) -> "Settings":
        with open(path) as file:
            return cls.model_validate(yaml.safe_load(file))
"""
TABLE = "from pyspark.sql import SparkSession\nspark = SparkSession.builder.getOrCreate()\n"


def test_settings_that_are_not_in_the_repository_are_known_by_their_fields(graph_of: GraphOf) -> None:
    program = SETTINGS + TABLE + "spark.table(Settings.of('conf/prod.yml').storage.table('orders')).show()\n"
    assert graph_of(program).reads() == {"{catalog}.orders"}


def test_a_table_that_is_not_there_fills_the_fields_of_a_dataclass(graph_of: GraphOf) -> None:
    program = "import yaml\nimport pandas as pd\nfrom dataclasses import dataclass\n@dataclass\nclass Paths:\n"
    program += "    root: str\n    name: str = 'orders.csv'\n"
    program += "paths = Paths(**yaml.safe_load(open('conf/prod.yml')))\npd.read_csv(f'{paths.root}/{paths.name}')\n"
    assert graph_of(program).reads() == {"{root}/orders.csv"}


def test_a_deployed_file_of_settings_is_the_one_of_the_repository(graph_of: GraphOf) -> None:
    program = SETTINGS + TABLE + "import sys\nfrom pathlib import Path\nroot = Path(sys.argv[1]) / 'files'\n"
    program += "spark.table(Settings.of(root / 'conf/base.yml').storage.table('orders')).show()\n"
    seen = graph_of({"main.py": program, "conf/base.yml": "storage:\n  catalog: dev\n"})
    assert seen.reads() == {"dev.orders"}


WEB = """
import asyncio
import joblib
from concurrent.futures import ThreadPoolExecutor
from asgiref.sync import sync_to_async
from fastapi import FastAPI
from fastapi.concurrency import run_in_threadpool
app = FastAPI()
model = joblib.load("m.pkl")
def score(x):
    return model.predict([[x]])
@app.post("/predict")
async def predict(x: float):
    return {"p": await USE}
"""


@pytest.mark.parametrize(
    "use",
    [
        "run_in_threadpool(score, x)",
        "asyncio.to_thread(score, x)",
        "asyncio.get_running_loop().run_in_executor(None, score, x)",
        "asyncio.wait_for(asyncio.to_thread(score, x), 3)",
        "sync_to_async(score)(x)",
    ],
)
def test_a_thread_of_an_endpoint_predicts_from_its_request(use: str, graph_of: GraphOf) -> None:
    seen = graph_of(WEB.replace("USE", use))
    assert seen.flows("http::POST /predict (request)", "http::POST /predict")


def test_what_is_gathered_comes_back(graph_of: GraphOf) -> None:
    program = "import asyncio\nimport pandas as pd\nasync def load(name):\n    return pd.read_csv(name)\n"
    program += (
        "async def main():\n    a, b = await asyncio.gather(load('a.csv'), load('b.csv'))\n    a.to_csv('c.csv')\n"
    )
    seen = graph_of(program + "asyncio.run(main())\n")
    assert seen.flows("a.csv", "c.csv")
    assert not seen.flows("b.csv", "c.csv")


READERS = """
from pathlib import Path
import sys
import pandas as pd
class Reader:
    def __init__(self, reader):
        self.reader = reader
    def read(self, path):
        return self.reader(path)
"""


def test_a_registry_may_have_many_entries(graph_of: GraphOf) -> None:
    functions = ("csv", "json", "excel", "parquet", "feather", "orc", "stata", "sas")
    program = READERS
    for name in functions:
        program += f"class R{name}(Reader):\n    def __init__(self):\n        super().__init__(reader=pd.read_{name})\n"
    program += "KNOWN = {" + ", ".join(f"{name!r}: R{name}" for name in functions) + "}\n"
    program += (
        "def reader_of(name):\n    cls = KNOWN[name]\n    if name == 'csv':\n        return cls()\n    return cls()\n"
    )
    assert graph_of(program + "reader_of(sys.argv[1]).read('orders.dat').to_csv('out.csv')\n").flows(
        "orders.dat", "out.csv"
    )


NETWORK = """
import abc
import torch
import pandas as pd
from torch import nn
class Base(abc.ABC, nn.Module):
    @abc.abstractmethod
    def forward(self, x): ...
class Net(Base):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)
    def forward(self, x):
        return self.linear(x)
pd.DataFrame(Net()(torch.tensor(pd.read_csv("a.csv").values)).numpy()).to_csv("scores.csv")
"""


def test_an_abstract_network_is_a_network(graph_of: GraphOf) -> None:
    graph = graph_of(NETWORK).graph
    assert [graph[edge.source].name for edge in graph.edges_of_kind("PREDICTS")] == ["Net"]


def test_a_layer_that_has_networks_makes_no_prediction_with_them(graph_of: GraphOf) -> None:
    program = "import pandas as pd\nimport tensorflow as tf\nclass Inputs(tf.keras.layers.Layer):\n"
    program += "    def __init__(self):\n        super().__init__()\n"
    program += "        self.embedding = tf.keras.Sequential([tf.keras.layers.Dense(2)])\n"
    program += "    def call(self, x):\n        return self.embedding(x)\n"
    seen = graph_of(program + "Inputs()(pd.read_csv('a.csv').values)\n")
    assert list(seen.graph.edges_of_kind("PREDICTS")) == []


FORECAST = """
import pandas as pd
from pathlib import Path
from gluonts.dataset.common import ListDataset, TrainDatasets, MetaData, load_datasets
from gluonts.dataset.repository.datasets import get_dataset
from gluonts.evaluation import make_evaluation_predictions
from gluonts.model.predictor import Predictor
from gluonts.torch import DeepAREstimator
"""


def test_gluonts_learns_from_the_part_for_training(graph_of: GraphOf) -> None:
    program = "data = get_dataset('m4_hourly')\npredictor = DeepAREstimator(freq='H').train(data.train)\n"
    program += "predictor.serialize(Path('models/m4'))\n"
    seen = graph_of(FORECAST + program)
    assert seen.flows("gluonts://m4_hourly", "models/m4")
    assert seen.models() == {"DeepAREstimator"}


def test_gluonts_forecasts_what_stored_data_sets_hold(graph_of: GraphOf) -> None:
    program = "data = load_datasets(metadata='d/metadata', train='d/train', test='d/test')\n"
    program += "estimator = DeepAREstimator(freq='H')\npredictor = estimator.train(training_data=data.train)\n"
    program += "forecasts, actual = make_evaluation_predictions(dataset=data.test, predictor=predictor)\n"
    seen = graph_of(FORECAST + program)
    assert seen.reads() == {"d/train"}
    assert len(seen.trained()) == 1
    assert len(list(seen.graph.edges_of_kind("PREDICTS"))) == 1


def test_gluonts_data_sets_are_made_of_frames_and_saved(graph_of: GraphOf) -> None:
    program = (
        "df = pd.read_csv('sales.csv')\ntrain = ListDataset([{'start': df.index[0], 'target': df['y']}], freq='D')\n"
    )
    program += "TrainDatasets(metadata=MetaData(freq='D'), train=train, test=train).save(path_str='data/x')\n"
    program += "Predictor.deserialize(Path('models/m'))\n"
    seen = graph_of(FORECAST + program)
    assert seen.flows("sales.csv", "data/x")
    assert "models/m" in seen.reads()


def test_a_class_that_is_located_by_its_name_is_that_class(graph_of: GraphOf) -> None:
    program = "from pydoc import locate\nimport pandas as pd\ndf = pd.read_csv('a.csv')\n"
    seen = graph_of(program + "locate('sklearn.linear_model.LogisticRegression')().fit(df[['x']], df['y'])\n")
    assert seen.models() == {"LogisticRegression"}


def test_a_batch_job_of_sagemaker_reads_what_it_is_told(graph_of: GraphOf) -> None:
    program = "from sagemaker.mxnet.model import MXNetModel\nmodel = MXNetModel(model_data='s3://b/m.tar.gz')\n"
    program += "model.transformer(instance_count=1).transform(data='s3://b/in/', content_type='text/csv')\n"
    assert "s3://b/in" in graph_of(program).reads()


def test_the_text_of_a_request_is_read_line_by_line(graph_of: GraphOf) -> None:
    program = "import io\nimport json\nimport joblib\n"
    program += "def model_fn(model_dir):\n    return joblib.load(model_dir + '/m.pkl')\n"
    program += "def transform_fn(model, body, content_type, accept):\n    if isinstance(body, bytes):\n"
    program += "        body = body.decode('utf-8')\n"
    program += "    return list(model.predict([json.loads(line) for line in io.StringIO(body)]))\n"
    assert graph_of(program).flows("http::EVENT transform_fn (request)", "http::EVENT transform_fn")


LEARN = """
import joblib
import pandas as pd
from prophet import Prophet
from pmdarima import auto_arima
df = pd.read_csv("past.csv")
joblib.dump(Prophet().fit(df), "prophet.pkl")
joblib.dump(auto_arima(df["y"]), "arima.pkl")
"""


@pytest.mark.parametrize(
    "use",
    [
        "m = joblib.load('prophet.pkl')\nm.predict(m.make_future_dataframe(periods=3)).to_csv('next.csv')\n",
        "joblib.load('arima.pkl').forecast(steps=3).to_csv('next.csv')\n",
    ],
)
def test_a_stored_forecaster_goes_on_from_what_it_was_fitted_on(use: str, graph_of: GraphOf) -> None:
    graph = graph_of({"learn.py": LEARN, "use.py": f"import joblib\n{use}"}).graph
    made = [edge for edge in graph.edges_of_kind("DERIVES") if edge.attributes.get("operation") == "remembered"]
    assert [(graph[edge.source].name, edge.evidence) for edge in made] == [("df", "inferred")]


def test_a_stored_model_that_is_given_numbers_knows_nothing_of_the_past(graph_of: GraphOf) -> None:
    use = "import joblib\njoblib.load('arima.pkl').predict([[1, 2]])\n"
    graph = graph_of({"learn.py": LEARN, "use.py": use}).graph
    assert not [edge for edge in graph.edges_of_kind("DERIVES") if edge.attributes.get("operation") == "remembered"]


def test_a_stored_recommender_recommends_from_what_it_learned(graph_of: GraphOf) -> None:
    learn = "from pyspark.ml.recommendation import ALS\nratings = spark.read.parquet('ratings')\n"
    learn += "ALS(userCol='u', itemCol='i', ratingCol='r').fit(ratings).save('als')\n"
    use = "from pyspark.ml.recommendation import ALSModel\nmodel = ALSModel.load('als')\n"
    use += "model.recommendForAllUsers(5).write.parquet('offers')\n"
    graph = graph_of({"learn.py": TABLE + learn, "use.py": use}).graph
    (prediction,) = (edge.target for edge in graph.edges_of_kind("PREDICTS"))
    assert [graph[edge.source].name for edge in graph.edges_of_kind("DERIVES") if edge.target == prediction] == [
        "ratings"
    ]


def test_rows_that_are_copied_out_of_a_database_are_in_the_file(graph_of: GraphOf) -> None:
    program = "import psycopg2\ncursor = psycopg2.connect(dbname='shop').cursor()\nout = open('orders.csv', 'w')\n"
    program += "cursor.copy_expert('COPY (SELECT id, total FROM orders) TO STDOUT WITH CSV HEADER', out)\nout.close()\n"
    seen = graph_of(program)
    assert (seen.reads(), seen.writes()) == ({"postgres://orders"}, {"orders.csv"})


RESOURCES = """
from dagster import ConfigurableIOManager
from dagster_gcp import BigQueryResource, GCSResource
import json
class Objects(ConfigurableIOManager):
    bucket: str
    client: GCSResource
    def load_input(self, context):
        return json.loads(self._blob(context).download_as_string())
    def handle_output(self, context, obj):
        self._blob(context).upload_from_string(json.dumps(obj))
    def _blob(self, context):
        return self.client.get_client().bucket(self.bucket).blob(context.asset_key.path[-1] + ".json")
class Tables(ConfigurableIOManager):
    client: BigQueryResource
    def load_input(self, context):
        with self.client.get_client() as client:
            return [row for row in client.list_rows(client.get_table("sales.orders"))]
    def handle_output(self, context, obj):
        with self.client.get_client() as client:
            client.load_table_from_json(obj, "sales.offers").result()
"""


def test_what_keeps_the_assets_of_dagster_is_made_elsewhere(graph_of: GraphOf) -> None:
    made = "from dagster_gcp import BigQueryResource, GCSResource\nfrom keepers import Objects, Tables\n"
    made += "KEEPERS = [Objects(bucket='lake', client=GCSResource()), Tables(client=BigQueryResource(project='p'))]\n"
    seen = graph_of({"keepers.py": RESOURCES, "repo.py": made})
    assert {name.rpartition("/")[0] for name in seen.reads() & seen.writes()} == {"gs://lake"}
    assert "bigquery://sales.orders" in seen.reads()
    assert "bigquery://sales.offers" in seen.writes()


def test_an_estimator_of_pytorchts_is_trained_in_a_pool(graph_of: GraphOf) -> None:
    program = "import pandas as pd\nfrom functools import partial\nfrom billiard.pool import Pool\n"
    program += "from gluonts.dataset.common import ListDataset\nfrom pts.model.deepar import DeepAREstimator\n"
    program += "def test(data, estimator):\n    return estimator.train(training_data=data)\n"
    program += (
        "df = pd.read_csv('nav.csv')\ndata = ListDataset([{'start': df.index[0], 'target': df['value']}], freq='D')\n"
    )
    program += (
        "with Pool(2) as pool:\n    list(pool.imap(partial(test, estimator=DeepAREstimator(freq='D')), [data]))\n"
    )
    seen = graph_of(program)
    assert seen.models() == {"DeepAREstimator"}
    assert len(seen.trained()) == 1


def test_a_model_that_another_method_makes_is_asked(graph_of: GraphOf) -> None:
    learner = "from implicit.als import AlternatingLeastSquares\nclass Recommender:\n    def __init__(self):\n"
    learner += "        self.model = None\n    def fit(self, matrix):\n        self.model = AlternatingLeastSquares()\n"
    learner += "        self.model.fit(matrix)\n    def recommend(self, user, items):\n"
    learner += "        return self.model.recommend(user, items, N=3)\n"
    train = (
        "import pandas as pd\nfrom learner import Recommender\nRecommender().fit(pd.read_csv('ratings.csv').values)\n"
    )
    graph = graph_of({"learner.py": learner, "train.py": train}).graph
    assert {graph[edge.source].name for edge in graph.edges_of_kind("PREDICTS")} == {"model"}


def test_all_files_of_a_folder_that_the_environment_names_are_known(graph_of: GraphOf) -> None:
    program = "import os\nimport pandas as pd\nfolder = os.environ['SM_CHANNEL_TRAIN']\n"
    program += "pd.concat([pd.read_csv(os.path.join(folder, one)) for one in os.listdir(folder)]).to_csv('all.csv')\n"
    assert graph_of(program).flows("{SM_CHANNEL_TRAIN}/{file}", "all.csv")


SPARK = "import joblib\n" + TABLE + "model = joblib.load('m.pkl')\n"


@pytest.mark.parametrize(
    "use",
    [
        "for row in df.collect():\n    scores.append(model.predict([[row.km, row['fare']]]))\n",
        "for row in df.rdd.toLocalIterator():\n    scores.append(model.predict([[row.km, row.fare]]))\n",
        "scores = model.predict([[row.km, row.fare] for row in df.collect()])\n",
    ],
)
def test_collected_rows_have_the_columns_of_their_table(use: str, graph_of: GraphOf) -> None:
    program = SPARK + "import pandas as pd\ndf = spark.read.parquet('rides')\nscores = []\n"
    seen = graph_of(program + use + "pd.DataFrame(scores).to_csv('scores.csv')\n")
    assert seen.flows("rides", "scores.csv")
    assert "km" in seen.used("rides")


def test_a_stream_of_spark_is_predicted_batch_by_batch(graph_of: GraphOf) -> None:
    program = "import json\nfrom pyspark.streaming import StreamingContext\n"
    program += "from pyspark.streaming.kafka import KafkaUtils\n" + SPARK
    program += (
        "messages = KafkaUtils.createDirectStream(StreamingContext(spark, 5), topics=['rides'], kafkaParams={})\n"
    )
    program += "def score(rdd):\n    for row in spark.read.json(rdd.map(lambda x: json.loads(x))).collect():\n"
    program += "        print(model.predict([[row.km]]))\nmessages.map(lambda x: x[1]).foreachRDD(score)\n"
    graph = graph_of(program).graph
    (prediction,) = {edge.target for edge in graph.edges_of_kind("PREDICTS")}
    assert graph_of(program).flows("kafka://rides", graph[prediction].name)


MODULE = """
import pandas as pd
import lightning.pytorch as pl
from torch.utils.data import DataLoader
class Net(pl.LightningModule):
    def training_step(self, batch, number):
        return self(batch).sum()
class Rides(pl.LightningDataModule):
    def __init__(self, PARAMETERS):
        super().__init__()
        self.save_hyperparameters(KEPT)
    def train_dataloader(self):
        return DataLoader(pd.read_csv(self.hparams.path).values)
pl.Trainer().fit(Net(), datamodule=Rides(GIVEN))
"""


@pytest.mark.parametrize(
    ("parameters", "kept", "given"),
    [
        ("path, size=8", "", "'rides.csv'"),
        ("path='rides.csv'", "'path'", ""),
        ("size=8, **others", "", "path='rides.csv'"),
        ("settings", "settings", "SimpleNamespace(path='rides.csv')"),
    ],
)
def test_what_a_constructor_was_given_is_kept_for_later(
    parameters: str, kept: str, given: str, graph_of: GraphOf
) -> None:
    program = MODULE.replace("PARAMETERS", parameters).replace("KEPT", kept).replace("GIVEN", given)
    seen = graph_of("from types import SimpleNamespace\n" + program)
    assert seen.reads() == {"rides.csv"}
    assert len(seen.trained()) == 1


LIVE_TABLES = """
import dlt

@dlt.table(name="bronze", comment="as they come")
def raw():
    return spark.readStream.format("kafka").option("subscribe", "events").load()

@dlt.table(name="silver")
@dlt.expect_or_drop("whole", "event IS NOT NULL")
def whole():
    return dlt.read_stream("bronze").select("event")

@dlt.table
def gold():
    return dlt.read("silver").groupBy("event").count()
"""


def test_a_live_table_is_written_by_the_function_below_its_decorator(graph_of: GraphOf) -> None:
    seen = graph_of(LIVE_TABLES)
    assert seen.writes() == {"bronze", "silver", "gold"}
    assert seen.reads() == {"kafka://events", "bronze", "silver"} and seen.flows("kafka://events", "gold")
