"""Frameworks that call functions: they fill the parameters, and hand on what comes back."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

TRAIN = """
    import joblib
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    def clean(orders, options):
        return orders[options["columns"] + ["late"]]

    def train(table: pd.DataFrame):
        model = LogisticRegression()
        model.fit(table[["price", "distance"]], table["late"])
        return model

    def score(model, table):
        return pd.DataFrame({"score": model.predict(table[["price", "distance"]])})
"""
KEDRO = {
    "pyproject.toml": "[tool.kedro]\npackage_name = 'late'\n",
    "conf/base/globals.yml": "folder: data\n",
    "conf/base/catalog.yml": """
        orders:
          type: pandas.CSVDataset
          filepath: ${globals:folder}/01_raw/orders.csv

        table@pandas:
          type: pandas.ParquetDataset
          filepath: data/02_primary/table.parquet

        model:
          type: pickle.PickleDataset
          filepath: data/06_models/model.pkl
          versioned: true

        "{name}_scores":
          type: pandas.CSVDataset
          filepath: data/07/{name}.csv
    """,
    "conf/base/parameters.yml": "options:\n  columns: [price, distance]\n",
    "src/late/nodes.py": TRAIN,
    "src/late/pipeline.py": """
        from kedro.pipeline import Pipeline, node, pipeline
        from .nodes import clean, score, train

        def create_pipeline(**kwargs) -> Pipeline:
            return pipeline([
                node(score, inputs={"model": "model", "table": "table@pandas"}, outputs="daily_scores"),
                node(func=train, inputs="table@pandas", outputs="model", name="train"),
                node(clean, ["orders", "params:options"], "table@pandas"),
            ])
    """,
}


def test_nodes_of_kedro_read_and_write_what_the_catalog_declares(graph_of: GraphOf) -> None:
    seen = graph_of(KEDRO)

    assert seen.reads() == {"data/01_raw/orders.csv", "data/02_primary/table.parquet", "data/06_models/model.pkl"}
    assert seen.writes() == {"data/02_primary/table.parquet", "data/06_models/model.pkl", "data/07/daily.csv"}
    assert seen.flows("data/01_raw/orders.csv", "data/07/daily.csv")
    assert seen.written("data/02_primary/table.parquet") == ("price", "distance", "late")
    assert seen.trained() == [("price", "distance")]
    assert not seen.gaps()


def test_a_name_space_renames_the_data_of_a_pipeline(graph_of: GraphOf) -> None:
    catalog = """
        raw:
          type: pandas.CSVDataset
          filepath: data/raw.csv
        north.clean:
          type: pandas.CSVDataset
          filepath: data/north.csv
    """
    code = """
        from kedro.pipeline import node, pipeline

        def tidy(raw):
            return raw.dropna()

        def create_pipeline(**kwargs):
            base = pipeline([node(tidy, "raw", "clean")])
            return pipeline(base, namespace="north", inputs={"raw"})
    """
    seen = graph_of({"conf/base/catalog.yml": catalog, "pipeline.py": code})

    assert seen.reads() == {"data/raw.csv"}
    assert seen.writes() == {"data/north.csv"}


def test_data_that_no_catalog_names_stays_in_memory(graph_of: GraphOf) -> None:
    files = dict(KEDRO)
    files["conf/base/catalog.yml"] = "orders:\n  type: pandas.CSVDataset\n  filepath: data/orders.csv\n"
    seen = graph_of(files)

    assert seen.reads() == {"data/orders.csv"}
    assert seen.writes() == set()
    assert seen.trained() == [("price", "distance")]
    assert [node.name for node in seen.graph.of_kind("prediction")] == ["prediction"]


def test_assets_are_stored_under_their_name_and_read_by_parameters(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import dagster as dg
        import pandas as pd
        from dagster import AssetIn, asset
        from sklearn.linear_model import LinearRegression

        class Api(dg.ConfigurableResource):
            def rows(self):
                return []

        @asset
        def model(context, table: pd.DataFrame):
            return LinearRegression().fit(table[["size"]], table["price"])

        @asset(key_prefix=["scores"], ins={"shop": AssetIn(key_prefix="crm")})
        def predicted(model, table, shop: pd.DataFrame):
            joined = table.merge(shop, on="shop_id")
            return pd.DataFrame({"price": model.predict(joined[["size"]])})

        @asset
        def table(api: Api) -> pd.DataFrame:
            return pd.read_csv("houses.csv")

        @dg.asset_check(asset=table)
        def table_is_full(table):
            return dg.AssetCheckResult(passed=len(table) > 0)
    """)

    assert seen.reads() == {
        "houses.csv", "dagster://table", "dagster://crm/shop", "dagster://model",
    }  # fmt: skip
    assert seen.writes() == {"dagster://table", "dagster://model", "dagster://scores/predicted"}
    assert seen.flows("houses.csv", "dagster://scores/predicted")
    assert seen.trained() == [("size",)]


