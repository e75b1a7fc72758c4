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


TRAINED = {
    "engine with a step": """
        from ignite.engine import Engine

        def step(engine, batch):
            net.train()
            optimizer.zero_grad()
            x, y = batch
            loss = loss_of(net(x), y)
            loss.backward()
            optimizer.step()

        Engine(step).run(loader, max_epochs=3)
        """,
    "engine of a model": """
        from ignite.engine import create_supervised_trainer

        trainer = create_supervised_trainer(net, optimizer, loss_of)
        trainer.run(loader, max_epochs=2)
        """,
}


@pytest.mark.parametrize("how", TRAINED)
def test_an_engine_trains_on_the_batches_that_it_is_run_with(graph_of: GraphOf, how: str) -> None:
    start = """
        import torch
        from torch.utils.data import DataLoader
        from torchvision.datasets import MNIST

        loader = DataLoader(MNIST("data/mnist", train=True), batch_size=4)
        net = torch.nn.Sequential(torch.nn.Linear(3, 1))
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        loss_of = torch.nn.MSELoss()
    """
    seen = graph_of(start + TRAINED[how])

    assert len(seen.trained()) == 1
    assert seen.flows("torchvision::MNIST", "net")


LANGUAGE = {
    "spacy": """
        import json
        import spacy
        from spacy.training import Example

        model = spacy.blank("en")
        optimizer = model.begin_training()
        with open("data/texts.csv") as file:
            examples = json.load(file)
        for text, marks in examples:
            model.update([Example.from_dict(model.make_doc(text), marks)], sgd=optimizer)
        """,
    "simpletransformers": """
        import pandas as pd
        from simpletransformers.classification import ClassificationModel

        model = ClassificationModel("bert", "bert-base-uncased", num_labels=2)
        model.train_model(pd.read_csv("data/texts.csv"))
        """,
    "gensim": """
        from gensim.models import Word2Vec
        from gensim.models.word2vec import LineSentence

        model = Word2Vec(LineSentence("data/texts.csv"), vector_size=10)
        """,
    "fasttext": """
        import fasttext

        model = fasttext.train_unsupervised("data/texts.csv")
        """,
}


@pytest.mark.parametrize("library", LANGUAGE)
def test_models_of_language_learn_from_the_texts_that_they_are_given(graph_of: GraphOf, library: str) -> None:
    seen = graph_of(LANGUAGE[library])

    assert seen.reads() - {"hub://bert-base-uncased"} == {"data/texts.csv"}
    assert len(seen.trained()) == 1
    assert seen.flows("data/texts.csv", "model")
