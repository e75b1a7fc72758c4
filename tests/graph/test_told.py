"""What the code of single files says, kept between runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches import namings
from mldebt.graph.branches.switches import Switches, imports, switches
from mldebt.graph.scan import scan
from mldebt.graph.told import Told
from mldebt.read.facts import FileFacts
from mldebt.read.one_file import read_one


def _facts(text: str, key: bytes = b"1", file: str = "a.py") -> FileFacts:
    return replace(read_one(file, text.encode()), key=key)


def _counting(told: Told) -> tuple[Callable[[FileFacts], Any], list[int]]:
    """A question, and how many statements were looked through for each answer that was not known."""
    looked: list[int] = []

    def answer(body: tuple[Any, ...]) -> int:
        looked.append(len(body))
        return len(body)

    return lambda facts: told.of(facts, "number of statements", answer), looked


def test_an_answer_is_kept_for_later_runs(tmp_path: Path) -> None:
    for run in range(2):
        told = Told(tmp_path)
        ask, looked = _counting(told)
        with told.remembering():
            assert ask(_facts("a = 1\nb = 2\n")) == 2
        assert looked == ([] if run else [2])


def test_other_code_is_asked_anew(tmp_path: Path) -> None:
    told = Told(tmp_path)
    ask, _ = _counting(told)
    with told.remembering():
        assert ask(_facts("a = 1\nb = 2\n")) == 2
        assert ask(_facts("a = 1\n", key=b"2")) == 1


def test_without_a_cache_nothing_is_kept(tmp_path: Path) -> None:
    told = Told()
    ask, looked = _counting(told)
    with told.remembering():
        assert ask(_facts("a = 1\n")) == ask(_facts("a = 1\n")) == 1
    assert looked == [1]
    assert not list(tmp_path.iterdir())


def test_switches_of_a_file_can_be_kept(tmp_path: Path) -> None:
    code = "import settings\nDEBUG = False\nif DEBUG:\n    print(settings.NAME)\n"
    for _ in range(2):
        told = Told(tmp_path)
        with told.remembering():
            found = Switches(*told.of(_facts(code), "switches", switches))
            brought = told.of(_facts(code), "imports", imports)
        assert found == Switches(False, (("DEBUG", False, 2),), True)
        assert brought == (("settings", "settings", "", 0),)


def test_answers_about_all_files_are_kept_some_together(tmp_path: Path) -> None:
    files = [_facts("a = 1\n", f"{at}".encode(), f"{at}.py") for at in range(60)]

    def looked_at() -> list[str]:
        told, looked = Told(tmp_path), list[str]()
        with told.remembering():
            found = told.of_all(files, "lines", lambda facts: (looked.append(facts.file), facts.lines)[1])
            assert dict(found) == {facts.file: facts.lines for facts in files}
        return looked

    assert len(looked_at()) == 60
    assert looked_at() == []
    files[7] = _facts("a = 1\nb = 2\n", b"other", "7.py")
    again = looked_at()
    assert "7.py" in again
    assert len(again) < 30


def test_the_names_of_a_file_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "train.py").write_text("import pandas as pd\n\ndef load():\n    return pd.read_csv('a.csv')\n")
    looked: list[str] = []

    def counted(workspace: Workspace, facts: FileFacts) -> namings.Names:
        looked.append(facts.file)
        return names_in(workspace, facts)

    names_in = namings.names_in
    monkeypatch.setattr(namings, "names_in", counted)
    first, second = scan(tmp_path), scan(tmp_path)
    assert [dead.name for dead in second.graph.dead] == [dead.name for dead in first.graph.dead] == [""]
    assert looked == ["train.py"]
