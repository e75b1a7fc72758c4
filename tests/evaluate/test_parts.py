"""A repository is evaluated in parts; how many at once, and what an earlier run has left, changes nothing."""

from __future__ import annotations

import gc
import marshal
import shutil
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.evaluate.circles import circles
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.program import PartsHere, Program
from mldebt.evaluate.schedule import Schedule
from mldebt.evaluate.sharing import Part, Sharing
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.trace_codec import decode_trace, encode_trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.export import export
from mldebt.graph.scan import scan
from mldebt.knowledge.loader import load_knowledge
from mldebt.project.files import list_files
from mldebt.project.meanwhile import can_fork
from mldebt.read.reader import read_files
from mldebt.sites import Site
from mldebt.terms import column
from tests.evaluate.small import GraphOf
from tests.many import checked

SAMPLE = Path(__file__).parents[2] / "fixtures" / "eats_eta"


def parts_of(root: Path, files: dict[str, str]) -> set[tuple[str, ...]]:
    for name, text in files.items():
        (root / name).write_text(text)
    facts = read_files(root, list_files(root).files)
    workspace = Workspace(root, facts)
    parts = Sharing(workspace, load_knowledge(), sorted(file for file in facts if facts[file].packed)).parts()
    return {part.files for part in parts}


# -- what belongs together


def test_scripts_that_import_the_same_helpers_stand_apart(tmp_path: Path) -> None:
    helpers = (
        "import logging\nfrom pathlib import Path\nlog = logging.getLogger(__name__)\nROOT = Path('data')\n"
        "NAMES = ['a']\ndef load(): return NAMES\n"
    )
    files = {
        "helpers.py": helpers,
        "a.py": "from helpers import load, ROOT\n",
        "b.py": "import helpers\nhelpers.load()\n",
    }
    assert parts_of(tmp_path, files) == {("helpers.py",), ("a.py",), ("b.py",)}


@pytest.mark.parametrize(
    ("state", "main"),
    [
        pytest.param(
            "class Holder:\n    def fill(self): self.model = 1\nholder = Holder()\n", "from state import holder\n",
            id="object",
        ),
        pytest.param(
            "CACHE = {}\ndef keep(x): CACHE['x'] = x\n", "from state import keep\n", id="container changed in place"
        ),
        pytest.param("NAMES = []\n", "import state\nstate.NAMES.append('x')\n", id="container changed from outside"),
        pytest.param("class C:\n    path = 'a'\n", "from state import C\nC.path = 'b'\n", id="class"),
        pytest.param(
            "model = None\ndef start():\n    global model\n    model = make()\ndef use(): return model\n"
            "def make(): ...\n", "import state\n", id="global",
        ),
        pytest.param(
            "from absl import flags\nflags.DEFINE_string('path', 'a.csv', '')\n",
            "from absl import flags\nimport state\nread(flags.FLAGS.path)\n",
            id="flags of a program",
        ),
        pytest.param(
            "from fastapi import APIRouter\nrouter = APIRouter()\n", "import state\nuse(state.router)\n",
            id="object of a library",
        ),
    ],
)  # fmt: skip
def test_files_that_share_state_are_one_part(tmp_path: Path, state: str, main: str) -> None:
    assert parts_of(tmp_path, {"state.py": state, "main.py": main}) == {("main.py", "state.py")}


def test_a_test_shares_nothing_with_what_it_tries(tmp_path: Path) -> None:
    files = {
        "state.py": "CACHE = {}\ndef keep(x): CACHE['x'] = x\n",
        "main.py": "from state import keep\nkeep(1)\n",
        "test_state.py": "from state import keep\ndef test_keep(): keep('made up')\n",
    }
    assert parts_of(tmp_path, files) == {("main.py", "state.py"), ("test_state.py",)}


def test_a_function_that_another_part_calls_is_not_run_with_unknown_arguments(graph_of: GraphOf) -> None:
    seen = graph_of({
        "a_reader.py": "import pandas as pd\ndef read(name):\n    return pd.read_csv(f'data/{name}.csv')\n",
        "z_main.py": "from a_reader import read\ndef main():\n    read('orders')\n",
    })  # fmt: skip
    assert seen.reads() == {"data/orders.csv"}


def test_a_test_that_calls_a_function_does_not_hide_what_it_does_by_default(graph_of: GraphOf) -> None:
    seen = graph_of({
        "save.py": "import pandas as pd\ndef save(df: pd.DataFrame, path='out/scores.csv'):\n    df.to_csv(path)\n",
        "tests/test_save.py": "from save import save\ndef test_it(tmp_path, df):\n    save(df, tmp_path / 'x.csv')\n",
    })  # fmt: skip
    assert "out/scores.csv" in seen.writes()


