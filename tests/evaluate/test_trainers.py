"""Trainers of libraries: classes made of them, what they store while they learn, and how that is asked for again."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

TRAINER = """
    import datasets
    import pandas as pd
    from transformers import AutoModelForSequenceClassification, Trainer, TrainingArguments

    class Weighted(Trainer):
        CONSTRUCTOR

        def compute_loss(self, model, inputs, return_outputs=False):
            return model(**inputs).loss

    rows = datasets.Dataset.from_pandas(pd.read_csv("train.csv"))
    model = AutoModelForSequenceClassification.from_pretrained("distilbert-base-uncased")
    trainer = Weighted(GIVENmodel=model, args=TrainingArguments(output_dir="out"), train_dataset=rows)
    trainer.train()
    trainer.save_model("models/weighted")
"""
CONSTRUCTORS = [
    ("pass", ""),
    ("def __init__(self, weights, **kwargs):\n            super().__init__(**kwargs)", "weights=[1, 2], "),
    ("def train(self, *args):\n            return super().train(*args)", ""),
]


@pytest.mark.parametrize(("constructor", "given"), CONSTRUCTORS)
def test_a_class_made_of_a_trainer_trains(constructor: str, given: str, graph_of: GraphOf) -> None:
    seen = graph_of(TRAINER.replace("CONSTRUCTOR", constructor).replace("GIVEN", given))

    assert seen.flows("train.csv", "models/weighted")
    assert len(seen.trained()) == 1


LIGHTNING = """
    import pandas as pd
    import pytorch_lightning as pl
    import torch
    from pytorch_lightning.callbacks import ModelCheckpoint
    from torch.utils.data import DataLoader, Dataset

    class Orders(Dataset):
        def __init__(self, path):
            self.table = pd.read_csv(path)

        def __getitem__(self, index):
            return self.table.iloc[index].values

    class Net(pl.LightningModule):
        def forward(self, x):
            return x
"""
STORED = "checkpoint = ModelCheckpoint('models', 'net-{epoch:02d}-{val_loss:.2f}', monitor='val_loss')"
GIVEN = [
    "trainer = pl.Trainer(callbacks=[checkpoint])",
    "options = {'max_epochs': 3}\n    options['callbacks'] = [checkpoint]\n    trainer = pl.Trainer(**options)",
]


@pytest.mark.parametrize("made", GIVEN)
@pytest.mark.parametrize("asked", ["checkpoint", "trainer.checkpoint_callback"])
def test_the_best_state_of_a_training_is_stored_and_found_again(made: str, asked: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"""{LIGHTNING}
    {STORED}
    {made}
    trainer.fit(Net(), DataLoader(Orders("train.csv")))
    best = Net.load_from_checkpoint({asked}.best_model_path)
    pd.DataFrame(best(torch.tensor(pd.read_csv("new.csv").values))).to_csv("out.csv")
    """)

    assert "models/net-{epoch}-{val_loss}.ckpt" in seen.reads() & seen.writes()
    assert seen.flows("train.csv", "out.csv")


def test_a_state_that_is_stored_nobody_says_where_stays_with_its_training(graph_of: GraphOf) -> None:
    seen = graph_of(f"""{LIGHTNING}
    def run(data, out):
        checkpoint = ModelCheckpoint(monitor="val_loss")
        pl.Trainer(callbacks=[checkpoint]).fit(Net(), DataLoader(Orders(data)))
        best = Net.load_from_checkpoint(checkpoint.best_model_path)
        pd.DataFrame(best(torch.tensor(pd.read_csv("new.csv").values))).to_csv(out)

    run("train.csv", "out.csv")
    """)

    assert seen.flows("train.csv", "out.csv")
    assert seen.writes() == {"out.csv"}


CONFIGURED = {
    "conf/train.yaml": """
        defaults:
          - _self_
          - callbacks: default
          - experiment: small
        """,
    "conf/callbacks/default.yaml": """
        defaults:
          - checkpoint
          - _self_
        checkpoint:
          dirpath: models
          filename: best
        """,
    "conf/callbacks/checkpoint.yaml": """
        checkpoint:
          _target_: pytorch_lightning.callbacks.ModelCheckpoint
          dirpath: null
        """,
    "conf/callbacks/none.yaml": "stopper: 1",
    "conf/experiment/small.yaml": """
        # @package _global_
        defaults:
          - override /callbacks: default
        """,
    "main.py": f"""{LIGHTNING}
    import hydra

    def made(table):
        found = []
        for _, settings in table.items():
            if "_target_" in settings:
                found.append(hydra.utils.instantiate(settings))
        return found

    @hydra.main(config_path="conf", config_name="train")
    def main(cfg):
        trainer = pl.Trainer(callbacks=made(cfg.get("callbacks")))
        trainer.fit(Net(), DataLoader(Orders("train.csv")))

    main()
    """,
}


@pytest.mark.parametrize("command", ["", "python main.py experiment=small", "python main.py callbacks=default"])
def test_callbacks_come_out_of_groups_within_groups(command: str, graph_of: GraphOf) -> None:
    seen = graph_of(CONFIGURED | {"run.sh": command})

    assert seen.writes() == {"models/best.ckpt"}
    assert seen.flows("train.csv", "models/best.ckpt")


def test_a_group_that_a_file_further_down_chooses_takes_the_place_of_the_other(graph_of: GraphOf) -> None:
    other = CONFIGURED["conf/experiment/small.yaml"].replace(": default", ": none")

    assert graph_of(CONFIGURED | {"conf/experiment/small.yaml": other}).writes() == set()


ESTIMATORS = [
    "tf.estimator.DNNClassifier([8], [], model_dir='models/net')",
    "tf.estimator.Estimator(make, config=tf.estimator.RunConfig(model_dir='models/net'))",
]


@pytest.mark.parametrize("made", ESTIMATORS)
def test_an_estimator_is_stored_in_the_folder_that_it_is_made_with(made: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"""
    import pandas as pd
    import tensorflow as tf

    def make(features, labels, mode):
        return None

    table = pd.read_csv("train.csv")
    given = tf.estimator.inputs.pandas_input_fn(x=table, y=table.pop("y"), shuffle=True)
    {made}.train(input_fn=given)
    """)

    assert seen.writes() == {"models/net"}
    assert seen.flows("train.csv", "models/net")


def test_layers_that_only_turn_and_scale_are_no_model(graph_of: GraphOf) -> None:
    seen = graph_of("""
    import tensorflow as tf

    turned = tf.keras.Sequential([tf.keras.layers.RandomFlip("horizontal"), tf.keras.layers.Rescaling(1 / 255)])
    net = tf.keras.Sequential([tf.keras.layers.RandomZoom(0.1), tf.keras.layers.Dense(2)])
    images = tf.keras.utils.image_dataset_from_directory("images/train")
    net.fit(images.map(lambda x, y: (turned(x, training=True), y)))
    net.save("net.keras")
    """)

    assert seen.models() == {"Sequential"}
    assert not list(seen.graph.edges_of_kind("PREDICTS"))
    assert seen.flows("images/train", "net.keras")


@pytest.mark.parametrize(("given", "seed"), [("'m', tf_random_seed=4", "fixed"), ("model_dir='m'", "absent")])
def test_settings_seed_an_estimator(given: str, seed: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"""
    import tensorflow as tf

    net = tf.estimator.DNNClassifier([8], [], config=tf.estimator.RunConfig({given}))
    """)

    assert [node.attributes["seed"] for node in seen.graph.of_kind("model")] == [seed]
