"""What a scan of the churn repository comes to: its graph and findings, made by hand."""

from __future__ import annotations

from mldebt.graph.model import Column, Coverage, Edge, Graph, Node
from mldebt.rules.model import Finding, Step
from mldebt.sites import Site

from .churn_files import FILES, NOTEBOOK_CELLS

DISCOUNTS = "pricing/weekly discounts.py"
NOTEBOOK = "notebooks/scaling.ipynb"


def site(file: str, start: str, end: str = "", cell: int = -1) -> Site:
    """From the line that holds `start` to the next one that holds `end`."""
    lines = (FILES[file] if cell < 0 else NOTEBOOK_CELLS[cell][1]).splitlines()
    first = next(number for number, line in enumerate(lines, 1) if start in line)
    last = next(number for number, line in enumerate(lines, 1) if number >= first and end in line) if end else first
    return Site(file, first, last, cell)


READ_USERS = site("churn/prepare.py", "users.csv")
WRITE_TRAINING = site("churn/prepare.py", "to_parquet")
READ_TRAINING = site("churn/train.py", "read_parquet")
FIT = site("churn/train.py", "model.fit")
MAKE_MODEL = site("churn/train.py", "RandomForestClassifier(")
SAVE_MODEL = site("churn/train.py", "joblib.dump")
LOAD_MODEL = site("churn/score.py", "joblib.load")
READ_BATCH = site("churn/score.py", "read_csv")
PREDICT = site("churn/score.py", "predict_proba")
WRITE_SCORES = site("churn/score.py", "batch.to_parquet(", "    )")
LABEL = site("churn/score.py", '["churned"] =')
REWRITE = site("churn/score.py", "history.to_parquet")
READ_SCORES = site(DISCOUNTS, "read_parquet")
DECIDE = site(DISCOUNTS, "0.7")
SCALE = site(NOTEBOOK, "fit_transform", cell=2)
SPLIT = site(NOTEBOOK, "train_test_split", cell=3)

TRAINING, SCORES, USERS, PLANS = (
    f"dataset:{path}"
    for path in ("data/training.parquet", "data/scores/{day}.parquet", "data/users.csv", "data/plans.csv")
)
MODEL, ARTIFACT, PREDICTION = "model:churn.model", "artifact:models/churn.joblib", "prediction:churn_probability"


def graph() -> Graph:
    return Graph(
        _nodes(),
        _edges(),
        coverage=Coverage(
            files=5,
            lines=61,
            resolved=8,
            transient=1,
            unresolved=1,
            reasons={"caller-unknown": 1},
            skipped={"old/legacy.py": "Python 2", "vendor/lib.py": "vendored", "vendor/other.py": "vendored"},
        ),
    )


def _nodes() -> list[Node]:
    columns = (
        Column("user_id", True, "header"),
        Column("tenure_days", True, "header"),
        Column("nickname", False, "header"),
        Column("fax", None, "header"),
    )
    csv = {"store": "file", "format": "csv", "external": True}
    parquet = {"store": "file", "format": "parquet"}
    classifier = {"class": "sklearn.ensemble.RandomForestClassifier", "stochastic": True, "seed": "absent"}
    return [
        Node("dataset:data/orders.csv", "dataset", "data/orders.csv", attributes=csv),
        Node(USERS, "dataset", "data/users.csv", (READ_USERS,), columns, csv),
        Node(PLANS, "dataset", "data/plans.csv", (READ_USERS,), (), csv),
        Node(TRAINING, "dataset", "data/training.parquet", (), (), parquet),
        Node(SCORES, "dataset", "data/scores/{day}.parquet", (), (), parquet | {"template": True}),
        Node("dataset:http::POST /predict", "dataset", "POST /predict", (), (), {"store": "http"}),
        Node("frame:prepare.table", "frame", "table"),
        Node("frame:train.data", "frame", "data"),
        Node("frame:score.batch", "frame", "batch"),
        Node("frame:discounts.scores", "frame", "scores"),
        Node(MODEL, "model", "model", (MAKE_MODEL,), (), classifier),
        Node("model:scaling.scaler", "model", "StandardScaler", (SCALE,), (), {"stochastic": False}),
        Node(ARTIFACT, "artifact", "models/churn.joblib", (), (), {"store": "file"}),
        Node(PREDICTION, "prediction", "churn_probability", (PREDICT,), (), {"method": "predict_proba"}),
        Node("consumer:pricing", "consumer", "pricing", (READ_SCORES,), (), {"declared": False}),
        Node("job:score", "job", "churn/score.py", (), (), {"kind": "script", "roles": ("score",)}),
        Node(
            "gap:source",
            "gap",
            "source",
            (READ_BATCH,),
            (),
            {"reason": "caller-unknown", "detail": "`source` is given by a caller outside.", "production": True},
        ),
    ]


def _edges() -> list[Edge]:
    return [
        Edge(USERS, "frame:prepare.table", "READS", sites=(READ_USERS,)),
        Edge(PLANS, "frame:prepare.table", "READS", sites=(READ_USERS,)),
        Edge("frame:prepare.table", TRAINING, "WRITES", sites=(WRITE_TRAINING,)),
        Edge(TRAINING, "frame:train.data", "READS", sites=(READ_TRAINING,)),
        Edge("frame:train.data", MODEL, "TRAINS_ON", sites=(FIT,)),
        Edge(MODEL, ARTIFACT, "PERSISTS", sites=(SAVE_MODEL,)),
        Edge(MODEL, PREDICTION, "PREDICTS", sites=(PREDICT,)),
        Edge("frame:score.batch", PREDICTION, "DERIVES", sites=(PREDICT,)),
        Edge(PREDICTION, SCORES, "WRITES", sites=(WRITE_SCORES,)),
        Edge(PREDICTION, TRAINING, "WRITES", sites=(REWRITE,)),
        Edge(SCORES, "frame:discounts.scores", "READS", evidence="inferred", sites=(READ_SCORES,)),
        Edge(SCORES, "consumer:pricing", "CONSUMES", evidence="inferred", sites=(READ_SCORES,)),
    ]