AIRFLOW = {
    "dags/daily.py": """
        import pandas as pd
        from airflow import DAG
        from airflow.operators.bash import BashOperator
        from airflow.operators.python import PythonOperator
        from sklearn.linear_model import LogisticRegression

        def train(target, ti=None):
            table = pd.read_parquet(ti.xcom_pull(task_ids="extract"))
            more = pd.read_parquet(ti.xcom_pull(task_ids="extract", key="more"))
            LogisticRegression().fit(table[["a"]], table["b"]).save(target)
            more.to_csv(target)

        def extract(source, **context):
            pd.read_csv(source).to_parquet("data/raw.parquet")
            context["ti"].xcom_push(key="more", value="data/more.parquet")
            return "data/raw.parquet"

        with DAG("daily", schedule_interval="0 3 * * *") as dag:
            first = PythonOperator(task_id="extract", python_callable=extract, op_kwargs={"source": "in.csv"})
            second = PythonOperator(task_id="train", python_callable=train, op_args=["data/out.csv"])
            third = BashOperator(task_id="score", bash_command="python src/score.py --model m.pkl --day {{ ds }}")
            first >> second >> third
    """,
    "src/score.py": """
        import argparse
        import joblib
        import pandas as pd

        parser = argparse.ArgumentParser()
        parser.add_argument("--model")
        parser.add_argument("--day")
        args = parser.parse_args()
        model = joblib.load(args.model)
        model.predict(pd.read_csv(f"days/{args.day}.csv"))
    """,
}


def test_an_object_that_can_be_called_is_a_task(graph_of: GraphOf) -> None:
    steps = """
        import pandas as pd

        class Clean:
            def __init__(self, target):
                self.target = target

            def __call__(self, source):
                pd.read_csv(source).to_parquet(self.target)
    """
    flow = """
        from airflow import DAG
        from airflow.operators.python import PythonOperator
        from steps import Clean

        with DAG("daily"):
            PythonOperator(task_id="a", python_callable=Clean("a.parquet"), op_kwargs={"source": "a.csv"})
            PythonOperator(task_id="b", python_callable=Clean("b.parquet"), op_kwargs={"source": "b.csv"})
    """
    seen = graph_of({"steps.py": steps, "flow.py": flow})

    assert seen.flows("a.csv", "a.parquet")
    assert seen.flows("b.csv", "b.parquet")
    assert not seen.flows("a.csv", "b.parquet")
    assert not seen.gaps()


def test_tasks_of_airflow_get_their_arguments_and_pull_what_others_gave(graph_of: GraphOf) -> None:
    seen = graph_of(AIRFLOW)

    assert seen.reads() == {"in.csv", "data/raw.parquet", "data/more.parquet", "m.pkl", "days/{ds}.csv"}
    assert seen.writes() == {"data/raw.parquet", "data/out.csv"}
    assert not seen.gaps()


def test_a_dag_is_a_schedule_of_jobs_in_their_order(graph_of: GraphOf) -> None:
    seen = graph_of(AIRFLOW)

    jobs = {node.name: node for node in seen.graph.of_kind("job")}
    order = {
        (seen.graph[edge.source].name, seen.graph[edge.target].name) for edge in seen.graph.edges_of_kind("TRIGGERS")
    }
    assert jobs["daily"].attributes["schedule"] == "0 3 * * *"
    assert {("daily", "extract"), ("extract", "train"), ("train", "score"), ("score", "src/score.py")} <= order
    assert seen.graph.units["src/score.py"].production