def test_what_one_part_does_to_an_object_far_away_is_not_seen_by_another(graph_of: GraphOf) -> None:
    files = {
        "lib/__init__.py": "def start(path):\n    from lib.settings import SETTINGS\n    SETTINGS.change(path)\n",
        "lib/settings.py": """
            class Settings:
                def __init__(self, path):
                    self.path = path
                def change(self, path):
                    self.path = path
            SETTINGS = Settings("usual.csv")
            """,
        "lib/reading.py": """
            import pandas as pd
            from lib.settings import SETTINGS
            def load():
                return pd.read_csv(SETTINGS.path)
            """,
        "a_boot.py": "import lib\nlib.start('other.csv')\n",
        "b_job.py": "from lib.reading import load\nload()\n",
    }
    assert graph_of(files).reads("lib/reading.py") == {"usual.csv"}


def test_what_a_part_does_to_its_own_objects_is_seen_by_its_functions(graph_of: GraphOf) -> None:
    program = "import pandas as pd\nSTATE = {'path': 'a.csv'}\ndef set(path):\n    STATE['path'] = path\nset('b.csv')\n"
    program += "def late():\n    return pd.read_csv(STATE['path'])\n"
    assert graph_of({"state.py": program, "user.py": "import state\n"}).reads() == {"b.csv"}


def test_what_a_module_does_when_it_is_run_itself_is_not_done_by_its_importers(graph_of: GraphOf) -> None:
    files = {
        "lib.py": """
            import pandas as pd
            PATH = "a.csv"
            def load():
                return pd.read_csv(PATH)
            if __name__ == "__main__":
                PATH = "b.csv"
                load()
            """,
        "job.py": "import lib\nlib.load().to_csv('out/' + lib.PATH)\n",
    }
    seen = graph_of(files)
    assert seen.reads("lib.py") == {"a.csv", "b.csv"}
    assert seen.writes("job.py") == {"out/a.csv"}


def test_what_a_module_does_when_it_is_imported_is_done_by_its_importers(graph_of: GraphOf) -> None:
    files = {
        "lib.py": 'PATH = "a.csv"\nif __name__ != "__main__":\n    PATH = "b.csv"\n',
        "job.py": "import pandas as pd\nimport lib\npd.read_csv(lib.PATH)\n",
    }
    assert graph_of(files).reads("job.py") == {"b.csv"}


# -- in which order


@given(st.integers(1, 9).flatmap(lambda n: st.lists(st.sets(st.integers(0, n - 1)), min_size=n, max_size=n)), st.data())
@checked()
def test_every_part_is_begun_once_after_those_that_surely_come_before(
    imports: list[set[int]], data: st.DataObject
) -> None:
    files = [f"{at}.py" for at in range(len(imports))]
    parts = [Part((files[at],), frozenset(files[to] for to in each - {at})) for at, each in enumerate(imports)]
    schedule = Schedule(parts, dict.fromkeys(files, 1))
    ready, done = schedule.begin(), []
    while ready:
        part = ready.pop(data.draw(st.integers(0, len(ready) - 1)))
        done.append(part)
        ready += schedule.done(part)
    assert sorted(done, key=parts.index) == parts == sorted(schedule.parts, key=parts.index)
    for at, part in enumerate(done):
        for caller in done[at + 1 :]:
            assert not (part.files[0] in caller.imports and schedule.is_told(part, caller))


@given(st.integers(1, 9).flatmap(lambda n: st.lists(st.sets(st.integers(0, n - 1)), min_size=n, max_size=n)))
def test_a_circle_is_what_reaches_each_other(imports: list[set[int]]) -> None:
    def reached(start: int) -> set[int]:
        found, waiting = {start}, [start]
        while waiting:
            new = imports[waiting.pop()] - found
            found |= new
            waiting += new
        return found

    every = {at: reached(at) for at in range(len(imports))}
    found = circles(dict(enumerate(imports)))
    assert sorted(at for circle in found for at in circle) == list(range(len(imports)))
    for number, circle in enumerate(found):
        assert all(every[at] >= set(circle) for at in circle)
        assert all(at not in every[later] for at in circle for behind in found[number + 1 :] for later in behind)


# -- what an earlier run has left


def graph(root: Path, **options: object) -> str:
    return export(scan(root, **options).graph, "json")  # type: ignore[arg-type]


