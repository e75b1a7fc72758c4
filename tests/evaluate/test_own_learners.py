"""Classes of the repository that learn and answer by arithmetic of their own."""

from __future__ import annotations

from mldebt.graph.model import Edge
from tests.evaluate.small import GraphOf, Seen

FACTORS = """
import numpy as np
import pandas as pd

class Factors:
    def __init__(self, rate=0.01):
        self.rate = rate
    def fit(self, ratings):
        self.P = np.random.normal(size=(ratings.user.nunique(), 8))
        self.Q = np.random.normal(size=(ratings.item.nunique(), 8))
        for u, i, r in ratings[["user", "item", "rating"]].values:
            error = r - self.P[u] @ self.Q[i]
            self.P[u] += self.rate * error * self.Q[i]
        return self
    def predict(self, u, i):
        return self.P[u] @ self.Q[i]
"""
RECOMMENDER = """
import numpy as np
import pandas as pd
import scipy.sparse as sps

class Base:
    def __init__(self, URM):
        self.URM = URM
    def recommend(self, user):
        return np.argsort(self._scores(user))[:10]

class ItemKNN(Base):
    def fit(self, shrink=10):
        self.W = self.URM.T @ self.URM
    def _scores(self, user):
        return self.URM[user] @ self.W
"""


def edges(seen: Seen, kind: str) -> list[Edge]:
    return list(seen.graph.edges_of_kind(kind))


def test_factors_that_a_loop_learns_are_a_model(graph_of: GraphOf) -> None:
    seen = graph_of(f"""{FACTORS}
ratings = pd.read_csv("ratings.csv")
model = Factors()
model.fit(ratings)
asked = pd.read_csv("asked.csv")
asked["score"] = [model.predict(u, i) for u, i in asked[["user", "item"]].values]
asked.to_csv("scores.csv")
""")
    assert "Factors" in seen.models()
    assert seen.flows("ratings.csv", "scores.csv")
    assert len(edges(seen, "TRAINS_ON")) == 1
    assert len(edges(seen, "PREDICTS")) == 1


def test_what_is_to_be_told_is_the_label(graph_of: GraphOf) -> None:
    seen = graph_of("""
import numpy as np
import pandas as pd
class Regression:
    def fit(self, X, y):
        self.w = np.zeros(X.shape[1])
        for _ in range(100):
            self.w -= 0.1 * X.T @ (X @ self.w - y)
    def predict(self, X):
        return X @ self.w
df = pd.read_csv("d.csv")
model = Regression()
model.fit(df[["a", "b"]].values, df["y"].values)
model.predict(pd.read_csv("new.csv")[["a", "b"]].values)
""")
    assert len(edges(seen, "LABELS")) == 1
    assert len(edges(seen, "TRAINS_ON")) == 1


def test_a_recommender_learns_from_what_it_was_made_with(graph_of: GraphOf) -> None:
    """The matrix is filled by marks at places that the data say."""
    seen = graph_of(f"""{RECOMMENDER}
data = pd.read_csv("clicks.csv")
coo = sps.coo_matrix((data["n"].values, (data["user"].values, data["item"].values)))
URM = np.zeros((100, 100))
for x in range(len(coo.data)):
    URM[coo.row[x]][coo.col[x]] = 1
model = ItemKNN(sps.csr_matrix(URM))
model.fit(shrink=3)
with open("out.csv", "w") as file:
    for user in pd.read_csv("users.csv")["user"]:
        file.write(str(model.recommend(user)))
""")
    (trained,) = edges(seen, "TRAINS_ON")
    assert seen.graph[trained.target].name == "ItemKNN"
    assert seen.flows("clicks.csv", "out.csv")
    assert seen.flows("users.csv", "out.csv")


def test_a_class_around_a_library_s_model_is_no_second_one(graph_of: GraphOf) -> None:
    seen = graph_of("""
import pandas as pd
from sklearn.linear_model import Ridge
class Wrapper:
    def fit(self, X, y):
        self.mean = X.mean()
        self.model = Ridge()
        self.model.fit(X, y)
    def predict(self, X):
        return self.model.predict(X)
df = pd.read_csv("d.csv")
for k in range(2):
    model = Wrapper()
    model.fit(df[["a"]], df["y"])
    model.predict(df[["a"]])
""")
    made = {str(node.attributes["class"]).rpartition(".")[2] for node in seen.graph.of_kind("model")}
    assert made == {"Ridge"}


