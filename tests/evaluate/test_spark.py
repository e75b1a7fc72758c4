"""Spark: readers and writers that are told how in steps, views, and models that predict by transforming."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

SESSION = """\
from pyspark.sql.session import SparkSession
from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.classification import LogisticRegression
from pyspark.ml.feature import VectorAssembler
from pyspark.ml.recommendation import ALS, ALSModel
import duckdb
import pandas as pd

spark = SparkSession.builder.appName("shop").getOrCreate()
"""


@pytest.mark.parametrize(
    ("program", "name"),
    [
        ("spark.read.option('header', True).csv('data/orders.csv')", "data/orders.csv"),
        ("spark.read.format('csv').option('path', 'data/orders.csv').load()", "data/orders.csv"),
        ("spark.read.format('csv').options(header=True, path='data/orders.csv').load()", "data/orders.csv"),
        ("r = spark.readStream.format('kafka')\nr.option('subscribe', 'orders').load()", "kafka://orders"),
        (
            "spark.read.format('jdbc').option('url', 'jdbc:postgresql://db/shop').option('dbtable', 'orders').load()",
            "postgres://orders",
        ),
        ("spark.read.format('bigquery').load('shop.orders')", "shop.orders"),
        ("spark.read.format('bigquery').option('table', 'shop.orders').load()", "shop.orders"),
        ("spark.sparkContext.textFile('data/orders.txt')", "data/orders.txt"),
    ],
)
def test_a_reader_knows_what_it_was_told_before(program: str, name: str, graph_of: GraphOf) -> None:
    assert graph_of(SESSION + program).reads() == {name}


def test_a_reader_takes_as_many_paths_as_it_is_given(graph_of: GraphOf) -> None:
    files = "def files(old):\n    if old:\n        return []\n    return ['a', 'b']\n"
    seen = graph_of(SESSION + files + "spark.read.parquet('c', *files(pd.Timestamp('today')))\n")
    assert seen.reads() == {"a", "b", "c"}


def test_settings_of_one_reader_are_not_those_of_another(graph_of: GraphOf) -> None:
    base = "base = spark.read.format('csv')\n"
    seen = graph_of(SESSION + base + "base.option('path', 'a.csv')\nbase.load('b.csv')\n")
    assert seen.reads() == {"b.csv"}


@pytest.mark.parametrize(
    ("program", "name", "mode"),
    [
        ("df.write.mode('append').parquet('out')", "out", "append"),
        ("df.write.format('delta').mode('Overwrite').saveAsTable('shop.orders')", "shop.orders", "replace"),
        ("df.writeStream.format('kafka').option('topic', 'orders').start()", "kafka://orders", "error"),
        ("df.write.format('bigquery').mode('append').option('table', 'shop.orders').save()", "shop.orders", "append"),
        (
            "def each(batch, number):\n    batch.write.mode('append').parquet('out')\n"
            "df.writeStream.foreachBatch(each).start()",
            "out",
            "append",
        ),
    ],
)
def test_a_writer_knows_what_it_was_told_before(program: str, name: str, mode: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"{SESSION}df = spark.read.parquet('in')\n{program}\n")
    assert seen.writes() == {name}
    assert {edge.attributes["mode"] for edge in seen.writing(name)} == {mode}
    assert seen.flows("in", name)


def test_the_columns_that_a_writer_got_are_written(graph_of: GraphOf) -> None:
    seen = graph_of(SESSION + "df = spark.read.parquet('in').select('id', 'price')\ndf.write.parquet('out')\n")
    assert seen.written("out") == ("id", "price")


@pytest.mark.parametrize(
    "query",
    [
        "df.createOrReplaceTempView('Sales')\nout = spark.sql('SELECT id, price FROM sales')",
        "df.createOrReplaceTempView('sales')\nout = spark.table('sales')",
        "out = duckdb.sql('SELECT id, price FROM df').df()",
        "out = duckdb.connect().execute('SELECT id, price FROM df').df()",
        "con = duckdb.connect('lake.db')\ncon.register('sales', df)\nout = con.sql('SELECT id, price FROM sales').df()",
    ],
)
def test_a_query_of_a_frame_reads_no_stored_table(query: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"{SESSION}df = spark.read.parquet('in')\n{query}\nout.toPandas().to_csv('out.csv')\n")
    assert (seen.reads(), seen.writes()) == ({"in"}, {"out.csv"})
    assert seen.flows("in", "out.csv")


def test_a_query_of_a_frame_has_the_columns_that_it_names(graph_of: GraphOf) -> None:
    program = """
        import duckdb
        import pandas as pd
        df = pd.read_parquet('in.parquet', columns=['id', 'price', 'day'])
        out = duckdb.connect().execute('SELECT id, price * 2 AS twice FROM df').df()
        out.to_csv('out.csv')
    """
    seen = graph_of(program)
    assert seen.written("out.csv") == ("id", "twice")


def test_a_view_for_all_sessions_joins_programs(graph_of: GraphOf) -> None:
    seen = graph_of({
        "a.py": SESSION + "spark.read.parquet('in').createOrReplaceGlobalTempView('sales')\n",
        "b.py": SESSION + "spark.sql('SELECT * FROM global_temp.sales').write.parquet('out')\n",
    })  # fmt: skip
    assert seen.flows("in", "out")


def test_a_star_import_leaves_the_session_of_a_notebook_alone(graph_of: GraphOf) -> None:
    seen = graph_of(
        "from pyspark.sql.types import *\nfrom pyspark.sql.functions import *\nspark.table('shop.orders')\n"
    )
    assert seen.reads() == {"shop.orders"}


def test_a_class_is_of_the_library_that_has_it_where_several_are_imported_whole(graph_of: GraphOf) -> None:
    stars = ("pyspark.sql.functions", "pyspark.ml.feature", "pyspark.ml.evaluation", "pyspark.ml.classification")
    imports = "".join(f"from {name} import *\n" for name in stars)
    seen = graph_of(imports + SESSION + TRAIN + "LogisticRegression().fit(train).transform(test).write.parquet('out')")
    assert len(list(seen.graph.edges_of_kind("PREDICTS"))) == 1


TRAIN = """\
train = spark.read.parquet('train')
test = spark.read.parquet('test')
"""


@pytest.mark.parametrize(
    ("program", "predictions"),
    [
        ("LogisticRegression().fit(train).transform(test)", 1),
        ("Pipeline(stages=[VectorAssembler(), LogisticRegression()]).fit(train).transform(test)", 1),
        ("VectorAssembler().transform(test)", 0),
        ("Pipeline(stages=[LogisticRegression()]).fit(train).save('m')\nPipelineModel.load('m').transform(test)", 1),
        ("Pipeline(stages=[VectorAssembler()]).fit(train).save('m')\nPipelineModel.load('m').transform(test)", 0),
        ("ALSModel.load('m').recommendForAllUsers(10)", 1),
    ],
)
def test_a_model_of_spark_predicts_by_transforming(program: str, predictions: int, graph_of: GraphOf) -> None:
    graph = graph_of(f"{SESSION}{TRAIN}{program}\n").graph
    assert len(list(graph.of_kind("prediction"))) == len(list(graph.edges_of_kind("PREDICTS"))) == predictions


def test_predictions_of_spark_flow_with_the_rows_that_they_are_for(graph_of: GraphOf) -> None:
    program = "scored = LogisticRegression().fit(train).transform(test)\nscored.write.parquet('scores')\n"
    seen = graph_of(SESSION + TRAIN + program)
    assert seen.flows("test", "scores")
    assert [edge.source.partition(":")[0] for edge in seen.writing("scores")] == ["prediction"]


def test_a_table_of_features_is_looked_up_and_scored(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from databricks.feature_store import FeatureLookup, FeatureStoreClient

        fs = FeatureStoreClient()
        lookups = [FeatureLookup(table_name="shop.features", lookup_key="id")]
        pairs = fs.create_training_set(spark.table("shop.labels"), lookups, label="y").load_df()
        pairs.write.parquet("pairs")
        fs.score_batch("models:/churn/1", spark.table("shop.new")).write.saveAsTable("shop.scores")
    """)
    assert seen.flows("shop.features", "pairs") and seen.flows("shop.labels", "pairs")
    assert seen.flows("mlflow://models:/churn/1", "shop.scores") and seen.flows("shop.new", "shop.scores")