def test_tasks_get_what_the_flow_gives_them(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import joblib
        import pandas as pd
        from prefect import flow, task
        from sklearn.svm import SVC

        @task(retries=2)
        def get(path):
            return pd.read_csv(path)

        @task
        def fit(table):
            return SVC().fit(table[["a"]], table["b"])

        @flow
        def main(path="default.csv"):
            table = get.submit(path)
            model = fit.with_options(name="fit").submit(table, wait_for=[table])
            joblib.dump(model.result(), "m.pkl")
            get.map(["one.csv", "two.csv"])

        if __name__ == "__main__":
            main.serve(name="nightly", cron="0 1 * * *", parameters={"path": "given.csv"})
    """)

    assert seen.reads() == {"given.csv", "one.csv", "two.csv"}
    assert seen.writes() == {"m.pkl"}
    assert seen.trained() == [("a",)]
    assert {node.attributes.get("schedule") for node in seen.graph.of_kind("job")} == {None, "0 1 * * *"}


def test_mapped_tasks_run_once_for_each_item(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import pandas as pd
        from airflow.decorators import dag, task

        @dag(schedule="@daily")
        def copies():
            @task
            def copy(name, folder):
                pd.read_csv(f"{folder}/{name}.csv").to_parquet(f"{folder}/{name}.parquet")

            copy.partial(folder="data").expand(name=["a", "b"])

        copies()
    """)

    assert seen.reads() == {"data/a.csv", "data/b.csv"}
    assert seen.writes() == {"data/a.parquet", "data/b.parquet"}


def test_a_stored_thing_inside_a_tracked_one_is_the_one_that_a_node_uses_and_the_whole_node_is_its_place(
    graph_of: GraphOf,
) -> None:
    catalog = """
        orders:
          type: pandas.CSVDataset
          filepath: data/orders.csv

        model:
          type: kedro_mlflow.io.artifacts.MlflowArtifactDataset
          dataset:
            type: pickle.PickleDataset
            filepath: data/model.pkl
    """
    pipeline = """
        from kedro.pipeline import node, pipeline
        from .nodes import clean, train

        def create_pipeline(**kwargs):
            return pipeline([
                node(
                    func=clean,
                    inputs=["orders", "params:options"],
                    outputs="table",
                ),
                node(
                    func=train,
                    inputs="table",
                    outputs="model",
                ),
            ])
    """
    seen = graph_of({**KEDRO, "conf/base/catalog.yml": catalog, "src/late/pipeline.py": pipeline})
    assert seen.flows("data/orders.csv", "data/model.pkl")
    places = {seen.graph[edge.target].name: edge.sites for edge in seen.graph.edges_of_kind("PERSISTS")}
    assert [(site.line, site.end_line) for site in places["data/model.pkl"]] == [(11, 16)]
    reads = [edge.sites for edge in seen.graph.edges_of_kind("READS") if edge.source == "dataset:data/orders.csv"]
    assert [(site.line, site.end_line) for site in reads[0]] == [(6, 10)]


def test_steps_of_a_flow_class_run_on_one_object_in_their_order(graph_of: GraphOf) -> None:
    flow = """
        from io import StringIO
        import joblib
        import pandas as pd
        from metaflow import FlowSpec, IncludeFile, Parameter, schedule, step
        from sklearn.linear_model import Ridge

        @schedule(daily=True)
        class Training(FlowSpec):
            path = Parameter("path", default="in.csv")
            more = IncludeFile("more", default="more.csv")

            @step
            def start(self):
                self.table = pd.read_csv(self.path)
                self.other = pd.read_csv(StringIO(self.more))
                self.folders = ["a", "b"]
                self.next(self.fit, foreach="folders")

            @step
            def join(self, inputs):
                self.model = inputs[0].model
                self.next(self.end)

            @step
            def fit(self):
                self.model = Ridge().fit(self.table[["x"]], self.table["y"])
                self.table.to_csv(f"{self.input}/used.csv")
                self.next(self.join)

            @step
            def end(self):
                joblib.dump(self.model, "ridge.pkl")

        if __name__ == "__main__":
            Training()
    """
    seen = graph_of({"flow.py": flow, "Makefile": "train:\n\tpython flow.py run --path given.csv\n"})

    assert seen.reads() == {"given.csv", "more.csv"}
    assert seen.writes() == {"ridge.pkl", "a/used.csv", "b/used.csv"}
    assert seen.flows("given.csv", "ridge.pkl")
    jobs = {node.name: node.attributes.get("schedule") for node in seen.graph.of_kind("job")}
    assert jobs["Training"] == "@daily"
    assert not seen.gaps()


