"""`mldebt check`: the debt in the given paths, as text for people or as data for programs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mldebt.cli.arguments import add_color, add_scanning, add_selection
from mldebt.cli.baselines import add_baseline, against_baseline, tell_stale
from mldebt.cli.console import Console
from mldebt.cli.edits import add_edits, add_ignore, fix, require_sense
from mldebt.cli.gate import add_gate, gate_of, tell_budget
from mldebt.cli.outputs import Output, add_outputs, chosen_outputs, need_pages, write_outputs
from mldebt.cli.show import add_show, show

if TYPE_CHECKING:
    from mldebt.cli.analysis import Analysis


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATHS",
        help="report what is found in these files and folders (default: here); the whole repository is analysed",
    )
    add_outputs(parser)
    add_selection(parser)
    add_edits(parser)
    add_baseline(parser)
    parser.add_argument(
        "--diff-base",
        metavar="REF",
        help="report only what is new since the commit in which REF and the current one have their histories in "
        "common, and what is repaid; auto: as the hook or the CI server says, else where the default branch was left",
    )
    add_gate(parser)
    add_show(parser)
    add_scanning(parser)
    add_color(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    from mldebt.cli.notices import tell_trouble
    from mldebt.cli.replay import remember

    if options.show_settings or options.show_files:
        return show(options, console)
    require_sense(options)
    outputs = chosen_outputs(options)
    analysis = _look(options, console, outputs)
    if options.add_ignore is not None:
        return add_ignore(analysis, options, console)
    if options.diff:
        return int(fix(analysis, options, console) > 0)
    if options.fix and fix(analysis, options, console):
        analysis = _look(options, console, outputs)
    console.stage = "writing the results"
    write_outputs(replace(analysis.result, shows_all=options.show_suppressed), outputs, console)
    tell_trouble(analysis, console, listed_by="--output-format json")
    tell_stale(analysis, console)
    gate = gate_of(options, analysis.target.config)
    tell_budget(gate, analysis.result.findings, console)
    code = analysis.exit_code(gate)
    if not analysis.outcome.failures:
        remember(console, analysis.inputs, analysis.rules, code, analysis.until)
    return code


def _look(options: argparse.Namespace, console: Console, outputs: Sequence[Output]) -> Analysis:
    from mldebt.cli.analysis import analyse

    analysis = against_baseline(analyse(options.paths, options, console, pages=need_pages(outputs)), options)
    if options.diff_base is None:
        return analysis
    from mldebt.cli.diff import against_base

    return against_base(analysis, options, console)
