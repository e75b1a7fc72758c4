"""Programs of any size to measure on: packages of believable ML code, the same for the same seed.

    python benchmarks/programs.py FOLDER FILES [--seed N]

A package has twenty files: reading, features, training, scoring, a notebook, a query, settings, a service, plots, a
client, tests and helpers. It reads what the package before it writes, and imports helpers that all packages share, so
that the graph of a program is one.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import indent

AREAS = ("churn", "fraud", "pricing", "demand", "credit", "returns", "search", "routing", "offers", "stock")
ENTITIES = ("orders", "customers", "trips", "payments", "sessions", "visits", "claims", "parcels", "tickets", "calls")
NUMBERS = ("amount", "age_days", "distance", "duration", "discount", "weight", "balance", "items", "margin", "latency")
WORDS = ("city", "channel", "segment", "device", "plan", "region", "carrier", "brand")
MODELS = (
    ("sklearn.ensemble", "RandomForestClassifier", "n_estimators=200, random_state=7"),
    ("sklearn.linear_model", "LogisticRegression", "max_iter=500"),
    ("lightgbm", "LGBMClassifier", "num_leaves=31, random_state=7"),
    ("xgboost", "XGBClassifier", "max_depth=6, random_state=7"),
)
PACKAGE = 20


class Package:
    """One package: its name, its columns, and the data set of the package before it."""

    def __init__(self, number: int, seed: int) -> None:
        self.random = random.Random(f"{seed}/{number}")
        self.number = number
        self.name = f"{self.random.choice(AREAS)}_{number}"
        self.entity = self.random.choice(ENTITIES)
        self.numbers = self.random.sample(NUMBERS, self.random.randint(4, 7))
        self.words = self.random.sample(WORDS, self.random.randint(1, 3))
        self.before = f"data/{_name_of(number - 1, seed)}/scores.parquet" if number else "data/raw/events.parquet"

    @property
    def raw(self) -> str:
        return f"data/raw/{self.name}/{self.entity}.csv"

    def some(self, least: int = 2) -> list[str]:
        return self.random.sample(self.numbers, self.random.randint(least, len(self.numbers)))


def _name_of(number: int, seed: int) -> str:
    return f"{random.Random(f'{seed}/{number}').choice(AREAS)}_{number}"


def write_program(root: Path, files: int, seed: int = 0) -> int:
    """Write so many files of code below a folder; the number of their lines."""
    lines = 0
    for number, (name, text) in enumerate(all_files(seed)):
        if number == files:
            break
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        lines += text.count("\n")
    return lines


def all_files(seed: int) -> Iterator[tuple[str, str]]:
    yield "shared/__init__.py", ""
    yield "shared/tables.py", SHARED
    number = 0
    while True:
        package = Package(number, seed)
        for name, make in FILES:
            yield f"{package.name}/{name}", make(package)
        number += 1


# -- the files of a package


def settings(package: Package) -> str:
    return (
        f'"""Names and numbers of {package.name}."""\n\nfrom pathlib import Path\n\n'
        f'ROOT = Path(__file__).resolve().parent.parent\nRAW = ROOT / "{package.raw}"\n'
        f'FEATURES = ROOT / "data/{package.name}/features.parquet"\nMODEL = ROOT / "models/{package.name}.joblib"\n'
        f'SCORES = ROOT / "data/{package.name}/scores.parquet"\nCOLUMNS = {package.numbers!r}\n'
        f'CATEGORIES = {package.words!r}\nTARGET = "label"\nKEY = "{package.entity[:-1]}_id"\n'
    )


def loading(package: Package) -> str:
    used = ["KEY", *package.numbers, *package.words, "created_at", "label"]
    listed = ", ".join("KEY" if name == "KEY" else repr(name) for name in used)
    return (
        f'"""Reads the raw {package.entity}."""\n\nimport pandas as pd\n\n'
        f"from {package.name}.settings import KEY, RAW\nfrom shared.tables import checked, read_table\n\n"
        f"USED = [{listed}]\n\n\ndef load_{package.entity}(path=RAW, since=None):\n"
        f"    table = pd.read_csv(path, usecols=USED, parse_dates=['created_at'])\n"
        f"    if since is not None:\n        table = table[table['created_at'] >= since]\n"
        f"    return checked(table, KEY)\n\n\ndef load_scores_before():\n"
        f'    """What the package before this one says of the same keys."""\n'
        f"    return read_table({package.before!r})\n"
    )


def features(package: Package) -> str:
    steps = "\n".join(_feature(package, number) for number in range(package.random.randint(3, 9)))
    calls = "".join(f"    table = add_{number}(table)\n" for number in range(steps.count("def add_")))
    return (
        f'"""Features of {package.entity}."""\n\nimport numpy as np\nimport pandas as pd\n\n'
        f"from {package.name}.loading import load_{package.entity}\n"
        f"from {package.name}.settings import FEATURES, KEY\n\n"
        f"\n{steps}\n\ndef build():\n    table = load_{package.entity}()\n{calls}"
        f"    table = table.dropna(subset=[KEY]).drop(columns=['created_at'])\n"
        f"    table.to_parquet(FEATURES, index=False)\n    return table\n\n\n"
        'if __name__ == "__main__":\n    build()\n'
    )


def _feature(package: Package, number: int) -> str:
    a, b = package.random.sample(package.numbers, 2)
    word = package.random.choice(package.words)
    body = package.random.choice(
        [
            f"table['f{number}'] = table['{a}'] / table['{b}'].replace(0, np.nan)",
            f"table['f{number}'] = np.log1p(table['{a}'].clip(lower=0))",
            f"table['f{number}'] = table.groupby('{word}')['{a}'].transform('mean')",
            f"means = table.groupby('{word}', as_index=False).agg(f{number}=('{a}', 'sum'))\n"
            f"table = table.merge(means, on='{word}', how='left')",
            f"table['f{number}'] = (table['{a}'] > table['{a}'].median()).astype(int)",
            f"table = table.assign(f{number}=lambda t: t['{a}'] - t['{b}'])",
            f"for column in {package.some()!r}:\n    table[f'{{column}}_{number}'] = table[column].fillna(0).rank()",
            f"bins = pd.cut(table['{a}'], bins=[0, 1, 5, 20, 100], labels=False)\ntable['f{number}'] = bins.fillna(-1)",
        ]
    )
    return f"def add_{number}(table):\n{indent(body, '    ')}\n    return table\n\n"


def training(package: Package) -> str:
    module, name, options = package.random.choice(MODELS)
    return (
        f'"""Trains the model of {package.name}."""\n\nimport argparse\n\nimport joblib\nimport pandas as pd\n'
        f"from {module} import {name}\nfrom sklearn.metrics import roc_auc_score\n"
        f"from sklearn.model_selection import train_test_split\nfrom sklearn.pipeline import Pipeline\n"
        f"from sklearn.preprocessing import StandardScaler\n\n"
        f"from {package.name}.settings import COLUMNS, FEATURES, MODEL, TARGET\n\n\n"
        f"def main(argv=None):\n    parser = argparse.ArgumentParser()\n"
        f'    parser.add_argument("--input", default=str(FEATURES))\n'
        f'    parser.add_argument("--output", default=str(MODEL))\n    options = parser.parse_args(argv)\n'
        f"    table = pd.read_parquet(options.input)\n"
        f"    train, test = train_test_split(table, test_size=0.2, random_state=1)\n"
        f'    model = Pipeline([("scale", StandardScaler()), ("model", {name}({options}))])\n'
        f"    model.fit(train[COLUMNS], train[TARGET])\n"
        f"    score = roc_auc_score(test[TARGET], model.predict_proba(test[COLUMNS])[:, 1])\n"
        f'    print(f"auc {{score:.3f}}")\n    joblib.dump(model, options.output)\n\n\n'
        'if __name__ == "__main__":\n    main()\n'
    )


def scoring(package: Package) -> str:
    return (
        f'"""Scores the {package.entity} of the night."""\n\nimport joblib\n\n'
        f"from {package.name}.loading import load_{package.entity}, load_scores_before\n"
        f"from {package.name}.settings import COLUMNS, KEY, MODEL, SCORES\n\n\ndef score():\n"
        f"    model = joblib.load(MODEL)\n    table = load_{package.entity}()\n"
        "    before = load_scores_before()\n"
        "    table = table.merge(before, on=KEY, how='left', suffixes=('', '_before'))\n"
        f"    table['score'] = model.predict_proba(table[COLUMNS])[:, 1]\n"
        f"    table[[KEY, 'score']].to_parquet(SCORES, index=False)\n\n\n"
        'if __name__ == "__main__":\n    score()\n'
    )


def service(package: Package) -> str:
    fields = "".join(f"    {name}: float\n" for name in package.numbers)
    return (
        f'"""Answers for one {package.entity[:-1]} at a time."""\n\nimport joblib\nimport pandas as pd\n'
        f"from fastapi import FastAPI\nfrom pydantic import BaseModel\n\n"
        f"from {package.name}.settings import COLUMNS, MODEL\n\napp = FastAPI()\nmodel = joblib.load(MODEL)\n\n\n"
        f'class Request(BaseModel):\n{fields}\n\n@app.post("/{package.name}/predict")\ndef predict(request: Request):\n'
        f"    row = pd.DataFrame([request.dict()])[COLUMNS]\n    chance = float(model.predict_proba(row)[0, 1])\n"
        f'    return {{"chance": chance, "alarm": chance > 0.{package.random.randint(3, 9)}}}\n'
    )


def report(package: Package) -> str:
    plots = "".join(
        f"    axis = table['{name}'].hist(bins=30)\n    axis.set_title('{name}')\n"
        f"    axis.figure.savefig(folder / '{name}.png')\n"
        for name in package.some()
    )
    return (
        f'"""Pictures of {package.entity}."""\n\nfrom pathlib import Path\n\nimport pandas as pd\n\n'
        f"from {package.name}.settings import FEATURES\n\n\n"
        f'def draw(folder=Path("reports/{package.name}")):\n'
        f"    table = pd.read_parquet(FEATURES)\n{plots}    table.describe().to_csv(folder / 'summary.csv')\n"
    )


def client(package: Package) -> str:
    calls = "".join(
        f"\n    def {verb}_{noun}(self, identifier, **options):\n"
        f'        answer = self.session.{verb}(f"{{self.base}}/{noun}/{{identifier}}", params=options, timeout=10)\n'
        f"        answer.raise_for_status()\n        return answer.json()\n"
        for verb, noun in zip(package.random.choices(["get", "post", "put"], k=4), ENTITIES, strict=False)
    )
    return (
        f'"""Talks to the service of {package.name}."""\n\nimport requests\n\n\nclass Client:\n'
        f'    def __init__(self, base="https://{package.name}.example.com"):\n        self.base = base\n'
        f"        self.session = requests.Session()\n{calls}"
    )


def helpers(package: Package) -> str:
    functions = [
        "def clamp(value, low=0.0, high=1.0):\n    return max(low, min(high, value))\n",
        "def chunks(items, size):\n    for at in range(0, len(items), size):\n        yield items[at:at + size]\n",
        'def slug(text):\n    words = "".join(c if c.isalnum() else " " for c in text.lower()).split()\n'
        '    return "-".join(words)\n',
        "def retry(times):\n    def decorate(function):\n        def inner(*args, **kwargs):\n"
        "            for attempt in range(times):\n                try:\n"
        "                    return function(*args, **kwargs)\n"
        "                except OSError:\n                    if attempt == times - 1:\n                        raise\n"
        "        return inner\n    return decorate\n",
        "def flatten(tree):\n    for key, value in tree.items():\n        if isinstance(value, dict):\n"
        "            yield from flatten(value)\n        else:\n            yield key, value\n",
        f"def is_{package.words[0]}(name, known=frozenset()):\n    return name.strip().casefold() in known\n",
        "def moving(values, width=3):\n    window, total = [], 0.0\n    for value in values:\n"
        "        window.append(value)\n        total += value\n"
        "        if len(window) > width:\n            total -= window.pop(0)\n"
        "        yield total / len(window)\n",
    ]
    chosen = package.random.sample(functions, package.random.randint(3, len(functions)))
    head = f'"""Small things that {package.name} needs."""\n\nfrom __future__ import annotations\n\n\n'
    return head + "\n\n".join(chosen)


def classes(package: Package) -> str:
    fields = "".join(f"    {name}: float = {package.random.randint(0, 9)}.5\n" for name in package.some())
    known = [name for name in package.numbers if f"    {name}:" in fields]
    rules = "".join(
        f"        if self.{name} > {package.random.randint(1, 99)}:\n            found.append('{name}')\n"
        for name in known
    )
    return (
        f'"""What a {package.entity[:-1]} is."""\n\nfrom dataclasses import asdict, dataclass\n\n\n@dataclass\n'
        f"class {package.entity[:-1].title()}:\n{fields}\n    def problems(self):\n        found = []\n{rules}"
        f"        return found\n\n    def as_row(self):\n        return {{**asdict(self), 'ok': not self.problems()}}\n"
    )


def tests(package: Package) -> str:
    cases = "".join(
        f"def test_clamp_{number}():\n    assert clamp({number}.5, 0, {number + 1}) == {number}.5\n\n\n"
        for number in range(package.random.randint(2, 6))
    )
    return f"from {package.name}.helpers import clamp\n\n\n{cases}"


def query(package: Package) -> str:
    columns = ",\n    ".join(f"avg({name}) AS mean_{name}" for name in package.some())
    return (
        f"CREATE TABLE daily_{package.name} AS\nSELECT\n    {package.words[0]},\n    {columns}\n"
        f"FROM {package.entity}\nWHERE created_at > '2024-01-01'\nGROUP BY {package.words[0]};\n"
    )


def notebook(package: Package) -> str:
    sources = [
        "import pandas as pd\n%matplotlib inline",
        f"df = pd.read_csv('../{package.raw}')\ndf.head()",
        f"df[{package.some()!r}].describe()",
        f"top = df.groupby('{package.words[0]}')['{package.numbers[0]}'].sum().sort_values()\ntop.plot.bar()",
        f"top.to_csv('../reports/{package.name}_top.csv')",
    ]
    cell = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [{**cell, "source": text} for text in sources]
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def job(package: Package) -> str:
    return (
        f'"""The night of {package.name}."""\n\nfrom datetime import datetime\n\nfrom airflow import DAG\n'
        f"from airflow.operators.python import PythonOperator\n\nfrom {package.name}.features import build\n"
        f"from {package.name}.scoring import score\n\nwith DAG('{package.name}', start_date=datetime(2024, 1, 1), "
        f"schedule='@daily') as dag:\n    first = PythonOperator(task_id='features', python_callable=build)\n"
        f"    second = PythonOperator(task_id='scores', python_callable=score)\n    first >> second\n"
    )


def empty(package: Package) -> str:
    return ""


def constants(package: Package) -> str:
    rows = "".join(
        f'    "{word}_{number}": {package.random.random():.6f},\n'
        for number in range(package.random.randint(5, 20))
        for word in package.words[:1]
    )
    return f'"""Weights of {package.name}, by {package.words[0]}."""\n\nWEIGHTS = {{\n{rows}}}\n'


FILES: tuple[tuple[str, Callable[[Package], str]], ...] = (
    ("__init__.py", empty), ("settings.py", settings), ("loading.py", loading), ("features.py", features),
    ("training.py", training), ("scoring.py", scoring), ("service.py", service), ("report.py", report),
    ("client.py", client), ("helpers.py", helpers), ("classes.py", classes), ("test_helpers.py", tests),
    ("daily.sql", query), ("explore.ipynb", notebook), ("job.py", job), ("constants.py", constants),
    ("more_helpers.py", helpers), ("more_features.py", features), ("more_classes.py", classes),
    ("more_client.py", client),
)  # fmt: skip
SHARED = '''"""Reading and checking, as all packages do it."""

import pandas as pd


def read_table(path):
    return pd.read_parquet(path)


def checked(table, key):
    assert table[key].is_unique, key
    return table
'''


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", type=int)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    print(f"{write_program(options.folder, options.files, options.seed)} lines")


if __name__ == "__main__":
    main()
