"""Measure how fast mldebt is, as ratios, and write the table and the picture that the README shows.

    python benchmarks/run.py            # everything, less than 20 minutes
    python benchmarks/run.py --quick    # a smaller tree and fewer sizes, less than 3 minutes
    python benchmarks/run.py TREE       # on a repository of your own

Commands run in turns and medians are compared, so that the figures say the same on a busy machine and on a quiet one.
ruff, pylint and semgrep come from a virtual environment that the first run makes. The results are `RESULTS.md`,
`results.svg` and `results.json` in `benchmarks/`, and the part of the README between its two marks;
`--output-dir` writes the three files elsewhere and leaves the README alone.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import results
import tools
from measuring import Command, environment, in_turns, say
from programs import write_program
from scaling import grown

HERE = Path(__file__).parent
README = HERE.parent / "README.md"
MARKS = re.compile(r"(<!-- benchmarks: begin -->\n).*?(<!-- benchmarks: end -->)", re.DOTALL)
FILES, QUICK_FILES = 3700, 600
SIZES = (100, 300, 1000, 3000, 10_000, 30_000, 100_000)
QUICK_SIZES = (100, 300, 1000)


def main() -> int:
    options = parsed()
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mldebt-benchmarks-") as folder:
        scratch = Path(folder)
        tree = scratch / "tree"
        if options.tree is None:
            write_program(tree, QUICK_FILES if options.quick else FILES)
        else:
            shutil.copytree(options.tree, tree, symlinks=True)  # files are changed on the way
        commands = measured_commands(tree, scratch, options)
        minutes = options.minutes or (2 if options.quick else 16)
        spent = time.monotonic() - started
        sizes = grown(QUICK_SIZES if options.quick else SIZES, options.jobs, scratch, max(20.0, minutes * 60 - spent))
    save(results.summary(commands, sizes, _described(options)), options)
    say(f"done in {(time.monotonic() - started) / 60:.1f} minutes")
    return 0


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("tree", nargs="?", type=Path, help="what to scan; a generated program without it")
    parser.add_argument("--quick", action="store_true", help="a smaller tree, fewer sizes and rounds")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes of every tool")
    parser.add_argument("--minutes", type=float, help="how long all may take; bounds the sizes")
    parser.add_argument("--tools", type=Path, default=HERE / ".tools", help="the virtual environment of other tools")
    parser.add_argument("--output-dir", type=Path, help="write the results here, and not into the README")
    return parser.parse_args()


def measured_commands(tree: Path, scratch: Path, options: argparse.Namespace) -> dict[str, Command]:
    """Every command with its runs, by name."""
    say("choosing what is parsed")
    sources = scratch / "sources"
    made = subprocess.run(
        [sys.executable, str(HERE / "parsed_sources.py"), str(tree), str(sources)],
        env=environment(),
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    options.parsed = tuple(map(int, made.stdout.split()))
    programs = tools.environment(options.tools)
    rounds = 3 if options.quick else 5
    short, long = _starts(), _scans(tree, scratch, sources, options.jobs)
    say("starts")
    in_turns(short, rounds * 3, 60)
    say("scans")
    in_turns(long, rounds, 30 if options.quick else 150)
    others = tools.commands(programs, tree, scratch, options.jobs) if programs else []
    say("other tools")
    in_turns(others, rounds, 15 if options.quick else 60)
    return {command.name: command for command in (*short, *long, *others)}


def _starts() -> list[Command]:
    ours = [sys.executable, "-m", "mldebt"]
    return [
        Command("python", [sys.executable, "-c", "pass"]),
        Command("--version", [*ours, "--version"]),
        Command("--help", [*ours, "--help"]),
    ]


def _scans(tree: Path, scratch: Path, sources: Path, jobs: int) -> list[Command]:
    check = [sys.executable, "-m", "mldebt", "check", str(tree), "--exit-zero", "-j", str(jobs)]
    beside, flow = _changing(tree, False), _changing(tree, True)

    def once() -> None:
        subprocess.run(check, stdout=subprocess.DEVNULL, check=True, env=environment())

    bare = [sys.executable, str(HERE / "bare_parse.py"), str(sources), "--jobs", str(jobs)]
    return [
        Command("bare", bare),
        Command("cold", [*check, "--no-cache"]),
        Command(
            "warm",
            check,
            before=lambda: subprocess.run(check, stdout=subprocess.DEVNULL, check=True, env=environment()),
        ),
        Command("changed", check, before=lambda: beside("\nCHANGED = {}\n")),
        Command("changed flow", check, before=lambda: flow(FLOW)),
    ]


FLOW = """

def more_of_it():
    import pandas as pd

    return pd.read_csv("data/more_{0}.csv")[["amount", "age_{0}"]].to_csv("reports/more_{0}.csv")
"""


def _changing(tree: Path, with_data: bool) -> Callable[[str], None]:
    """What puts a text, with a number that is always another one, behind a file that works with data, or doesn't."""
    files = [(path, path.read_text(encoding="utf-8", errors="replace")) for path in sorted(tree.rglob("*.py"))]
    large = [(path, text) for path, text in files if len(text) > 500] or files
    file, text = next((each for each in large if ("pd.read_" in each[1]) is with_data), large[0])
    numbers = count()

    def change(what: str) -> None:
        file.write_text(text + what.format(next(numbers)), encoding="utf-8")

    return change


def _described(options: argparse.Namespace) -> dict[str, object]:
    files, lines = options.parsed
    return {
        "tree": "a generated program" if options.tree is None else options.tree.name,
        "parsed_files": files,
        "parsed_lines": lines,
        "jobs": options.jobs,
        "python": ".".join(map(str, sys.version_info[:3])),
        "quick": options.quick,
    }


def save(summary: dict[str, object], options: argparse.Namespace) -> None:
    folder = options.output_dir or HERE
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.json").write_text(json.dumps(summary, indent=1) + "\n", encoding="utf-8")
    (folder / "results.svg").write_text(results.drawn(summary), encoding="utf-8")
    (folder / "RESULTS.md").write_text(results.page(summary), encoding="utf-8")
    if options.output_dir is None:
        text = README.read_text(encoding="utf-8")
        README.write_text(MARKS.sub(lambda found: found[1] + results.short(summary) + found[2], text), encoding="utf-8")
    print(results.table(summary))


if __name__ == "__main__":
    sys.exit(main())
