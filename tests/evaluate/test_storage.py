"""Tables, handles and messages; writes that meet reads; what stays unresolved."""

from __future__ import annotations

import re

import pytest

from mldebt.graph.questions.loops import feedback_loops
from tests.evaluate.small import GraphOf

READ = "import json\nimport os\nimport sqlite3\nimport numpy as np\nimport pandas as pd\nimport sqlalchemy\n"
SQLITE = "con = sqlite3.connect('shop.db')\n"


@pytest.mark.parametrize(
    ("program", "name"),
    [
        (SQLITE + "pd.read_sql('SELECT id, price FROM orders', con)", "shop.db::orders"),
        (SQLITE + "pd.read_sql_query('SELECT id, price FROM orders', con=con)", "shop.db::orders"),
        (SQLITE + "query = '''SELECT id,\n price\n FROM orders'''\npd.read_sql(query, con)", "shop.db::orders"),
        (SQLITE + "t = 'orders'\npd.read_sql(f'SELECT id, price FROM {t}', con)", "shop.db::orders"),
        (SQLITE + "t = 'orders'\npd.read_sql('SELECT id, price FROM {}'.format(t), con)", "shop.db::orders"),
        (SQLITE + "pd.read_sql(sqlalchemy.text('SELECT id, price FROM orders'), con)", "shop.db::orders"),
        (
            SQLITE + "q = sqlalchemy.text('SELECT id, price FROM orders WHERE id IN :x')\n"
            "pd.read_sql(q.bindparams(sqlalchemy.bindparam('x', expanding=True)), con)",
            "shop.db::orders",
        ),
        (SQLITE + "cur = con.cursor()\ncur.execute('SELECT id, price FROM orders')\ncur.fetchall()", "shop.db::orders"),
        (SQLITE + "con.execute('SELECT id, price FROM orders').fetchone()", "shop.db::orders"),
        (
            "with sqlite3.connect('shop.db') as con:\n    pd.read_sql('SELECT id, price FROM orders', con)",
            "shop.db::orders",
        ),
        (
            "e = sqlalchemy.create_engine('sqlite:///shop.db')\npd.read_sql('SELECT id, price FROM orders', e)",
            "shop.db::orders",
        ),
        (
            "e = sqlalchemy.create_engine('postgresql://u:p@host/shop')\nwith e.connect() as con:\n"
            "    pd.read_sql('SELECT id, price FROM orders', con)",
            "postgres://orders",
        ),
        ("pd.read_sql('SELECT id, price FROM orders', 'sqlite:///shop.db')", "shop.db::orders"),
    ],
)
def test_a_query_reads_the_columns_of_its_table(program: str, name: str, graph_of: GraphOf) -> None:
    seen = graph_of(READ + program)
    assert seen.reads() == {name}
    assert {column.name for column in seen.stored(name).columns} == {"id", "price"}


@pytest.mark.parametrize(
    "write",
    [
        "df.to_sql('scores', con, if_exists='replace', index=False)",
        "df.to_sql(name='scores', con=con)",
        "con.execute('INSERT INTO scores (id, p) VALUES (?, ?)', (1, 2))",
        "con.executemany('INSERT INTO scores (id, p) VALUES (?, ?)', df.values.tolist())",
        "cur = con.cursor()\ncur.execute('INSERT INTO scores SELECT id, p FROM mid')",
        "con.execute('CREATE TABLE scores AS SELECT id, p FROM mid')",
        "con.execute('UPDATE scores SET p = 1')",
    ],
)
def test_a_table_that_one_file_writes_another_reads(write: str, graph_of: GraphOf) -> None:
    first = f"{READ}{SQLITE}df = pd.read_csv('a.csv', usecols=['id', 'p'])\n{write}\n"
    second = f"{READ}{SQLITE}pd.read_sql('SELECT id, p FROM scores', con).to_csv('out.csv')\n"
    seen = graph_of({"first.py": first, "second.py": second})
    assert "shop.db::scores" in seen.writes("first.py")
    assert seen.reads("second.py") == {"shop.db::scores"}
    assert seen.flows("shop.db::scores", "out.csv")


def test_the_columns_of_a_query_are_those_that_it_selects(graph_of: GraphOf) -> None:
    program = "df = pd.read_sql('SELECT o.id, o.price * 2 AS double FROM orders o WHERE o.day > 3', con)\n"
    seen = graph_of(READ + SQLITE + program + "df.to_csv('out.csv')\n")
    assert seen.written("out.csv") == ("id", "double")
    assert seen.use("shop.db::orders", "price") >= {"sink"}
    assert seen.use("shop.db::orders", "day") == {"filter"}


def test_a_query_in_a_file_is_read_from_it(graph_of: GraphOf) -> None:
    program = READ + SQLITE + "query = open('q.sql').read()\npd.read_sql(query, con).to_csv('out.csv')\n"
    seen = graph_of({"main.py": program, "q.sql": "SELECT id FROM orders\n"})
    assert "shop.db::orders" in seen.reads()
    assert seen.written("out.csv") == ("id",)


def test_a_join_reads_both_tables(graph_of: GraphOf) -> None:
    seen = graph_of(READ + SQLITE + "pd.read_sql('SELECT a.x, b.y FROM a JOIN b ON a.id = b.id', con)\n")
    assert seen.reads() == {"shop.db::a", "shop.db::b"}
    assert "key" in seen.use("shop.db::a", "id")


