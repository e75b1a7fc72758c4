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