@pytest.mark.parametrize("apart", [False, pytest.param(True, marks=pytest.mark.skipif(not can_fork(), reason="Linux"))])
def test_any_sequence_of_edits_leaves_the_graph_that_a_fresh_scan_makes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, apart: bool
) -> None:
    root = tmp_path / "sample"
    shutil.copytree(SAMPLE, root, ignore=shutil.ignore_patterns(".mldebt_cache"))
    random = Random(11)
    graph(root)
    evaluated = evaluated_here(monkeypatch)
    monkeypatch.setattr("mldebt.project.meanwhile.WORTH", 0 if apart else 1_000_000)
    here: set[str] = set()
    for _ in range(6):
        edit(root, random)
        seen = graph(root, jobs=2)
        here |= evaluated
        assert seen == graph(root, use_cache=False)
        evaluated.clear()
    assert bool(here) is not apart


@pytest.mark.skipif(not can_fork(), reason="Linux")
def test_what_another_process_has_kept_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SAMPLE, tmp_path, ignore=shutil.ignore_patterns(".mldebt_cache"), dirs_exist_ok=True)
    graph(tmp_path)
    monkeypatch.setattr("mldebt.project.meanwhile.WORTH", 0)
    with next(tmp_path.rglob("*.py")).open("a") as stream:
        stream.write("print(1)\n")
    seen = graph(tmp_path, jobs=2)
    monkeypatch.delattr(PartsHere, "outcome")
    assert graph(tmp_path, jobs=1) == seen


@pytest.mark.skipif(not can_fork(), reason="Linux")
def test_a_kept_trace_that_is_lost_meanwhile_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(SAMPLE, tmp_path, ignore=shutil.ignore_patterns(".mldebt_cache"), dirs_exist_ok=True)
    known = graph(tmp_path)
    monkeypatch.setattr("mldebt.project.meanwhile.WORTH", 0)
    monkeypatch.setattr("mldebt.evaluate.apart._kept", lambda *_: None)
    assert graph(tmp_path, jobs=2) == known