@pytest.mark.parametrize(
    ("write", "read"),
    [
        ("df.to_csv('mid.csv')", "pd.read_csv('mid.csv')"),
        ("df.to_csv('./mid.csv')", "pd.read_csv('mid.csv')"),
        ("df.to_parquet('s3://lake/mid.parquet')", "pd.read_parquet('s3://lake/mid.parquet')"),
        ("df.to_csv(os.path.join('data', 'mid.csv'))", "pd.read_csv('data/' + 'mid.csv')"),
        ("with open('mid.json', 'w') as f:\n    json.dump(df.to_dict(), f)", "json.load(open('mid.json'))"),
        ("with open('mid.csv', 'w') as f:\n    df.to_csv(f)", "open('mid.csv').read()"),
        ("np.save('mid.npy', df.values)", "np.load('mid.npy')"),
        ("df.to_excel('mid.xlsx')", "pd.read_excel('mid.xlsx')"),
        ("with pd.ExcelWriter('mid.xlsx') as w:\n    df.to_excel(w)", "pd.read_excel('mid.xlsx')"),
        (
            "with open('mid.txt', 'w') as f:\n    for v in df['x']:\n        f.write(str(v))",
            "open('mid.txt').readlines()",
        ),
        ("df.to_csv('mid.csv', mode='a', header=False)", "pd.read_csv('mid.csv')"),
    ],
)
def test_a_file_that_one_program_writes_another_reads(write: str, read: str, graph_of: GraphOf) -> None:
    seen = graph_of({
        "first.py": f"{READ}df = pd.read_csv('a.csv')\n{write}\n",
        "second.py": f"{READ}value = {read}\npd.DataFrame(value).to_csv('out.csv')\n",
    })  # fmt: skip
    assert seen.flows("a.csv", "out.csv")


@pytest.mark.parametrize(
    ("written", "read", "same"),
    [
        ("f'data/{day}/scores.csv'", "f'data/{when}/scores.csv'", True),
        ("f'data/scores_{day}.csv'", "'data/scores_2024.csv'", True),
        ("'data/scores_' + day + '.csv'", "f'data/scores_{day:%Y}.csv'", True),
        ("f'data/{day}/scores.csv'", "f'data/{day}/labels.csv'", False),
        ("f'data/{day}/scores.csv'", "f'other/{day}/scores.csv'", False),
        ("f'data/{day}.csv'", "f'data/{day}.parquet'", False),
    ],
)
def test_names_with_unknown_parts_meet_where_they_may(written: str, read: str, same: bool, graph_of: GraphOf) -> None:
    seen = graph_of({
        "first.py": f"{READ}def save(df: pd.DataFrame, day):\n    df.to_csv({written})\n",
        "second.py": f"{READ}def load(when, day):\n    pd.read_csv({read}).to_csv('out.csv')\n",
    })  # fmt: skip
    (source,) = seen.writes("first.py")
    assert seen.flows(source, "out.csv") is same


def test_who_reads_predictions_is_a_consumer(graph_of: GraphOf) -> None:
    score = """
        import joblib
        import pandas as pd
        df = pd.read_csv("a.csv")
        df["p"] = joblib.load("m.pkl").predict(df[["u"]])
        df.to_csv("scores.csv")
    """
    report = "import pandas as pd\nprint(pd.read_csv('scores.csv')['p'].mean())\n"
    other = "import pandas as pd\nprint(pd.read_csv('a.csv')['u'].mean())\n"
    seen = graph_of({"score.py": score, "report.py": report, "other.py": other})
    assert {node.name for node in seen.graph.of_kind("consumer")} == {"report.py"}
    assert [edge.source for edge in seen.graph.edges_of_kind("CONSUMES")] == ["dataset:scores.csv"]


@pytest.mark.parametrize(
    ("mode", "program"),
    [
        ("replace", "df.to_csv('out.csv')"),
        ("append", "df.to_csv('out.csv', mode='a')"),
        ("append", "with open('out.csv', 'a') as f:\n    df.to_csv(f)"),
        ("replace", "with open('out.csv', 'w') as f:\n    df.to_csv(f)"),
    ],
)
def test_a_write_says_how_it_writes(mode: str, program: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"{READ}df = pd.read_csv('a.csv')\n{program}\n")
    assert {edge.attributes["mode"] for edge in seen.writing("out.csv")} == {mode}


def test_what_is_not_known_is_a_gap_with_its_reason(graph_of: GraphOf) -> None:
    seen = graph_of(
        READ + "import elsewhere\npd.read_csv(elsewhere.path())\npd.read_csv('a.csv').to_csv(elsewhere.x)\n"
    )
    (reading, writing) = sorted(seen.graph.of_kind("gap"), key=lambda node: node.sites)
    assert (reading.attributes["blocks"], writing.attributes["blocks"]) == ("READS", "WRITES")
    assert all(node.attributes["reason"] and node.attributes["detail"] for node in (reading, writing))
    assert [node.sites[0].line for node in (reading, writing)] == [8, 9]


def test_coverage_counts_what_is_known_and_why_the_rest_is_not(graph_of: GraphOf) -> None:
    program = "import io, elsewhere\npd.read_csv('a.csv').to_csv('b.csv')\npd.read_csv(io.StringIO('x'))\n"
    coverage = graph_of(READ + program + "pd.read_csv(elsewhere.path())\n").graph.coverage
    assert (coverage.resolved, coverage.transient, coverage.unresolved) == (2, 1, 1)
    assert sum(coverage.reasons.values()) == 1
    assert coverage.share == 0.75
    assert (coverage.files, coverage.lines) == (1, 10)


def test_a_gap_of_a_function_closes_where_every_call_resolves(graph_of: GraphOf) -> None:
    seen = graph_of(
        "import pandas as pd\ndef load(path):\n    return pd.read_csv(path)\nload('a.csv')\nload('b.csv')\n"
    )
    assert (seen.reads(), seen.gaps()) == ({"a.csv", "b.csv"}, set())


BUCKET = """
import io
import boto3
import pandas as pd
from google.cloud import storage
from minio import Minio

def bucket(name="raw"):
    return storage.Client.from_service_account_json("key.json").bucket(bucket_name=name)

def rows(name):
    blob = bucket().blob(name)
    if not blob.exists():
        return None
    with blob.open("rb") as file:
        return pd.read_parquet(file)

df = rows("orders.parquet")
"""