def findings() -> tuple[Finding, ...]:
    return (_loop(), _consumer(), _unversioned(), *_unused(), _overwrite(), _leak(), _unseeded(), _gap())


def _loop() -> Finding:
    return Finding(
        code="MLD301",
        rule="direct-feedback-loop",
        message="The scores of `model` become labels in data/training.parquet, from which `model` is trained. It will "
        "confirm its own past decisions with every retraining.",
        severity="critical",
        evidence="certain",
        subject=(MODEL, TRAINING),
        locations=(REWRITE, READ_TRAINING),
        path=(
            Step(PREDICTION, "`model` predicts `churn_probability`", PREDICT),
            Step("frame:score.batch", "becomes the label `churned`", LABEL, "DERIVES"),
            Step(TRAINING, "written to `data/training.parquet`", REWRITE, "WRITES"),
            Step("frame:train.data", "read as `data`", READ_TRAINING, "READS"),
            Step(MODEL, "trains `model` (RandomForestClassifier)", FIT, "TRAINS_ON"),
        ),
        help="Train on outcomes only:\n\n- keep a random 5 % of users out of the policy\n"
        "- log `model_version` and the propensity\n\n"
        '```python\nhistory = pd.read_parquet("data/outcomes.parquet")\n```',
        effort_minutes=960,
    )


def _consumer() -> Finding:
    return Finding(
        code="MLD105",
        rule="undeclared-prediction-consumer",
        message="pricing reads `churn_probability` from data/scores/{day}.parquet and is not declared. It compares "
        "with 0.7, so a change of scale breaks it silently.",
        severity="high",
        evidence="likely",
        subject=(SCORES, "consumer:pricing"),
        locations=(READ_SCORES, WRITE_SCORES),
        path=(
            Step(PREDICTION, "`model` predicts `churn_probability`", PREDICT),
            Step(SCORES, "written to `data/scores/{day}.parquet`", WRITE_SCORES, "WRITES"),
            Step("consumer:pricing", "consumed by `pricing`", None, "CONSUMES"),
            Step("frame:discounts.scores", "read as `scores`", READ_SCORES, "READS"),
        ),
        help='Declare it in mldebt.toml:\n\n```toml\n[[consumers]]\nreads = "data/scores/*.parquet"\n```',
        effort_minutes=45,
    )


def _unversioned() -> Finding:
    return Finding(
        code="MLD106",
        rule="unversioned-prediction-output",
        message="data/scores/{day}.parquet holds predictions without a model version.",
        severity="medium",
        evidence="certain",
        subject=(SCORES,),
        locations=(WRITE_SCORES,),
        help="Write `model_version` beside the score.",
        effort_minutes=30,
    )


def _unused() -> tuple[Finding, Finding]:
    def unused(subject: str, message: str) -> Finding:
        return Finding(
            code="MLD203",
            rule="unused-input-column",
            message=message,
            severity="medium",
            evidence="certain",
            subject=(subject,),
            locations=(READ_USERS,),
            path=(Step(subject, "read as a whole", READ_USERS),),
            help='Read only what is needed: `usecols=["user_id", "tenure_days"]`.',
            effort_minutes=10,
        )

    return (
        unused(USERS, "data/users.csv is read with 1 column of 4 that nothing uses: `nickname`."),
        unused(PLANS, "data/plans.csv is read with 2 columns of 3 that nothing uses: `legacy_code`, `vat`."),
    )


def _overwrite() -> Finding:
    return Finding(
        code="MLD403",
        rule="in-place-dataset-overwrite",
        message="data/training.parquet is overwritten by a job that reads it.",
        severity="high",
        evidence="certain",
        subject=(TRAINING,),
        locations=(REWRITE,),
        help="Write each day to a partition of its own.",
        effort_minutes=60,
    )


def _leak() -> Finding:
    return Finding(
        code="MLD701",
        rule="preprocessing-leakage",
        message="`StandardScaler` is fitted on all rows before they are split. The test score is too good.",
        severity="high",
        evidence="certain",
        subject=("model:scaling.scaler",),
        locations=(SCALE,),
        path=(
            Step("model:scaling.scaler", "fitted on all rows", SCALE),
            Step("", "split into train and test", SPLIT, "ROWS"),
        ),
        help="Split first, or put the scaler into a `Pipeline`.",
        effort_minutes=20,
    )


def _unseeded() -> Finding:
    return Finding(
        code="MLD801",
        rule="uncontrolled-nondeterminism",
        message="`RandomForestClassifier` has no `random_state`.",
        severity="low",
        evidence="certain",
        subject=(MODEL,),
        locations=(MAKE_MODEL,),
        help="Give it `random_state=`.",
        effort_minutes=5,
    )


def _gap() -> Finding:
    return Finding(
        code="MLD001",
        rule="lineage-gap",
        message="It can't be told what `batch` is read from: `source` comes from a caller outside <the repository>.",
        severity="low",
        evidence="heuristic",
        subject=("gap:source",),
        locations=(READ_BATCH,),
        path=(Step("gap:source", "read from `source`", READ_BATCH),),
        help="Declare the data set, or name it here.",
    )
