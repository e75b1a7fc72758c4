"""Estimators from construction through fit, save and load to predictions."""

from __future__ import annotations

import pytest

from mldebt.graph.model import Edge
from tests.evaluate.small import GraphOf, Seen

READ = """\
import joblib
import pickle
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.ensemble import RandomForestRegressor, StackingRegressor, VotingRegressor
from sklearn.feature_selection import SelectKBest
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, cross_val_predict, train_test_split
from sklearn.multioutput import MultiOutputRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

df = pd.read_csv("a.csv", usecols=["id", "u", "v", "y"])
X, y = df[["u", "v"]], df["y"]
"""
FIT_AND_USE = [
    "m = LinearRegression()\nm.fit(X, y)\np = m.predict(X)",
    "m = LinearRegression().fit(X, y)\np = m.predict(X)",
    "p = LinearRegression().fit(X, y).predict(X)",
    "m = LinearRegression()\nm.fit(X=X, y=y)\np = m.predict(X=X)",
    "m = make_pipeline(StandardScaler(), LinearRegression())\nm.fit(X, y)\np = m.predict(X)",
    "m = Pipeline([('s', StandardScaler()), ('m', LinearRegression())])\nm.fit(X, y)\np = m.predict(X)",
    "m = Pipeline(steps=[('m', LinearRegression())])\nm.fit(X, y)\np = m.predict(X)",
    "steps = []\nsteps.append(('m', LinearRegression()))\nm = Pipeline(steps)\nm.fit(X, y)\np = m.predict(X)",
    "m = GridSearchCV(LinearRegression(), {}, cv=3)\nm.fit(X, y)\np = m.predict(X)",
    "s = GridSearchCV(LinearRegression(), {}, cv=3)\ns.fit(X, y)\nm = s.best_estimator_\np = m.predict(X)",
    "m = MultiOutputRegressor(LinearRegression())\nm.fit(X, y)\np = m.predict(X)",
    "m = StackingRegressor([('a', LinearRegression())])\nm.fit(X, y)\np = m.predict(X)",
    "models = {'a': LinearRegression()}\nmodels['a'].fit(X, y)\np = models['a'].predict(X)",
    "models = {'a': LinearRegression()}\nfor name, m in models.items():\n    m.fit(X, y)\n    p = m.predict(X)",
    "models = [LinearRegression(), RandomForestRegressor(random_state=1)]\nfor m in models:\n    m.fit(X, y)\n"
    "p = models[0].predict(X)",
    "def make():\n    return LinearRegression()\nm = make()\nm.fit(X, y)\np = m.predict(X)",
    "def train(m, X, y):\n    m.fit(X, y)\n    return m\nm = train(LinearRegression(), X, y)\np = m.predict(X)",
    "class A:\n    def __init__(self):\n        self.m = LinearRegression()\n    def fit(self, X, y):\n"
    "        self.m.fit(X, y)\n        return self\n    def predict(self, X):\n        return self.m.predict(X)\n"
    "p = A().fit(X, y).predict(X)",
    "class A:\n    def __init__(self, m):\n        self.model = m\na = A(LinearRegression())\na.model.fit(X, y)\n"
    "p = a.model.predict(X)",
    "class A:\n    m = None\n    def train(self):\n        self.m = LinearRegression()\n        self.m.fit(X, y)\n"
    "a = A()\na.train()\np = a.m.predict(X)",
    "MODELS = {'lin': LinearRegression}\nm = MODELS['lin']()\nm.fit(X, y)\np = m.predict(X)",
    "from sklearn.base import clone\nm = clone(LinearRegression())\nm.fit(X, y)\np = m.predict(X)",
    "import sklearn.linear_model as lm\nm = lm.Ridge(alpha=2)\nm.fit(X, y)\np = m.predict(X)",
    "from sklearn import linear_model\nm = linear_model.Ridge()\nm.fit(X, y)\np = m.predict(X)",
    "import xgboost as xgb\nm = xgb.XGBRegressor()\nm.fit(X, y)\np = m.predict(X)",
    "import lightgbm as lgb\nm = lgb.LGBMRegressor()\nm.fit(X, y)\np = m.predict(X)",
    "from sklearn.base import BaseEstimator\nclass Mine(BaseEstimator):\n    def fit(self, X, y):\n"
    "        self.inner_ = LinearRegression().fit(X, y)\n        return self\n    def predict(self, X):\n"
    "        return self.inner_.predict(X)\nm = Mine()\nm.fit(X, y)\np = m.predict(X)",
]


