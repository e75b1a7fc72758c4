"""What a user gets: the wheel has everything that the program reads, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import mldebt

ROOT = Path(__file__).parents[2]
PROGRAM = """\
import sys
sys.path.insert(0, sys.argv.pop(1))
import mldebt, mldebt_rules
assert mldebt.__file__.startswith(sys.path[0]) and mldebt_rules.__file__.startswith(sys.path[0])
from mldebt.cli.main import main
sys.exit(main())
"""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_every_module_and_every_data_file_is_in_it(names: set[str]) -> None:
    wanted = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mldebt").rglob("*") if shipped(path)}
    wanted |= {path.relative_to(ROOT / "rules").as_posix() for path in (ROOT / "rules").rglob("*") if shipped(path)}
    assert wanted - names == set()


@pytest.mark.parametrize("suffix", [".toml", ".md", ".html", "/py.typed"])
def test_each_kind_of_data_is_in_it(names: set[str], suffix: str) -> None:
    assert any(suffix in name for name in names)


def test_nothing_else_is_in_it(names: set[str]) -> None:
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"mldebt", "mldebt_rules", f"mldebt-{mldebt.__version__}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]


def test_metadata_names_licence_python_and_entry_points(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        home = f"mldebt-{mldebt.__version__}.dist-info"
        metadata = archive.read(f"{home}/METADATA").decode()
        points = archive.read(f"{home}/entry_points.txt").decode()
        assert "Apache License" in archive.read(f"{home}/licenses/LICENSE").decode()
    assert "Requires-Python: >=3.11\n" in metadata
    assert "License-Expression: Apache-2.0\n" in metadata
    assert "mldebt = mldebt.cli.main:main" in points
    assert "[mldebt.rules]\nbuiltin = mldebt_rules:rules" in points


def test_it_works_where_there_is_no_source_tree(wheel: Path, tmp_path: Path) -> None:
    installed = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(installed)
    version = run(installed, tmp_path, "--version")
    assert (version.returncode, version.stdout) == (0, f"mldebt {mldebt.__version__}\n")
    rule = run(installed, tmp_path, "rule", "MLD301", "--output-format", "markdown")
    assert rule.stdout.startswith("# MLD301 direct-feedback-loop")


def test_the_changelog_speaks_of_this_version() -> None:
    assert f"## {mldebt.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_every_import_of_another_distribution_is_a_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {dependency.partition(">")[0].lower() for dependency in project["dependencies"]}
    assert declared == {"jinja2", "libcst", "msgspec", "networkx", "pandas", "pathspec", "pyarrow", "pyyaml", "sqlglot"}


def shipped(path: Path) -> bool:
    return path.is_file() and "__pycache__" not in path.parts


def run(installed: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, str(installed), *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