@pytest.mark.parametrize(
    ("write", "name"),
    [
        ("with bucket('out').blob('a/b.csv').open('w') as file:\n    df.to_csv(file)", "gs://out/a/b.csv"),
        ("bucket('out').blob(blob_name='b.csv').upload_from_string(df.to_csv())", "gs://out/b.csv"),
        ("boto3.resource('s3').Object('out', 'b.csv').put(Body=df.to_csv())", "s3://out/b.csv"),
        ("boto3.resource('s3').Bucket('out').put_object(Key='b.csv', Body=df.to_csv())", "s3://out/b.csv"),
        ("Minio('server').put_object('out', 'b.csv', io.BytesIO(df.to_csv().encode()), 9)", "s3://out/b.csv"),
        ("boto3.resource('dynamodb').Table('orders').put_item(Item=df.to_dict())", "orders"),
    ],
)
def test_an_object_of_a_bucket_is_named_by_the_bucket_and_its_own_name(
    write: str, name: str, graph_of: GraphOf
) -> None:
    seen = graph_of(BUCKET + write)
    assert seen.reads() == {"gs://raw/orders.parquet"}
    assert seen.writes() == {name}
    assert seen.flows("gs://raw/orders.parquet", name)


def test_a_feature_store_of_hopsworks_leads_from_a_group_through_a_view_to_a_model(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from pathlib import Path
        import hopsworks
        import joblib
        import pandas as pd
        from sklearn.linear_model import LinearRegression

        project = hopsworks.login()
        store = project.get_feature_store()
        group = store.get_or_create_feature_group(name="load", version=1)
        group.insert(pd.read_csv("load.csv"))
        store.create_feature_view(name="load_view", query=group.select_all(), labels=[])
        data, _ = store.get_feature_view("load_view", version=1).get_training_data(training_dataset_version=1)
        model = LinearRegression().fit(data[["hour"]], data["load"])
        joblib.dump(model, "model.pkl")
        project.get_model_registry().python.create_model("best").save("model.pkl")
        folder = project.get_model_registry().get_model(name="best", version=1).download()
        joblib.load(Path(folder) / "model.pkl").predict(data)
    """)
    assert {"hopsworks://load", "hopsworks://load_view"} <= seen.reads() & seen.writes()
    assert seen.flows("load.csv", "hopsworks://best")


def test_tables_of_a_server_have_one_name_however_it_is_reached(graph_of: GraphOf) -> None:
    seen = graph_of(
        {
            "write.py": """
            import os
            import psycopg2

            def save(row):
                con = psycopg2.connect(host="db", database=os.getenv("DB", "shop"))
                con.cursor().execute("INSERT INTO orders (id, price) VALUES (%s, %s)", row)
            """,
            "settings/read.py": """
            import os
            import pandas as pd
            from sqlalchemy import create_engine, text

            engine = create_engine(f"postgresql+psycopg2://u:p@{os.getenv('HOST')}/shop")
            pd.read_sql(text("SELECT id FROM orders WHERE price > :low"), engine, params={"low": 1})
            """,
            "hook.py": """
            from airflow.providers.postgres.hooks.postgres import PostgresHook

            PostgresHook(postgres_conn_id="shop").get_pandas_df("SELECT price FROM orders")
            """,
        }
    )
    assert seen.reads() == {"postgres://orders"}
    assert seen.writes() == {"postgres://orders"}


def test_an_engine_can_be_asked_again_after_a_query(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from sqlalchemy import create_engine, text

        def engine():
            return create_engine("sqlite:///shop.db")

        def run(query, **given):
            with engine().connect() as con:
                return con.execute(text(query), given).fetchall()

        run("SELECT id FROM orders")
        run("SELECT id FROM customers WHERE city = :city", city="x")
        run("INSERT INTO log (id) VALUES (:id)", id=1)
    """)
    assert seen.reads() == {"shop.db::orders", "shop.db::customers"}
    assert seen.writes() == {"shop.db::log"}


def test_a_chain_of_settings_is_found_from_its_first_line_on(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.getOrCreate()
        df = spark.read \\
            .format("delta") \\
            .option("mergeSchema", "true") \\
            .load("orders")
        df.select(["id", "price"]).write \\
            .format("delta") \\
            .mode("append") \\
            .partitionBy("id") \\
            .save("copy")
    """)
    assert seen.sites("orders") == ["main.py:4"]
    assert seen.sites("copy") == ["main.py:8"]
    assert seen.written("copy") == ("id", "price")


def test_each_batch_of_a_stream_goes_where_its_function_writes_it(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from pyspark.sql import SparkSession

        spark = SparkSession.builder.getOrCreate()

        def store(batch, number):
            batch.write.mode("append").parquet("bronze")

        events = spark.readStream.format("json").load("landing")
        events.writeStream.foreachBatch(store).outputMode("append").start()
    """)
    assert seen.flows("landing", "bronze")


@pytest.mark.parametrize(
    "move", ["os.replace(part, path)", "part.replace(path)", "part.rename(path)", "shutil.move(part, path)"]
)
def test_what_is_written_beside_and_then_moved_has_the_name_that_it_is_moved_to(move: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"""
        import json
        import os
        import shutil
        from pathlib import Path

        def save(path, value):
            part = path.with_suffix(".tmp")
            part.write_text(json.dumps(value))
            {move}

        save(Path("out/metrics.json"), {{"mae": 1}})
    """)
    assert seen.writes() == {"out/metrics.json"}
    assert not [node for node in seen.graph.of_kind("dataset", "artifact") if node.name.endswith(".tmp")]


