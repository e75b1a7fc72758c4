"""Many files: the cache, several processes and accidents change nothing but the time."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mldebt.project.cache import open_cache
from mldebt.project.files import list_files
from mldebt.read import from_disk, processes, reader
from mldebt.read.facts import FileFacts
from mldebt.read.identity import Identity
from mldebt.read.reader import read_files


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for number in range(70):
        folder = tmp_path / f"part{number % 3}"
        folder.mkdir(exist_ok=True)
        (folder / f"m{number}.py").write_text(f"x = {number}\n" * (number + 1))
    (tmp_path / "broken.py").write_text("x = (\n")
    (tmp_path / "deep.py").write_text(f"x = {'+'.join('1' * 1500)}\ny = {'f(a=' * 90}1{')' * 90}\n")
    (tmp_path / "q.sql").write_text("SELECT a, b + 1 AS c FROM t WHERE d > 1")
    (tmp_path / "Makefile").write_text("all:\n\tpython part0/m0.py --x 1\n")
    (tmp_path / "settings.yaml").write_text("a: 1\n")
    return tmp_path


def read(root: Path, jobs: int = 1, use_cache: bool = False, **others: Any) -> dict[str, FileFacts]:
    with open_cache(root, enabled=use_cache) as cache:
        return read_files(root, list_files(root).files, jobs=jobs, cache=cache, **others)


def test_facts_are_sorted_and_hold_only_what_can_be_read(project: Path) -> None:
    facts = read(project)
    assert list(facts) == sorted(facts)
    assert "settings.yaml" not in facts
    assert facts["broken.py"].problem.startswith("syntax error")
    assert facts["part0/m0.py"].body == (("assign", 1, 1, (("name", "x"),), ("const", 0), None),)


def test_processes_and_cache_give_the_same_facts(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "WORTH_PROCESSES", 10)
    once = read(project)
    assert read(project, jobs=2) == once
    assert read(project, jobs=2, use_cache=True) == once
    assert read(project, use_cache=True) == once
    assert list(read(project, jobs=3)) == list(once)


def test_only_what_changed_is_read_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(project, use_cache=True)
    (project / "broken.py").write_text("x = 1\n")
    again: list[str] = []

    def noted(file: str, path: Path, identity: Identity) -> from_disk.Result:
        again.append(file)
        return from_disk.read_from_disk(file, path, identity)

    monkeypatch.setattr(reader, "read_from_disk", noted)
    assert read(project, use_cache=True)["broken.py"].problem == ""
    assert again == ["broken.py"]


def test_a_warm_run_loads_no_parser(project: Path) -> None:
    read(project, use_cache=True)
    code = (
        "import sys; from pathlib import Path; from mldebt.project.cache import open_cache;"
        "from mldebt.project.files import list_files; from mldebt.read.reader import read_files;"
        "root = Path(sys.argv[1]);\n"
        "with open_cache(root) as cache: facts = read_files(root, list_files(root).files, cache=cache)\n"
        "names = ('libcst', 'mldebt.read.python.lower', 'sqlglot', 'networkx', 'pandas')\n"
        "print(len(facts), [name for name in names if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code, project], capture_output=True, text=True, check=True)
    assert done.stdout.split(maxsplit=1)[1].strip() == "[]"


def test_libcst_is_loaded_only_for_code_that_this_python_refuses() -> None:
    code = (
        "import sys; from mldebt.read.one_file import read_one\n"
        "for text in sys.argv[1:]: print(read_one('a.py', text.encode()).kind, 'libcst' in sys.modules)"
    )
    texts = ("x = f(1)\n", "%pip install x\n!ls\ny = 1\n", "print 'Python 2'\n", "x = f'{{{{1: 2}}}' }'\n")
    done = subprocess.run([sys.executable, "-c", code, *texts], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == ["python False", "python False", "python False", "skipped True"]
    assert not done.stderr


def test_progress_counts_up_to_all_files(project: Path) -> None:
    seen: list[tuple[int, int]] = []
    facts = read(project, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (len(facts), len(facts))


def test_an_unreadable_file_is_told(project: Path) -> None:
    files = list_files(project).files
    (project / "q.sql").unlink()
    assert read_files(project, files)["q.sql"].problem == "can't be read: No such file or directory"


def test_the_collector_is_left_as_it_was(project: Path) -> None:
    before = gc.get_threshold()
    read(project)
    assert gc.get_threshold() == before


@contextmanager
def accident(monkeypatch: pytest.MonkeyPatch, name: str, action: Any) -> Iterator[None]:
    """One file that does something terrible to the process that reads it."""
    monkeypatch.setattr(processes, "_start_method", lambda: "fork")

    def read_badly(file: str, path: Path, identity: Identity) -> from_disk.Result:
        if file.endswith(name):
            action()
        return from_disk.read_from_disk(file, path, identity)

    monkeypatch.setattr(processes, "read_from_disk", read_badly)
    yield


def endless() -> None:
    while True:
        pass


@pytest.mark.skipif(sys.platform != "linux", reason="needs fork")
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize(
    ("action", "problem"),
    [(lambda: os._exit(1), "reading it ended the process"), (endless, "reading it took more than 0.3 s")],
)
def test_an_accident_costs_only_its_file(
    project: Path, monkeypatch: pytest.MonkeyPatch, action: Any, problem: str
) -> None:
    identity = Identity()
    files = [each for each in list_files(project).files if each.file.endswith(".py")]
    with accident(monkeypatch, "m5.py", action):
        results = {file: facts for file, _, facts in processes.read_in_processes(files, 2, identity, slowest=0.3)}
    assert results.pop("part2/m5.py").problem == problem
    assert len(results) == len(files) - 1
    assert [file for file, facts in results.items() if facts.problem] == ["broken.py"]


def test_batches_hold_every_file_once_and_the_largest_come_first(project: Path) -> None:
    files = list_files(project).files
    made = processes.batches(files, 2)
    assert sorted(each.file for batch in made for each in batch) == sorted(each.file for each in files)
    assert made[-1][0].size == max(each.size for each in files)
