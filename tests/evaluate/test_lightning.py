"""PyTorch Lightning: where modules keep what they are given, and who makes and trains them."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

PARTS = """
    import pandas as pd
    import pytorch_lightning as pl
    from argparse import ArgumentParser
    from pytorch_lightning.cli import LightningCLI
    from torch import nn
    from torch.utils.data import DataLoader, Dataset

    class Orders(Dataset):
        def __init__(self, path):
            self.table = pd.read_csv(path)

        def __getitem__(self, index):
            return self.table.iloc[index].values

    class Batches(pl.LightningDataModule):
        def __init__(self, path="orders.csv", size=8):
            super().__init__()
            self.save_hyperparameters()

        def train_dataloader(self):
            return DataLoader(Orders(self.hparams.path), batch_size=self.hparams.size)

    class Plain(pl.LightningModule):
        def forward(self, x):
            return x
"""
KEPT = {
    "names": ("path, size=8", "self.save_hyperparameters()", "self.hparams.path", "Model('orders.csv')"),
    "keywords": ("**kwargs", "self.save_hyperparameters()", "self.hparams.path", "Model(path='orders.csv')"),
    "table": ("given", "self.save_hyperparameters(given)", "self.hparams['path']", "Model({'path': 'orders.csv'})"),
}


@pytest.mark.parametrize("how", list(KEPT))
def test_a_module_keeps_what_it_is_made_with(graph_of: GraphOf, how: str) -> None:
    params, kept, used, made = KEPT[how]
    seen = graph_of(f"""{PARTS}
    class Model(pl.LightningModule):
        def __init__(self, {params}):
            super().__init__()
            {kept}

        def train_dataloader(self):
            return DataLoader(Orders({used}))

    model = {made}
    pl.Trainer().fit(model)
    """)

    assert seen.reads() == {"orders.csv"}
    assert seen.flows("orders.csv", "model")


TRAINED = [
    "LightningCLI(Plain, Batches)",
    "LightningCLI(model_class=Plain, datamodule_class=Batches, save_config_callback=None)",
    "cli = LightningCLI(Plain, Batches, run=False)\n    cli.trainer.fit(cli.model, datamodule=cli.datamodule)",
    "class Own(LightningCLI):\n        pass\n    Own(Plain, Batches)",
    """parser = ArgumentParser()
    parser = pl.Trainer.add_argparse_args(Batches.add_argparse_args(parser))
    parser.add_argument("--path", default="orders.csv")
    args = parser.parse_args()
    pl.Trainer.from_argparse_args(args).fit(Plain(), Batches.from_argparse_args(args))""",
]


@pytest.mark.parametrize("code", TRAINED)
def test_a_module_is_trained_from_the_command_line(graph_of: GraphOf, code: str) -> None:
    seen = graph_of(f"{PARTS}\n    {code}\n")

    assert seen.reads() == {"orders.csv"}
    assert seen.flows("orders.csv", "Plain")
    assert len(seen.trained()) == 1