def test_the_input_of_a_luigi_task_is_the_output_of_what_it_requires(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import joblib
        import luigi
        import pandas as pd
        from sklearn.svm import SVC

        class Train(luigi.Task):
            date = luigi.DateParameter()
            folder = luigi.Parameter(default="models")

            def requires(self):
                return {"features": Features(date=self.date), "raw": Raw(date=self.date)}

            def output(self):
                return luigi.LocalTarget(f"{self.folder}/model.pkl")

            def run(self):
                with self.input()["features"].open() as file:
                    table = pd.read_csv(file)
                joblib.dump(SVC().fit(table[["x"]], table["y"]), self.output().path)

        class Features(luigi.Task):
            date = luigi.DateParameter()

            def requires(self):
                return Raw(self.date)

            def output(self):
                return luigi.LocalTarget("features.csv")

            def run(self):
                table = pd.read_csv(self.input().path)
                with self.output().open("w") as file:
                    table.to_csv(file)

        class Raw(luigi.ExternalTask):
            def output(self):
                return luigi.LocalTarget("raw.csv")
    """)

    assert seen.reads() == {"raw.csv", "features.csv"}
    assert seen.writes() == {"features.csv", "models/model.pkl"}
    assert seen.flows("raw.csv", "models/model.pkl")


def test_the_path_of_a_luigi_target_is_as_it_was_told(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import luigi
        import pandas as pd

        class Clean(luigi.Task):
            folder = luigi.LocalTarget("./outcomes/")

            def run(self):
                pd.read_csv("raw.csv").to_csv(self.folder.path + "clean.csv")
    """)
    assert seen.writes() == {"outcomes/clean.csv"}


def test_components_pass_artifacts_by_their_places(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from kfp import dsl
        from kfp.components import create_component_from_func
        from kfp.dsl import Dataset, Input, InputPath, Model, Output, OutputPath

        @dsl.component(packages_to_install=["pandas"])
        def prepare(url: str, train: Output[Dataset], test: Output[Dataset]):
            import pandas as pd
            table = pd.read_csv(url)
            table.head(10).to_csv(train.path)
            table.tail(10).to_csv(test.path)

        @dsl.component
        def fit(data: Input[Dataset], model: Output[Model]):
            import joblib
            import pandas as pd
            from sklearn.svm import SVC
            table = pd.read_csv(data.path)
            joblib.dump(SVC().fit(table[["a"]], table["b"]), model.path)

        def copy(source: InputPath("CSV"), target: OutputPath("CSV")):
            import pandas as pd
            pd.read_csv(source).to_csv(target)

        @dsl.pipeline(name="training")
        def training(url: str = "gs://shop/in.csv"):
            made = prepare(url=url)
            fit(data=made.outputs["train"]).set_memory_limit("4G")
            create_component_from_func(copy)(made.outputs["test"])
    """)

    assert seen.reads() == {"gs://shop/in.csv", "kfp://prepare/train", "kfp://prepare/test"}
    assert seen.writes() == {"kfp://prepare/train", "kfp://prepare/test", "kfp://fit/model", "kfp://copy/target"}
    assert seen.flows("gs://shop/in.csv", "kfp://fit/model")


def test_artifacts_of_a_store_join_by_their_name(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import pandas as pd
        from sklearn.svm import SVC
        from zenml import load_artifact, pipeline, save_artifact, step
        from zenml.client import Client

        @step
        def load(path: str) -> pd.DataFrame:
            return pd.read_csv(path)

        @step
        def train(table: pd.DataFrame):
            save_artifact(SVC().fit(table[["a"]], table["b"]), "svc")

        @pipeline(enable_cache=False)
        def training(path: str = "z.csv"):
            train(load(path))

        @step
        def infer():
            load_artifact("svc").predict(load("new.csv"))
            Client().get_artifact_version("svc").load().predict(load("other.csv"))
    """)

    assert seen.flows("z.csv", "zenml://svc")
    assert seen.reads() == {"z.csv", "new.csv", "other.csv", "zenml://svc"}
    assert seen.trained() == [("a",)]


