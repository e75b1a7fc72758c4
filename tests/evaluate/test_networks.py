"""Networks written as classes, and training loops written by hand."""

from __future__ import annotations

from tests.evaluate.small import GraphOf

NET = """
import torch
import pandas as pd
from torch import nn
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)
    def forward(self, x):
        return self.linear(x)
"""
TRAIN = """
from torch.utils.data import DataLoader, TensorDataset
df = pd.read_csv("train.csv")
X, y = torch.tensor(df[["a", "b"]].values), torch.tensor(df["y"].values)
net = Net()
loss_of = nn.MSELoss()
optimizer = torch.optim.Adam(net.parameters())
for batch, truth in DataLoader(TensorDataset(X, y), batch_size=8):
    optimizer.zero_grad()
    loss = loss_of(net(batch), truth)
    loss.backward()
    optimizer.step()
torch.save(net.state_dict(), "net.pt")
"""
SCORE = """
import torch
import pandas as pd
from net import Net
net = Net()
net.load_state_dict(torch.load("net.pt"))
new = pd.read_csv("new.csv")
new["score"] = net(torch.tensor(new[["a", "b"]].values)).numpy()
new.to_csv("scores.csv")
"""


def kinds(graph_of: GraphOf, files: dict[str, str], kind: str) -> list[tuple[str, str]]:
    return [(edge.source, edge.target) for edge in graph_of(files).graph.edges_of_kind(kind)]


def test_a_backward_pass_trains_the_network_that_it_goes_through(graph_of: GraphOf) -> None:
    assert kinds(graph_of, {"net.py": NET + TRAIN}, "TRAINS_ON") == [("frame:net.py:df", "model:net.py:net")]


def test_a_forward_pass_that_trains_is_no_prediction(graph_of: GraphOf) -> None:
    assert kinds(graph_of, {"net.py": NET + TRAIN}, "PREDICTS") == []


def test_a_network_is_what_its_loaded_state_was(graph_of: GraphOf) -> None:
    files = {"net.py": NET + TRAIN, "score.py": SCORE}
    assert kinds(graph_of, files, "PERSISTS") == [("model:net.py:net", "artifact:net.pt")]
    assert graph_of(files).flows("train.csv", "scores.csv")


