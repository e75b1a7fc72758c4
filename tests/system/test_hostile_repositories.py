"""Nothing that lies in a repository stops a run, and what is sound beside it is still analysed."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.evaluate.small import notebook, write_files
from tests.system.command import GRAPH, Ended, run

SOUND = """\
import joblib
import pandas as pd
from sklearn.ensemble import RandomForestRegressor

df = pd.read_csv("sound.csv", usecols=["x", "y"])
joblib.dump(RandomForestRegressor().fit(df[["x"]], df["y"]), "sound.joblib")
"""
Files = dict[str, str | bytes]
READ = "import pandas as pd\n"
CIRCLE = 300
MEGABYTE = 1_000_000

SKIPPED: dict[str, tuple[Files, str | None]] = {
    "broken": ({"bad.py": "def f(:\n"}, "syntax error at line 1"),
    "python 2": ({"bad.py": "print `hello`\n"}, "Python 2"),
    "huge": ({"bad.py": "x = 1\n" * (MEGABYTE // 5)}, "larger than 1 MB"),
    "binary": ({"bad.py": b"\x00\x01\x02\xff" * 200}, "binary-looking"),
    "not UTF-8": ({"bad.py": b"name = '\xff\xfe'\n"}, "not UTF-8"),
    "deep brackets": ({"bad.py": "x = " + "(" * 5_000 + "1" + ")" * 5_000 + "\n"}, "brackets nested too deeply"),
    "endless chain": ({"bad.py": "x = y" + ".z(0)" * 400 + "\n"}, "nested too deeply"),
    "template": ({"bad.py": "import {{ cookiecutter.name }}\n"}, "template"),
    "notebook without JSON": ({"bad.ipynb": "{'cells': [\n"}, ""),
    "notebook with other JSON": ({"bad.ipynb": "[1, 2]"}, ""),
    "notebook with strange cells": ({"bad.ipynb": '{"cells": [1, {"cell_type": "code", "source": 7}]}'}, None),
    "settings without sense": ({"config.yaml": "a: [\n", "dvc.yaml": "stages: [1, {]\n", "x.toml": "= 1"}, None),
    "SQL without sense": ({"bad.sql": "SELECT FROM WHERE (((;\n\x07"}, None),
    "Makefile without sense": ({"Makefile": "\t\t:::=\n$(((\n"}, None),
}  # fmt: skip


@pytest.mark.parametrize("name", SKIPPED)
def test_what_cannot_be_read_is_left_out_with_a_reason(name: str, tmp_path: Path) -> None:
    files, reason = SKIPPED[name]
    graph = sound_beside(tmp_path, files)
    if reason is not None:
        (told,) = graph["coverage"]["skipped"].values()
        assert told.startswith(reason)
        assert told


PROGRAMS: dict[str, Files] = {
    "many modules that import each other in a circle": {
        f"m{number}.py": f"import m{(number + 1) % CIRCLE}\nfrom m{(number + 1) % CIRCLE} import *\nX{number} = 1\n"
        for number in range(CIRCLE)
    },
    "star imports in a circle": {
        "a.py": "from b import *\nA = B\n", "b.py": "from c import *\nB = C\n", "c.py": "from a import *\nC = A\n",
    },
    "a module that imports itself": {"a.py": "import a\nfrom a import x\nx = a.x\n"},
    "functions that call each other": {
        "a.py": "def f(n):\n    return g(n)\ndef g(n):\n    return f(n - 1) + f(n)\nf(10)\n"
    },
    "a function that calls itself with growing text": {
        "a.py": f"{READ}def f(s):\n    pd.read_csv(s)\n    return f(s + 'x') + f('y' + s)\nf('a')\n"
    },
    "a function that calls itself with growing lists": {"a.py": "def f(v):\n    return f([v, v]) + f({'v': v})\nf(1)\n"},  # noqa: E501
    "a loop without end": {"a.py": "x = ''\nwhile True:\n    x = x + x + 'a'\n"},
    "a loop that grows a list": {"a.py": "x = [1]\nfor v in x:\n    x.append(x)\n    x += x\n"},
    "a list that holds itself": {"a.py": "x = []\nx.append(x)\nfor y in x:\n    print(y[0][0])\nd = {}\nd['d'] = d\nprint(d)\n"},  # noqa: E501
    "a class that inherits from itself through imports": {
        "a.py": "from b import B\nclass A(B):\n    def f(self):\n        return super().f()\nA().f()\n",
        "b.py": "from a import A\nclass B(A):\n    def g(self):\n        return self.f()\nB().g()\nprint(B.x, B().x)\n",
    },
    "a class that inherits from itself": {"a.py": "class A:\n    pass\nclass A(A):\n    x = 1\nprint(A().y)\n"},
    "a base class that is bound later": {
        "a.py": "import b\nclass A(b.B):\n    pass\n", "b.py": "import a\nclass B(a.A):\n    pass\nB().missing()\n",
    },
    "decorators that nobody knows": {
        "a.py": f"{READ}from nowhere import deco\n@deco\n@deco.x(1)[2](y=3)\ndef f(p='deep.csv'):\n"
        "    return pd.read_csv(p)\n@f\n@deco\nclass C:\n    @f\n    def g(self):\n        return self\nC().g()\n"
    },
    "deep nesting of statements": {
        "a.py": "".join("    " * depth + f"if x{depth}:\n" for depth in range(90)) + "    " * 90 + "y = 1\n"
    },
    "a long chain of calls": {"a.py": f"{READ}x = pd.read_csv('a.csv')" + ".fillna(0)" * 60 + "\n"},
    "a long chain of operators": {"a.py": "x = " + " + ".join(["'a'"] * 1_000) + "\n"},
    "a long chain of elif": {"a.py": "if a:\n    x = 1\n" + "".join(f"elif a == {n}:\n    x = {n}\n" for n in range(900))},  # noqa: E501
    "many branches one after the other": {
        "a.py": "x = ''\n" + "".join(f"if c{n}:\n    x += 'a{n}'\nelse:\n    x += 'b{n}'\n" for n in range(200))
    },
    "nested loops": {
        "a.py": "".join("    " * depth + f"for v{depth} in range(9):\n" for depth in range(9)) + "    " * 9 + "f(v0)\n"
    },
    "text that doubles": {"a.py": "x = 'a'\n" + "x = x + x\n" * 60 + f"y = x * 10 ** 12\nz = f'{{x:>{10 ** 9}}}'\n"},
    "text that multiplies": {"a.py": "x = 'ab' * 999999999999\ny = [0] * 999999999999\nz = 9 ** 9 ** 9 ** 9\nw = 1 << 9 ** 9\n"},  # noqa: E501
    "padding without measure": {"a.py": "x = 'a'.zfill(10 ** 11)\ny = 'a'.ljust(10 ** 11)\nz = '%999999999999d' % 1\n"},
    "ranges without measure": {"a.py": "for i in range(10 ** 15):\n    x = i\ny = list(range(10 ** 15))\n"},
    "division by nothing": {"a.py": "x = 1 / 0\ny = 1 % 0\nz = 'a' % ()\nw = '{'.format(1)\nv = [][1]\nu = {}['a']\n"},
    "odd formats": {"a.py": "'{:%}'.format('x')\n'{0.a[b]}'.format(1)\n'%(a)s' % 1\n'%*d' % (1, 2)\n'{!r:>{w}}'.format(1, w=2)\n"},  # noqa: E501
    "odd paths": {
        "a.py": f"{READ}import os\nfor p in ('', '/', '..', '~', '../../../../x', 'a' * 9999, 'a\\0b', '\\n', '*', '[', 'a//b', '.'):\n"  # noqa: E501
        "    pd.read_csv(p)\n    open(p).read()\n    os.listdir(p)\n    pd.read_csv(os.path.join(p, p))\n"
    },
    "odd patterns": {
        "a.py": "import glob\nfrom pathlib import Path\nfor p in ('', '/', '[', '**', '**/**', '../*', '\\0', '{a,b}'):\n"  # noqa: E501
        "    glob.glob(p)\n    list(Path('.').glob(p))\n    list(Path(p).rglob('*'))\n"
    },
    "odd queries": {
        "a.py": f"{READ}for q in ('', ';', 'SELECT', 'SELECT * FROM', '(((', 'DROP', '{{}}', 'select 1', '\\0'):\n"
        "    pd.read_sql(q, None)\n"
    },
    "odd calls": {
        "a.py": f"{READ}pd.read_csv()\npd.read_csv(*x)\npd.read_csv(**y)\npd.read_csv(1)\npd.read_csv(None)\npd.DataFrame(pd)\n"  # noqa: E501
        "pd.merge()\npd.concat()\npd.concat(None)\npd.DataFrame().groupby()\npd.DataFrame()[None]\npd.DataFrame().drop()\n"
        "pd.DataFrame().rename()\nopen()\nopen(**z)\nsuper()\nsuper().f()\nlambda: (yield)\n"
    },
    "odd estimators": {
        "a.py": "from sklearn.pipeline import Pipeline, make_pipeline\nfrom sklearn.compose import ColumnTransformer\n"
        "p = Pipeline([])\np.fit()\nPipeline([('a', p)]).fit(1, 2)\nPipeline().predict()\nmake_pipeline().fit(None)\n"
        "Pipeline([1, 'a', (), ('x',)]).fit(p, p)\nColumnTransformer([(1, 2), ('a', 'drop', 3)]).fit_transform(p)\n"
        "import joblib\njoblib.dump()\njoblib.load()\njoblib.load(joblib.load('x')).predict()\n"
    },
    "odd decorators of the web": {
        "a.py": "from flask import Flask\napp = Flask()\n@app.route()\ndef f():\n    return f()\n@app.route(1, methods=2)\n"  # noqa: E501
        "def g(x: g):\n    return g\n@app.route('/')\nclass C:\n    pass\n"
    },
    "odd names": {"ünï.py": "ñ = 1\n", "with space.py": "x = 1\n", "a-b.py": "y = 2\n", "2.py": "import ünï\n", "a\\b.py": "z = 1\n"},  # noqa: E501
    "odd magics": {"a.ipynb": notebook("%run", "%run ", "!", "%%sql", "%%bash\nexit", "%run a.ipynb", "?x", "x??")},
    "a program of nothing but names": {"a.py": "\n".join("abcdefghij" * 50) + "\n"},
    "unbound everything": {"a.py": "x.y.z = w[0] = v\ndel q\nfor a.b in c:\n    d += e\nwith f as (g, *h):\n    global i\nreturn_ = i\n"},  # noqa: E501
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_strange_programs_do_no_harm(name: str, tmp_path: Path) -> None:
    graph = sound_beside(tmp_path, PROGRAMS[name])
    assert graph["coverage"]["skipped"] == {}


def sound_beside(root: Path, files: Files) -> dict[str, Any]:
    """Analyse a sound program beside the files; what it does must be seen, and nobody may complain."""
    write_files(root, {**files, "sound/sound.py": SOUND})
    checked = run("check", root, "--output-format", "json", "--no-cache")
    assert_calm(checked)
    assert checked.code == 1
    assert checked.document["problems"] == []
    assert "MLD801" in {found["code"] for found in checked.document["findings"]}
    graphed = run(*GRAPH, root)
    assert_calm(graphed)
    assert graphed.code == 0
    assert any(node["name"].endswith("sound.csv") for node in graphed.document["nodes"])
    return graphed.document


def assert_calm(ended: Ended) -> None:
    assert "Traceback" not in ended.err
    assert "internal error" not in ended.err
    json.loads(ended.out)


@pytest.mark.parametrize("command", ["check", "graph", "audit"])
def test_an_empty_folder_has_nothing_to_report(command: str, tmp_path: Path) -> None:
    root = tmp_path / "empty"
    root.mkdir()
    options = ("--output-dir", tmp_path / "report") if command == "audit" else ("--output-format", "json")
    ended = run(command, root, *options)
    assert (ended.code, "Traceback" in ended.err) == (0, False)


def test_only_broken_files_leave_nothing_to_report(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.py": "def (:\n", "b.py": "print `1`\n", "c.ipynb": "{"})
    ended = run("check", tmp_path, "--output-format", "json")
    assert (ended.code, ended.document["findings"]) == (0, [])
    assert set(run(*GRAPH, tmp_path).document["coverage"]["skipped"]) == {"a.py", "b.py", "c.ipynb"}


def test_links_in_a_circle_end(tmp_path: Path) -> None:
    (tmp_path / "circle").mkdir()
    (tmp_path / "circle" / "up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self.py").symlink_to(tmp_path / "self.py")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    graph = sound_beside(tmp_path, {})
    assert {unit["file"] for unit in graph["units"]} == {"sound/sound.py"}


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    write_files(tmp_path, {"main.py": SOUND, ".mldebt_cache": "a file in the way"})
    ended = run("check", tmp_path, "--output-format", "json")
    assert ended.code == 1
    assert "Traceback" not in ended.err
    assert ended.out == run("check", tmp_path, "--output-format", "json", "--no-cache").out


def test_a_cache_that_is_damaged_is_made_anew(tmp_path: Path) -> None:
    write_files(tmp_path, {"main.py": SOUND})
    first = run("check", tmp_path, "--output-format", "json")
    for path in (tmp_path / ".mldebt_cache").iterdir():
        path.write_bytes(b"\x00nonsense" * 99)
    assert run("check", tmp_path, "--output-format", "json").out == first.out


def test_a_file_that_vanishes_while_it_is_read_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_files(tmp_path, {"main.py": SOUND, "gone.py": "x = 1\n"})
    read_bytes = Path.read_bytes

    def vanishing(path: Path) -> bytes:
        if path.name == "gone.py":
            raise FileNotFoundError(2, "No such file or directory")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", vanishing)
    ended = run(*GRAPH, tmp_path)
    assert ended.document["coverage"]["skipped"] == {"gone.py": "can't be read: No such file or directory"}


def test_a_closed_standard_output_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text("x = 1\n")
    command = f"{shlex.quote(sys.executable)} -m mldebt check {shlex.quote(str(tmp_path))} >&-"
    ended = subprocess.run(command, shell=True, stderr=subprocess.PIPE, text=True, check=False)
    assert ended.returncode == 2
    assert ended.stderr == "mldebt: error: standard output is closed; --output-file writes the results to a file\n"