@pytest.mark.parametrize("program", FIT_AND_USE)
def test_a_model_learns_from_named_columns_and_predicts(program: str, graph_of: GraphOf) -> None:
    assert_learned(graph_of(READ + program + "\npd.DataFrame({'p': p}).to_csv('scores.csv')\n"))


def assert_learned(seen: Seen) -> None:
    assert ("u", "v") in seen.trained()
    assert ("y",) in seen.trained("LABELS")
    assert predictions_reach(seen, "scores.csv")
    assert seen.use("a.csv", "u") >= {"feature"}
    assert seen.use("a.csv", "y") >= {"label"}
    assert seen.unused("a.csv") == {"id"}


def predictions_reach(seen: Seen, name: str) -> bool:
    """Whether a prediction of a model that learned something flows there."""
    learned = {edge.target for edge in seen.graph.edges_of_kind("TRAINS_ON", "FITS", "DERIVES")}
    made = [edge.target for edge in seen.graph.edges_of_kind("PREDICTS") if edge.source in learned]
    return any(seen.flows(seen.graph[target].name, name) for target in made if target.startswith("prediction:"))


SAVE_AND_LOAD = [
    ("joblib.dump(m, 'm.joblib')", "m = joblib.load('m.joblib')", "m.joblib"),
    ("joblib.dump({'model': m, 'n': 1}, 'm.pkl')", "m = joblib.load('m.pkl')['model']", "m.pkl"),
    ("pickle.dump(m, open('m.pkl', 'wb'))", "m = pickle.load(open('m.pkl', 'rb'))", "m.pkl"),
    (
        "with open('m.pkl', 'wb') as f:\n    pickle.dump(m, f)",
        "with open('m.pkl', 'rb') as f:\n    m = pickle.load(f)",
        "m.pkl",
    ),
    ("f = open('m.pkl', 'wb')\npickle.dump(m, f)\nf.close()", "f = open('m.pkl', 'rb')\nm = pickle.load(f)", "m.pkl"),
    ("joblib.dump(m, Path('models') / 'm.pkl')", "m = joblib.load('models/m.pkl')", "models/m.pkl"),
]


@pytest.mark.parametrize(("save", "load", "name"), SAVE_AND_LOAD)
def test_a_saved_model_is_the_one_that_is_loaded(save: str, load: str, name: str, graph_of: GraphOf) -> None:
    assert_same_artifact(graph_of(trained_and_scored(save, load)), name)


def trained_and_scored(save: str, load: str) -> dict[str, str | bytes]:
    path = "from pathlib import Path\n"
    score = f"{path}{READ}{load}\npd.Series(m.predict(X)).to_csv('scores.csv')\n"
    return {"train.py": f"{path}{READ}m = LinearRegression().fit(X, y)\n{save}\n", "score.py": score}


def assert_same_artifact(seen: Seen, name: str) -> None:
    assert seen.stored(name).kind == "artifact"
    assert {edge.kind for edge in seen.graph.into(f"artifact:{name}")} == {"PERSISTS"}
    assert {edge.kind for edge in seen.graph.out(f"artifact:{name}")} == {"LOADS"}
    assert seen.flows(name, "scores.csv")


def test_a_helper_that_saves_and_one_that_loads(graph_of: GraphOf) -> None:
    store = """
        import joblib, os
        FOLDER = "models"
        def save(obj, name):
            os.makedirs(FOLDER, exist_ok=True)
            joblib.dump(obj, os.path.join(FOLDER, f"{name}.pkl"))
        def load(name):
            return joblib.load(os.path.join(FOLDER, f"{name}.pkl"))
    """
    seen = graph_of({
        "store.py": store,
        "train.py": f"{READ}from store import save\nm = LinearRegression().fit(X, y)\nsave(m, 'eta')\n",
        "score.py": f"{READ}from store import load\nm = load('eta')\npd.Series(m.predict(X)).to_csv('scores.csv')\n",
    })  # fmt: skip
    assert seen.stored("models/eta.pkl").kind == "artifact"
    assert seen.flows("models/eta.pkl", "scores.csv")


