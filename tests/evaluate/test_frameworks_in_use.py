"""What frameworks leave behind and hand over, as repositories use them."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

FLOW = """
    from metaflow import FlowSpec, step
    import pandas as pd
    from sklearn.linear_model import LinearRegression

    class TrainFlow(FlowSpec):
        @step
        def start(self):
            self.table = pd.read_csv("train.csv")
            self.next(self.fit)

        @step
        def fit(self):
            self.model = LinearRegression().fit(self.table[["size"]], self.table["price"])
            self.next(self.end)

        @step
        def end(self):
            pass
"""


@pytest.mark.parametrize("run", [
    'Flow("TrainFlow").latest_successful_run',
    'list(Flow("TrainFlow").runs("tag"))[0]',
    '[run for run in Flow("TrainFlow") if run.successful][0]',
    'Run("TrainFlow/17")["fit"].task',
    'Step("TrainFlow/17/fit").task',
])  # fmt: skip
def test_who_asks_a_run_for_a_model_loads_what_the_flow_made(run: str, graph_of: GraphOf) -> None:
    score = f"""
        from metaflow import Flow, Run, Step
        import pandas as pd
        model = {run}.data.model
        new = pd.read_csv("new.csv")
        new.assign(p=model.predict(new[["size"]])).to_csv("out.csv")
    """
    seen = graph_of({"flow.py": FLOW, "score.py": score})

    assert {edge.source for edge in seen.graph.edges_of_kind("LOADS")} == {"artifact:metaflow://TrainFlow/model"}
    assert {edge.target for edge in seen.graph.edges_of_kind("PERSISTS")} == {"artifact:metaflow://TrainFlow/model"}
    assert seen.flows("train.csv", "out.csv")


def test_what_nobody_asks_a_run_for_is_not_stored(graph_of: GraphOf) -> None:
    seen = graph_of(
        {"flow.py": FLOW, "other.py": "from metaflow import Flow\nprint(Flow('Other').latest_run.data.model)\n"}
    )

    assert seen.writes() == set()
    assert not list(seen.graph.edges_of_kind("PERSISTS"))


def test_a_job_in_a_cloud_learns_from_the_channels_that_it_was_made_with(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from sagemaker.core.shapes import ProcessingInput, ProcessingS3Input
        from sagemaker.train import ModelTrainer
        from sagemaker.train.configs import InputData

        trainer = ModelTrainer(
            training_image="xgb",
            input_data_config=[InputData(channel_name="train", data_source="s3://b/train.csv")],
        )
        trainer.train()
        told = ProcessingInput(input_name="model", s3_input=ProcessingS3Input(s3_uri="s3://b/test.csv"))
    """)

    assert seen.reads() == {"s3://b/train.csv", "s3://b/test.csv"}
    assert len(list(seen.graph.edges_of_kind("TRAINS_ON"))) == 1


HYDRA = {
    "src/train.py": """
        import hydra
        import pytorch_lightning as pl
        from omegaconf import DictConfig
        from net import Data, Net

        @hydra.main(config_path="/app/conf", config_name="train")
        def main(cfg: DictConfig):
            model: Net = hydra.utils.instantiate(cfg.model)
            data: Data = hydra.utils.instantiate(cfg.data)
            trainer: pl.Trainer = hydra.utils.instantiate(cfg.trainer)
            trainer.fit(model=model, datamodule=data)
    """,
    "src/net.py": """
        import pandas as pd
        import pytorch_lightning as pl
        import torch
        from torch.utils.data import DataLoader

        class Net(pl.LightningModule):
            def __init__(self, width):
                self.net = torch.nn.Linear(width, 1)

            def training_step(self, batch, number):
                return self.net(batch).mean()

        class Data(pl.LightningDataModule):
            def __init__(self, folder="data"):
                self.folder = folder

            def setup(self, stage=None):
                self.table = torch.tensor(pd.read_csv(f"{self.folder}/train.csv").values)

            def train_dataloader(self):
                return DataLoader(self.table)
    """,
}


def test_an_annotation_tells_what_a_configuration_elsewhere_makes(graph_of: GraphOf) -> None:
    seen = graph_of(HYDRA)

    (trained,) = seen.graph.edges_of_kind("TRAINS_ON")
    assert [(site.file, site.line) for site in trained.sites] == [("src/train.py", 11)]
    assert seen.reads() == {"data/train.csv"}
    assert trained.source in {edge.target for edge in seen.graph.edges_of_kind("READS")}