def test_named_results_of_a_step_are_stored_and_brought_by_their_name(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from typing import Tuple
        import pandas as pd
        from sklearn.svm import SVC
        from typing_extensions import Annotated
        from zenml import ArtifactConfig, pipeline, step
        from zenml.client import Client

        @step
        def load() -> Annotated[pd.DataFrame, "raw"]:
            return pd.read_csv("in.csv")

        @step
        def split(table) -> Tuple[Annotated[pd.DataFrame, "train"], Annotated[pd.DataFrame, "test"]]:
            return table.head(10), table.tail(10)

        @step(enable_cache=False)
        def fit(table) -> Annotated[SVC, ArtifactConfig(name="model")]:
            return SVC().fit(table[["a"]], table["b"])

        @step
        def score(model, table):
            model.predict(table[["a"]])

        @pipeline
        def training():
            train, _ = split(load())
            fit.with_options(name="fit")(train)

        @pipeline
        def scoring():
            client = Client()
            score(client.get_artifact_version("model"), client.get_artifact_version(name_id_or_prefix="test"))
    """)

    assert seen.writes() == {"zenml://raw", "zenml://train", "zenml://test", "zenml://model"}
    assert seen.reads() == {"in.csv", "zenml://model", "zenml://test"}
    assert seen.flows("in.csv", "zenml://model")
    assert seen.trained() == [("a",)]


def test_a_decorated_function_is_a_job_with_its_schedule(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from airflow.decorators import dag

        @dag(schedule="@weekly")
        def weekly():
            pass
    """)

    jobs = {node.name: node.attributes.get("schedule") for node in seen.graph.of_kind("job")}
    assert jobs["weekly"] == "@weekly"


def test_what_a_framework_passes_first_shifts_the_arguments(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import pandas as pd
        from celery import Celery
        from dagster import job, op

        app = Celery("shop")

        @op
        def load(context):
            return pd.read_csv("in.csv")

        @op
        def store(context, table, name="out.csv"):
            table.to_csv(name)

        @job
        def copies():
            store(load())

        @app.task(bind=True)
        def again(self, path):
            pd.read_csv(path)

        again.delay("late.csv")
        again.apply_async(args=["later.csv"])
    """)

    assert seen.reads() == {"in.csv", "late.csv", "later.csv"}
    assert seen.writes() == {"out.csv"}
    assert seen.flows("in.csv", "out.csv")


def test_a_scheduled_function_gets_the_arguments_of_its_job(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from functools import partial
        import pandas as pd
        from apscheduler.schedulers.blocking import BlockingScheduler

        def copy(source, target):
            pd.read_csv(source).to_csv(target)

        scheduler = BlockingScheduler()
        scheduler.add_job(copy, "cron", hour=3, args=["a.csv"], kwargs={"target": "b.csv"}, id="nightly")
        scheduler.add_job(partial(copy, target="d.csv"), trigger="interval", args=["c.csv"])
    """)

    assert seen.reads() == {"a.csv", "c.csv"}
    assert seen.writes() == {"b.csv", "d.csv"}
    assert {node.attributes.get("schedule") for node in seen.graph.of_kind("job")} == {None, "cron", "interval"}


def test_queries_are_tasks_and_declared_data_belongs_to_its_task(graph_of: GraphOf) -> None:
    code = """
        from airflow import DAG
        from airflow.datasets import Dataset
        from airflow.operators.python import PythonOperator
        from airflow.providers.postgres.operators.postgres import PostgresOperator

        features = Dataset("s3://shop/features.parquet")

        def publish():
            pass

        with DAG("hourly", schedule="@hourly"):
            first = PostgresOperator(task_id="sum", sql="INSERT INTO sums SELECT id, sum(x) s FROM orders GROUP BY id")
            second = PostgresOperator(task_id="file", sql="sql/more.sql")
            first >> second >> PythonOperator(task_id="publish", python_callable=publish, outlets=[features])
    """
    seen = graph_of({"dags/hourly.py": code, "dags/sql/more.sql": "INSERT INTO more SELECT * FROM sums"})

    assert seen.writes() == {"sums", "more"}
    assert seen.flows("orders", "more")
    started = {
        (seen.graph[edge.source].name, seen.graph[edge.target].name) for edge in seen.graph.edges_of_kind("TRIGGERS")
    }
    assert {("sum", "file"), ("file", "dags/sql/more.sql"), ("file", "publish")} <= started
    (declared,) = seen.graph.edges_of_kind("DECLARES")
    assert (seen.graph[declared.source].name, declared.target) == ("publish", "dataset:s3://shop/features.parquet")


