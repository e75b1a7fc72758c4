"""`mldebt init` writes a configuration that fits the repository."""

from __future__ import annotations

import subprocess
from pathlib import Path

from mldebt.config import read_config
from tests.cli.conftest import Mldebt

ROOT = Path(__file__).parents[2]


def test_it_fits_the_repository(mldebt: Mldebt, tmp_path: Path) -> None:
    sample = ROOT / "fixtures" / "eats_eta"
    text = mldebt("init", "--print", sample).out
    assert "# It was made for " in text
    assert '#"experiments/" = ["MLD8"]\n' in text
    assert '#dataset = "http::POST /estimate"\n' in text
    assert "#[owners]" not in text, "there is a CODEOWNERS"
    (tmp_path / "mldebt.toml").write_text(text)
    plain = read_config(tmp_path / "mldebt.toml")
    assert not plain.exclude
    switched_on = "".join(
        line[1:] if line.startswith("#") and line[1:2] not in (" ", "\n") else line
        for line in text.splitlines(keepends=True)
    )
    (tmp_path / "mldebt.toml").write_text(switched_on)
    config = read_config(tmp_path / "mldebt.toml")
    assert config.exclude and config.consumers and config.per_file_ignores and config.baseline


def test_it_writes_a_file_that_check_goes_by(mldebt: Mldebt, tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "train.py").write_text("x = 1\n")
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    assert mldebt("init", tmp_path).code == 0
    text = (tmp_path / "mldebt.toml").read_text()
    assert '#exclude = ["old/"]' in text
    assert '#"old/**" = "team"' in text
    assert "root = true" not in text
    assert mldebt("check", tmp_path).code == 0
    again = mldebt("init", tmp_path)
    assert again.code == 2
    assert "there is a configuration already" in again.err
    assert mldebt("init", tmp_path, "--force").code == 0