def evaluated_here(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The files of parts that this process evaluates from now on."""
    evaluated: set[str] = set()
    outcome = PartsHere.outcome
    monkeypatch.setattr(
        PartsHere, "outcome", lambda self, part, outside: evaluated.update(part.files) or outcome(self, part, outside)
    )
    return evaluated


@pytest.mark.parametrize(
    ("change", "again"),
    [
        pytest.param(("frame.mean()", "frame.sum()"), {"helpers.py", "mean.py"}, id="a function that one other calls"),
        pytest.param(("def mean", "# A note.\n\n\ndef mean"), set[str](), id="lines that move"),
        pytest.param(("import pandas", "# A note.\nimport pandas"), set[str](), id="all lines move"),
        pytest.param(
            ("read_csv(path)", "read_parquet(path)"), {"helpers.py", "load.py", "mean.py"}, id="called by all"
        ),
        pytest.param(("data/a.csv", "data/b.csv"), {"helpers.py", "load.py", "mean.py", "name.py"}, id="the top level"),
        pytest.param(("return 7", "return 8"), {"helpers.py"}, id="a function that nobody calls"),
    ],
)
def test_only_what_depends_on_a_change_is_evaluated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: tuple[str, str], again: set[str]
) -> None:
    files = {
        "helpers.py": (
            "import pandas as pd\n\nPATH = 'data/a.csv'\n\n\ndef load(path):\n    return pd.read_csv(path)\n\n\n"
            "def mean(frame):\n    return frame.mean()\n\n\ndef seven():\n    return 7\n"
        ),
        "load.py": "from helpers import PATH, load\nload(PATH).to_csv('out/load.csv')\n",
        "mean.py": "from helpers import PATH, load, mean\nmean(load(PATH)).to_csv('out/mean.csv')\n",
        "name.py": "from helpers import PATH\nprint(PATH)\n",
        "apart.py": "print(1)\n",
    }
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    graph(tmp_path)
    (tmp_path / "helpers.py").write_text(files["helpers.py"].replace(*change))
    evaluated = evaluated_here(monkeypatch)
    seen = graph(tmp_path)
    assert evaluated == again
    assert seen == graph(tmp_path, use_cache=False)


def test_a_job_that_moves_is_told_on_its_new_line(tmp_path: Path) -> None:
    flow = "from prefect import flow\n\n\n@flow\ndef nightly():\n    print('nothing yet')\n"
    (tmp_path / "flow.py").write_text(flow)
    graph(tmp_path)
    (tmp_path / "flow.py").write_text(f"# Every night.\n{flow}")
    seen = graph(tmp_path)
    assert '"line": 6' in seen
    assert seen == graph(tmp_path, use_cache=False)


def test_two_states_are_kept_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "main.py").write_text("from helpers import load\nload().to_csv('out.csv')\n")
    texts = [f"import pandas as pd\ndef load():\n    return pd.read_csv('data/{name}.csv')\n" for name in "ab"]
    graphs = []
    for text in texts:
        (tmp_path / "helpers.py").write_text(text)
        graphs.append(graph(tmp_path))
    monkeypatch.delattr(PartsHere, "outcome")
    for text, known in zip(texts, graphs, strict=True):
        (tmp_path / "helpers.py").write_text(text)
        assert graph(tmp_path) == known


def edit(root: Path, random: Random) -> None:
    """Drop, double or swap a line, rename a text, or take away a file."""
    file = random.choice(sorted(path for path in root.rglob("*.py") if path.stat().st_size))
    lines = file.read_text().splitlines(keepends=True)
    at = random.randrange(len(lines))
    kind = random.choice(["drop", "double", "rename", "remove", "settings"])
    if kind == "remove":
        file.unlink()
    elif kind == "settings":
        settings = random.choice(sorted([*root.rglob("*.yaml"), *root.rglob("*.yml"), *root.rglob("*.toml")]))
        settings.write_text(settings.read_text().replace("data/", "moved/"))
    else:
        lines[at] = {"drop": "", "double": lines[at] * 2, "rename": lines[at].replace(".parquet", "_2.parquet")}[kind]
        file.write_text("".join(lines))


def test_no_machine_outlives_its_part() -> None:
    """Neither held by whoever imported it nor, as garbage, by its own functions."""
    facts = read_files(SAMPLE, list_files(SAMPLE).files)
    program = Program(Workspace(SAMPLE, facts), load_knowledge(), None, strict=True)
    gc.collect()
    gc.disable()
    try:
        program.run(1, None)
        assert not [one for one in gc.get_objects() if isinstance(one, Machine)]
    finally:
        gc.enable()


def test_what_is_brought_in_on_the_way_never_finds_what_it_imports_emptied(tmp_path: Path) -> None:
    use = "import importlib\ndef main(): importlib.import_module('middle').run()\n"
    files = {
        "helpers.py": "import pandas as pd\ndef fill(): pd.DataFrame({'age': [1]}).to_csv('ages.csv')\n",
        "middle.py": "from helpers import fill\ndef run(): fill()\n",
        "a.py": use,
        "b.py": use,
    }
    alone = trace_after(tmp_path, files, "b.py")
    assert "ages.csv" in repr(alone)
    assert trace_after(tmp_path, files, "a.py", "helpers.py", "b.py") == alone


def trace_after(root: Path, files: dict[str, str], *names: str) -> object:
    """The trace of the last of the named parts, evaluated after the others and without the rest."""
    for name, text in files.items():
        (root / name).write_text(text)
    facts = read_files(root, list_files(root).files)
    program = Program(Workspace(root, facts), load_knowledge(), None, strict=True)
    parts = {part.files[0]: part for part in program._schedule.parts}
    for _ in program._here.first([parts[name] for name in names]):
        pass
    return [program._here.outcome(parts[name], frozenset()).trace for name in names][-1]


@pytest.mark.parametrize("kept", ["KEPT = Kept()", "class KEPT:\n    names = {}"], ids=["object", "class"])
def test_what_is_brought_in_on_the_way_undoes_nothing_that_was_done_before(tmp_path: Path, kept: str) -> None:
    files = {
        "registry.py": f"class Kept:\n    def __init__(self):\n        self.names = {{}}\n{kept}\n",
        "one.py": "from registry import KEPT\ndef register(kept): kept.names = {**kept.names, 'one': 'ages.csv'}\n",
        "two.py": "from registry import KEPT\ndef register(kept): kept.names = {**kept.names, 'two': 'x.csv'}\n",
        "main.py": (
            "import importlib\nimport pandas as pd\nfrom registry import KEPT\ndef main():\n"
            "    for name in ['one', 'two']:\n        importlib.import_module(name).register(KEPT)\n"
            "    return pd.read_csv(KEPT.names['one'])\n"
        ),
    }
    alone = trace_after(tmp_path, files, "main.py")
    assert "ages.csv" in repr(alone)
    assert trace_after(tmp_path, files, "one.py", "two.py", "main.py") == alone


def test_what_one_part_does_to_a_default_that_all_objects_share_is_not_seen_by_another(tmp_path: Path) -> None:
    files = {
        "settings.py": (
            "from pydantic import BaseModel, Field\nclass Places(BaseModel):\n    raw: str = 'ages.csv'\n"
            "class Settings(BaseModel):\n    places: Places = Field(default_factory=Places)\n"
        ),
        "a.py": "from settings import Settings\ndef main():\n    now = Settings()\n    now.places.raw = 'x.csv'\n",
        "b.py": (
            "import pandas as pd\nfrom settings import Settings\ndef main(): pd.read_csv(Settings().places.raw)\n"
        ),
    }
    alone = trace_after(tmp_path, files, "b.py")
    assert "ages.csv" in repr(alone)
    assert trace_after(tmp_path, files, "a.py", "b.py") == alone


def test_what_is_noted_on_an_artifact_of_a_step_is_not_seen_by_another_pipeline(tmp_path: Path) -> None:
    pipeline = "from kfp import dsl\nfrom steps import load\n@dsl.pipeline\ndef all_of_it(): load()\n"
    files = {
        "steps.py": (
            "import pandas as pd\nfrom kfp import dsl\nfrom kfp.dsl import Dataset, Output\n"
            "@dsl.component\ndef load(data: Output[Dataset]):\n    data.metadata['rows'] = 10\n"
            "    pd.read_csv('ages.csv').to_csv(data.path)\n"
        ),
        "a.py": pipeline,
        "b.py": pipeline,
    }
    alone = trace_after(tmp_path, files, "b.py")
    assert "ages.csv" in repr(alone)
    assert trace_after(tmp_path, files, "a.py", "b.py") == alone


def test_what_a_program_seeds_when_it_is_run_itself_is_not_seeded_for_its_importers(tmp_path: Path) -> None:
    files = {
        "a.py": ("import numpy as np\ndef seed(): np.random.seed(1)\nif __name__ == '__main__':\n    seed()\n"),
        "b.py": "import numpy as np\ndef main():\n    from a import seed\n    return np.random.rand(10, 2)\n",
    }
    alone = trace_after(tmp_path, files, "b.py")
    assert "'seed': 'absent'" in repr(alone)
    assert trace_after(tmp_path, files, "a.py", "b.py") == alone


def test_what_a_script_makes_is_not_seen_by_those_that_make_the_same_and_do_not_import_it(tmp_path: Path) -> None:
    files = {
        "made.py": "import numpy as np\ndef points(): return np.eye(10)\n",
        "a.py": (
            "from sklearn.linear_model import LinearRegression\nfrom made import points\n"
            "LinearRegression().fit(points(), [1, 2])\n"
        ),
        "b.py": (
            "from sklearn.linear_model import LinearRegression\nfrom made import points\n"
            "def main(): LinearRegression().fit(points(), [1, 2])\n"
        ),
    }
    alone = trace_after(tmp_path, files, "b.py")
    assert "written in the code" in repr(alone)
    assert trace_after(tmp_path, files, "a.py", "b.py") == alone


def test_a_trace_survives_being_packed_and_unpacked() -> None:
    trace = read_trace(SAMPLE)
    packed = encode_trace(trace)
    assert encode_trace(decode_trace(packed)) == packed
    assert encode_trace(decode_trace(marshal.loads(marshal.dumps(packed)))) == packed
    empty = [name for name, value in vars(trace).items() if not value]
    assert set(empty) <= {"failures", "forwards", "trained_through", "started", "fetched", "aside", "into"}, (
        "this would not be tested"
    )


@pytest.mark.parametrize(
    "value", ["x", [1, ("a", None)], Site("a.py", 3, 4), [("x", Site("a.py", 5, 5))], [column("age")]]
)
def test_attributes_survive_being_packed_and_unpacked(value: object) -> None:
    trace, place = Trace(), Site("a.py", 1, 1)
    trace.node("frame:a", "frame", "a", place, told={"here": value})
    trace.edge("frame:a", "frame:b", "DERIVES", place, told=value)
    unpacked = decode_trace(marshal.loads(marshal.dumps(encode_trace(trace))))
    assert unpacked.nodes["frame:a"].attributes == {"told": {"here": value}}
    assert [edge.attributes for edge in unpacked.edges.values()] == [{"told": value}]


def test_adding_a_trace_to_an_empty_one_gives_all_of_it() -> None:
    trace, whole = read_trace(SAMPLE), Trace()
    whole.add(trace)
    assert encode_trace(whole) == encode_trace(trace)


def read_trace(root: Path) -> Trace:
    from mldebt.evaluate.program import evaluate

    return evaluate(Workspace(root, read_files(root, list_files(root).files)), load_knowledge())