def test_a_method_that_only_takes_settings_trains_nothing(graph_of: GraphOf) -> None:
    seen = graph_of("""
import pandas as pd
class Blend:
    def __init__(self, table):
        self.table = table
    def fit(self, alpha):
        self.alpha = alpha
    def predict(self, row):
        return self.alpha * row
model = Blend(pd.read_csv("d.csv"))
model.fit(0.3)
model.predict(1)
""")
    assert not edges(seen, "TRAINS_ON")
    assert not edges(seen, "PREDICTS")


def test_an_answer_computed_from_a_fitted_model_s_parts_comes_of_it(graph_of: GraphOf) -> None:
    seen = graph_of("""
import pandas as pd
from sklearn.linear_model import ElasticNet
class Slim:
    def fit(self, X):
        self.model = ElasticNet()
        self.model.fit(X, X["a"])
        self.W = self.model.coef_
    def recommend(self, rows):
        return rows.values @ self.W
model = Slim()
model.fit(pd.read_csv("d.csv"))
model.recommend(pd.read_csv("new.csv"))
""")
    (asked,) = edges(seen, "PREDICTS")
    assert seen.graph[asked.source].attributes["class"].endswith("ElasticNet")


def test_what_no_library_is_known_of_answers_once_it_was_fitted(graph_of: GraphOf) -> None:
    seen = graph_of("""
import pandas as pd
from somewhere import SasRec
df = pd.read_csv("d.csv")
model = SasRec(dim=3)
model.fit(df)
model.recommend(df["user"], df).to_csv("out.csv")
""")
    assert len(edges(seen, "PREDICTS")) == 1
    assert seen.flows("d.csv", "out.csv")


def test_a_recommender_that_is_asked_by_number_tells_of_its_data(graph_of: GraphOf) -> None:
    seen = graph_of("""
import lightfm
import lightfm.data as ld
import numpy as np
import pandas as pd
df = pd.read_csv("d.csv")
dataset = ld.Dataset()
dataset.fit(df["user"], df["item"])
pairs, _ = dataset.build_interactions(df.itertuples(index=False))
model = lightfm.LightFM()
for epoch in range(30):
    model = model.fit_partial(pairs)
scores = model.predict(1, np.arange(100))
np.save("scores.npy", scores)
""")
    assert edges(seen, "TRAINS_ON")
    assert seen.flows("d.csv", "scores.npy")


def test_what_was_stored_under_any_name_is_a_model_where_it_is_asked_as_one(graph_of: GraphOf) -> None:
    seen = graph_of("""
import pickle
def load(name):
    with open(f"models/{name}.pkl", "rb") as file:
        return pickle.load(file)
algorithm = load("svd")
pairs = [[1, item, 0] for item in load("items")]
print(algorithm.test(pairs))
""")
    assert [edge.source for edge in edges(seen, "PREDICTS")] != []
    assert "models/svd.pkl" in seen.reads()


def test_a_stored_scaler_puts_no_rows_into_what_was_drawn_at_random(graph_of: GraphOf) -> None:
    seen = graph_of("""
import joblib
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler
try:
    scaler = joblib.load("scaler.pkl")
except Exception:
    scaler = StandardScaler()
drawn = pd.DataFrame({"a": np.random.randint(0, 5, 100)})
scaled = scaler.fit_transform(drawn)
model = RandomForestClassifier()
model.fit(scaled, drawn["a"] > 3)
""")
    assert any(node.name.startswith("inline::") for node in seen.graph.of_kind("dataset"))


def test_a_class_may_call_what_it_answers_by_a_noun(graph_of: GraphOf) -> None:
    seen = graph_of("""
import numpy as np
import pandas as pd
from numpy.linalg import svd
class Filtering:
    def __init__(self, ratings, k=10):
        self.ratings, self.k = ratings, k
    def train(self, alpha):
        u, s, v = svd(self.ratings.pivot_table(index="u", columns="i", values="r"))
        self.q, self.p = u[:, : self.k], v[: self.k, :]
        self.bias = np.zeros(10)
        self.bias[0] += alpha * self.q[0]
    def get_prediction(self):
        return np.dot(self.q, self.p)
model = Filtering(pd.read_csv("ratings.csv"))
model.train(0.1)
np.save("scores.npy", model.get_prediction())
""")
    assert seen.flows("ratings.csv", "Filtering")
    assert len(edges(seen, "PREDICTS")) == 1