def test_collections_of_documents_have_one_name_for_spark_and_for_their_client(graph_of: GraphOf) -> None:
    seen = graph_of(
        {
            "jobs/collect.py": """
            from pymongo import MongoClient, UpdateOne

            docs = [{"_id": 1, "km": 2.0}]
            trips = MongoClient("mongodb://h")["fleet"]["trips"]
            trips.bulk_write([UpdateOne({"_id": d["_id"]}, {"$setOnInsert": d}, upsert=True) for d in docs])
            """,
            "jobs/clean.py": SESSION
            + "rows = spark.read.format('mongodb').option('connection.uri', 'mongodb://h').option('database', 'fleet')"
            + ".option('collection', 'trips').load()\n"
            + "rows.write.format('mongodb').option('database', 'fleet').option('collection', 'clean')"
            + ".mode('append').save()\n",
        }
    )
    assert seen.writes() == {"mongodb://fleet::trips", "mongodb://fleet::clean"}
    assert seen.reads() == {"mongodb://fleet::trips"}
    assert seen.flows("mongodb://fleet::trips", "mongodb://fleet::clean")


@pytest.mark.parametrize(
    "parts",
    [
        "train, check, test = df.randomSplit([0.7, 0.2, 0.1], seed=1)",
        "parts = df.randomSplit([0.7, 0.2, 0.1], seed=1)\ntest = parts[2]",
    ],
)
def test_the_third_part_of_a_frame_is_not_the_first_once_more(parts: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"{SESSION}df = spark.read.parquet('in')\n{parts}\ntest.write.parquet('out')\n")
    (source,) = {edge.source for edge in seen.writing("out")}
    assert seen.rows("out").part == "test"
    assert [edge.attributes["operation"] for edge in seen.graph.into(source, "DERIVES")] == ["part"]