def test_a_file_that_is_read_before_it_is_moved_keeps_its_name(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import shutil
        import pandas as pd

        pd.read_csv("a.csv").to_csv("inbox/b.csv")
        pd.read_csv("inbox/b.csv").to_csv("c.csv")
        shutil.move("inbox/b.csv", "archive/b.csv")
    """)
    assert seen.writes() == {"inbox/b.csv", "c.csv"}
    assert seen.reads() == {"a.csv", "inbox/b.csv"}


def test_a_downloaded_artifact_is_read_under_its_name_in_the_store(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import json
        from pathlib import Path
        import numpy as np
        from mlflow.artifacts import download_artifacts

        def fetch(run, path):
            return download_artifacts(run_id=run, artifact_path=path)

        def load(run, kind="small"):
            meta = json.loads(Path(fetch(run, "meta.json")).read_text())
            return meta, np.load(fetch(run, f"stats/{kind}.npz"))
    """)
    assert seen.reads() == {"mlflow://meta.json", "mlflow://stats/small.npz"}


def test_a_path_in_a_container_is_the_path_of_the_repository(graph_of: GraphOf) -> None:
    seen = graph_of(
        {
            "serve.py": "import pandas as pd\npd.DataFrame({'a': [1]}).to_csv('data/log/x.csv')\n",
            "dags/report.py": "import pandas as pd\npd.read_csv('/opt/app/data/log/x.csv').to_csv('/out/y.csv')\n",
            "other.py": "import pandas as pd\npd.read_csv('/opt/airflow/x.csv').to_csv('z.csv')\n",
        }
    )
    assert seen.flows("data/log/x.csv", "/out/y.csv")
    assert not seen.flows("data/log/x.csv", "z.csv")


REGISTERED = """
import mlflow
import pandas as pd
from mlflow.tracking import MlflowClient
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

def main():
    data = pd.read_csv("log.csv")
    results = []
    for model in (LogisticRegression(), RandomForestClassifier()):
        with mlflow.start_run() as run:
            model.fit(data[["km"]], data["late"])
            mlflow.sklearn.log_model(model, "model")
            results.append({"score": model.score(data[["km"]], data["late"]), "run_id": run.info.run_id})
    best = max(results, key=lambda result: result["score"])
    MlflowClient().create_model_version(name="Late", source=f"runs:/{best['run_id']}/model", run_id=best["run_id"])
"""
SERVED = """
import mlflow
import pandas as pd
from mlflow.tracking import MlflowClient

client = MlflowClient()
{load}
rows = pd.read_csv("new.csv")
if model is not None and True:
    rows["late"] = model.predict(rows[["km"]])
rows.to_csv("log.csv")
"""


@pytest.mark.parametrize(
    "load",
    [
        "versions = client.search_model_versions(\"name='Late'\")\n"
        "current = [v for v in versions if v.current_stage == 'Production']\n"
        "latest = max(current, key=lambda v: int(v.version))\n"
        "model = mlflow.pyfunc.load_model(latest.source)",
        "version = client.get_latest_versions('Late', stages=['Production'])[0]\n"
        "model = mlflow.sklearn.load_model(model_uri=version.source)",
        "name = 'Late'\nfor version in mlflow.search_model_versions(filter_string=f\"name='{name}'\"):\n"
        "    model = mlflow.sklearn.load_model(version.source)",
        "model = mlflow.pyfunc.load_model('models:/Late/Production')",
    ],
)
def test_a_version_of_a_registry_leads_from_training_to_serving(load: str, graph_of: GraphOf) -> None:
    seen = graph_of({"train.py": REGISTERED, "serve.py": SERVED.replace("{load}", load)})
    assert seen.flows("log.csv", "mlflow://Late")
    loops = feedback_loops(seen.graph)
    assert {seen.graph[loop.dataset].name for loop in loops} == {"log.csv"}
    assert {loop.kind for loop in loops} == {"label"}


def test_a_version_of_another_model_closes_no_loop(graph_of: GraphOf) -> None:
    load = "model = mlflow.sklearn.load_model(client.get_latest_versions('Early')[0].source)"
    seen = graph_of({"train.py": REGISTERED, "serve.py": SERVED.replace("{load}", load)})
    assert "mlflow://Early" in seen.reads()
    assert feedback_loops(seen.graph) == []


@pytest.mark.parametrize("take", ["path.read_text().strip()", "open(path).read()"])
def test_a_text_is_read_where_it_is_taken_not_where_it_is_parsed(take: str, graph_of: GraphOf) -> None:
    parse = "if not text:\n    raise SystemExit\nrows = json.loads(text)\npd.DataFrame(rows).to_csv('out.csv')\n"
    seen = graph_of(
        f"import json\nimport pandas as pd\nfrom pathlib import Path\npath = Path('in.json')\ntext = {take}\n{parse}"
    )
    assert seen.sites("in.json") == ["main.py:5"]
    assert seen.flows("in.json", "out.csv")


def test_a_connection_that_is_closed_behind_a_block_is_known_in_it(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import sqlite3
        from contextlib import closing
        import pandas as pd

        with closing(sqlite3.connect("shop.db")) as connection:
            pd.read_sql("SELECT id FROM orders", connection)
        """
    )
    assert seen.reads() == {"shop.db::orders"}


def test_files_that_are_uploaded_to_one_folder_stay_apart(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import pandas as pd
        from sagemaker.s3 import S3Uploader

        train = S3Uploader.upload("train.csv", "s3://bucket/demo")
        pd.read_csv("scores.csv").to_csv("labels.csv")
        S3Uploader.upload("labels.csv", "s3://bucket/demo")
        pd.read_csv(train).to_csv("out.csv")
        """
    )
    assert {"s3://bucket/demo/train.csv"} <= seen.reads()
    assert seen.flows("train.csv", "out.csv")
    assert seen.flows("scores.csv", "s3://bucket/demo/labels.csv")
    assert not seen.flows("scores.csv", "out.csv")