def test_a_folder_of_settings_may_lie_elsewhere_in_an_image(graph_of: GraphOf) -> None:
    settings = {
        "src/conf/train.yaml": """
            model: {_target_: net.Net, width: 3}
            data: {_target_: net.Data, folder: tables}
            trainer: {_target_: pytorch_lightning.Trainer}
        """,
    }
    seen = graph_of({**HYDRA, **settings})

    assert seen.reads() == {"tables/train.csv"}


def test_what_is_shown_may_be_shown_in_a_file(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import rich
        from pprint import pprint
        from rich.console import Console

        with open("tree.log", "w") as file:
            rich.print("tree", file=file)
        with open("told.txt", "w") as file:
            pprint({"a": 1}, stream=file)
        Console(file=open("table.txt", "w")).print("table")
    """)

    assert seen.writes() == {"tree.log", "told.txt", "table.txt"}


def test_what_lies_in_a_temporary_folder_with_a_name_is_stored_there(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import tarfile
        from pathlib import Path
        import xgboost as xgb

        def unpacked(archive):
            folder = Path("/tmp/unpacked")
            with tarfile.open(archive, "r:gz") as opened:
                opened.extractall(folder)
            for one in [folder / "xgboost-model", folder / "model.json"]:
                if one.exists():
                    return one
            raise FileNotFoundError

        booster = xgb.Booster()
        booster.load_model(str(unpacked("model.tar.gz")))
        booster.predict(xgb.DMatrix("test.csv"))
    """)

    loaded = {edge.source for edge in seen.graph.edges_of_kind("LOADS")}
    assert loaded == {"artifact:/tmp/unpacked/xgboost-model", "artifact:/tmp/unpacked/model.json"}


def test_dictionaries_and_tables_that_a_run_is_given_are_stored(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import mlflow
        import pandas as pd

        table = pd.read_csv("scored.csv")
        mlflow.log_dict({"columns": ["size"]}, "schema.json")
        mlflow.log_table(table, "scored.json")
        mlflow.log_metric("rows", len(table))
    """)

    assert seen.writes() == {"mlflow://runs:/{run_id}/schema.json", "mlflow://runs:/{run_id}/scored.json"}
    assert seen.flows("scored.csv", "mlflow://runs:/{run_id}/scored.json")


def test_a_factory_gives_the_best_of_its_models(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import pandas as pd
        from neuro_mf import ModelFactory

        table = pd.read_csv("train.csv")
        factory = ModelFactory(model_config_path="model.yaml")
        best = factory.get_best_model(X=table[["size"]], y=table["price"], base_accuracy=0.5)
        table.assign(p=best.best_model.predict(table[["size"]])).to_csv("out.csv")
    """)

    assert seen.trained() == [("size",)]
    assert seen.flows("train.csv", "out.csv")


GOKART = """
    import gokart
    import pandas as pd
    from sklearn.linear_model import LinearRegression

    class Base(gokart.TaskOnKart):
        task_namespace = "shop"

    class Read(Base):
        def output(self):
            return self.make_target("data/table.pkl")

        def run(self):
            self.dump(pd.read_csv("raw.csv"))

    class Fit(Base):
        def requires(self):
            return Read()

        def run(self):
            table = self.load()
            self.dump(LinearRegression().fit(table[["size"]], table["price"]))

    class Score(Base):
        def requires(self):
            return {"model": Fit(), "table": Read()}

        def run(self):
            table = self.load_data_frame("table")
            table.assign(p=self.load("model").predict(table[["size"]])).to_csv("out.csv")
"""


def test_tasks_dump_what_they_make_and_load_what_they_require(graph_of: GraphOf) -> None:
    seen = graph_of(GOKART)

    assert seen.writes() == {"data/table.pkl", "gokart://Fit", "out.csv"}
    assert {edge.target for edge in seen.graph.edges_of_kind("PERSISTS")} == {"artifact:gokart://Fit"}
    assert {edge.source for edge in seen.graph.edges_of_kind("LOADS")} == {"artifact:gokart://Fit"}
    assert seen.flows("raw.csv", "out.csv")


