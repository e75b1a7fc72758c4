"""From measured times to ratios, the table, the page and the picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from measuring import Command
from plot import picture
from scaling import Size, exponent, megabytes_of_a_million_lines

GOALS = {
    "cold": "≤ 1.3", "warm": "≤ 4", "changed": "≤ 0.5 s", "changed flow": "≤ 0.5 s", "--version": "≤ 2.5",
    "--help": "≤ 2.5", "memory": "< 1500 MB", "exponent": "about 1",
}  # fmt: skip


def summary(commands: Mapping[str, Command], sizes: Sequence[Size], about: Mapping[str, object]) -> dict[str, Any]:
    """All figures, as they are stored."""
    seconds = {name: command.median for name, command in commands.items()}
    return {
        "about": dict(about),
        "seconds": {name: round(value, 4) for name, value in seconds.items()},
        "runs": {name: len(command.seconds) for name, command in commands.items()},
        "ratios": {
            "cold": seconds["cold"] / seconds["bare"],
            "warm": seconds["warm"] / seconds["python"],
            "changed": seconds["changed"] - seconds["warm"],
            "changed flow": seconds["changed flow"] - seconds["warm"],
            "--version": seconds["--version"] / seconds["python"],
            "--help": seconds["--help"] / seconds["python"],
            "memory": megabytes_of_a_million_lines(sizes),
            "exponent": exponent(sizes),
        },
        "sizes": [
            {
                "files": one.files,
                "lines": one.lines,
                "seconds": round(one.seconds, 3),
                "megabytes": round(one.megabytes),
            }
            for one in sizes
        ],
    }


def rows(figures: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """(what, figure, goal, how it was measured) of each row."""
    ratios, seconds = figures["ratios"], figures["seconds"]
    found = [
        ("Cold scan", f"{ratios['cold']:.2f} × bare `libcst.parse_module`", GOALS["cold"],
         f"{seconds['cold']:.2f} s ÷ {seconds['bare']:.2f} s"),
        ("Nothing changed since the last run", f"{ratios['warm']:.2f} × the start of Python", GOALS["warm"],
         f"{seconds['warm']:.3f} s ÷ {seconds['python']:.3f} s"),
        ("One file changed, its data flow untouched", f"{ratios['changed']:.2f} s more than that", GOALS["changed"],
         f"{seconds['changed']:.3f} s − {seconds['warm']:.3f} s"),
        ("One file changed, with a new read and write", f"{ratios['changed flow']:.2f} s more than that",
         GOALS["changed flow"], f"{seconds['changed flow']:.3f} s − {seconds['warm']:.3f} s"),
        ("`mldebt --version`", f"{ratios['--version']:.2f} × the start of Python", GOALS["--version"],
         f"{seconds['--version']:.3f} s"),
        ("`mldebt --help`", f"{ratios['--help']:.2f} × the start of Python", GOALS["--help"],
         f"{seconds['--help']:.3f} s"),
    ]  # fmt: skip
    if ratios["memory"] is not None:
        largest = figures["sizes"][-1]
        found.append(("Peak memory for a million lines, extrapolated", f"{ratios['memory']:.0f} MB", GOALS["memory"],
                      f"{largest['megabytes']} MB for {largest['lines']:,} lines"))  # fmt: skip
    if ratios["exponent"] is not None:
        first, last = figures["sizes"][0], figures["sizes"][-1]
        found.append(("Growth with the number of files", f"files to the power of {ratios['exponent']:.2f}",
                      GOALS["exponent"], f"{first['files']:,} to {last['files']:,} files"))  # fmt: skip
    return found + [
        (
            f"`{name}` on the same tree",
            f"{seconds['cold'] / seconds[name]:.2g} of its time",
            "",
            f"{seconds[name]:.2f} s",
        )
        for name in ("ruff check", "pylint", "semgrep")
        if name in seconds
    ]


def table(figures: Mapping[str, Any]) -> str:
    lines = ["| | mldebt | goal | measured |", "|---|---|---|---|"]
    return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in rows(figures))]) + "\n"


def drawn(figures: Mapping[str, Any]) -> str:
    seconds = figures["seconds"]
    others = [name for name in ("ruff check", "semgrep", "pylint") if name in seconds]
    bars = [("bare parsing", 1.0), ("mldebt", seconds["cold"] / seconds["bare"])]
    bars += [(name, seconds[name] / seconds["bare"]) for name in others]
    sizes = [(one["files"], one["seconds"]) for one in figures["sizes"]]
    return picture(sorted(bars, key=lambda bar: bar[1]), sizes, figures["ratios"]["exponent"])


def about(figures: Mapping[str, Any]) -> str:
    known = figures["about"]
    return (
        f"Measured on {known['tree']} of {known['parsed_files']:,} parsed files and {known['parsed_lines']:,} lines, "
        f"with {known['jobs']} processes and Python {known['python']}: medians of runs in turns."
    )


def page(figures: Mapping[str, Any]) -> str:
    sizes = "".join(
        f"| {one['files']:,} | {one['lines']:,} | {one['seconds']:.2f} | {one['megabytes']} |\n"
        for one in figures["sizes"]
    )
    return (
        "# How fast mldebt is\n\nWritten by `python benchmarks/run.py`; changes by hand are lost.\n\n"
        f"{about(figures)}\n\n![Time against other tools, and growth](results.svg)\n\n{table(figures)}\n"
        "Bare parsing reads the same sources as the scan and does nothing else. The other tools look at each file by "
        "itself, with their default rules (semgrep with two), and without a cache.\n\n"
        "## A generated program of growing size\n\n| files | lines | seconds | peak MB |\n|---:|---:|---:|---:|\n"
        f"{sizes}"
    )


def short(figures: Mapping[str, Any]) -> str:
    """What the README shows."""
    return f"![Time against other tools, and growth](benchmarks/results.svg)\n\n{about(figures)}\n\n{table(figures)}\n"
