"""`mldebt check`: the debt in the given paths, as text for people or as data for programs."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.cli.arguments import add_color, add_scanning, add_selection
from mldebt.cli.baselines import add_baseline, against_baseline, tell_stale
from mldebt.cli.console import Console
from mldebt.cli.edits import add_edits, add_ignore, fix_all, require_sense, show_fixes
from mldebt.cli.gate import add_gate, gate_of, tell_budget
from mldebt.cli.offers import with_fixes
from mldebt.cli.outputs import Output, add_outputs, chosen_outputs, need_pages, write_outputs
from mldebt.cli.show import add_show, show
from mldebt.cli.stdin import Given, add_stdin, given_file
from mldebt.errors import UsageError

if TYPE_CHECKING:
    from mldebt.cli.analysis import Analysis
    from mldebt.project.inputs import Inputs


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
    add_stdin(parser)
    parser.add_argument(
        "--statistics",
        action="store_true",
        help="count what is found by rule instead of listing it; with --output-format json, as data",
    )
    parser.add_argument("--explain", action="store_true", help="explain the rules of what is found, too")
    parser.add_argument("--watch", action="store_true", help="check again whenever something changes")
    add_scanning(parser)
    add_color(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    if options.show_settings or options.show_files:
        return show(options, console)
    require_sense(options)
    outputs = chosen_outputs(options)
    given = given_file(options)
    if options.watch:
        return _watch(options, console, outputs)
    return _check(options, console, outputs, given)[0]


def _check(
    options: argparse.Namespace, console: Console, outputs: Sequence[Output], given: Given | None
) -> tuple[int, Inputs]:
    """The exit code, and all that it depends on."""
    analysis = _look(options, console, outputs, given)
    from mldebt.cli.notices import tell_trouble
    from mldebt.cli.replay import remember
    from mldebt.rules.copies import without_copies

    if options.add_ignore is not None:
        return add_ignore(analysis, options, console), analysis.inputs
    if options.diff:
        return show_fixes(analysis, options, console), analysis.inputs
    if options.fix:
        analysis = fix_all(analysis, lambda: _look(options, console, outputs, given), options, console)
    console.stage = "writing the results"
    analysis = replace(analysis, result=without_copies(analysis.result))
    _write(analysis, options, outputs, console)
    tell_trouble(analysis, console, listed_by="--output-format json")
    tell_stale(analysis, console)
    gate = gate_of(options, analysis.target.config)
    tell_budget(gate, analysis.result.findings, console)
    code = analysis.exit_code(gate)
    if not analysis.outcome.failures:
        remember(console, analysis, code)
    return code, analysis.inputs


def _write(analysis: Analysis, options: argparse.Namespace, outputs: Sequence[Output], console: Console) -> None:
    if options.statistics:
        from mldebt.cli.statistics import statistics, statistics_as_json

        as_data = any(output.file is None and output.format == "json" for output in outputs)
        outputs = [output for output in outputs if output.file is not None]
        console.result(statistics_as_json(analysis) if as_data else statistics(analysis))
    write_outputs(replace(analysis.result, shows_all=options.show_suppressed), outputs, console)
    if options.explain:
        from mldebt.cli.rule import explained

        codes = {finding.code for finding in analysis.result.findings}
        console.result(explained(rule for rule in analysis.rules if rule.code in codes))


def _watch(options: argparse.Namespace, console: Console, outputs: Sequence[Output]) -> int:
    from mldebt.cli.watch import watch

    if options.fix or options.diff or options.add_ignore is not None or "-" in options.paths:
        raise UsageError("--watch only looks: it goes with neither --fix, --diff, --add-ignore nor standard input")
    return watch(lambda: _check(options, console, outputs, None)[1], console)


def _look(options: argparse.Namespace, console: Console, outputs: Sequence[Output], given: Given | None) -> Analysis:
    from mldebt.cli.scanning import analyse

    analysis = analyse(options.paths, options, console, pages=need_pages(outputs), given=given)
    analysis = against_baseline(analysis, options)
    if options.diff_base is not None:
        from mldebt.cli.diff import against_base

        analysis = against_base(analysis, options, console)
    return with_fixes(analysis, options)