def test_a_pretrained_model_that_is_called_predicts_and_its_tokenizer_does_not(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import pandas as pd
        from transformers import AutoModel, AutoTokenizer

        tokenizer = AutoTokenizer.from_pretrained("mini/bert")
        model = AutoModel.from_pretrained("mini/bert")
        texts = pd.read_csv("texts.csv")
        said = model(**tokenizer(texts["text"].tolist()))
        pd.DataFrame({"said": said}).to_csv("said.csv")
    """)
    assert [edge.source.rpartition(":")[2] for edge in seen.graph.edges_of_kind("PREDICTS")] == ["model"]
    assert seen.flows("texts.csv", "said.csv") and seen.flows("hub://mini/bert", "said.csv")


LOSS = """
class CutLoss(nn.Module):
    def forward(self, output, truth):
        return ((output - truth) ** 2).mean()
"""


def test_a_loss_written_as_a_network_is_not_what_is_trained(graph_of: GraphOf) -> None:
    program = NET + LOSS + TRAIN.replace("nn.MSELoss()", "CutLoss()")
    assert kinds(graph_of, {"net.py": program}, "TRAINS_ON") == [("frame:net.py:df", "model:net.py:net")]
    assert kinds(graph_of, {"net.py": program}, "PREDICTS") == []


LOOK = """
net = Net()
net.load_state_dict(torch.load("net.pt"))
def heat(image):
    output = net(image)
    output[0, 1].backward()
    return image.grad.abs()
"""


def test_looking_at_gradients_trains_nothing(graph_of: GraphOf) -> None:
    assert kinds(graph_of, {"net.py": NET + LOOK}, "TRAINS_ON") == []


def test_a_network_that_is_given_something_unknown_predicts_all_the_same(graph_of: GraphOf) -> None:
    program = NET + "def infer(batch):\n    net = Net()\n    return net(batch)\n"
    assert len(kinds(graph_of, {"net.py": program}, "PREDICTS")) == 1


WORKERS = """
    import ray
    import ray.train
    import torch
    from ray.train.torch import TorchTrainer
    from net import Net
    def loop(config):
        data = ray.train.get_dataset_shard("train")
        net = ray.train.torch.prepare_model(Net())
        optimizer = torch.optim.Adam(net.parameters())
        for batch in data.iter_torch_batches(batch_size=config["size"]):
            truth = batch.pop("y")
            loss = torch.nn.functional.mse_loss(net(torch.stack([batch["a"], batch["b"]], dim=1)), truth)
            loss.backward()
            optimizer.step()
    table = ray.data.read_parquet("train.parquet")
    trainer = TorchTrainer(train_loop_per_worker=loop, train_loop_config={"size": 8}, datasets={"train": table})
    result = trainer.fit()
"""


def test_workers_train_one_network_on_their_share_of_the_data(graph_of: GraphOf) -> None:
    seen = graph_of({"net.py": NET, "main.py": WORKERS}).graph
    trains = list(seen.edges_of_kind("TRAINS_ON"))
    assert len({edge.target for edge in trains}) == 1
    assert {site.line for edge in trains for site in edge.sites} == {13, 17}


def test_what_workers_train_out_of_sight_is_trained_on_what_they_are_given(graph_of: GraphOf) -> None:
    program = """
        import ray
        from ray.train.xgboost import XGBoostTrainer
        table = ray.data.read_parquet("train.parquet")
        XGBoostTrainer(params={}, label_column="y", datasets={"train": table}).fit()
    """
    assert graph_of(program).trained() == [None]


def test_what_forward_gives_from_outside_is_a_prediction(graph_of: GraphOf) -> None:
    code = (
        NET
        + """
net = Net()
net.load_state_dict(torch.load("net.pt"))
net.forward(torch.tensor(pd.read_csv("new.csv").values)).detach().numpy().tofile("scores.bin")
"""
    )
    seen = graph_of(code)
    assert [seen.graph[edge.source].kind for edge in seen.graph.edges_of_kind("PREDICTS")] == ["model"]


def test_a_checkpoint_is_loaded_by_a_class_that_settings_name(graph_of: GraphOf) -> None:
    code = "from elsewhere import get_class\nmodel = get_class('Net').load_from_checkpoint('checkpoints/last.ckpt')\n"
    assert graph_of(code).reads() == {"checkpoints/last.ckpt"}


def test_what_an_accelerator_saves_is_written(graph_of: GraphOf) -> None:
    code = (
        NET
        + """
from accelerate import Accelerator
accelerator = Accelerator()
net = accelerator.prepare(Net())
accelerator.save({"net": net.state_dict()}, "net.t7")
"""
    )
    assert "net.t7" in graph_of(code).writes()


def test_the_loaders_of_a_data_module_within_a_module_are_followed(graph_of: GraphOf) -> None:
    code = """
import pandas as pd
import pytorch_lightning as pl
from torch.utils.data import DataLoader

class Net(pl.LightningModule):
    class Data(pl.LightningDataModule):
        def __init__(self, folder):
            super().__init__()
            self.folder = folder

        def read(self, name):
            return DataLoader(pd.read_csv(f"{self.folder}/{name}").values)

        def train_dataloader(self):
            return self.read("train.csv")

        def val_dataloader(self):
            return self.read("val.csv")

        def test_dataloader(self):
            return self.read("test.csv")

    def __init__(self, folder):
        super().__init__()
        self.data = self.Data(folder)
"""
    fit = "from net import Net\nimport pytorch_lightning as pl\nnet = Net('data')\npl.Trainer().fit(net, net.data)\n"
    seen = graph_of({"net.py": code, "fit.py": fit})
    assert seen.reads("net.py") >= {"data/train.csv", "data/val.csv"}
    assert {edge.sites[0].file for edge in seen.graph.edges_of_kind("TRAINS_ON")} == {"fit.py"}


def test_methods_of_a_class_within_a_class_run(graph_of: GraphOf) -> None:
    code = """
import pandas as pd

class Job:
    class Store:
        def __init__(self, folder):
            self.folder = folder

        def orders(self):
            return pd.read_csv(f"{self.folder}/orders.csv")

    def __init__(self):
        self.store = self.Store("data")

Job()
"""
    assert graph_of(code).reads() == {"data/orders.csv"}


LOADERS = {
    "base.py": """
        from torch.utils.data import DataLoader

        class Batches(DataLoader):
            def __init__(self, dataset, batch_size):
                self.given = {"dataset": dataset, "batch_size": batch_size}
                super().__init__(shuffle=True, **self.given)
    """,
    "loaders.py": """
        import pandas as pd
        from torch.utils.data import Dataset
        from base import Batches

        class Rows(Dataset):
            def __init__(self, path):
                self.table = pd.read_csv(path)

            def __getitem__(self, index):
                row = self.table.iloc[index]
                return row["x"], row["y"]

        class RowBatches(Batches):
            def __init__(self, folder, batch_size=8):
                super().__init__(Rows(f"{folder}/rows.csv"), batch_size)
    """,
    "model.py": """
        from torch import nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.layer = nn.Linear(1, 1)

            def forward(self, x):
                return self.layer(x)
    """,
    "trainer.py": """
        class Trainer:
            def __init__(self, model, criterion, optimizer, batches):
                self.model, self.criterion, self.optimizer = model, criterion, optimizer
                self.batches = batches

            def train(self):
                for number, (x, y) in enumerate(self.batches):
                    self.optimizer.zero_grad()
                    loss = self.criterion(self.model(x.to("cpu")), y)
                    loss.backward()
                    self.optimizer.step()
    """,
}


def test_a_class_that_is_a_loader_of_batches_goes_over_its_data(graph_of: GraphOf) -> None:
    main = """
        from torch import nn, optim
        from loaders import RowBatches
        from model import Net
        from trainer import Trainer

        net = Net()
        Trainer(net, nn.MSELoss(), optim.Adam(net.parameters()), RowBatches("data")).train()
    """
    seen = graph_of({**LOADERS, "main.py": main})
    assert seen.flows("data/rows.csv", "net")


def test_a_class_that_is_named_from_outside_is_one_of_those_of_its_module(graph_of: GraphOf) -> None:
    main = """
        import sys
        from torch import nn, optim
        import loaders
        import model as models
        from trainer import Trainer

        def made(module, name, *args):
            return getattr(module, name)(*args)

        net = made(models, sys.argv[1])
        Trainer(net, nn.MSELoss(), optim.Adam(net.parameters()), made(loaders, sys.argv[2], "data")).train()
    """
    seen = graph_of({**LOADERS, "main.py": main})
    assert seen.reads() == {"data/rows.csv"}
    assert seen.flows("data/rows.csv", "Net")


def test_files_that_a_folder_lists_are_opened_one_by_one_wherever_they_are_split(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import glob
        import pytorch_lightning as pl
        import torch
        from PIL import Image
        from sklearn.model_selection import train_test_split
        from torch.utils.data import DataLoader, Dataset

        class Pictures(Dataset):
            def __init__(self, files):
                self.files = files

            def __getitem__(self, index):
                return Image.open(self.files[index]), 1

        class Data(pl.LightningDataModule):
            def setup(self, stage):
                train, self.rest = train_test_split(glob.glob("pictures/*.jpg"), test_size=0.2)
                self.train = Pictures(train)

            def train_dataloader(self):
                return DataLoader(self.train, shuffle=True)

        class Net(pl.LightningModule):
            def __init__(self):
                super().__init__()
                self.layer = torch.nn.Linear(4, 1)

            def training_step(self, batch, number):
                x, y = batch
                return torch.nn.functional.mse_loss(self.layer(x), y)

        model = Net()
        pl.Trainer(max_epochs=1).fit(model, Data())
    """)
    assert seen.reads() == {"pictures/{file}.jpg"}
    assert seen.flows("pictures/{file}.jpg", "model")


