"""What every other change writes, and when it is not made."""

from __future__ import annotations

import pytest

from mldebt.rules.fix import Columns, Declaration, Keyword, Names, NewFile, Removal, Seeding, SplitFirst
from tests.fixes.shop import fixed, line_of

HEAD = "import random\n\nimport numpy as np\nimport pandas as pd\n\n"


@pytest.mark.parametrize(
    ("code", "safety", "after"),
    [
        ('a = 1\ndf["x"] = df["y"] * 2 + 1\nb = 2\n', "safe", "a = 1\nb = 2\n"),
        ('def f(df):\n    df["x"] = df["y"].str.lower()\n', "safe", "def f(df):\n    pass\n"),
        ('df["x"] = np.log(df["y"])\n', "safe", ""),
        ('a = 1\ndf["x"] = (\n    df["y"]\n    > 3\n)', "safe", "a = 1"),
        ('a = 1\ndf["x"] = compute(df)\n', "unsafe", "a = 1\n"),
        ('a = 1\ndf["x"] = np.random.rand(3)\n', "unsafe", "a = 1\n"),
        ('a = 1\ndf["x"] = df["y"].apply(tell)\n', "unsafe", "a = 1\n"),
        ('df = df.assign(x=df["y"], z=df["x2"] * 2)\n', "safe", 'df = df.assign(z=df["x2"] * 2)\n'),
        (
            'a = df.groupby("k").agg(x=("y", "min"), z=("y", "max"))\n',
            "safe",
            'a = df.groupby("k").agg(z=("y", "max"))\n',
        ),
        ('df = df.assign(z=df["x2"] * 2, x=df["y"])\n', "safe", 'df = df.assign(z=df["x2"] * 2)\n'),
    ],
)
def test_a_column_is_no_longer_computed(code: str, safety: str, after: str) -> None:
    text = HEAD + code
    site = line_of(text, "x")._replace(line=HEAD.count("\n") + 1, end_line=text.count("\n") + 1)
    assert fixed(text, Removal(site, "x")) == (safety, HEAD + after)


AGGREGATED = """\
sums = df.groupby("k").agg(
    a=("y", "min"),
    x=("y", "max"),  # the best
    z=("y", "sum"),
)
"""


def test_arguments_on_their_own_lines_go_together() -> None:
    text, site = HEAD + AGGREGATED, line_of(HEAD + AGGREGATED, "sums")
    site = site._replace(end_line=site.line + 4)
    kept = AGGREGATED.replace('    x=("y", "max"),  # the best\n    z=("y", "sum"),\n', "")
    assert fixed(text, Removal(site, "x"), Removal(site, "z")) == ("safe", HEAD + kept)
    one_line = HEAD + 'sums = df.groupby("k").agg(a=("y", "min"), x=("y", "max"), z=("y", "sum"))\n'
    site = line_of(one_line, "sums")
    assert fixed(one_line, Removal(site, "x"), Removal(site, "z")) is None


@pytest.mark.parametrize(
    "code",
    [
        'df["x"] = 1\ndf = df.drop(columns=["x"])\n',
        'df["x"] = df["z"] = 1\n',
        'df["x"], df["z"] = 1, 2\n',
        "df = df.assign(x=1)\n",
        'a = 1; df["x"] = 1\n',
    ],
)
def test_a_column_stays_where_more_hangs_on_it(code: str) -> None:
    text = HEAD + code
    site = line_of(text, '"x"' if '"x"' in code else "x=1")
    assert fixed(text, Removal(site, "x")) is None


