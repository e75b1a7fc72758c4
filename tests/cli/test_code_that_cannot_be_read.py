"""What is written in code that can't be read is never said to be used by nobody."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Mldebt

WRITER = """\
import pandas as pd

table = pd.read_csv("in.csv", usecols=["area", "bees"])
table["total"] = table["area"] * 2
table[["total"]].to_csv("data/totals_daily.csv")
"""


def test_only_what_a_broken_file_does_not_speak_of_is_unused(tmp_path: Path, mldebt: Mldebt) -> None:
    (tmp_path / "write.py").write_text(WRITER)
    known = mldebt("check", tmp_path, "--output-format", "concise")
    assert ("`bees`" in known.out, "totals_daily" in known.out) == (True, True)
    broken = tmp_path / "read.py"
    broken.write_text("import pandas as pd\ndef f(:\nt = pd.read_csv('data/totals_daily.csv')\n")
    half = mldebt("check", tmp_path, "--output-format", "concise")
    assert ("`bees`" in half.out, "totals_daily" in half.out) == (True, False)
    broken.write_text(broken.read_text() + "print(t['bees'])\n")
    assert "No findings." in mldebt("check", tmp_path).out