def test_an_open_temporary_file_that_is_handed_to_unknown_code_is_no_stored_thing(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import compressor

        def test_it(tmp_path):
            with open(tmp_path / "x.bin", "wb") as out:
                compressor.pack(out)
        """
    )
    assert seen.writes() == set()
    assert all(edge.source and edge.target for edge in seen.graph.edges)


SPARK_CONTEXT = """
from pyspark import SparkContext
from pyspark.mllib.classification import LogisticRegressionModel, LogisticRegressionWithLBFGS

sc = SparkContext("local", "late")
"""
TRAINER = """
import argparse
from datasets import load_dataset
from transformers import AutoModelForSequenceClassification, Trainer, TrainingArguments

parser = argparse.ArgumentParser()
parser.add_argument("--out", default="models/reviews")
args = parser.parse_args()
model = AutoModelForSequenceClassification.from_pretrained("bert-base-uncased")
"""


def test_the_context_before_a_path_is_not_the_name(graph_of: GraphOf) -> None:
    seen = graph_of(
        SPARK_CONTEXT + "model = LogisticRegressionWithLBFGS.train(sc.textFile('late.csv'))\n"
        "model.save(sc, 'gs://b/late')\nLogisticRegressionModel.load(sc, 'gs://b/late')"
    )
    assert seen.writes() == {"gs://b/late"} <= seen.reads()
    assert seen.gaps() == set()


@pytest.mark.parametrize(
    "made",
    ["Trainer(model, TrainingArguments(args.out)", "Trainer(model=model, args=TrainingArguments(output_dir=args.out)"],
)
def test_a_trainer_saves_into_the_folder_of_its_settings(made: str, graph_of: GraphOf) -> None:
    seen = graph_of(TRAINER + f"trainer = {made}, train_dataset=load_dataset('imdb')['train'])\ntrainer.save_model()")
    assert seen.writes() == {"models/reviews"}
    assert seen.gaps() == set()


@pytest.mark.parametrize("folder", ["'.'", "path='..'", "'./'"])
def test_an_archive_unpacked_where_the_program_stands_is_written_nowhere(folder: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"import tarfile\nwith tarfile.open('model.tar.gz') as archive:\n    archive.extractall({folder})")
    assert seen.gaps() == set()


def test_a_text_with_a_literal_part_is_not_empty(graph_of: GraphOf) -> None:
    program = """
import pandas as pd

def join_uri(base, *parts):
    suffix = "/".join(str(part).strip("/") for part in parts)
    if not suffix:
        return base
    return f"{base}/{suffix}"

def run(day):
    pd.read_parquet(join_uri("data/log", f"date={day}", "log.parquet"))

run(input())
"""
    assert graph_of(program).reads() == {"data/log/date={input}/log.parquet"}


@pytest.mark.parametrize("default", ["", ", required=True", ", default=None", ", default=''"])
def test_what_is_left_to_the_command_line_is_said(default: str, graph_of: GraphOf) -> None:
    seen = graph_of(
        "import argparse\nimport pandas as pd\nparser = argparse.ArgumentParser()\n"
        f"parser.add_argument('--data'{default})\npd.read_csv(parser.parse_args().data)"
    )
    assert seen.reads() == {"main.py::{data}"}
    assert seen.graph.coverage.reasons == {"command-line option without a default": 1}


TYPER = (
    "import pandas as pd\nimport typer\nfrom pathlib import Path\nfrom typing import Annotated\napp = typer.Typer()\n"
)


@pytest.mark.parametrize(
    "command",
    [
        "@app.command()\ndef main(data: Path = typer.Option(..., exists=True)):",
        "@app.command()\ndef main(data: Annotated[Path, typer.Argument()]):",
        "@app.command()\ndef main(data: str):",
        "import fire\nfire.Fire(lambda: 0)\ndef main(data):",
    ],
)
def test_a_command_asks_for_what_its_parameter_names(command: str, graph_of: GraphOf) -> None:
    run = "fire.Fire({'run': main})" if "fire" in command else "app()"
    seen = graph_of(f"{TYPER}{command}\n    pd.read_csv(data)\n{run}\n")
    assert seen.reads() == {"main.py::{data}"}
    assert seen.graph.coverage.reasons == {"command-line option without a default": 1}


def test_a_setting_without_a_default_is_a_variable_of_the_environment(graph_of: GraphOf) -> None:
    settings = (
        "from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    folder: str\n    file: str\ns = S()\n"
    )
    name = "f'{s.folder}/{s.file}'"
    seen = graph_of(
        {
            "settings.py": settings,
            "train.py": f"import json\nfrom settings import s\njson.dump([1], open({name}, 'w'))\n",
            "serve.py": f"import pandas as pd\nfrom settings import s\npd.read_json({name})\n",
        }
    )
    assert seen.reads() == seen.writes() == {"{FOLDER}/{FILE}"}
    assert not seen.graph.coverage.reasons


def test_a_constant_of_a_module_that_nobody_committed_names_one_thing(graph_of: GraphOf) -> None:
    seen = graph_of(
        {
            "first.py": "import pandas as pd\nfrom config import FEATURES, ROOT\npd.read_csv(ROOT).to_csv(FEATURES)\n",
            "train.py": "import pandas as pd\nfrom config import *\nfrom tools import *\npd.read_csv(FEATURES)\n",
            "serve.py": "import os, config\nimport pandas as pd\npd.read_csv(os.path.join(config.ROOT, config.FILE))\n",
            "other.py": "import pandas as pd\nfrom config import here\npd.read_csv(here)\n",
        }
    )
    assert seen.reads() == {"{ROOT}", "{FEATURES}", "{ROOT}/{FILE}"}
    assert seen.writes() == {"{FEATURES}"}
    assert seen.evidence("{FEATURES}") == {"inferred"}
    assert seen.graph.coverage.reasons == {"computed name": 1}


def test_a_text_that_was_fetched_is_no_name(graph_of: GraphOf) -> None:
    seen = graph_of(
        "import pandas as pd\nimport requests\npage = requests.get('http://index.example/stocks').json()['data']\n"
        "pd.read_html(page['content'])\npd.read_html('stocks.html')"
    )
    assert seen.reads() == {"http://index.example/stocks", "stocks.html"}
    assert seen.gaps() == set()


def test_an_adapter_is_named_behind_its_model(graph_of: GraphOf) -> None:
    seen = graph_of(
        "from peft import PeftConfig, PeftModel\nfrom transformers import AutoModelForCausalLM\n"
        "base = AutoModelForCausalLM.from_pretrained('acme/base')\nPeftModel.from_pretrained(base, 'acme/adapter')"
    )
    assert seen.reads() == {"hub://acme/base", "hub://acme/adapter"}
    assert seen.gaps() == set()


WIDGETS = """
import mlflow.xgboost
from mlflow.tracking import MlflowClient

client = MlflowClient()
dbutils.widgets.text("model", "{default}")
versions = client.search_model_versions("name='%s'" % dbutils.widgets.get("model"))
mlflow.xgboost.load_model([one for one in versions if one.current_stage == "Production"][0].source)
"""


def test_a_widget_has_the_default_that_it_was_made_with(graph_of: GraphOf) -> None:
    assert graph_of(WIDGETS.replace("{default}", "churn")).reads() == {"mlflow://churn"}


@pytest.mark.parametrize("default", ["DefaultVal", "", "<model>", "your-model"])
def test_the_default_of_a_widget_may_only_hold_its_place(default: str, graph_of: GraphOf) -> None:
    assert graph_of(WIDGETS.replace("{default}", default)).gaps() == {"environment variable without a default"}


@pytest.mark.parametrize(
    ("program", "reads", "writes"),
    [
        (
            "import kagglehub\nplace = kagglehub.dataset_download('ann/shop')\npd.read_csv(place + '/orders.csv')\n",
            {"kaggle://ann/shop/orders.csv"},
            set(),
        ),
        (
            "from chronos import ChronosPipeline\nChronosPipeline.from_pretrained('amazon/chronos-t5-small')\n",
            {"hub://amazon/chronos-t5-small"},
            set(),
        ),
        (
            "import whisper\nwhisper.load_model('base').transcribe('a.mp3')\n",
            {"a.mp3", "hub://base"},
            set(),
        ),
        (
            "from PIL import Image\nImage.open('a.png').convert('L').save('b.png')\n",
            {"a.png"},
            {"b.png"},
        ),
        (
            "from google.cloud import pubsub_v1\nsender = pubsub_v1.PublisherClient()\n"
            "place = sender.topic_path('shop', 'orders')\nsender.publish(place, b'1')\n",
            set(),
            {"kafka://orders"},
        ),
    ],
)
def test_things_that_libraries_name_in_their_own_way(
    program: str, reads: set[str], writes: set[str], graph_of: GraphOf
) -> None:
    seen = graph_of(READ + program)
    assert seen.reads() == reads
    assert seen.writes() == writes


@pytest.mark.parametrize(
    "program",
    [
        "rows = [json.loads(one.get()['Body'].read()) for one in bucket.objects.all()]\n",
        "rows = []\nfor one in bucket.objects.filter(Marker='a'):\n    rows += json.loads(one.get()['Body'].read())\n",
        "rows = [json.loads(one.get()['Body'].read()) for one in filter(lambda o: o, bucket.objects.all())]\n",
        "rows = []\nfor one in bucket.objects.all():\n"
        "    with gzip.GzipFile(fileobj=one.get()['Body']) as opened:\n"
        "        for line in opened.readlines():\n            rows.append(json.loads(line))\n",
    ],
)
def test_whatever_lies_in_a_bucket(program: str, graph_of: GraphOf) -> None:
    program = "import boto3, gzip, json\nimport pandas as pd\nbucket = boto3.resource('s3').Bucket('shop')\n" + program
    seen = graph_of(f"{program}pd.DataFrame(rows).to_csv('out.csv')\n")
    assert seen.flows("s3://shop/{key}", "out.csv")
    assert seen.gaps() == set()


def test_what_is_fetched_into_a_scratch_file_is_read_where_it_is_fetched_too(graph_of: GraphOf) -> None:
    program = """
        import boto3
        import pandas as pd
        boto3.client("s3").download_file("shop", "orders.csv", "/tmp/orders.csv")
        orders = pd.read_csv("/tmp/orders.csv")
    """
    assert graph_of(program).sites("s3://shop/orders.csv") == ["main.py:3", "main.py:4"]


@pytest.mark.parametrize(
    ("default", "names"),
    [("data/orders.csv", {"data/orders.csv"}), ("orders.csv", {"orders.csv"}), ("N/A", set()), ("orders", set())],
)
def test_the_place_that_settings_from_outside_may_change(default: str, names: set[str], graph_of: GraphOf) -> None:
    seen = graph_of(
        f"import pandas as pd\ndef load(config):\n    return pd.read_csv(config.get('path', '{default}'))\n"
    )
    assert seen.reads() == names
    assert all(seen.evidence(name) == {"inferred"} for name in names)


@pytest.mark.parametrize("listing", ['db.keys("user:*")', 'db.scan_iter(match="user:*")'])
def test_keys_that_are_listed_have_the_pattern_that_they_were_asked_by(listing: str, graph_of: GraphOf) -> None:
    program = f"import redis\ndb = redis.Redis()\nfor key in {listing}:\n    print(db.hgetall(key))\n"
    (name,) = graph_of(program).reads()
    assert re.fullmatch(r"redis://user:\{\w+\}", name)


def test_a_service_is_known_where_it_is_not_known_what_it_is_asked_for(graph_of: GraphOf) -> None:
    program = """
        import yfinance as yf
        def close(symbol):
            return yf.Ticker(symbol).history(period="1y")["Close"]
        def load(tickers):
            return yf.download(tickers, period="1y")
    """
    assert graph_of(program).reads() == {"yfinance://{symbol}", "yfinance://{tickers}"}


def test_a_source_of_flink_reads_the_topics_that_it_is_set(graph_of: GraphOf) -> None:
    program = """
        from pyflink.datastream.connectors.kafka import KafkaSource
        source = KafkaSource.builder().set_bootstrap_servers("k:9092").set_topics("orders").build()
        env.from_source(source, None, "orders").print()
    """
    assert graph_of(program).reads() == {"kafka://orders"}


def test_arrays_are_found_again_under_the_names_they_were_stored_by(graph_of: GraphOf) -> None:
    program = """\
import numpy as np
from sklearn.linear_model import LogisticRegression
np.savez_compressed("train", X=np.loadtxt("x.txt"), y=np.loadtxt("y.txt"))
np.savez("other.npz", np.loadtxt("x.txt"), np.loadtxt("z.txt"))
with np.load("train.npz") as stored:
    LogisticRegression().fit(stored["X"], stored["y"])
other = np.load("other.npz")
np.save("last", other["arr_1"])
np.load("last.npy")
"""
    seen = graph_of(program)
    assert seen.writes() == {"train.npz", "other.npz", "last.npy"}
    assert seen.reads() == {"x.txt", "y.txt", "z.txt", "train.npz", "other.npz", "last.npy"}
    assert seen.flows("x.txt", "LogisticRegression")
    assert seen.flows("z.txt", "last.npy")
    assert {column.name for column in seen.stored("train.npz").columns} == {"X", "y"}


def test_a_statement_that_begins_far_to_the_right_is_read_at_once(graph_of: GraphOf) -> None:
    """Looking for a statement behind spaces and comments once took time that doubled with every space."""
    far = "\\n" + " " * 60
    seen = graph_of({
        "run.py": f"def drop(db):\n    db.execute('{far}DROP TABLE orders')\n\n\ndef fill(db):\n"
        f"    db.execute('{far}-- daily{far}INSERT INTO orders SELECT * FROM raw')\n"
    })  # fmt: skip
    assert "orders" in seen.writes("run.py")


def test_what_is_printed_into_an_open_file_is_written(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import pandas as pd
        table = pd.read_csv("in.csv")
        print(table, file=open("out.txt", "w"))
        with open("log.txt", "a") as log:
            print("mean", table["a"].mean(), file=log)
        print(table)
        """
    )
    assert seen.writes() == {"out.txt", "log.txt"}