FOREST = "from sklearn.ensemble import RandomForestClassifier\nfrom sklearn.model_selection import train_test_split\n"


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("m = RandomForestClassifier()\n", "m = RandomForestClassifier(random_state=0)\n"),
        ("SEED = 7\nm = RandomForestClassifier()\n", "SEED = 7\nm = RandomForestClassifier(random_state=SEED)\n"),
        ("m = RandomForestClassifier()\nSEED = 7\n", "m = RandomForestClassifier(random_state=0)\nSEED = 7\n"),
        ("a, b = train_test_split(x, test_size=0.2)\n", "a, b = train_test_split(x, test_size=0.2, random_state=0)\n"),
        ("df = df.sample(frac=0.1)\n", "df = df.sample(frac=0.1, random_state=0)\n"),
        ("df = df.sample(withReplacement=False, fraction=0.1)\n", None),
        ("df = df.sample(5)\n", None),
        ("m = RandomForestClassifier(**options)\n", None),
        ("m = RandomForestClassifier(random_state=seed)\n", None),
        ("m = wrap(RandomForestClassifier(), RandomForestClassifier())\n", None),
    ],
)
def test_a_draw_takes_a_seed_and_never_is_that_safe(code: str, after: str | None) -> None:
    text = FOREST + code
    number = next(number for number, line in enumerate(text.splitlines(), 1) if number > 2 and "(" in line)
    site = line_of(text, "RandomForest")._replace(line=number, end_line=number)
    assert fixed(text, Seeding(site)) == (None if after is None else ("unsafe", FOREST + after))


@pytest.mark.parametrize(
    ("text", "after"),
    [
        (
            "import numpy as np\n\nx = np.random.rand(3)\n",
            "import numpy as np\n\nnp.random.seed(0)\n\nx = np.random.rand(3)\n",
        ),
        (
            "import random\nSEED = 3\nx = random.random()\n",
            "import random\nSEED = 3\nrandom.seed(SEED)\nx = random.random()\n",
        ),
        (
            "from numpy import random as r\nx = r.rand(3)\n",
            "from numpy import random as r\n\nr.seed(0)\nx = r.rand(3)\n",
        ),
        ("def f():\n    import numpy as np\n    return np.random.rand(3)\n", None),
        ("import numpy as np\nx = rng.random(3)\n", None),
    ],
)
def test_a_library_is_seeded_where_the_script_begins(text: str, after: str | None) -> None:
    site = line_of(text, "and(3)" if "and(3)" in text else "random()" if "random()" in text else "rng")
    assert fixed(text, Seeding(site)) == (None if after is None else ("unsafe", after))
    assert fixed(text, Seeding(site), imported=True) is None


def test_a_network_is_seeded_by_its_library() -> None:
    text = "import torch\n\nmodel = Net()\n"
    made = fixed(text, Seeding(line_of(text, "Net"), "torch"))
    assert made == ("unsafe", "import torch\n\ntorch.manual_seed(0)\n\nmodel = Net()\n")


SPLIT = """\
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler

y = df["late"]
{fit}
{between}X_train, X_test, y_train, y_test = train_test_split({rows}, y, random_state=1)
"""


@pytest.mark.parametrize(
    ("fit", "between", "behind"),
    [
        (
            'scaler = StandardScaler()\nX = scaler.fit_transform(df[["a", "b"]])',
            "",
            "X_train = scaler.fit_transform(X_train)\nX_test = scaler.transform(X_test)\n",
        ),
        (
            'X = StandardScaler(with_mean=False).fit_transform(df[["a", "b"]])',
            'groups = df["shop"]\nprint("splitting")\n',
            "scaler = StandardScaler(with_mean=False)\nX_train = scaler.fit_transform(X_train)\n"
            "X_test = scaler.transform(X_test)\n",
        ),
    ],
)
def test_the_split_comes_first(fit: str, between: str, behind: str) -> None:
    text = SPLIT.format(fit=fit, between=between, rows="X")
    kept = "".join(f"{line}\n" for line in fit.splitlines()[:-1])
    wanted = SPLIT.format(fit=kept.rstrip("\n"), between=between, rows='df[["a", "b"]]').replace("\n\n\n", "\n\n")
    if not kept:
        wanted = wanted.replace('"]\n\n', '"]\n')
    assert fixed(text, SplitFirst(line_of(text, "fit_transform"))) == ("unsafe", wanted + behind)