def test_a_feature_service_brings_the_features_that_it_puts_together(graph_of: GraphOf) -> None:
    repo = """
        from feast import FeatureService, FeatureView, Field, FileSource

        source = FileSource(path="data/trips.parquet", timestamp_field="at")
        trips = FeatureView(name="trips", schema=[Field(name="price"), Field(name="distance")], source=source)
        people = FileSource(path="data/drivers.parquet")
        drivers = FeatureView(name="drivers", schema=[Field(name="age")], source=people)
        service = FeatureService(name="fares", features=[trips[["price"]], drivers])
    """
    train = """
        import pandas as pd
        from feast import FeatureStore
        from sklearn.linear_model import Ridge

        store = FeatureStore(repo_path="repo")
        table = store.get_historical_features(
            entity_df=pd.read_csv("orders.csv"), features=store.get_feature_service("fares")
        ).to_df()
        Ridge().fit(table[["price", "age"]], table["fare"])
    """
    seen = graph_of({"app/train.py": train, "repo/features.py": repo})

    assert seen.reads("app/train.py") == {"orders.csv", "feast://trips", "feast://drivers"}
    assert seen.asked("feast://trips") == {("price",)}
    assert seen.asked("feast://drivers") == {None}
    assert seen.trained() == [("price", "age")]
    assert not seen.gaps()


OPERATOR = """
    import pandas as pd
    from airflow.models import BaseOperator

    class CleanOperator(BaseOperator):
        def __init__(self, source, target, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.source = source
            self.target = target

        def execute(self, context):
            pd.read_csv(self.source).dropna().to_csv(self.target)
"""


def test_an_operator_is_run_with_what_a_pipeline_makes_it_of(graph_of: GraphOf) -> None:
    dag = """
        from airflow import DAG
        from plugins.clean import CleanOperator
        with DAG("shop", schedule="@daily") as dag:
            CleanOperator(task_id="orders", source="raw/orders.csv", target="clean/orders.csv")
    """
    seen = graph_of({"plugins/clean.py": OPERATOR, "dags/shop.py": dag})
    assert seen.flows("raw/orders.csv", "clean/orders.csv")


def test_a_hook_of_a_bucket_reads_and_writes(graph_of: GraphOf) -> None:
    program = """
        import io
        import pandas as pd
        from airflow.providers.google.cloud.hooks.gcs import GCSHook
        def clean():
            hook = GCSHook()
            raw = hook.download(bucket_name="shop", object_name="raw.csv").decode("utf-8")
            table = pd.read_csv(io.StringIO(raw)).dropna()
            hook.upload(bucket_name="shop", object_name="clean.csv", data=table.to_csv())
            table.to_csv("/tmp/x.csv")
            hook.upload(bucket_name="shop", object_name="copy.csv", filename="/tmp/x.csv")
    """
    seen = graph_of(program)
    assert seen.reads() == {"gs://shop/raw.csv"}
    assert seen.writes() == {"gs://shop/clean.csv", "gs://shop/copy.csv"}


OLD_STEPS = """
    import pandas as pd
    from sklearn.svm import SVC
    from zenml.steps import BaseParameters, step
    class Settings(BaseParameters):
        path: str = "data/train.csv"
    @step
    def importer(settings: Settings):
        df = pd.read_csv(settings.path)
        return df.drop(columns="y"), df["y"]
    @step
    def trainer(X: pd.DataFrame, y: pd.Series) -> SVC:
        model = SVC()
        model.fit(X, y)
        return model
    @step
    def scorer(model: SVC, X: pd.DataFrame) -> None:
        pd.Series(model.predict(X)).to_csv("out/scores.csv")
"""
OLD_PIPELINE = """
    from zenml.pipelines import pipeline
    @pipeline
    def training(importer, trainer, scorer):
        X, y = importer()
        model = trainer(X=X, y=y)
        scorer(model, X)
"""


@pytest.mark.parametrize(
    "given", ["importer(), trainer(), scorer()", "scorer=scorer(), importer=importer(), trainer=trainer()"]
)
def test_steps_that_a_pipeline_is_given_run_where_it_calls_them(given: str, graph_of: GraphOf) -> None:
    run = f"from pipe import training\nfrom steps import importer, trainer, scorer\ntraining({given}).run()\n"
    seen = graph_of({"steps.py": OLD_STEPS, "pipe.py": OLD_PIPELINE, "run.py": run})
    assert seen.flows("data/train.csv", "out/scores.csv")
    assert {site.file for edge in seen.graph.edges_of_kind("PREDICTS") for site in edge.sites} == {"steps.py"}


