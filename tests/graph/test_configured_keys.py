"""Keys of a configuration: a cached run says of an edited repository what a fresh one says."""

from __future__ import annotations

from pathlib import Path

import pytest

from mldebt.graph.model import ConfigKey
from mldebt.graph.scan import scan

CONFIG = "train:\n  epochs: 3\n  patience: 2\nmodel:\n  depth: 4\n"
SETTINGS = """\
import yaml


def load_settings():
    with open("config.yaml") as stream:
        return yaml.safe_load(stream)
"""
MAIN = """\
from settings import load_settings


def train(options):
    return options["epochs"]


def build(options):
    return options["depth"]


def main():
    config = load_settings()
    return train(config["train"]), build(config["model"])


main()
"""
FILES = {"config.yaml": CONFIG, "settings.py": SETTINGS, "main.py": MAIN}


def write(root: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (root / name).write_text(text)


def keys(root: Path, *, use_cache: bool = True) -> tuple[ConfigKey, ...]:
    found: tuple[ConfigKey, ...] = scan(root, use_cache=use_cache).graph.nodes["config:config.yaml"].attributes["keys"]
    return found


def unread(root: Path) -> list[str]:
    """The keys that nothing reads according to a cached run, which must say what a fresh one does."""
    found = keys(root)
    assert found == keys(root, use_cache=False)
    return [key.path for key in found if not key.used]


@pytest.mark.parametrize(
    ("file", "old", "new", "then"),
    [
        pytest.param("config.yaml", "  patience: 2\n", "", [], id="key that goes"),
        pytest.param(
            "config.yaml", "  depth: 4\n", "  depth: 4\n  width: 8\n", ["train.patience", "model.width"], id="new key"
        ),
        pytest.param("main.py", '["epochs"]', '["epochs"], options["patience"]', [], id="code that reads it now"),
        pytest.param(
            "main.py", 'return options["depth"]', 'print(options["depth"])', ["train.patience"], id="another use"
        ),
        pytest.param("main.py", "def train", "# A note.\n\n\ndef train", ["train.patience"], id="lines that move"),
        pytest.param("main.py", "return options[\"epochs\"]", "return print(options)", [], id="table that escapes"),
    ],
)  # fmt: skip
def test_a_cached_run_sees_every_edit(tmp_path: Path, file: str, old: str, new: str, then: list[str]) -> None:
    write(tmp_path, FILES)
    assert unread(tmp_path) == ["train.patience"]
    assert old in FILES[file]
    write(tmp_path, {file: FILES[file].replace(old, new)})
    assert unread(tmp_path) == then
    write(tmp_path, FILES)
    assert unread(tmp_path) == ["train.patience"]


def test_what_comes_late_to_a_function_is_followed_in_it(tmp_path: Path) -> None:
    """`first` is walked before anybody has put a configuration where it looks."""
    late = """\
    from settings import load_settings


    class Holder:
        def first(self):
            return self.config["train"]["epochs"]

        def second(self):
            self.config = load_settings()
            return self.config["model"]["depth"]
    """.replace("\n    ", "\n").lstrip()
    write(tmp_path, {**FILES, "main.py": late})
    assert unread(tmp_path) == ["train.patience"]
    write(tmp_path, {"main.py": late.replace('["train"]["epochs"]', '["train"]["patience"]')})
    assert unread(tmp_path) == ["train.epochs"]


def readers(number: int) -> dict[str, str]:
    """A program of that many modules that hand the settings on, each to the next."""
    files = {f"step{at}.py": f"import step{at + 1}\n\n\ndef go(options):\n    step{at + 1}.go(options)\n"
             for at in range(number)}  # fmt: skip
    last = {f"step{number}.py": "def go(options):\n    return options['train']['epochs']\n"}
    start = {"start.py": "import settings\nimport step0\n\nstep0.go(settings.load_settings())\n"}
    return {"config.yaml": CONFIG, "settings.py": SETTINGS, **files, **last, **start}


@pytest.mark.parametrize(("number", "known"), [(20, True), (200, False)])
def test_of_a_program_that_is_too_large_to_be_followed_nothing_is_said(
    tmp_path: Path, number: int, known: bool
) -> None:
    write(tmp_path, readers(number))
    assert ("train.patience" in unread(tmp_path)) is known