ASSEMBLED = """
from pyspark.ml.feature import OneHotEncoder, StandardScaler, StringIndexer
df = spark.read.csv("in.csv", header=True)
"""
STAGES = """
names = ["country", "channel"]
stages = []
for name in names:
    index = StringIndexer(inputCol=name, outputCol=name + "_index")
    stages += [index, OneHotEncoder(inputCols=[index.getOutputCol()], outputCols=[name + "_vector"])]
inputs = ["amount"] + [name + "_vector" for name in names]
stages += [VectorAssembler(inputCols=inputs, outputCol="raw"), StandardScaler(inputCol="raw", outputCol="features")]
"""


@pytest.mark.parametrize(
    "program",
    [
        STAGES + "m = Pipeline(stages=stages + [LogisticRegression(labelCol='fraud')]).fit(df)\nm.transform(df)\n",
        STAGES + "d = Pipeline(stages=stages).fit(df).transform(df)\nLogisticRegression(labelCol='fraud').fit(d)\n",
        "d = StringIndexer(inputCol='country', outputCol='c').fit(df).transform(df)\n"
        "v = VectorAssembler(inputCols=['amount', 'c', 'channel'], outputCol='features').transform(d)\n"
        "LogisticRegression(labelCol='fraud').fit(v)\n",
        "v = VectorAssembler().setInputCols(['amount', 'country', 'channel']).setOutputCol('x').transform(df)\n"
        "LogisticRegression().setFeaturesCol('x').setLabelCol('fraud').fit(v)\n",
    ],
)
def test_the_columns_behind_a_vector_are_what_is_learned_from(program: str, graph_of: GraphOf) -> None:
    seen = graph_of(SESSION + ASSEMBLED + program)
    assert all("feature" in seen.use("in.csv", name) for name in ("amount", "country", "channel"))
    assert seen.trained("LABELS") == [("fraud",)]
    assert seen.use("in.csv", "fraud") == {"label"}
    assert not [edge for edge in seen.graph.edges_of_kind("LABELS") if edge.attributes.get("inside")]


def test_a_vector_that_was_made_out_of_sight_says_nothing_of_columns(graph_of: GraphOf) -> None:
    program = "df = spark.read.parquet('in')\nLogisticRegression(labelCol='y').fit(prepared(df))\n"
    assert graph_of(SESSION + program).trained() == [None]


def test_a_view_of_one_of_several_tables_is_of_each_of_them(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from delta import configure_spark_with_delta_pip
        from pyspark.ml.clustering import KMeans
        from pyspark.sql import SparkSession

        spark = configure_spark_with_delta_pip(SparkSession.builder.appName("orders")).getOrCreate()
        try:
            orders = spark.read.format("delta").load("orders.delta")
        except Exception:
            orders = spark.read.parquet("orders.parquet")
        orders.createOrReplaceTempView("orders")
        model = KMeans(k=3).fit(spark.sql("SELECT price, late FROM orders"))
    """)

    assert seen.flows("orders.delta", "KMeans")
    assert seen.flows("orders.parquet", "KMeans")
