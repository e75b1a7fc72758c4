"""`mldebt baseline`: the debt that is there today is written down; from then on only new debt counts."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from mldebt.cli.arguments import add_scanning, add_selection, one_of
from mldebt.cli.console import Console
from mldebt.config.document import told
from mldebt.errors import UsageError

if TYPE_CHECKING:
    from mldebt.cli.analysis import Analysis
    from mldebt.rules.judge.baseline import Entry, Matched

ACTIONS = {
    "create": "write down all that is found",
    "update": "add what is new, take out what is repaid",
    "prune": "take out what is repaid",
    "show": "tell what it holds",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = "; ".join(f"{action}: {text}" for action, text in ACTIONS.items())
    parser.add_argument("action", metavar="ACTION", type=one_of(*ACTIONS), help=actions)
    parser.add_argument("path", nargs="?", metavar="PATH", help="a repository (default: the one here)")
    parser.add_argument("--baseline", metavar="FILE", help="the file, if it is not the one of the configuration")
    parser.add_argument("--force", action="store_true", help="create: write over a baseline that is there")
    add_selection(parser)
    add_scanning(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    from mldebt.cli.baselines import baseline_path, matched_with
    from mldebt.cli.guard import TROUBLE
    from mldebt.cli.notices import tell_trouble
    from mldebt.cli.scanning import analyse
    from mldebt.cli.targets import find_target
    from mldebt.rules.judge.baseline_file import read_baseline

    paths = [options.path] if options.path else []
    path = baseline_path(find_target(paths, options.config), options.baseline)
    if options.action == "create" and path.exists() and not options.force:
        raise UsageError(f"there is a baseline {told(path)} already; `mldebt baseline update` brings it up to date")
    before = () if options.action == "create" else read_baseline(path)
    analysis = analyse(paths, options, console, pages=False)
    tell_trouble(analysis, console, listed_by="mldebt check --output-format json")
    if analysis.outcome.failures:
        return TROUBLE
    matched = matched_with(analysis, before)
    if options.action == "show":
        console.result(shown(matched))
    else:
        _write(analysis, matched, path, console, add=options.action != "prune")
    return 0


def _write(analysis: Analysis, matched: Matched, path: Path, console: Console, *, add: bool) -> None:
    from mldebt.cli.baselines import describing
    from mldebt.cli.output import write_file
    from mldebt.rules.judge.baseline_file import baseline_text

    described = describing(analysis)
    added = [described.entry(finding) for finding in matched.new] if add else []
    kept = [described.renewed(finding, entry) for finding, entry in matched.known]
    write_file(path, baseline_text([*kept, *matched.unasked, *added]))
    console.note(_told(path, len(added), len(matched.stale), len(kept) + len(matched.unasked) + len(added)))
    if analysis.target.config.baseline is None:
        console.note(f'It counts with --baseline {path.name}, or with `baseline = "{path.name}"` in the configuration.')


def _told(path: Path, added: int, removed: int, count: int) -> str:
    parts = [f"{number:,} {word}" for number, word in ((added, "new"), (removed, "repaid")) if number]
    changed = f" ({', '.join(parts)})" if parts else ""
    return f"{told(path)}: {count:,} {'entry' if count == 1 else 'entries'}{changed}."


def shown(matched: Matched) -> str:
    known = [entry for _, entry in matched.known]
    blocks = [_listed("Known", known), _listed("Repaid, to be pruned", matched.stale)]
    blocks.append(_listed("Of rules that did not run", matched.unasked))
    blocks.append(f"{len(matched.new):,} {'finding is' if len(matched.new) == 1 else 'findings are'} not in it.\n")
    return "\n".join(block for block in blocks if block)


def _listed(title: str, entries: Iterable[Entry]) -> str:
    """Each entry on a line, below the rule that it is of."""
    from mldebt.report.places import printable

    entries = sorted(entries, key=lambda entry: (entry.rule, entry.file, entry.message))
    counts = Counter(entry.rule for entry in entries)
    lines = [f"{title}: {len(entries):,}"]
    for rule, count in counts.items():
        lines.append(f"  {rule}  {count:,}")
        lines += [f"    {printable(entry.file)}: {printable(entry.message)}" for entry in entries if entry.rule == rule]
    return "\n".join(lines) + "\n" if entries else ""
