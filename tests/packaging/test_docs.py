"""The pages of docs/ tell the truth: their files are written, their commands run, their output compared.

A block with `title="name"` is a file. In a `console` block `$ mldebt …` is run, and the lines below it are what it
says, on both streams; `…` in a line stands for anything, a line of `…` alone for any lines. `$ git …` and `$ pytest …`
are run, too; `$ pip install -e …` comes to what pip would do, without pip.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from mldebt.cli.main import main
from mldebt.cli.replay import SURROUNDINGS

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [
    "baseline.md",
    "ci.md",
    "configuration.md",
    "fixes.md",
    "first-audit.md",
    "knowledge.md",
    "rules.md",
    "suppression.md",
    "workspaces.md",
]
AUTHOR = ("-c", "user.name=Reader", "-c", "user.email=reader@example.org", "-c", "init.defaultBranch=main")
BLOCK = re.compile(
    r"^```(?P<language>\w+)(?: title=\"(?P<name>[^\"]+)\")?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)


def commands(block: str) -> Iterator[tuple[str, list[str]]]:
    """Each command with the lines that it is said to print."""
    command, lines = "", []
    for line in block.splitlines():
        if line.startswith("$ "):
            if command:
                yield command, lines
            command, lines = line[2:], []
        else:
            lines.append(line)
    yield command, lines


def as_pattern(lines: list[str]) -> str:
    parts = [r"(?:.*\n)*?" if line == "…" else re.escape(line).replace("…", ".*") + r"\n" for line in lines]
    return "".join(parts)


def installed_from(project: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What `pip install -e` comes to, for this process and those that it starts, without pip."""
    told = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    home = folder / f"{told['name'].replace('-', '_')}-{told['version']}.dist-info"
    home.mkdir()
    (home / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {told['name']}\nVersion: {told['version']}\n")
    groups = told["entry-points"].items()
    lines = [
        line
        for group, offers in groups
        for line in (f"[{group}]", *(f"{name} = {value}" for name, value in offers.items()))
    ]
    (home / "entry_points.txt").write_text("\n".join(lines))
    places = (str(folder), str(project / "src"))
    for place in places:
        monkeypatch.syspath_prepend(place)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([*places, *sys.path]))


@pytest.mark.parametrize("page", PAGES)
def test_its_commands_say_what_it_says(
    page: str,
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for variable in SURROUNDINGS:
        monkeypatch.delenv(variable, raising=False)
    for block in BLOCK.finditer((DOCS / page).read_text("utf-8")):
        if block["name"]:
            (tmp_path / block["name"]).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / block["name"]).write_text(block["text"], "utf-8")
        elif block["language"] == "console":
            for command, lines in commands(block["text"]):
                program, *arguments = shlex.split(command, comments=True)
                if program == "git":
                    subprocess.run(["git", *AUTHOR, *arguments], check=True, capture_output=True)
                    continue
                if program == "pip":
                    installed_from(Path(arguments[-1]).absolute(), tmp_path_factory.mktemp("site"), monkeypatch)
                    continue
                if program == "pytest":
                    subprocess.run(
                        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
                        check=True,
                        capture_output=True,
                    )
                    continue
                assert program == "mldebt", command
                main(arguments)
                said = capfd.readouterr()
                assert re.fullmatch(as_pattern(lines), said.out + said.err), f"{command}\n{said.out}{said.err}"


@pytest.mark.parametrize("page", sorted(path.name for path in DOCS.glob("*.md")))
def test_links_lead_somewhere(page: str) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", (DOCS / page).read_text("utf-8"))
    assert [link for link in links if "://" not in link and not (DOCS / link).exists()] == []