@pytest.mark.parametrize(
    ("fit", "between", "rows"),
    [
        ('X = s.fit_transform(df[["a"]], y)', "", "X"),
        ('X = s.fit_transform(df[["a"]])', "df = df.dropna()\n", "X"),
        ('X = s.fit_transform(df[["a"]])', "change(df)\n", "X"),
        ('X = s.fit_transform(df[["a"]])', "print(X)\n", "X"),
        ('X = s.fit_transform(df[["a"]])', "", "Z"),
        ("X = s.fit_transform(load())", "", "X"),
    ],
)
def test_the_split_stays_where_the_line_is_not_straight(fit: str, between: str, rows: str) -> None:
    text = SPLIT.format(fit=fit, between=between, rows=rows)
    assert fixed(text, SplitFirst(line_of(text, "fit_transform"))) is None


@pytest.mark.parametrize(
    ("given", "after"),
    [("x.values", "x"), ("x[COLUMNS].to_numpy()", "x[COLUMNS]"), ("x", None), ("x.to_numpy(dtype=float)", None)],
)
def test_a_model_is_asked_with_names(given: str, after: str | None) -> None:
    text = "score = model.predict({})\n"
    made = fixed(text.format(given), Names(line_of(text, "predict")))
    assert made == (None if after is None else ("unsafe", text.format(after)))


@pytest.mark.parametrize(
    ("given", "after"),
    [
        ("x", 'x[["b", "a"]]'),
        ('x[["a", "b"]]', 'x[["b", "a"]]'),
        ("x[ASKED]", 'x[["b", "a"]]'),
        ("x[ASKED].to_numpy()", 'x[["b", "a"]].to_numpy()'),
        ("make()", None),
    ],
)
def test_a_model_is_asked_in_its_order(given: str, after: str | None) -> None:
    text = "score = model.predict({})\n"
    made = fixed(text.format(given), Columns(line_of(text, "predict"), ("b", "a")))
    assert made == (None if after is None else ("unsafe", text.format(after)))


@pytest.mark.parametrize("proven", [True, False])
def test_a_model_is_told_to_compare_names(proven: bool) -> None:
    text = "print(model.predict(row))\n"
    change = Keyword(line_of(text, "predict"), "predict", "names_checked", "True", proven=proven)
    told = "print(model.predict(row, validate_features=True))\n"
    assert fixed(text, change) == ("safe" if proven else "unsafe", told)


def test_a_declaration_goes_to_the_end_of_the_configuration() -> None:
    change = Declaration("consumers", (("dataset", 'a "b".csv'), ("reason", "für alle")))
    told = 'dataset = "a \\"b\\".csv"\nreason = "für alle"\n'
    assert fixed("", change, config="") == ("unsafe", f"[[consumers]]\n{told}")
    assert fixed("", change, config="pyproject.toml") == (
        "unsafe",
        f"[tool.mldebt]\n\n[[tool.mldebt.consumers]]\n{told}",
    )
    assert fixed("", change, config="/etc/mldebt.toml") is None


def test_a_new_file_takes_no_place_of_another() -> None:
    assert fixed("", NewFile("checks.py", "x = 1\n")) == ("unsafe", "x = 1\n")


@pytest.mark.parametrize(
    ("join", "after"),
    [
        ('df.merge(users, on="id")', 'df.merge(users, on="id", validate="m:1")'),
        ('pd.merge(df, users, on="id")', 'pd.merge(df, users, on="id", validate="m:1")'),
        ('df.merge(users, on="id", validate="1:1")', None),
        ('df.merge(users, on="id").merge(shops, on="shop")', None),
        ("df.merge(users, **options)", None),
        ('df.sort_values("id")', None),
    ],
)
def test_a_join_takes_an_argument(join: str, after: str | None) -> None:
    text = f"{HEAD}df = {join}\n"
    made = fixed(text, Keyword(line_of(text, "df ="), "merge", "validate", '"m:1"'))
    assert made == (None if after is None else ("unsafe", f"{HEAD}df = {after}\n"))
