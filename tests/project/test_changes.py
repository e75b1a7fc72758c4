"""Which lines changed, as git's patches tell it."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import pytest

from mldebt.project.changes import Lines, parsed_patch


def patch_of(old: list[str], new: list[str], folder: Path) -> Lines:
    for name, lines in (("a", old), ("b", new)):
        (folder / name).write_text("".join(f"{line}\n" for line in lines))
    command = ["git", "diff", "--no-index", "--unified=0", "--no-color", "--src-prefix=a/", "--dst-prefix=b/", "a", "b"]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return parsed_patch(done.stdout.split(b"\n"))


@pytest.mark.parametrize("seed", range(20))
def test_an_unchanged_line_is_found_where_it_was(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    old = [f"line {number}" for number in range(chance.randrange(12))]
    new = [line for line in old if chance.random() > 0.3]
    for number in range(chance.randrange(5)):
        new.insert(chance.randrange(len(new) + 1), f"-- new {number}")
    lines = patch_of(old, new, tmp_path)
    name = "b"
    for number, text in enumerate(new, 1):
        then = lines.then(name, number)
        if text in old:
            assert then == old.index(text) + 1
            assert number not in lines.added.get(name, ())
        else:
            assert then is None
            assert number in lines.added[name]
    removed = lines.removed.get("a", {})
    assert removed == {number: text for number, text in enumerate(old, 1) if text not in new}


def test_lines_that_look_like_heads_of_patches_are_lines(tmp_path: Path) -> None:
    lines = patch_of(["-- a/x", "++ b/y", "@@ -1 +1 @@"], ["@@ -9 +9 @@", "++ b/z"], tmp_path)
    assert lines.added == {"b": frozenset({1, 2})}
    assert lines.removed == {"a": {1: "-- a/x", 2: "++ b/y", 3: "@@ -1 +1 @@"}}


def test_names_are_read_as_git_quotes_them() -> None:
    head = [b'--- "a/qu\\"ote\\t\\303\\244.py"', b"+++ b/sp ace.py\t", b"@@ -1 +1 @@", b"-x", b"+y"]
    lines = parsed_patch(head)
    assert list(lines.removed) == ['qu"ote\tä.py']
    assert list(lines.added) == ["sp ace.py"]


def test_a_file_without_changes_is_as_it_was() -> None:
    assert Lines().then("a.py", 7) == 7
