"""Files of a folder, from their names to what learns from them: listed, put together, drawn, divided, and read."""

from __future__ import annotations

import pytest

from tests.evaluate.small import GraphOf

FOUND = {
    "pattern": "paths = sorted(glob.glob('images/*/*.jpg'))\nlabels = [path.split('/')[-2] for path in paths]",
    "folders": """
paths, labels = [], []
for number, kind in enumerate(os.listdir("images")):
    for file in os.listdir(os.path.join("images", kind)):
        paths.append(os.path.join("images", kind, file))
        labels.append(number)
""",
}
DIVIDED = {
    "whole": "",
    "array": "paths, labels = np.array(paths), np.array(labels)",
    "tensor": "paths, labels = tf.constant(paths), tf.constant(labels)",
    "shuffled": "random.shuffle(paths)",
    "sample": "paths = random.sample(paths, 100)",
    "parts": "paths, other, labels, rest = train_test_split(np.array(paths), labels, test_size=0.2)",
    "chosen": "paths = [random.choice(paths) for _ in range(100)]",
}
IMPORTS = """
import glob
import os
import random
import numpy as np
import tensorflow as tf
import torch
from PIL import Image
from sklearn.model_selection import train_test_split
"""
MAPPED = """
def load(path):
    return tf.image.decode_jpeg(tf.io.read_file(path))

data = tf.data.Dataset.from_tensor_slices((paths, labels))
net = tf.keras.Sequential([tf.keras.layers.Dense(2)])
net.fit(data.map(lambda path, label: (load(path), label)).batch(8))
net.save("net.keras")
"""
BY_ITEM = """
class Images(torch.utils.data.Dataset):
    def __init__(self, paths, labels):
        self.paths, self.labels = paths, labels

    def __getitem__(self, index):
        return Image.open(self.paths[index]).convert("RGB"), self.labels[index]

net = torch.nn.Linear(3, 2)
net = torch.nn.Sequential(net)
for x, y in torch.utils.data.DataLoader(Images(paths, labels)):
    torch.nn.functional.cross_entropy(net(x), y).backward()
torch.save(net.state_dict(), "net.keras")
"""
NAMED = {"pattern": "images/{file}/{file}.jpg", "folders": "images/{file}/{file}"}


@pytest.mark.parametrize("learn", [MAPPED, BY_ITEM], ids=["mapped", "by_item"])
@pytest.mark.parametrize("divided", list(DIVIDED))
@pytest.mark.parametrize("found", list(FOUND))
def test_files_are_read_under_the_names_that_a_listing_gave(
    found: str, divided: str, learn: str, graph_of: GraphOf
) -> None:
    seen = graph_of(f"{IMPORTS}\n{FOUND[found]}\n{DIVIDED[divided]}\n{learn}")

    assert seen.reads() == {NAMED[found]}
    assert seen.flows(NAMED[found], "net.keras")


def test_names_that_belong_together_are_read_one_by_one(graph_of: GraphOf) -> None:
    seen = graph_of(f"""{IMPORTS}
pairs = []
for file in os.listdir("images"):
    pairs.append((os.path.join("images", file), os.path.join("near", file), os.path.join("far", file)))
random.shuffle(pairs)
here, near, far = zip(*pairs)

def load(path):
    return tf.image.decode_png(tf.io.read_file(path))

data = tf.data.Dataset.from_tensor_slices((tf.constant(here), tf.constant(near), tf.constant(far)))
data = data.map(lambda one, two, three: (load(one), load(two), load(three)))
net = tf.keras.Sequential([tf.keras.layers.Dense(2)])
net.fit(data)
net.save("net.keras")
""")

    assert seen.reads() == {"images/{file}", "near/{file}", "far/{file}"}
    assert all(seen.flows(name, "net.keras") for name in seen.reads())


def test_who_is_trained_on_a_part_of_a_folder_is_trained_on_that_part(graph_of: GraphOf) -> None:
    seen = graph_of(f"{IMPORTS}\n{FOUND['pattern']}\n{DIVIDED['parts']}\n{MAPPED}")
    (trained,) = seen.graph.edges_of_kind("TRAINS_ON")
    behind = {edge.source for edge in seen.graph.into(trained.source, "DERIVES")}

    assert {seen.graph[node].name for node in behind} == {"paths"}