def test_prices_that_a_library_fetches_are_read(graph_of: GraphOf) -> None:
    seen = graph_of(
        """
        import pandas_datareader as web
        from pandas_datareader import data
        web.get_data_tiingo("btcusd", api_key="")
        data.get_data_yahoo("AAPL")
        """
    )
    assert seen.reads() == {"pandas_datareader://btcusd", "pandas_datareader://AAPL"}


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("from nba_api.stats.endpoints import leaguegamefinder as f\nf.LeagueGameFinder().get_data_frames()[0]",
         "nba_api://LeagueGameFinder"),
        ("import ccxt\nccxt.binance().fetch_ohlcv('BTC/USDT', '1h')", "ccxt://BTC/USDT"),
        ("from meteostat import Daily, Point\nDaily(Point(1, 2)).fetch()", "meteostat://Daily"),
        ("import pybaseball\npybaseball.statcast('2020-01-01')", "pybaseball://statcast"),
        ("from google.cloud import bigquery\nbigquery.Client().list_rows('set.rows').to_dataframe()",
         "bigquery://set.rows"),
    ],
)  # fmt: skip
def test_what_libraries_of_services_fetch_is_read(graph_of: GraphOf, program: str, name: str) -> None:
    assert graph_of(program).reads() == {name}


def test_what_is_sent_to_another_store_is_written_there(graph_of: GraphOf) -> None:
    code = """
        import boto3
        import joblib
        import mlflow
        import pandas as pd
        from sklearn.linear_model import Ridge
        df = pd.read_csv("in.csv")
        df.to_csv("out.csv")
        boto3.client("s3").upload_file("out.csv", "lake", "daily/out.csv")
        boto3.client("s3").upload_file("notes.txt", "lake", "notes.txt")
        model = Ridge().fit(df[["a"]], df["y"])
        with mlflow.start_run() as run:
            mlflow.sklearn.log_model(model, "model")
        mlflow.register_model(f"runs:/{run.info.run_id}/model", "prices")
    """
    seen = graph_of(code)
    assert seen.writes() == {
        "out.csv", "s3://lake/daily/out.csv", "mlflow://runs:/{run_id}/model", "mlflow://prices",
    }  # fmt: skip
    assert seen.flows("out.csv", "s3://lake/daily/out.csv")


