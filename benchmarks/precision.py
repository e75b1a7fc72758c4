"""How right the rules are on real repositories: draw findings to be read, and count the verdicts.

    python benchmarks/precision.py draw REPOSITORY... > drawn.jsonl
    python benchmarks/precision.py figures
    python benchmarks/precision.py readme

`draw` runs `mldebt check` on each repository and draws at most 50 findings of each rule with a fixed seed. Readers
write what they find into `benchmarks/precision/CODE.csv`: repository, commit, file, line, verdict (right, wrong,
unclear), reader, reason; no code. A finding counts as right where every reader says that it is right and worth acting
on. `readme` writes the figures into the table of rules.
"""

from __future__ import annotations

import argparse
import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

VERDICTS = Path(__file__).with_name("precision")
README = Path(__file__).parents[1] / "README.md"
SEED, MOST = 11, 50
ROW = re.compile(r"^(\| (MLD\d+) \| [a-z-]+ \| \w+ \|) (?:(?:–|\d+ of \d+) \| )?", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Figure:
    """Of `judged` findings, `right` were called so by all who read them; `twice` were read by two."""

    right: int
    judged: int
    twice: int

    def __str__(self) -> str:
        return f"{self.right} of {self.judged}" if self.judged else "–"


def figures(folder: Path = VERDICTS) -> dict[str, Figure]:
    """The figure of each rule that has verdicts."""
    return {path.stem: _figure(path) for path in sorted(folder.glob("*.csv"))}


def _figure(path: Path) -> Figure:
    verdicts: dict[tuple[str, ...], dict[str, str]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            place = row["repository"], row["commit"], row["file"], row["line"]
            verdicts.setdefault(place, {})[row["reader"]] = row["verdict"]
    right = sum(set(each.values()) == {"right"} for each in verdicts.values())
    return Figure(right, len(verdicts), sum(len(each) > 1 for each in verdicts.values()))


def with_figures(text: str) -> str:
    """The README with today's figure in each row of the table of rules."""
    known = figures()
    return ROW.sub(lambda row: f"{row[1]} {known.get(row[2], '–')} | ", text)


def draw(repositories: Iterable[str], options: Iterable[str]) -> Iterator[dict[str, object]]:
    """At most `MOST` findings of each rule over repositories, each with its repository."""
    found: dict[str, list[dict[str, object]]] = {}
    for repository in repositories:
        for finding in _findings(repository, options):
            found.setdefault(str(finding["code"]), []).append({"repository": Path(repository).name, **finding})
    for _, each in sorted(found.items()):
        yield from Random(SEED).sample(each, min(MOST, len(each)))


def _findings(repository: str, options: Iterable[str]) -> list[dict[str, object]]:
    command = [sys.executable, "-m", "mldebt", "check", repository, "--no-cache", "--output-format", "json", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == 2:
        print(f"{repository}: {done.stderr.strip()}", file=sys.stderr)
        return []
    findings: list[dict[str, object]] = json.loads(done.stdout)["findings"]
    return findings


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=["draw", "figures", "readme"])
    parser.add_argument("rest", nargs="*", metavar="REPOSITORY")
    parser.add_argument("--select", action="append", default=[], metavar="CODE", help="only findings of these rules")
    given = parser.parse_args()
    if given.what == "draw":
        for finding in draw(given.rest, [word for code in given.select for word in ("--select", code)]):
            print(json.dumps(finding, ensure_ascii=False))
    elif given.what == "readme":
        README.write_text(with_figures(README.read_text(encoding="utf-8")), encoding="utf-8")
    else:
        for code, figure in figures().items():
            print(f"{code}  {figure}, {figure.twice} read by two")


if __name__ == "__main__":
    main()
