"""`mldebt check --fix`, `--diff` and `--add-ignore`: what is changed in files, or would be."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from mldebt.cli.console import Console
from mldebt.errors import UsageError

if TYPE_CHECKING:
    from mldebt.cli.analysis import Analysis
    from mldebt.fixes.apply import Change
    from mldebt.rules.model import Finding, Fix

MOST_ROUNDS = 10
"""A fix may bring another finding to light; rules that undo each other must not go on for ever."""
_LINE = re.compile(r"[^\n]*\n|[^\n]+")


def add_edits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--fix", action="store_true", help="put right what can be put right without thinking")
    parser.add_argument(
        "--unsafe-fixes",
        action="store_true",
        help="with --fix or --diff: also put right what may change what the code does, or is only a beginning",
    )
    parser.add_argument(
        "--diff", action="store_true", help="show what --fix or --add-ignore would change; exit 1 if any"
    )
    parser.add_argument(
        "--add-ignore",
        metavar="REASON",
        help="accept what is found: write a comment that suppresses it, with this reason, at each place",
    )


def require_sense(options: argparse.Namespace) -> None:
    if options.add_ignore is not None and not options.add_ignore.strip():
        raise UsageError('--add-ignore needs a reason: --add-ignore "the dashboard reads it"')
    if options.unsafe_fixes and not (options.fix or options.diff):
        raise UsageError("--unsafe-fixes says which fixes are made: it goes with --fix, or with --diff to see them")
    if options.add_ignore is not None and options.fix:
        raise UsageError("--fix and --add-ignore are two runs: first put right what can be, then accept the rest")


def show_fixes(analysis: Analysis, options: argparse.Namespace, console: Console) -> int:
    """What the first round would change; exit 1 if anything."""
    _, changes = _planned(analysis, options)
    console.result(diff(changes))
    return int(bool(changes))


def _planned(analysis: Analysis, options: argparse.Namespace) -> tuple[list[Fix], list[Change]]:
    from mldebt.fixes.apply import planned
    from mldebt.fixes.choice import together, wanted

    result = analysis.result
    found = (wanted(finding, options.unsafe_fixes) for finding in result.findings)
    fixes = together((each for each in found if each is not None), result.source())
    return fixes, planned(result.path, (edit for each in fixes for edit in each.edits))


def fix_all(
    analysis: Analysis, look: Callable[[], Analysis], options: argparse.Namespace, console: Console
) -> Analysis:
    """Fix, look again, and so on until nothing is left that can be fixed."""
    from mldebt.fixes.apply import write

    fixed = 0
    files: set[str] = set()
    for _ in range(MOST_ROUNDS):
        fixes, changes = _planned(analysis, options)
        if not changes:
            break
        write(changes)
        fixed, files = fixed + len(fixes), files | {change.file for change in changes}
        analysis = look()
    if fixed:
        console.note(f"Fixed {_counted(fixed, 'finding')} in {_counted(len(files), 'file')}.")
    return analysis


def add_ignore(analysis: Analysis, options: argparse.Namespace, console: Console) -> int:
    """Write the comments; exit 0 where every finding has one now."""
    from mldebt.fixes.add_ignore import add_ignores
    from mldebt.fixes.apply import planned, write

    result = analysis.result
    reviewing = {rule.code for rule in analysis.rules if rule.rule.reviews()}
    wanted = [finding for finding in result.findings if finding.code not in reviewing]
    added = add_ignores(wanted, result.source(), options.add_ignore)
    changes = planned(result.path, added.edits)
    if options.diff:
        console.result(diff(changes))
        return int(bool(changes))
    write(changes)
    files = len(changes)
    console.note(f"Wrote comments for {_counted(added.count, 'finding')} in {_counted(files, 'file')}.")
    _tell_without(added.without, console)
    return int(bool(added.without))


def diff(changes: Sequence[Change]) -> str:
    """As `git apply` takes it."""
    from difflib import unified_diff

    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for change in changes
        for line in unified_diff(
            _LINE.findall(change.before.decode(change.encoding)),
            _LINE.findall(change.after.decode(change.encoding)),
            "/dev/null" if change.is_new else f"a/{change.file}",
            f"b/{change.file}",
        )
    )


def _tell_without(findings: Sequence[Finding], console: Console) -> None:
    from mldebt.report.places import place, printable

    for finding in findings:
        where = printable(place(finding.locations[0]))
        console.problem(f"{where}: no comment can stand there for {finding.code}; accept it with [[waivers]]")


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
