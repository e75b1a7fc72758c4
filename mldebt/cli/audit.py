"""`mldebt audit`: a report on a whole repository, whatever is found."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.cli.arguments import add_color, add_scanning, add_selection
from mldebt.cli.console import Console
from mldebt.cli.gate import Gate
from mldebt.errors import UsageError
from mldebt.levels import NEVER

if TYPE_CHECKING:
    from mldebt.rules.result import Result

DEFAULT_OUTPUT = "mldebt-report"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a repository, or several (default: the one here)")
    parser.add_argument(
        "--output-dir", metavar="DIR", default=DEFAULT_OUTPUT, help=f"where reports go (default {DEFAULT_OUTPUT})"
    )
    add_selection(parser)
    add_scanning(parser)
    add_color(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    from mldebt.cli.notices import tell_trouble
    from mldebt.cli.offers import with_fixes
    from mldebt.cli.scanning import analyse
    from mldebt.cli.summary import summary
    from mldebt.rules.copies import without_copies

    folder = _output_folder(options.output_dir)
    analysis = with_fixes(analyse(options.paths, options, console, pages=True), options)
    result = without_copies(analysis.result)
    console.progress("writing the reports")
    _write_reports(result, folder)
    console.result(summary(result, folder, color=console.colored))
    tell_trouble(analysis, console, listed_by="the report")
    return analysis.exit_code(Gate(NEVER))


def _output_folder(name: str) -> Path:
    """Known to be usable before the long work begins, and made only after it."""
    folder = Path(name)
    existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    if not existing.is_dir():
        raise UsageError(f"can't write reports to {folder}: {existing} is not a folder")
    if not os.access(existing, os.W_OK):
        raise UsageError(f"can't write reports to {folder}: {existing} is not writable")
    return folder


def _write_reports(result: Result, folder: Path) -> None:
    from mldebt.cli.output import write_file
    from mldebt.report import html, json_format, sarif

    write_file(folder / "report.html", html.render(result, _commit(result.root)))
    # The audited folder is the whole that the reports are about, wherever it lies.
    write_file(folder / "report.sarif", sarif.render(replace(result, folder="")))
    write_file(folder / "report.json", json_format.render(result))


def _commit(root: Path) -> str:
    """The commit that is checked out where the audited folder is a git repository, else nothing."""
    if not (root / ".git").exists():
        return ""
    import subprocess

    command = ["git", "-C", str(root), "rev-parse", "--verify", "--quiet", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""
