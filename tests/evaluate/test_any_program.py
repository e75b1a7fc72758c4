"""Whatever a program says, the evaluator raises nothing; what a program says in a known way, the graph says too."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.evaluate.small import Seen, seen_in

SAMPLE = Path(__file__).parents[2] / "fixtures" / "eats_eta"
QUICK = settings(
    deadline=None, derandomize=True, max_examples=30, database=None, suppress_health_check=list(HealthCheck)
)


def graph_of(files: dict[str, str]) -> Seen:
    with TemporaryDirectory() as folder:
        return seen_in(Path(folder), dict(files))


# -- programs of chance

NAMES = st.sampled_from(["a", "df", "self", "path", "model", "X", "os", "pd", "f", "C", "np", "json", "row", "_"])
ATTRIBUTES = st.sampled_from([
    "columns", "values", "loc", "iloc", "fit", "predict", "transform", "read_csv", "to_csv", "merge", "groupby", "agg",
    "drop", "rename", "apply", "path", "join", "format", "items", "append", "get", "DataFrame", "concat", "open", "load",  # noqa: E501
    "dump", "split", "str", "dt", "T", "assign", "query", "pop", "update", "environ", "read", "write", "execute", "x",
])  # fmt: skip
TEXTS = st.sampled_from(["", "a", "a.csv", "%s", "{}", "{0}/{x}", "SELECT a FROM t", "x > 1", "/", "..", "%", "{", "é"])
CONSTANTS = st.one_of(
    TEXTS.map(repr), st.sampled_from(["0", "-1", "1.5", "None", "True", "...", "b'x'", "1j", "10 ** 9"])
)


def _expressions(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    some = st.lists(inner, max_size=3)
    argument = st.one_of(
        inner, inner.map(lambda e: f"*{e}"), st.tuples(ATTRIBUTES, inner).map("=".join), inner.map(lambda e: f"**{e}")
    )
    return st.one_of(
        st.tuples(inner, ATTRIBUTES).map(lambda two: f"({two[0]}).{two[1]}"),
        st.tuples(inner, ATTRIBUTES, st.lists(argument, max_size=3)).map(
            lambda t: f"({t[0]}).{t[1]}({_ordered(t[2])})"
        ),
        st.tuples(NAMES, st.lists(argument, max_size=3)).map(lambda two: f"{two[0]}({_ordered(two[1])})"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]})[{two[1]}]"),
        st.tuples(inner, inner).map(lambda two: f"({two[0]})[{two[1]}:, :{two[0]}]"),
        st.tuples(inner, st.sampled_from(["+", "-", "*", "/", "%", "//", "**", "@", "&", "|", "<<"]), inner).map(
            lambda three: f"({three[0]}) {three[1]} ({three[2]})"
        ),
        st.tuples(inner, st.sampled_from(["<", "==", "in", "is not", "and", "or"]), inner).map(
            lambda three: f"(({three[0]}) {three[1]} ({three[2]}))"
        ),
        some.map(lambda items: f"[{', '.join(items)}]"),
        some.map(lambda items: f"({', '.join(items)},)" if items else "()"),
        st.lists(st.tuples(inner, inner), max_size=2).map(lambda ps: "{" + ", ".join(f"{k}: {v}" for k, v in ps) + "}"),
        st.tuples(inner, NAMES, inner).map(lambda t: f"[{t[0]} for {t[1]} in {t[2]} if {t[0]}]"),
        st.tuples(NAMES, inner, inner).map(lambda t: "{" + f"{t[0]}: {t[1]} for {t[0]} in {t[2]}" + "}"),
        st.tuples(NAMES, inner).map(lambda two: f"(lambda {two[0]}, *a: {two[1]})"),
        st.tuples(inner, inner).map(lambda two: f"(({two[0]}) if ({two[1]}) else ({two[0]}))"),
        NAMES.map(lambda name: f"f'a{{{name}}}/{{{name}!r:>3}}b'"),
        st.tuples(NAMES, inner).map(lambda two: f"({two[0]} := {two[1]})"),
        inner.map(lambda e: f"(not ({e}))"),
    )


def _ordered(arguments: Sequence[str]) -> str:
    """Positional arguments before those with names, no name twice."""
    positional = [each for each in arguments if not each.startswith("**") and not _named(each)]
    named = {each.partition("=")[0]: each for each in arguments if each not in positional}
    return ", ".join([*positional, *sorted(named.values(), key=lambda each: each.startswith("**"))])


def _named(argument: str) -> bool:
    head, equals, rest = argument.partition("=")
    return bool(equals) and head.isidentifier() and not rest.startswith("=")


EXPRESSIONS = st.recursive(st.one_of(NAMES, CONSTANTS), _expressions, max_leaves=6)


def _block(lines: Sequence[str]) -> str:
    return "\n".join(f"    {line}" for statement in lines or ["pass"] for line in statement.split("\n"))


def _statements(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    body = st.lists(inner, min_size=1, max_size=3).map(_block)
    return st.one_of(
        st.tuples(EXPRESSIONS, body).map(lambda two: f"if {two[0]}:\n{two[1]}\nelse:\n{two[1]}"),
        st.tuples(NAMES, EXPRESSIONS, body).map(lambda t: f"for {t[0]}, (b, *c) in {t[1]}:\n{t[2]}"),
        st.tuples(NAMES, EXPRESSIONS, body).map(lambda t: f"for {t[0]} in {t[1]}:\n{t[2]}\nelse:\n{t[2]}"),
        st.tuples(EXPRESSIONS, body).map(lambda two: f"while {two[0]}:\n{two[1]}"),
        st.tuples(EXPRESSIONS, NAMES, body).map(lambda t: f"with {t[0]} as {t[1]}:\n{t[2]}"),
        body.map(lambda b: f"try:\n{b}\nexcept (OSError, f) as e:\n{b}\nfinally:\n{b}"),
        st.tuples(NAMES, NAMES, EXPRESSIONS, body).map(
            lambda t: f"def {t[0]}({t[1]}=None, *args, k={t[2]}, **kwargs):\n{t[3]}\n    return {t[2]}"
        ),
        st.tuples(EXPRESSIONS, NAMES, NAMES, body).map(
            lambda t: (
                f"@({t[0]})\nclass {t[1]}({t[2]}):\n    x: int = 1\n{t[3]}\n    def fit(self, a):\n        self.x = a"
            )
        ),
        st.tuples(EXPRESSIONS, body).map(lambda two: f"match {two[0]}:\n    case 1:\n{_block([two[1]])}"),
    )


SIMPLE = st.one_of(
    EXPRESSIONS,
    st.tuples(NAMES, EXPRESSIONS).map(" = ".join),
    st.tuples(NAMES, EXPRESSIONS).map(" += ".join),
    st.tuples(NAMES, EXPRESSIONS, EXPRESSIONS).map(lambda t: f"{t[0]}[{t[1]}] = {t[2]}"),
    st.tuples(NAMES, ATTRIBUTES, EXPRESSIONS).map(lambda t: f"{t[0]}.{t[1]} = {t[2]}"),
    st.tuples(NAMES, NAMES, EXPRESSIONS).map(lambda t: f"{t[0]}, *{t[1]} = {t[2]}"),
    NAMES.map(lambda name: f"del {name}, {name}[0], {name}.x"),
    EXPRESSIONS.map(lambda e: f"assert {e}"),
    st.sampled_from(["import os.path", "from a import *", "from . import b", "import pandas as pd", "import a as df"]),
)
STATEMENTS = st.recursive(SIMPLE, _statements, max_leaves=5)
IMPORTS = "import json, os, sys\nimport numpy as np\nimport pandas as pd\nfrom pathlib import Path as path\n"
IMPORTS += "df = pd.read_csv('a.csv')\nfrom sklearn.linear_model import Ridge\nmodel = Ridge()\nX = df[['x']]\n"


@QUICK
@given(st.lists(STATEMENTS, min_size=1, max_size=6), st.lists(STATEMENTS, max_size=3))
def test_no_program_makes_the_evaluator_raise(main: list[str], other: list[str]) -> None:
    files = {"main.py": IMPORTS + "\n".join(main) + "\n", "a.py": IMPORTS + "import main\n" + "\n".join(other) + "\n"}
    files = {name: source for name, source in files.items() if _is_valid(source)}
    graph_of(files)


def _is_valid(source: str) -> bool:
    try:
        ast.parse(source)
    except (SyntaxError, ValueError):
        return False
    return True


# -- the sample, damaged

FILES = sorted(path for path in SAMPLE.rglob("*.py") if path.stat().st_size)


@settings(QUICK, max_examples=25)
@given(st.data())
def test_the_sample_with_statements_taken_out_or_doubled_makes_it_raise_nothing(data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(FILES), min_size=1, max_size=3, unique=True))
    files: dict[str, str] = {}
    for path in chosen:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for _ in range(data.draw(st.integers(1, 4))):
            _damage(tree, data)
        files[path.relative_to(SAMPLE).as_posix()] = ast.unparse(tree) + "\n"
    graph_of(files)


def _damage(tree: ast.Module, data: st.DataObject) -> None:
    """Take a statement out, double it, or exchange two of a block."""
    bodies = [getattr(node, "body", None) for node in ast.walk(tree)]
    blocks = [body for body in bodies if isinstance(body, list) and len(body) > 1]
    if not blocks:
        return
    block = data.draw(st.sampled_from(blocks))
    at = data.draw(st.integers(0, len(block) - 1))
    what = data.draw(st.sampled_from(["out", "double", "exchange"]))
    if what == "out":
        del block[at]
    elif what == "double":
        block.insert(at, block[at])
    else:
        block[at], block[-1] = block[-1], block[at]


# -- programs whose meaning is known

WORDS = st.sampled_from(["data", "raw", "orders", "zones", "x1", "day_2", "train", "v3"])


@st.composite
def paths(draw: st.DrawFn) -> tuple[str, str]:
    """An expression that builds a path, and the path."""
    parts = draw(st.lists(WORDS, min_size=1, max_size=4))
    name = "/".join(parts) + ".csv"
    folders, last = parts[:-1], f"{parts[-1]}.csv"
    folder = "/".join(folders)
    quoted = ", ".join(map(repr, [*folders, last]))
    ways = [
        repr(name),
        f"os.path.join({quoted})",
        f"'/'.join([{quoted}])",
        f"Path({quoted})",
        f"str(Path('.').joinpath({quoted}))",
        " / ".join([f"Path({(folders or [last])[0]!r})", *map(repr, [*folders[1:], last] if folders else [])]),
        " + '/' + ".join(map(repr, [*folders, last])),
        "f'" + "/".join(f"{{{part!r}}}" for part in parts).replace("'", '"') + ".csv'",
        "'" + "/".join("{}" for _ in parts) + f".csv'.format({', '.join(map(repr, parts))})",
        "'" + "/".join("%s" for _ in parts) + f".csv' % ({', '.join(map(repr, parts))},)",
        f"build({folder!r}, {last!r})" if folder else f"named({last!r})",
        f"Paths().{'deep' if folder else 'flat'}({quoted})",
    ]
    return draw(st.sampled_from(ways)), name


BUILDERS = """\
import os
from pathlib import Path
import pandas as pd