def test_what_a_component_writes_to_a_path_is_called_without_the_word(graph_of: GraphOf) -> None:
    program = """
        import kfp
        from kfp.components import InputPath, OutputPath, create_component_from_func
        def prepare(data_path: OutputPath("CSV")):
            import pandas as pd
            pd.read_csv("data/in.csv").to_csv(data_path)
        def fit(data_path: InputPath("CSV"), rounds: int):
            import pandas as pd
            from sklearn.svm import SVC
            df = pd.read_csv(data_path)
            SVC().fit(df.drop("y", axis=1), df["y"])
        @kfp.dsl.pipeline(name="old")
        def old():
            made = create_component_from_func(prepare)()
            create_component_from_func(fit)(data=made.outputs["data"], rounds=3)
    """
    seen = graph_of(program)
    assert seen.flows("data/in.csv", next(node.name for node in seen.graph.of_kind("model")))


def test_a_model_of_the_registry_is_an_entry_of_a_catalog(graph_of: GraphOf) -> None:
    catalog = """
        chosen:
          type: kedro_mlflow.io.models.MlflowModelRegistryDataset
          model_name: prices
          alias: challenger
        orders:
          type: pandas.CSVDataset
          filepath: data/orders.csv
        scores:
          type: pandas.CSVDataset
          filepath: data/scores.csv
    """
    code = """
        from kedro.pipeline import node, pipeline

        def score(model, orders):
            orders["price"] = model.predict(orders)
            return orders

        def create_pipeline(**kwargs):
            return pipeline([node(score, ["chosen", "orders"], "scores")])
    """
    seen = graph_of({"conf/base/catalog.yml": catalog, "pipeline.py": code})
    assert seen.reads() == {"mlflow://prices", "data/orders.csv"}
    assert seen.flows("mlflow://prices", "data/scores.csv")


def test_a_graph_of_ops_is_an_asset(graph_of: GraphOf) -> None:
    code = """
        import dagster
        import pandas as pd
        from sklearn.linear_model import Ridge

        @dagster.asset
        def orders() -> pd.DataFrame:
            return pd.read_csv("orders.csv")

        @dagster.op
        def train(table):
            return Ridge().fit(table[["a"]], table["y"])

        @dagster.graph_asset
        def model(orders):
            return train(orders)

        defs = dagster.Definitions(assets=[orders, model])
    """
    seen = graph_of(code)
    assert seen.flows("orders.csv", "dagster://model")
    assert seen.trained() == [("a",)]


def test_steps_in_parallel_are_called_with_each_item(graph_of: GraphOf) -> None:
    code = """
        from functools import partial
        import pandas as pd
        from metaflow import FlowSpec, parallel_map, step
        from sklearn.linear_model import Ridge

        def learn(alpha, table):
            return Ridge(alpha).fit(table[["a"]], table["y"])

        class Train(FlowSpec):
            @step
            def start(self):
                table = pd.read_csv("orders.csv")
                self.models = parallel_map(partial(learn, table=table), [0.1, 1.0])
                self.next(self.end)

            @step
            def end(self):
                pass

        Train()
    """
    assert set(graph_of(code).trained()) == {("a",)}


def test_what_tasks_call_waits_for_the_tasks(graph_of: GraphOf) -> None:
    program = """
        import json, requests
        import pandas as pd
        from airflow import DAG
        from airflow.operators.python import PythonOperator
        from sklearn.linear_model import LinearRegression

        def rows(name):
            with open(name) as f:
                return pd.DataFrame(json.load(f))

        def learn():
            table = rows("/dev/shm/raw.json")
            LinearRegression().fit(table[["x"]], table["y"])

        def fetch(name):
            with open(name, "wt") as f:
                json.dump(requests.get("http://shop.test/orders").json(), f)

        def ingest():
            fetch("/dev/shm/raw.json")

        def train():
            learn()

        def tasks():
            return PythonOperator(task_id="a", python_callable=ingest) >> PythonOperator(
                task_id="b", python_callable=train
            )

        with DAG("d"):
            tasks()
        """
    seen = graph_of(program)
    learned = {edge.source for edge in seen.graph.edges_of_kind("TRAINS_ON")}
    assert learned == {edge.target for edge in seen.graph.edges_of_kind("READS") if "http" in edge.source}


