"""`mldebt graph`: the graph itself, for programs, drawings and curious people."""

from __future__ import annotations

import argparse

from mldebt.cli.arguments import add_output, add_scanning
from mldebt.cli.console import Console

FORMATS = ("json", "graphml", "dot", "mermaid")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a repository, or several (default: the one here)")
    add_output(parser, FORMATS)
    parser.add_argument("--stats", action="store_true", help="print figures and what could not be resolved instead")
    add_scanning(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    from mldebt.cli.output import deliver
    from mldebt.cli.scanning import scan_target
    from mldebt.cli.targets import find_target

    graph = scan_target(find_target(options.paths, options.config), options, console).graph
    console.progress("writing the graph")
    from mldebt.graph.export import export, statistics

    text = statistics(graph) if options.stats else export(graph, options.output_format)
    deliver(text if text.endswith("\n") else text + "\n", options.output_file, console)
    return 0