def test_a_class_is_made_and_given_a_table_in_batches(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import ray
        import xgboost
        from ray.train import Checkpoint
        from ray.train.xgboost import XGBoostTrainer

        trainer = XGBoostTrainer(label_column="price", params={}, datasets={"train": ray.data.read_csv("train.csv")})
        trainer.fit().get_best_checkpoint(metric="loss", mode="min").to_directory("best")

        class Predictor:
            def __init__(self, checkpoint):
                self.model = XGBoostTrainer.get_model(checkpoint)

            def __call__(self, batch):
                return {"predictions": self.model.predict(xgboost.DMatrix(batch))}

        table = ray.data.read_csv("new.csv")
        scores = table.map_batches(Predictor, fn_constructor_args=[Checkpoint(path="best")], concurrency=1)
        scores.write_csv("scores")
    """)

    assert {edge.target for edge in seen.graph.edges_of_kind("PERSISTS")} == {"artifact:best"}
    assert {edge.source for edge in seen.graph.edges_of_kind("LOADS")} == {"artifact:best"}
    assert seen.flows("new.csv", "scores")


def test_a_method_may_be_handed_what_it_is_called_on(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import pathlib
        import pandas as pd

        for file in pathlib.Path.glob(pathlib.Path("parts"), "*.csv"):
            pd.DataFrame.to_csv(pd.read_csv(file), "whole.csv")
    """)

    assert seen.reads() == {"parts/{file}.csv"}
    assert seen.writes() == {"whole.csv"}


def test_events_come_from_where_they_are_published(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import json
        import pandas as pd
        from pyensign.ensign import Ensign
        from pyensign.events import Event

        async def publish():
            for record in pd.read_csv("rows.csv").to_dict("records"):
                await Ensign().publish("rows", Event(json.dumps(record).encode()))

        async def listen():
            async for event in Ensign().subscribe("rows"):
                print(json.loads(event.data))
    """)

    assert seen.writes() == {"kafka://rows"}
    assert seen.reads() == {"rows.csv", "kafka://rows"}


def test_what_only_a_test_calls_with_files_of_its_own_is_called_elsewhere_with_others(graph_of: GraphOf) -> None:
    seen = graph_of({
        "convert.py": """
            import torch

            def convert(source, target):
                torch.save(torch.load(source), target)
        """,
        "tests/test_convert.py": """
            from convert import convert

            def test_it(tmp_path):
                convert(tmp_path / "a.pt", tmp_path / "b.pt")
        """,
    })  # fmt: skip

    assert [site.line for edge in seen.graph.edges_of_kind("LOADS", "READS") for site in edge.sites] == [4]
    assert seen.gaps() == {"parameter that no call in the repository binds"}


def test_documents_may_name_the_index_that_they_go_into(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import pandas as pd
        from elasticsearch import Elasticsearch
        from elasticsearch.helpers import bulk

        client, table = Elasticsearch("http://search"), pd.read_csv("rows.csv")

        def documents(table):
            for number, row in table.iterrows():
                yield {"_index": "rows", "_id": number, "_source": row.to_dict()}

        bulk(client, documents(table))
        bulk(client, [{"_index": "records", "_source": record} for record in table.to_dict("records")])
        client.bulk(body=[{"index": {"_index": "lines"}}, {"text": table["text"]}])
    """)

    assert seen.writes() == {f"elasticsearch://{name}" for name in ("rows", "records", "lines")}
    assert seen.flows("rows.csv", "elasticsearch://rows")


def test_a_class_of_options_may_be_added_to_a_parser(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from dataclasses import dataclass
        import pandas as pd
        from simple_parsing import ArgumentParser

        @dataclass
        class Options:
            source: str = "rows.csv"
            target: str = "clean.csv"

        parser = ArgumentParser()
        parser.add_arguments(Options, dest="options")
        told = parser.parse_args()
        pd.read_csv(told.options.source).dropna().to_csv(told.options.target)
    """)

    assert seen.flows("rows.csv", "clean.csv")


def test_what_is_sent_to_an_endpoint_is_what_it_is_given(graph_of: GraphOf) -> None:
    seen = graph_of(
        {
            "app.py": """
            import json
            from flask import Flask, request

            app = Flask(__name__)

            @app.route("/click", methods=["POST"])
            def click():
                with open("clicks.jsonl", "a") as log:
                    log.write(json.dumps(request.get_json()))
                return "ok"
        """,
            "page.py": """
            import pandas as pd
            import requests

            shown = pd.read_csv("shown.csv")
            answer = requests.post("http://localhost:5000/click", json=shown.to_dict("records"))
            pd.DataFrame(answer.json()).to_csv("answers.csv")
        """,
        }
    )

    assert seen.flows("shown.csv", "clicks.jsonl")
    assert not seen.flows("clicks.jsonl", "answers.csv")


def test_six_moves_are_the_modules_that_they_stand_for(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from six.moves import urllib
        from six.moves.urllib.request import urlretrieve

        urllib.request.urlretrieve("https://shop.example/a.csv", "data/a.csv")
        urlretrieve("https://shop.example/b.csv", "data/b.csv")
    """)

    assert seen.flows("https://shop.example/a.csv", "data/a.csv")
    assert seen.flows("https://shop.example/b.csv", "data/b.csv")