def test_statements_are_sent_to_a_service_of_queries(graph_of: GraphOf) -> None:
    code = """
        import boto3
        boto3.client("redshift-data").execute_statement(Database="dev", Sql="select a from shop.orders")
        boto3.client("athena").start_query_execution(QueryString="insert into daily select * from hourly")
    """
    seen = graph_of(code)
    assert seen.reads() == {"shop.orders", "hourly"}
    assert seen.writes() == {"daily"}


def test_a_list_in_data_says_which_files_are_read(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import numpy as np
        import pandas as pd

        for row in pd.read_csv("list.csv").itertuples():
            np.save("last.npy", np.load(row.image_path))
    """)
    assert seen.flows("list.csv", "last.npy")
    assert [edge.source.partition(":")[0] for edge in seen.graph.edges_of_kind("READS")] == ["dataset", "gap"]


def test_something_pickled_that_is_trained_on_is_data_wherever_it_lies(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import pickle
        import sys
        from sklearn.svm import SVC

        def train(path):
            with open(path, "rb") as file:
                data = pickle.load(file)
            SVC().fit(data["x"], data["y"])

        train(sys.argv[1])
    """)
    assert [edge.source.partition(":")[0] for edge in seen.graph.edges_of_kind("READS")] == ["dataset"]
    assert not list(seen.graph.edges_of_kind("LOADS"))
    assert seen.models() == {"SVC"}


