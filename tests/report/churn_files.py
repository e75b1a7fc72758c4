"""The source of a small customer-churn repository, as the tests of the reports scan it."""

from __future__ import annotations

import json

PREPARE = '''\
"""Nightly: join orders with users and keep the table that training reads."""
import pandas as pd

orders = pd.read_csv("data/orders.csv")
users = pd.read_csv("data/users.csv"); plans = pd.read_csv("data/plans.csv")
table = orders.merge(users, on="user_id").merge(plans, on="plan_id")
table.to_parquet("data/training.parquet")
'''

TRAIN = """\
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

FEATURES = ["orders", "tenure_days", "plan_price"]

data = pd.read_parquet("data/training.parquet")
model = RandomForestClassifier(n_estimators=300)
model.fit(data[FEATURES], data["churned"])
joblib.dump(model, "models/churn.joblib")
"""

SCORE = """\
import joblib
import pandas as pd

from churn.train import FEATURES


def score(day, source):
    model = joblib.load("models/churn.joblib")
    batch = pd.read_csv(source)
\tbatch["churn_probability"] = model.predict_proba(batch[FEATURES])[:, 1]
    batch.to_parquet(
        f"data/scores/{day}.parquet",
        columns=["user_id", "churn_probability"],
        index=False,
        compression="zstd",
        engine="pyarrow",
        storage_options=None,
        partition_cols=None,
    )
    batch["churned"] = (batch["churn_probability"] > 0.9).astype(int)
    history = pd.concat([pd.read_parquet("data/training.parquet"), batch])
    history.to_parquet("data/training.parquet")
"""

DISCOUNTS = """\
import numpy as np
import pandas as pd

scores = pd.read_parquet("data/scores/2026-11-24.parquet")
scores["discount"] = np.where(scores["churn_probability"] > 0.7, 0.15, 0.0)
"""

NOTEBOOK_CELLS = (
    ("markdown", "# Does scaling help?\n<script>alert('notebook')</script>"),
    ("code", 'import pandas as pd\ndata = pd.read_parquet("../data/training.parquet")'),
    (
        "code",
        'from sklearn.preprocessing import StandardScaler\n\nX = data.drop(columns="churned")\n'
        'X = StandardScaler().fit_transform(X)  # "all" rows',
    ),
    ("code", "X_train, X_test, y_train, y_test = train_test_split(X, data.churned)"),
)


def notebook() -> str:
    cells: list[dict[str, object]] = [
        {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
        | ({"outputs": [], "execution_count": None} if kind == "code" else {})
        for kind, source in NOTEBOOK_CELLS
    ]
    document = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


FILES = {
    "churn/prepare.py": PREPARE,
    "churn/train.py": TRAIN,
    "churn/score.py": SCORE,
    "pricing/weekly discounts.py": DISCOUNTS,
    "notebooks/scaling.ipynb": notebook(),
}