def test_a_model_that_is_unpickled_from_the_bytes_of_a_file_that_is_told_elsewhere(graph_of: GraphOf) -> None:
    score = "def score(settings):\n    with open(settings['model_file'], 'rb') as file:\n        data = file.read()\n"
    score += "    model = pickle.loads(data)\n    pd.Series(model.predict(X)).to_csv('scores.csv')\n"
    seen = graph_of({"score.py": f"import json, sys\n{READ}{score}\nscore(json.loads(sys.argv[1]))\n"})
    assert seen.graph.of_kind("prediction")
    assert seen.flows("a.csv", "scores.csv")


def test_pickled_data_is_a_data_set(graph_of: GraphOf) -> None:
    seen = graph_of({
        "first.py": f"{READ}df.to_pickle('mid.pkl')\n",
        "second.py": "import pickle\nwith open('mid.pkl', 'rb') as f:\n    df = pickle.load(f)\n"
        "df[['u']].to_csv('out.csv')\n",
    })  # fmt: skip
    assert seen.stored("mid.pkl").kind == "dataset"
    assert seen.flows("mid.pkl", "out.csv")


@pytest.mark.parametrize(
    "program",
    [
        "s = StandardScaler()\nT = s.fit_transform(X)",
        "s = StandardScaler().fit(X)\nT = s.transform(X)",
        "s = make_pipeline(SimpleImputer(), StandardScaler())\nT = s.fit_transform(X)",
        "class P:\n    def __init__(self):\n        self.s = StandardScaler()\n    def run(self, X):\n"
        "        return self.s.fit_transform(X)\nT = P().run(X)",
    ],
)
def test_a_transformer_fits_and_its_state_flows_on(program: str, graph_of: GraphOf) -> None:
    assert_transformed(graph_of(f"{READ}{program}\nm = LinearRegression().fit(T, y)\n"))


def assert_transformed(seen: Seen) -> None:
    assert [edge for edge in seen.graph.edges_of_kind("FITS") if edge.source.startswith("frame:")]
    assert [edge for edge in seen.graph.edges_of_kind("DERIVES") if edge.attributes.get("state")]
    assert seen.use("a.csv", "u") >= {"feature"}
    assert seen.unused("a.csv") == {"id"}


def test_a_column_transformer_takes_only_the_columns_that_it_names(graph_of: GraphOf) -> None:
    program = "t = ColumnTransformer([('n', StandardScaler(), ['u']), ('c', OneHotEncoder(), ['v'])])\n"
    program += "m = Pipeline([('t', t), ('m', LinearRegression())])\nm.fit(df, y)\n"
    seen = graph_of(READ + program)
    assert "feature" in seen.use("a.csv", "u") & seen.use("a.csv", "v")
    assert seen.unused("a.csv") == {"id"}


def test_a_column_transformer_that_passes_the_rest_through_uses_all(graph_of: GraphOf) -> None:
    program = "t = ColumnTransformer([('n', StandardScaler(), ['u'])], remainder='passthrough')\n"
    program += "m = make_pipeline(t, LinearRegression())\nm.fit(df.drop(columns='y'), y)\n"
    assert graph_of(READ + program).unused("a.csv") == set()


@pytest.mark.parametrize(
    ("program", "seed"),
    [
        ("RandomForestRegressor()", "absent"),
        ("RandomForestRegressor(random_state=None)", "absent"),
        ("RandomForestRegressor(random_state=42)", "fixed"),
        ("RandomForestRegressor(**{'random_state': 42})", "fixed"),
        ("RandomForestRegressor(**dict(n_estimators=3))", "absent"),
        ("RandomForestRegressor(random_state=SEED)", "fixed"),
        ("Pipeline([('m', RandomForestRegressor(random_state=1))])", "fixed"),
        ("RandomForestRegressor(**parameters())", "unknown"),
    ],
)
def test_a_model_knows_whether_its_seed_is_fixed(program: str, seed: str, graph_of: GraphOf) -> None:
    seen = graph_of(f"{READ}from elsewhere import parameters\nSEED = 7\nm = {program}\nm.fit(X, y)\n")
    (model,) = (edge.target for edge in seen.graph.edges_of_kind("TRAINS_ON"))
    assert (seen.graph[model].attributes["stochastic"], seen.graph[model].attributes["seed"]) == (True, seed)