def test_a_text_that_is_told_line_by_line_is_written_at_its_beginning(graph_of: GraphOf) -> None:
    program = """
import pandas as pd
table = pd.read_csv("in.csv")
with open("report.txt", "w") as report:
    report.write("A report\\n")
    report.write(f"{table.a.mean()}\\n")
    report.write(f"{table.b.mean()}\\n")
    print(table.c.mean(), file=report)
"""
    seen = graph_of(program)
    assert seen.sites("report.txt") == ["main.py:4", "main.py:5"]
    assert seen.flows("in.csv", "report.txt")


def test_a_callback_that_stores_a_model_says_where(graph_of: GraphOf) -> None:
    program = """
import pandas as pd
from keras.callbacks import ModelCheckpoint
from keras.models import Sequential
table = pd.read_csv("in.csv")
model = Sequential()
best = ModelCheckpoint("best.h5", save_best_only=True)
rows = table[["a"]]
label = table["b"]
model.fit(rows, label, validation_data=(rows, label), callbacks=[best])
"""
    assert graph_of(program).sites("best.h5") == ["main.py:6"]


def test_a_store_may_be_called_by_another_word(graph_of: GraphOf) -> None:
    seen = graph_of(
        {
            "make.py": "import pandas as pd\npd.read_csv('in.csv').to_parquet('s3://lake/made.parquet')\n",
            "views.py": """
            from datetime import timedelta
            from feast import Entity, FeatureView
            from feast.infra.offline_stores.contrib.spark_offline_store.spark_source import SparkSource

            source = SparkSource(name="made", path="s3a://lake/made.parquet", timestamp_field="at")
            view = FeatureView(name="offers", entities=[Entity(name="member")], ttl=timedelta(days=1), source=source)
        """,
        }
    )
    assert seen.flows("in.csv", "feast://offers")


def test_who_assigns_partitions_reads_their_topics(graph_of: GraphOf) -> None:
    program = """
        from confluent_kafka import Consumer, TopicPartition
        consumer = Consumer({})
        parts = []
        for number in range(4):
            parts.append(TopicPartition("clicks", number))
        consumer.assign(parts)
        for message in consumer.consume(num_messages=10):
            open("out.txt", "a").write(message.value())
    """
    assert graph_of(program).flows("kafka://clicks", "out.txt")


def test_a_key_value_file_is_read_and_written_by_its_transactions(graph_of: GraphOf) -> None:
    program = """
        import lmdb
        import numpy as np
        with lmdb.open("data/in").begin() as asked:
            found = np.frombuffer(asked.get(b"x"))
        store = lmdb.open("data/out", map_size=1)
        with store.begin(write=True) as kept:
            kept.put(b"x", found.tobytes())
    """
    assert graph_of(program).flows("data/in", "data/out")


@pytest.mark.parametrize(
    ("fetch", "where"),
    [
        (
            "StringIO(file_io.read_file_to_string(folder + '/train.csv'))",
            "from tensorflow.python.lib.io import file_io",
        ),
        ("file_io.FileIO(folder + '/train.csv', 'r')", "from tensorflow.python.lib.io import file_io"),
        ("tf.gfile.Open(folder + '/train.csv')", "import tensorflow as tf"),
        ("tf.compat.v1.gfile.GFile(folder + '/train.csv')", "import tensorflow as tf"),
    ],
)
def test_tensorflow_opens_files_of_a_bucket(fetch: str, where: str, graph_of: GraphOf) -> None:
    program = f"""
        from io import StringIO
        import pandas as pd
        {where}
        folder = "gs://hand-data"
        pd.read_csv({fetch}).to_csv("out.csv")
    """
    assert graph_of(program).flows("gs://hand-data/train.csv", "out.csv")


def test_a_row_as_text_is_no_file(graph_of: GraphOf) -> None:
    program = """
        from sagemaker.predictor import Predictor
        Predictor("churn").predict("Germany,Male,653,58.25")
    """
    assert graph_of(program).reads() == {"sagemaker://churn"}


def test_a_path_with_a_drive_lies_below_no_other(graph_of: GraphOf) -> None:
    program = """
        import os
        import pandas as pd
        pd.read_csv(os.path.join("D:/all", "D:/one/a.csv"))
    """
    assert graph_of(program).reads() == {"D:/one/a.csv"}


def test_what_is_listed_in_a_bucket_lies_below_what_was_asked_for(graph_of: GraphOf) -> None:
    program = """
        from google.cloud import storage
        class Store:
            def __init__(self, name):
                self.bucket = storage.Client().get_bucket(name)
            def fetch(self, path):
                return self.bucket.blob(path).download_as_text()
            def fetch_all(self, prefix=None, **options):
                return [self.fetch(blob.name) for blob in self.bucket.list_blobs(prefix=prefix, **options)]
        open("all.txt", "w").write(str(Store("flights").fetch_all("raw")))
    """
    assert graph_of(program).flows("gs://flights/raw/{key}", "all.txt")


@pytest.mark.parametrize("above", ["httpx.Client", "requests.Session"])
def test_a_class_of_the_repository_is_the_client_that_it_descends_from(above: str, graph_of: GraphOf) -> None:
    program = f"""
        import httpx
        import requests
        class Flights({above}):
            def __init__(self, *args, **options):
                super().__init__(*args, **options)
                self.base = "https://api.example"
            def request(self, place, method="GET", **options):
                return super().request(method, f"{{self.base}}/{{place}}", **options)
        open("flights.json", "w").write(Flights().request("flights").text)
    """
    seen = graph_of(program)
    assert seen.flows("https://api.example/flights", "flights.json")
    assert seen.writes() == {"flights.json"}


@pytest.mark.parametrize(("prefix", "name"), [("a", "a/{key}"), ("a/", "a/{key}"), ("a/b_", "a/b_{key}")])
def test_objects_below_a_prefix(prefix: str, name: str, graph_of: GraphOf) -> None:
    program = f"""
        import boto3
        for one in boto3.resource("s3").Bucket("shop").objects.filter(Prefix="{prefix}"):
            open("out.txt", "ab").write(one.get()["Body"].read())
    """
    assert graph_of(program).flows(f"s3://shop/{name}", "out.txt")
