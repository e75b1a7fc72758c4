"""What the exported graph says differently from the graph that rules ask."""

from __future__ import annotations

import json

from mldebt.graph.export import to_json
from tests.evaluate.small import GraphOf

COPIES = """
import shutil
import boto3
from google.cloud import storage
s3 = boto3.client("s3")
s3.upload_file("data/a.csv", "box", "raw/a.csv")
s3.download_file("box", "raw/b.csv", "data/b.csv")
storage.Client().bucket("heap").blob("m.pkl").upload_from_filename("models/m.pkl")
shutil.copy("data/c.csv", "data/d.csv")
shutil.move("data/e.csv", "data/f.csv")
"""


def test_a_copy_reads_and_writes_an_upload_writes_what_lies_elsewhere_and_a_move_does_neither(
    graph_of: GraphOf,
) -> None:
    said = json.loads(to_json(graph_of(COPIES).graph))
    names = {node["id"]: node["name"] for node in said["nodes"]}
    assert {(edge["kind"], names[edge["source"]], names[edge["target"]]) for edge in said["edges"]} == {
        ("WRITES", "data/a.csv", "s3://box/raw/a.csv"),
        ("READS", "s3://box/raw/b.csv", "data/b.csv"),
        ("WRITES", "s3://box/raw/b.csv", "data/b.csv"),
        ("WRITES", "models/m.pkl", "gs://heap/m.pkl"),
        ("READS", "data/c.csv", "data/d.csv"),
        ("WRITES", "data/c.csv", "data/d.csv"),
        ("DERIVES", "data/e.csv", "data/f.csv"),
    }


def test_a_copy_of_an_array_stores_nothing(graph_of: GraphOf) -> None:
    program = "import numpy as np\nedges = np.quantile(np.load('a.npy'), [0.1, 0.9])\nown = edges.copy()\nown[0] = 0\n"
    kinds = [edge["kind"] for edge in json.loads(to_json(graph_of(program).graph))["edges"]]
    assert kinds.count("READS") == 1 and "WRITES" not in kinds


def test_an_upload_of_a_file_that_is_not_known_writes_what_lies_elsewhere(graph_of: GraphOf) -> None:
    program = "import boto3\ndef send(path):\n    boto3.client('s3').upload_file(path, 'box', 'a.csv')\n"
    kinds = [edge["kind"] for edge in json.loads(to_json(graph_of(program).graph))["edges"]]
    assert "WRITES" in kinds


REGISTERED = """
import mlflow
from sklearn.linear_model import Ridge
with mlflow.start_run() as run:
    mlflow.sklearn.log_model(Ridge().fit([[1.0]], [1.0]), "model")
    mlflow.log_artifact("curve.png")
mlflow.register_model(f"runs:/{run.info.run_id}/model", "price")
"""


def test_a_model_that_is_registered_is_written_to_the_registry_and_a_picture_is_kept(graph_of: GraphOf) -> None:
    said = json.loads(to_json(graph_of(REGISTERED).graph))
    names = {node["id"]: node["name"] for node in said["nodes"]}
    copies = [edge for edge in said["edges"] if edge["attributes"].get("operation") == "copy"]
    assert {(edge["kind"], names[edge["target"]]) for edge in copies} == {
        ("WRITES", "mlflow://price"),
        ("DERIVES", "mlflow://curve.png"),
    }
