"""Which formats go where: `--output-format FORMAT[=FILE]`, as often as one likes."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from mldebt.cli.arguments import one_of
from mldebt.cli.console import Console
from mldebt.errors import UsageError
from mldebt.report.formats import EXPLAINING, FORMATS, Look, render

if TYPE_CHECKING:
    from mldebt.rules.result import Result

DEFAULT = "full"


class Output(Struct, frozen=True):
    """A format and the file that it goes to; None is standard output."""

    format: str
    file: str | None = None


def add_outputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output-format",
        metavar="FORMAT[=FILE]",
        action="append",
        type=_FormatAndFile(),
        help=f"how results are written [{'|'.join(FORMATS)}, default {DEFAULT}], and the file they go to instead of "
        "standard output; several in one run: --output-format concise --output-format sarif=mldebt.sarif",
    )
    parser.add_argument(
        "--output-file",
        metavar="FILE",
        help="the file for the format that has none of its own, instead of standard output",
    )
    parser.add_argument(
        "--show-suppressed",
        action="store_true",
        help="also tell what is suppressed or known from the baseline (full, concise and sarif)",
    )


def chosen_outputs(options: argparse.Namespace) -> tuple[Output, ...]:
    """All that is to be written; no two to the same place."""
    given: list[Output] = options.output_format or [Output(DEFAULT)]
    bare = [output for output in given if output.file is None]
    if options.output_file is not None:
        if not bare:
            raise UsageError(
                f"--output-file {options.output_file}: every --output-format has a file of its own; say "
                f"--output-format FORMAT={options.output_file}"
            )
        if not options.output_file:
            raise UsageError("--output-file: it names no file")
    outputs = tuple(Output(each.format, each.file or options.output_file) for each in given)
    _require_distinct(outputs)
    return outputs


def need_pages(outputs: Sequence[Output]) -> bool:
    """Whether one of them says what the rules are."""
    return any(output.format in EXPLAINING for output in outputs)


def write_outputs(result: Result, outputs: Sequence[Output], console: Console) -> None:
    """Files first, so that they are there whatever becomes of standard output."""
    from mldebt.cli.output import write_file

    for output in outputs:
        if output.file is not None:
            console.asked = ""  # a record of what was said would not write the file again
            write_file(Path(output.file), render(result, output.format))
    for output in outputs:
        if output.file is None:
            console.result(render(result, output.format, Look(console.colored, console.linked, console.width)))


class _FormatAndFile:
    """The type of `FORMAT[=FILE]`."""

    choices = tuple(FORMATS)

    def __call__(self, value: str) -> Output:
        name, separator, file = value.partition("=")
        checked = one_of(*FORMATS)(name)
        if separator and not file:
            raise argparse.ArgumentTypeError(f'"{value}" names no file')
        return Output(checked, file or None)


def _require_distinct(outputs: Sequence[Output]) -> None:
    taken: dict[str | None, str] = {}
    for output in outputs:
        place = None if output.file is None else str(Path(output.file).absolute())
        if place in taken:
            where = output.file or "standard output"
            hint = "" if output.file else f"; give one of them a file, as in --output-format {output.format}=FILE"
            raise UsageError(f"--output-format: {taken[place]} and {output.format} both go to {where}{hint}")
        taken[place] = output.format
