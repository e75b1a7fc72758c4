"""A file is replaced whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.project.replacing import replace_file


def test_content_permissions_and_links_are_kept(tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text("x = 1\n")
    (tmp_path / "run.py").chmod(0o750)
    (tmp_path / "link.py").symlink_to("run.py")
    replace_file(tmp_path / "link.py", b"x = 2\n")
    assert (tmp_path / "link.py").is_symlink()
    assert (tmp_path / "run.py").read_text() == "x = 2\n"
    assert (tmp_path / "run.py").stat().st_mode & 0o777 == 0o750
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link.py", "run.py"]


def test_a_file_with_two_names_stays_one(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    (tmp_path / "b.py").hardlink_to(tmp_path / "a.py")
    replace_file(tmp_path / "a.py", b"x = 2\n")
    assert (tmp_path / "b.py").read_text() == "x = 2\n"


def test_on_a_full_disk_the_old_content_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    plain = Path.write_bytes

    def full(path: Path, data: bytes) -> int:
        plain(path, data[:2])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(tmp_path / "a.py", b"x = 2\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a.py"]
    assert (tmp_path / "a.py").read_text() == "x = 1\n"
