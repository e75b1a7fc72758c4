"""Where the data of networks comes from: data sets below a library's, tokens between marks."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

NET = """
    import torch
    from torch import nn
    from torch.utils.data import DataLoader, random_split
    from torchvision import datasets

    class Net(nn.Module):
        def forward(self, x):
            return x

    def fit(batches):
        net, loss_of = Net(), nn.CrossEntropyLoss()
        for batch, truth in batches:
            loss_of(net(batch), truth).backward()
"""
OWN_CONSTRUCTOR = """
    class Pets(datasets.ImageFolder):
        def __init__(self, root, transform=None):
            super(Pets, self).__init__(root, transform)

        def __getitem__(self, index):
            path, target = self.samples[index]
            return self.loader(path), target
"""
NO_CONSTRUCTOR = """
    class Pets(datasets.ImageFolder):
        def __getitem__(self, index):
            return super().__getitem__(index)
"""


@pytest.mark.parametrize("made", [OWN_CONSTRUCTOR, NO_CONSTRUCTOR])
@pytest.mark.parametrize("batches", ["DataLoader(Pets('pets'))", "DataLoader(random_split(Pets('pets'), [8, 2])[0])"])
def test_a_data_set_below_one_of_a_library_reads_what_that_reads(graph_of: GraphOf, made: str, batches: str) -> None:
    seen = graph_of(f"{NET}{made}\n    fit({batches})\n")

    assert seen.reads() == {"pets"}
    assert seen.flows("pets", "Net")


def test_a_list_with_a_mark_before_the_data_still_holds_the_data(graph_of: GraphOf) -> None:
    seen = graph_of(f"""{NET}
    import csv
    from transformers import BertTokenizer

    tokenizer = BertTokenizer.from_pretrained("small")
    items = []
    with open("texts.csv") as file:
        for text, label in csv.reader(file):
            tokens = ["[CLS]"] + tokenizer.tokenize(text) + ["[SEP]"]
            ids = tokenizer.convert_tokens_to_ids(tokens)
            items.append((torch.tensor(ids), torch.tensor(int(label))))
    fit(DataLoader(items))
    """)

    assert seen.flows("texts.csv", "Net")


LISTED = """
    import glob
    import tensorflow as tf

    def load(name, label=0):
        return tf.image.decode_jpeg(tf.io.read_file(name)), label

    model = tf.keras.Sequential([])
"""


@pytest.mark.parametrize(
    "files",
    [
        "tf.data.Dataset.list_files('pets/*.jpg').map(load, num_parallel_calls=4)",
        "tf.data.Dataset.from_tensor_slices(glob.glob('pets/*.jpg')).shuffle(9).map(load)",
        "tf.data.Dataset.from_tensor_slices((glob.glob('pets/*.jpg'), [0, 1])).map(lambda x, y: load(x, y))",
        "tf.data.Dataset.list_files('pets/*.jpg').interleave(tf.data.TFRecordDataset, cycle_length=4)",
    ],
)
def test_files_that_a_data_set_lists_are_read_by_what_it_maps(graph_of: GraphOf, files: str) -> None:
    seen = graph_of(f"{LISTED}\n    model.fit({files}.batch(8))\n")

    assert seen.reads() == {"pets/{file}.jpg"}
    assert seen.flows("pets/{file}.jpg", "model")


def test_a_class_comes_from_the_one_library_whose_names_are_all_imported(graph_of: GraphOf) -> None:
    seen = graph_of("""
        from fastai.vision.all import *
        data = ImageDataLoaders.from_folder("pets", valid_pct=0.2)
        learner = vision_learner(data, resnet18)
        learner.fine_tune(3)
    """)

    assert seen.reads() == {"pets"}
    assert seen.flows("pets", "learner")


def test_what_counts_how_good_a_network_is_does_not_train_it(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import lightning as L
        from torch import nn

        class Model(L.LightningModule):
            def __init__(self):
                super().__init__()
                self.metrics = nn.ModuleDict({"train": nn.Identity()})
                self.network = nn.Linear(1, 1)

            def training_step(self, batch, index):
                self.metrics["train"].update(self.network(batch[0]), batch[1])
    """)

    assert not seen.trained()


def test_networks_that_are_put_together_predict_nothing_yet(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import numpy as np
        from keras.layers import Concatenate, Dense, Input
        from keras.models import Model, Sequential

        def part():
            given = Input((3,))
            return Model(given, Dense(3)(given))

        coder, decoder = part(), Sequential([])
        given = Input((3,))
        hidden = coder(given)
        both = Concatenate()([given, hidden])
        whole = Model(given, decoder([both, hidden]))
        whole.predict(np.load("new.npy"))
        coder(np.load("more.npy"))
    """)

    assert len(list(seen.graph.edges_of_kind("PREDICTS"))) == 2
