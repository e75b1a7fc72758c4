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
