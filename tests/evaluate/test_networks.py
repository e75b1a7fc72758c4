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
