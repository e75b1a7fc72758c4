"""The cache gives back what it was given, or nothing; it never stops a run."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import pytest

from mldebt.project import cache as cache_module
from mldebt.project.cache import FILE, FOLDER, Cache, open_cache

VALUE = ("python", (("const", 1.5, None, True, "é"),), ())


def keep(root: Path, **values: object) -> None:
    with open_cache(root) as cache:
        assert cache is not None
        for key, value in values.items():
            cache.put(key.encode(), value)


def kept(root: Path, key: str) -> object:
    with open_cache(root) as cache:
        return None if cache is None else cache.get(key.encode())


def test_values_come_back_in_the_next_run(tmp_path: Path) -> None:
    keep(tmp_path, a=VALUE)
    assert kept(tmp_path, "a") == VALUE
    assert kept(tmp_path, "b") is None


def test_the_folder_tells_tools_to_leave_it_alone(tmp_path: Path) -> None:
    keep(tmp_path, a=VALUE)
    assert (tmp_path / FOLDER / ".gitignore").read_text() == "*\n"
    assert (tmp_path / FOLDER / "CACHEDIR.TAG").read_text().startswith("Signature: 8a477f597d28d172789f06886806bc55")


def test_it_can_be_off(tmp_path: Path) -> None:
    with open_cache(tmp_path, enabled=False) as cache:
        assert cache is None
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    keep(tmp_path, a=VALUE)
    (tmp_path / FOLDER / FILE).write_bytes(b"nonsense" * 1000)
    assert kept(tmp_path, "a") is None
    keep(tmp_path, a=VALUE)
    assert kept(tmp_path, "a") == VALUE


@pytest.mark.parametrize("damage", [b"", b"short", None, 7, "text"])
def test_a_damaged_value_is_as_good_as_none(tmp_path: Path, damage: object) -> None:
    keep(tmp_path, a=VALUE)
    with sqlite3.connect(tmp_path / FOLDER / FILE) as connection:
        connection.execute("UPDATE facts SET value = ?", (damage,))
    connection.close()
    assert kept(tmp_path, "a") is None


def test_a_locked_file_means_a_run_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(tmp_path, a=VALUE)
    monkeypatch.setattr(cache_module, "PATIENCE", 0.05)
    other = sqlite3.connect(tmp_path / FOLDER / FILE)
    other.execute("BEGIN EXCLUSIVE")
    keep(tmp_path, b=VALUE)
    other.close()
    assert kept(tmp_path, "b") is None
    assert kept(tmp_path, "a") == VALUE


def test_no_place_for_it_means_a_run_without(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file in the way")
    with open_cache(tmp_path) as cache:
        assert cache is None


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / FOLDER).symlink_to(tmp_path / "elsewhere", target_is_directory=True)
    with open_cache(tmp_path) as cache:
        assert cache is None
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_cannot_be_kept_is_let_go(tmp_path: Path) -> None:
    keep(tmp_path, a=object(), b=VALUE)
    assert kept(tmp_path, "a") is None
    assert kept(tmp_path, "b") == VALUE


def test_what_was_used_least_recently_goes_first(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "c.sqlite")
    connection.execute(cache_module.SCHEMA)
    connection.executemany(
        "INSERT INTO facts VALUES (?, ?, ?, ?)", [(bytes([day]), day, 100, b"x" * 100) for day in range(9)]
    )
    connection.commit()
    cache = Cache(connection, largest=500, trimmed=300)
    cache.put(b"new", VALUE)
    cache.close()
    with sqlite3.connect(tmp_path / "c.sqlite") as after:
        keys = {key for (key,) in after.execute("SELECT key FROM facts")}
    after.close()
    assert b"new" in keys
    assert bytes([0]) not in keys
    assert keys - {b"new"} <= {bytes([day]) for day in (6, 7, 8)}


def test_runs_at_the_same_time_do_not_disturb_each_other(tmp_path: Path) -> None:
    def run(number: int) -> None:
        for turn in range(10):
            keep(tmp_path, **{f"k{number}_{turn}": VALUE})

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(kept(tmp_path, f"k{number}_{turn}") == VALUE for number in range(4) for turn in range(10))
