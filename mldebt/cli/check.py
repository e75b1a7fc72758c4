"""`mldebt check`: the debt in the given paths, as text for people or as data for programs."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mldebt.cli.arguments import add_color, add_output, add_scanning, add_selection
from mldebt.cli.console import Console

if TYPE_CHECKING:
    from mldebt.rules.result import Result

FORMATS = ("full", "concise", "json", "sarif")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        nargs="*",
        metavar="PATHS",
        help="report what is found in these files and folders (default: here); the whole repository is analysed",
    )
    add_output(parser, FORMATS)
    add_selection(parser)
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 although there are findings")
    add_scanning(parser)
    add_color(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    from mldebt.cli.analysis import analyse
    from mldebt.cli.notices import tell_trouble
    from mldebt.cli.output import deliver
    from mldebt.cli.replay import remember

    analysis = analyse(options.paths, options, console, pages=options.output_format == "sarif")
    console.stage = "writing the results"
    colored = console.colored and options.output_file is None
    deliver(render(analysis.result, options.output_format, colored), options.output_file, console)
    tell_trouble(analysis, console, listed_by="--output-format json")
    code = analysis.exit_code(findings_count=not options.exit_zero)
    if not analysis.outcome.failures:
        remember(console, analysis.inputs, analysis.rules, code)
    return code


def render(result: Result, output_format: str, colored: bool) -> str:
    """The result in one of the formats; only the module of that format is loaded."""
    if output_format == "full":
        from mldebt.report import full

        return full.render(result, colour=colored)
    if output_format == "concise":
        from mldebt.report import concise

        return concise.render(result)
    if output_format == "json":
        from mldebt.report import json_format

        return json_format.render(result)
    from mldebt.report import sarif

    return sarif.render(result)