def test_a_global_seed_counts_for_numpy_and_sklearn(graph_of: GraphOf) -> None:
    seen = graph_of(f"{READ}np.random.seed(1)\nm = RandomForestRegressor()\nm.fit(X, y)\n")
    (model,) = (edge.target for edge in seen.graph.edges_of_kind("TRAINS_ON"))
    assert seen.graph[model].attributes["seed"] == "global"


def test_a_score_evaluates_on_what_it_is_given(graph_of: GraphOf) -> None:
    program = (
        "a, b, ya, yb = train_test_split(X, y, random_state=1)\nm = LinearRegression().fit(a, ya)\nm.score(b, yb)\n"
    )
    seen = graph_of(READ + program)
    (edge,) = [edge for edge in seen.graph.edges_of_kind("EVALUATES_ON") if edge.source.startswith("frame:")]
    assert seen.graph.rowsets[str(seen.graph[edge.source].attributes["rows"])].part == "test"


def test_what_a_model_predicts_can_be_the_feature_of_another(graph_of: GraphOf) -> None:
    program = "first = LinearRegression().fit(X, y)\ndf['p'] = first.predict(X)\n"
    program += "second = LinearRegression().fit(df[['u', 'p']], y)\n"
    seen = graph_of(READ + program)
    assert ("u", "p") in seen.trained()
    (prediction,) = seen.graph.of_kind("prediction")
    assert any(edge.target.startswith("model:") for edge in _downstream(seen, prediction.id))


def _downstream(seen: Seen, node: str) -> list[Edge]:
    found: list[Edge] = []
    waiting, known = [node], {node}
    while waiting:
        for edge in seen.graph.out(waiting.pop()):
            found.append(edge)
            if edge.target not in known:
                known.add(edge.target)
                waiting.append(edge.target)
    return found


def test_a_threshold_decides(graph_of: GraphOf) -> None:
    program = "m = LogisticRegression().fit(X, y)\np = m.predict_proba(X)[:, 1]\nflag = p > 0.7\n"
    program += "if m.predict_proba(X)[0, 1] > 0.3:\n    print('late')\n"
    decisions = {node.attributes["threshold"] for node in graph_of(READ + program).graph.of_kind("decision")}
    assert decisions == {0.7, 0.3}


@pytest.mark.parametrize("uri", ["models:/churn/Production", "models:/churn@champion", "models:///churn/3"])
def test_a_version_of_a_registered_model_is_what_was_registered(uri: str, graph_of: GraphOf) -> None:
    save = "import mlflow\nmlflow.sklearn.log_model(m, 'model', registered_model_name='churn')\n"
    load = f"import mlflow\nscores = mlflow.pyfunc.load_model('{uri}').predict(X)\nscores.to_csv('scores.csv')\n"
    train = "from sklearn.svm import SVC\nm = SVC().fit(X, df['y'])\n"
    seen = graph_of({"train.py": READ + train + save, "score.py": READ.replace("a.csv", "new.csv") + load})
    assert seen.flows("mlflow://churn", "scores.csv")
    assert not seen.flows("mlflow://churn", "a.csv")


def test_the_latest_of_a_named_model_is_what_was_saved(graph_of: GraphOf) -> None:
    save = "import bentoml\nfrom sklearn.svm import SVC\nbentoml.sklearn.save_model('late', SVC().fit(X, df['y']))\n"
    load = "import bentoml\np = bentoml.sklearn.load_model('late:latest').predict(X)\np.to_csv('scores.csv')\n"
    seen = graph_of({"train.py": READ + save, "score.py": READ.replace("a.csv", "new.csv") + load})
    assert seen.flows("a.csv", "scores.csv")


def test_an_explanation_is_no_prediction(graph_of: GraphOf) -> None:
    seen = graph_of("""
        import pandas as pd
        import shap
        from sklearn.linear_model import LinearRegression

        data = pd.read_csv("a.csv")
        model = LinearRegression().fit(data[["x"]], data["y"])
        explainer = shap.LinearExplainer(model, data[["x"]])
        shap.summary_plot(explainer(data[["x"]]), data[["x"]])
        explainer.shap_values(data[["x"]])
    """)
    assert not list(seen.graph.edges_of_kind("PREDICTS"))