def test_tasks_find_what_lies_in_the_folder_of_plugins(graph_of: GraphOf) -> None:
    store = """
        class Store:
            def __init__(self, schema, table):
                self.schema, self.table = schema, table
            def read(self, **kwargs):
                import pandas as pd
                import psycopg2
                frame = pd.read_sql_query(f'SELECT * FROM "{self.table}"', psycopg2.connect(dbname="shop"))
                kwargs["ti"].xcom_push(key=self.table, value=frame)
            def write(self, **kwargs):
                from sqlalchemy import create_engine
                frame = kwargs["ti"].xcom_pull(key="refined")
                frame.to_sql(name=self.table, con=create_engine("postgresql://h/shop"), schema=self.schema)
    """
    jobs = """
        def refine(**kwargs):
            frame = kwargs["ti"].xcom_pull(key="orders")
            kwargs["ti"].xcom_push(key="refined", value=frame.dropna())
    """
    flow = """
        from airflow import DAG
        from airflow.operators.python import PythonOperator
        from common.jobs.steps import refine
        from common.jobs.store import Store
        with DAG("d") as dag:
            a = PythonOperator(task_id="a", python_callable=Store("dwh", "orders").read)
            b = PythonOperator(task_id="b", python_callable=refine)
            c = PythonOperator(task_id="c", python_callable=Store("dwh", "clean").write)
            a >> b >> c
    """
    files = {"dags/d.py": flow, "plugins/common/jobs/store.py": store, "plugins/common/jobs/steps.py": jobs}
    assert graph_of(files).flows("postgres://orders", "postgres://dwh.clean")


def test_a_table_is_known_without_its_schema_but_not_when_it_is_loaded_into_another(graph_of: GraphOf) -> None:
    code = """
        import pandas as pd
        from sqlalchemy import create_engine
        engine = create_engine("postgresql://h/shop")
        pd.read_csv("a.csv").to_sql("sales", engine, schema="dwh")
        pd.read_sql_query("select * from sales", engine).to_csv("out.csv")
        pd.read_sql_query("select * from orders", engine).to_sql("orders", engine, schema="staging")
    """
    seen = graph_of(code)
    assert seen.flows("a.csv", "out.csv")
    same = {
        edge.source for edge in seen.graph.edges_of_kind("DERIVES") if edge.attributes.get("operation") == "same name"
    }
    assert {seen.graph[node].name.rpartition(".")[2] for node in same} == {"sales"}


def test_each_of_the_outputs_that_an_op_makes_is_worked_on(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import joblib
        import pandas as pd
        from dagster import DynamicOut, DynamicOutput, job, op
        from sklearn.linear_model import LogisticRegression

        @op(out=DynamicOut())
        def parts():
            for name, part in pd.read_csv("orders.csv").groupby("shop"):
                yield DynamicOutput(part, mapping_key=name)

        @op
        def train(part):
            return LogisticRegression().fit(part[["price"]], part["late"])

        @op
        def keep(models):
            joblib.dump(models, "models.pkl")

        @job
        def all_of_them():
            keep(parts().map(train).collect())
    """)

    assert seen.flows("orders.csv", "models.pkl")
    assert seen.trained() == [("price",)]


def test_what_dagster_passes_of_itself_takes_no_place_among_the_arguments(graph_of: GraphOf) -> None:
    program = """
    import dagster
    import pandas as pd
    from sklearn.linear_model import LogisticRegression

    class Settings(dagster.Config):
        depth: int = 3

    class Lake(dagster.ConfigurableResource):
        place: str = "lake"

    @dagster.op
    def load():
        return pd.read_csv("raw.csv")

    @dagster.op
    def train(context, config: Settings, lake: Lake, table):
        return LogisticRegression().fit(table[["a"]], table["y"])

    @dagster.job
    def training():
        train(load())
    """
    seen = graph_of(program)
    read = {edge.target for edge in seen.graph.edges_of_kind("READS")}
    assert read and {edge.source for edge in seen.graph.edges_of_kind("TRAINS_ON")} <= read


def test_a_luigi_task_runs_with_the_parameters_that_it_is_needed_with(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import luigi
        import pandas as pd

        class Clean(luigi.Task):
            day = luigi.Parameter(default="today")

            def output(self):
                return luigi.LocalTarget(f"clean_{self.day}.csv")

            def run(self):
                pd.read_csv("raw.csv").to_csv(self.output().path)

        class Report(luigi.Task):
            def requires(self):
                return Clean(day="monday")

            def output(self):
                return luigi.LocalTarget("report.csv")

            def run(self):
                pd.read_csv(self.input().path).to_csv(self.output().path)
        """)
    assert seen.writes() == {"clean_monday.csv", "report.csv"}
    assert seen.flows("raw.csv", "report.csv")
