"""Audit repositories and print one line of figures for each.

    python benchmarks/corpus.py REPOSITORY [REPOSITORY ...] [--jobs N]

Each repository is audited by a process of its own without a cache. Columns: files and lines read, seconds by the wall
clock, peak memory of the largest process in MB, nodes, edges, share of reads and writes with a known name, findings by
rule.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

COLUMNS = "repository | files | lines | seconds | peak MB | nodes | edges | named | findings"

METER = """
import os, subprocess, sys, time
started = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(os.waitstatus_to_exitcode(status), time.perf_counter() - started, usage.ru_maxrss)
"""
"""A small process between: a child's peak is at least what its parent held when it was started."""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--jobs", default="2")
    options = parser.parse_args()
    print(COLUMNS)
    print(" | ".join("---" for _ in COLUMNS.split("|")))
    failed = [root for root in options.repositories if not measured(root, options.jobs)]
    return 1 if failed else 0


def measured(root: Path, jobs: str) -> bool:
    """Print the line of one repository; False where the audit failed."""
    with tempfile.TemporaryDirectory() as folder:
        code, errors, seconds, peak = timed("audit", str(root), "--output-dir", folder, "--no-cache", "-j", jobs)
        if code != 0 or "Traceback" in errors:
            print(f"{root.name} | failed: {errors.strip()[-200:]}")
            return False
        report = json.loads((Path(folder) / "report.json").read_text())
    graph = json.loads(run("graph", str(root), "--output-format", "json", "--no-cache", "-j", jobs).stdout)
    print(line(root.name, seconds, peak, report, graph), flush=True)
    return True


def timed(*arguments: str) -> tuple[int, str, float, float]:
    """(exit code, standard error, seconds, peak MB of its largest process)."""
    command = [sys.executable, "-c", METER, sys.executable, "-m", "mldebt", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    code, seconds, peak = ended.stdout.split()
    return int(code), ended.stderr, float(seconds), float(peak) / 1024


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "mldebt", *arguments], capture_output=True, text=True, check=False)


def line(name: str, seconds: float, peak: float, report: dict, graph: dict) -> str:  # type: ignore[type-arg]
    coverage = report["coverage"]
    share = coverage["share"]
    rules = Counter(finding["code"] for finding in report["findings"])
    found = ", ".join(f"{code} {count}" for code, count in sorted(rules.items())) or "none"
    figures = (
        name,
        coverage["files"],
        coverage["lines"],
        f"{seconds:.1f}",
        f"{peak:.0f}",
        len(graph["nodes"]),
        len(graph["edges"]),
        "–" if share is None else f"{share:.0%}",
        found,
    )
    return " | ".join(map(str, figures))


if __name__ == "__main__":
    sys.exit(main())
