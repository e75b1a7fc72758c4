"""`mldebt new-rule`: a rule to begin with, registered, with a page that passes all that pages are held to."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from mldebt.cli.arguments import one_of
from mldebt.cli.console import Console
from mldebt.errors import UsageError
from mldebt.levels import SEVERITIES

if TYPE_CHECKING:
    from mldebt.scaffold.draft import Draft


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("code", metavar="CODE", help="three capital letters and three digits, such as ACM101")
    parser.add_argument("name", metavar="NAME", help="what it finds, in two words or more: stale-copy")
    parser.add_argument(
        "path",
        nargs="?",
        default=".",
        metavar="PATH",
        help="a package that offers rules, else an empty folder: a plug-in is made there (default: here)",
    )
    parser.add_argument("--family", default="", metavar="NAME", help="the package within the package that it goes to")
    parser.add_argument(
        "--severity", default="medium", metavar="SEVERITY", type=one_of(*SEVERITIES), help="medium if nothing is said"
    )


def run(options: argparse.Namespace, console: Console) -> int:
    from mldebt.rules.registry import load_rules
    from mldebt.scaffold.draft import Draft
    from mldebt.scaffold.plugin import package_in, plugin_files
    from mldebt.scaffold.registration import registered

    folder = Path(options.path)
    _require_sense(options)
    draft = Draft(options.code, options.name, options.severity)
    _require_free(draft, [(rule.code, rule.name, rule.origin) for rule in load_rules()])
    package = package_in(folder)
    if package is None:
        files = plugin_files(folder, draft)
    else:
        home = package.parent / options.family if options.family else package.parent
        files = {
            package: registered(package, draft, options.family),
            home / f"{draft.module}.py": draft.code_of_rule(),
            home / f"{draft.module}.md": draft.page(),
        }
    _write(files, package, console)
    return 0


def _write(files: dict[Path, str], registration: Path | None, console: Console) -> None:
    from mldebt.cli.output import write_file

    there = [path for path in files if path.exists() and path != registration]
    if there:
        raise UsageError(f"{there[0]} is there already")
    for path, text in files.items():
        write_file(path, text)
        console.note(f"{'Registered in' if path == registration else 'Wrote'} {path}")
    console.note("Its page is its test: write what it is to find there, then the rule.")


def _require_sense(options: argparse.Namespace) -> None:
    if not re.fullmatch(r"[A-Z]{3}\d{3}", options.code):
        raise UsageError(f'"{options.code}" is no code: three capital letters and three digits, such as ACM101')
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+", options.name):
        raise UsageError(f'"{options.name}" is no name: small words with hyphens, such as stale-copy')
    if options.family and not re.fullmatch(r"[a-z_]+", options.family):
        raise UsageError(f'--family "{options.family}": not the name of a package')


def _require_free(draft: Draft, taken: list[tuple[str, str, str]]) -> None:
    for code, name, origin in taken:
        if draft.code == code or draft.name == name:
            raise UsageError(f"{code} {name} of {origin} is there already; take another code and name")