SESSION = """
import numpy as np
import pandas as pd
import tensorflow as tf
class Net:
    def __init__(self):
        self.x = tf.placeholder(tf.float32, [None, 3])
        self.y = tf.placeholder(tf.float32, [None])
        self.answer = tf.layers.dense(self.x, 1)
        self.loss = tf.nn.l2_loss(self.answer - self.y)
        self.train_op = tf.train.AdamOptimizer(0.1).minimize(self.loss)
table = pd.read_csv("in.csv")
net = Net()
"""


def test_a_run_of_a_graph_learns_or_answers(graph_of: GraphOf) -> None:
    seen = graph_of(
        SESSION
        + """
sess = tf.Session()
sess.run(tf.global_variables_initializer())
_, loss = sess.run([net.train_op, net.loss], feed_dict={net.x: table[["a"]].values, net.y: table.b})
loss = sess.run(net.loss, feed_dict={net.x: table[["a"]].values, net.y: table.b})
tf.train.Saver().save(sess, "out/model.ckpt")
np.save("answers.npy", sess.run(net.answer, {net.x: table[["a"]].values}))
"""
    )
    assert seen.models() == {"Graph"}
    assert len(list(seen.graph.edges_of_kind("TRAINS_ON"))) == 1
    assert len(list(seen.graph.edges_of_kind("PREDICTS"))) == 1
    assert seen.flows("in.csv", "out/model.ckpt")
    assert seen.flows("in.csv", "answers.npy")


