"""Which files are looked at, with git and without, and what is said of the others."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from mldebt.project.files import find_root, list_files


def make(root: Path, *names: str, text: str = "x = 1\n") -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def git(root: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(root), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture(params=["git", "walk"])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "git":
        git(tmp_path, "init", "-q")
    return tmp_path


def names(root: Path, *paths: Path, exclude: tuple[str, ...] = ()) -> list[str]:
    return [each.file for each in list_files(root, paths, exclude).files]


def test_code_notebooks_sql_and_possible_manifests_are_listed_in_order(root: Path) -> None:
    make(root, "b.py", "a/n.ipynb", "a/q.sql", "Makefile", "Dockerfile", "dvc.yaml", "notes.txt", "data.csv")
    assert names(root) == ["Dockerfile", "Makefile", "a/n.ipynb", "a/q.sql", "b.py", "dvc.yaml"]


def test_ignored_files_are_left_out_and_nested_ignore_files_have_the_last_word(root: Path) -> None:
    make(root, "out/a.py", "b.py", "sub/c.py", "sub/keep.py", "sub/d_tmp.py", ".git/description")
    (root / ".gitignore").write_text("out/\n*_tmp.py\nkeep.py\n")
    (root / "sub" / ".gitignore").write_text("!keep.py\n/c.py\n")
    assert names(root) == ["b.py", "sub/keep.py"]


def test_code_of_a_folder_that_is_no_work_tree_counts_though_git_would_ignore_it(tmp_path: Path) -> None:
    root = make(tmp_path, "plugins/train.py", "data/orders.csv", "b.py", "venv/lib/python3.9/a.py")
    (root / ".gitignore").write_text("plugins/\ndata/\nvenv/\n")
    assert names(root) == ["b.py", "plugins/train.py"]
    assert "data/orders.csv" not in list_files(root).names


@pytest.mark.parametrize(
    ("name", "sign", "folder", "reason"),
    [
        ("myenv/lib/python3.9/site-packages/a.py", "myenv/pyvenv.cfg", "myenv", "virtual environment"),
        ("env/lib/python3.9/a.py", None, "env", "virtual environment"),
        ("ml_venv/Scripts/a.py", "ml_venv/Scripts/activate.bat", "ml_venv", "virtual environment"),
        ("x/site-packages/a.py", None, "x/site-packages", "virtual environment"),
        ("web/node_modules/p/a.py", None, "web/node_modules", "node_modules"),
        ("src/_vendor/a.py", None, "src/_vendor", "vendored code"),
        ("third_party/a.py", None, "third_party", "vendored code"),
        ("build/lib/a.py", None, "build", "build output"),
        ("n/.ipynb_checkpoints/a-checkpoint.ipynb", None, "n/.ipynb_checkpoints", "cache"),
        (".history/src/train_20260101.py", None, ".history", "cache"),
    ],
)
def test_folders_are_left_out_with_their_reason(
    root: Path, name: str, sign: str | None, folder: str, reason: str
) -> None:
    make(root, name, "kept.py", *([sign] if sign else []))
    listing = list_files(root)
    assert [each.file for each in listing.files] == ["kept.py"]
    assert dict(listing.skipped) == {folder: reason}


def test_folders_that_only_sound_like_it_are_kept(root: Path) -> None:
    make(root, "env/settings.py", "build/release.py", "environment/a.py", "vendors/a.py")
    assert len(names(root)) == 4


def test_a_folder_asked_for_by_name_is_listed_all_the_same(root: Path) -> None:
    make(root, "vendor/a.py", "b.py")
    assert names(root, root / "vendor") == ["vendor/a.py"]


def test_our_own_output_is_never_listed(root: Path) -> None:
    make(root, "mldebt-report/a.py", ".mldebt_cache/a.py", "b.py")
    listing = list_files(root)
    assert [each.file for each in listing.files] == ["b.py"]
    assert not listing.skipped


def test_files_are_left_out_with_their_reason(root: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = make(tmp_path_factory.mktemp("outside"), "o.py") / "o.py"
    make(root, "empty.py", text="")
    make(root, "big.py", text="x" * 1_000_001)
    make(root, "api_pb2.py")
    (root / "link.py").symlink_to(outside)
    (root / "gone.py").symlink_to(root / "nowhere.py")
    listing = list_files(root)
    assert listing.files == ()
    assert dict(listing.skipped) == {
        "api_pb2.py": "generated code",
        "big.py": "larger than 1 MB",
        "empty.py": "empty",
        "link.py": "a link that leaves the repository",
    } | ({"gone.py": listing.skipped["gone.py"]} if "gone.py" in listing.skipped else {})


def test_loops_of_links_end(root: Path) -> None:
    make(root, "a/b.py")
    (root / "a" / "loop").symlink_to(root, target_is_directory=True)
    (root / "self.py").symlink_to(root / "self.py")
    assert names(root) == ["a/b.py"]


def test_only_what_lies_below_the_paths_is_listed(root: Path) -> None:
    make(root, "a/x.py", "ab/y.py", "c.py")
    assert names(root, root / "a", root / "c.py") == ["a/x.py", "c.py"]


def test_excluded_patterns_are_told(root: Path) -> None:
    make(root, "a/x.py", "b.py")
    listing = list_files(root, exclude=("a/",))
    assert [each.file for each in listing.files] == ["b.py"]
    assert dict(listing.skipped) == {"a/x.py": "excluded by the configuration"}


def test_odd_names_are_no_trouble(root: Path) -> None:
    make(root, "ein Ordner/ü.py", 'quo"te.py', "new\nline.py")
    assert len(names(root)) == 3


def test_git_lists_what_is_tracked_and_what_could_be_but_not_what_is_deleted(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    make(tmp_path, "tracked.py", "deleted.py", "ignored_but_tracked.py", "ignored.py")
    git(tmp_path, "add", "tracked.py", "deleted.py", "ignored_but_tracked.py")
    (tmp_path / ".gitignore").write_text("ignored*.py\n")
    (tmp_path / "deleted.py").unlink()
    make(tmp_path, "new.py")
    listing = list_files(tmp_path)
    assert listing.git
    assert [each.file for each in listing.files] == ["ignored_but_tracked.py", "new.py", "tracked.py"]


def test_worktrees_and_submodules_are_no_trouble(tmp_path: Path) -> None:
    main = make(tmp_path / "main", "a.py")
    inner = make(tmp_path / "inner", "i.py")
    for folder in (main, inner):
        git(folder, "init", "-q")
        git(folder, "add", ".")
        git(folder, "commit", "-qm", "x")
    git(main, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner), "sub")
    git(main, "worktree", "add", "-q", str(tmp_path / "other"))
    assert names(main) == ["a.py"]
    assert find_root(tmp_path / "other").name == "other"
    assert names(tmp_path / "other") == ["a.py"]


def test_the_root_is_where_git_begins_or_the_folder_itself(tmp_path: Path) -> None:
    make(tmp_path, "plain/a.py", "repo/sub/b.py", "repo/.venv/c.py")
    git(tmp_path / "repo", "init", "-q")
    (tmp_path / "repo" / ".gitignore").write_text(".venv\n")
    assert find_root(tmp_path / "plain" / "a.py") == tmp_path / "plain"
    assert find_root(tmp_path / "repo" / "sub").resolve() == (tmp_path / "repo").resolve()
    assert find_root(tmp_path / "repo" / ".venv") == tmp_path / "repo" / ".venv"


def test_without_git_on_the_machine_the_folder_is_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git(tmp_path, "init", "-q")
    make(tmp_path, "a.py")
    monkeypatch.setenv("PATH", str(tmp_path))
    listing = list_files(tmp_path)
    assert not listing.git
    assert [each.file for each in listing.files] == ["a.py"]


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_forbidden_files_and_folders_are_told(tmp_path: Path) -> None:
    make(tmp_path, "a.py", "f/b.py", "c.py")
    (tmp_path / "a.py").chmod(0)
    (tmp_path / "f").chmod(0)
    listing = list_files(tmp_path)
    (tmp_path / "f").chmod(0o700)
    assert [each.file for each in listing.files] == ["c.py"]
    assert set(listing.skipped) == {"a.py", "f"}


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path, "a.py")
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert dict(list_files(tmp_path).skipped) == {"a.py": "can't be read: Permission denied"}


def test_a_folder_that_may_not_be_looked_into_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(root, "a.py", "private/b.py")
    plain = Path.is_file

    def guarded(path: Path) -> bool:
        if path.parent.name == "private":
            raise PermissionError(13, "Permission denied", str(path))
        return plain(path)

    monkeypatch.setattr(Path, "is_file", guarded)
    assert "a.py" in names(root)