def build(folder, name):
    return f"{folder}/{name}"


def named(name, *, ending=""):
    return name + ending


class Paths:
    def deep(self, *parts):
        return os.path.join(*parts)

    def flat(self, part):
        return part


"""


@QUICK
@given(st.lists(st.tuples(paths(), paths()), min_size=1, max_size=4))
def test_reads_and_writes_have_the_paths_that_were_built(pairs: list[tuple[tuple[str, str], tuple[str, str]]]) -> None:
    lines = [f"pd.read_csv({source}).to_csv({target})" for (source, _), (target, _) in pairs]
    seen = graph_of({"main.py": BUILDERS + "\n".join(lines) + "\n"})
    assert seen.reads() == {name for (_, name), _ in pairs}
    assert seen.writes() == {name for _, (_, name) in pairs}
    assert all(source == target or seen.flows(source, target) for (_, source), (_, target) in pairs)


@st.composite
def histories(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A program that changes a frame in known ways, and the columns that it has at the end."""
    columns = draw(st.lists(st.sampled_from("abcdefgh"), min_size=3, max_size=6, unique=True))
    lines = [f"df = pd.read_csv('in.csv', usecols={columns!r})"]
    for number in range(draw(st.integers(0, 6))):
        line, columns = draw(st.sampled_from(_changes(list(columns), f"n{number}")))
        lines.append(line)
    return "import pandas as pd\n" + "\n".join([*lines, "df.to_csv('out.csv')"]) + "\n", columns