def test_a_graph_that_is_restored_answers_as_what_was_stored(graph_of: GraphOf) -> None:
    seen = graph_of(
        SESSION
        + """
with tf.Session() as sess:
    tf.train.Saver().restore(sess, tf.train.latest_checkpoint("out"))
    answers = sess.run([net.answer], feed_dict={net.x: table.values})
"""
    )
    assert [edge.source for edge in seen.graph.edges_of_kind("LOADS")] == ["artifact:out"]
    assert [edge.source.partition(":")[0] for edge in seen.graph.edges_of_kind("PREDICTS")] == ["loaded"]


def test_a_graph_that_nobody_trains_is_a_computation(graph_of: GraphOf) -> None:
    seen = graph_of(SESSION + "\ntf.Session().run(net.answer, feed_dict={net.x: table.values})\n")
    assert not list(seen.graph.edges_of_kind("PREDICTS"))


WRAPPED = """
    import pandas as pd
    import torch
    from torch import nn

    class Net(nn.Module):
        def forward(self, x):
            return x

    class Wrapped(nn.Module):
        def __init__(self, model, path):
            super().__init__()
            self.model = model
            self.model.load_state_dict(torch.load(path)["state_dict"])

        def forward(self, x):
            return self.model(x / 255)

    net = Wrapped(Net(), "net.pt")
    pd.DataFrame(net(torch.tensor(pd.read_csv("new.csv").values))).to_csv("out.csv")
"""


def test_what_a_network_around_a_stored_one_predicts_comes_of_that(graph_of: GraphOf) -> None:
    assert graph_of(WRAPPED).flows("net.pt", "out.csv")


PREPARED = """
    import pandas as pd
    import torch
    import torchaudio
    from torch import nn
    from torch.utils.data import DataLoader, Dataset

    class Sounds(Dataset):
        def __init__(self, prepare):
            self.table = pd.read_csv("sounds.csv")
            self.prepare = prepare

        def __getitem__(self, index):
            row = self.table.iloc[index]
            return self.prepare(torchaudio.load("wav/" + row["file"])[0]), row["label"]

    net = nn.Sequential(nn.Linear(3, 1))
    prepare = nn.Sequential(torchaudio.transforms.Spectrogram(), torchaudio.transforms.MelScale())
    for x, y in DataLoader(Sounds(prepare)):
        nn.functional.cross_entropy(net(x), y).backward()
    torch.save(net.state_dict(), "net.pt")
"""


def test_steps_that_prepare_the_items_of_a_data_set_predict_nothing(graph_of: GraphOf) -> None:
    seen = graph_of(PREPARED)

    assert seen.flows("wav/{file}", "net.pt")
    assert len(seen.trained()) == 1
    assert not list(seen.graph.edges_of_kind("PREDICTS"))


def test_what_a_tokenizer_encodes_is_no_prediction(graph_of: GraphOf) -> None:
    seen = graph_of("""
from transformers import BertModel, BertTokenizer
class Words:
    def __init__(self, path):
        self.tokenizer = BertTokenizer.from_pretrained(path)
    def encode(self, text):
        return self.tokenizer.encode(text, add_special_tokens=False)
model = BertModel.from_pretrained("bert-base")
model(Words("bert-base").encode(open("in.txt").read()))
""")
    assert len(list(seen.graph.edges_of_kind("PREDICTS"))) == 1
    assert seen.flows("in.txt", "prediction")