def _changes(columns: list[str], new: str) -> list[tuple[str, list[str]]]:
    first, last, rest = columns[0], columns[-1], columns[:-1] or columns
    without = [name for name in columns if name not in set(columns) - set(rest)]
    return [
        (f"df['{new}'] = df['{first}'] + 1", [*columns, new]),
        (f"df.loc[:, '{new}'] = 0", [*columns, new]),
        (f"df = df.assign({new}=lambda d: d['{last}'] * 2)", [*columns, new]),
        (f"df = df.rename(columns={{'{first}': '{new}'}})", [*columns[1:], new]),
        (f"df.rename(columns={{'{first}': '{new}'}}, inplace=True)", [*columns[1:], new]),
        (f"df = df.drop(columns={sorted(set(columns) - set(without))!r})", without),
        (f"df = df.drop({sorted(set(columns) - set(without))!r}, axis=1)", without),
        (f"df = df[{rest!r}]", rest),
        (f"df = df.loc[:, {rest!r}]", rest),
        (f"df = df[df['{first}'] != 1].reset_index(drop=True)", columns),
        (f"df = df.query('{first} > 1').sort_values('{last}').fillna(0)", columns),
        (f"df = df.merge(pd.read_csv('more.csv', usecols=['{first}', '{new}']), on='{first}')", [*columns, new]),
        ("df = pd.concat([df.head(3), df.tail(3)])", columns),
        (f"df = (lambda d: d[{rest!r}])(df)", rest),
    ]


@QUICK
@given(histories())
def test_a_written_frame_has_the_columns_of_its_history(history: tuple[str, list[str]]) -> None:
    program, columns = history
    written = graph_of({"main.py": program}).written("out.csv")
    assert set(written or ()) == set(columns)
