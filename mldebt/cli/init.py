"""`mldebt init`: a configuration with comments that fits what is in the repository."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec.structs import replace

from mldebt.cli.arguments import add_scanning
from mldebt.cli.console import Console
from mldebt.cli.show import toml
from mldebt.errors import UsageError

if TYPE_CHECKING:
    from mldebt.cli.suggestions import Suggestions
    from mldebt.cli.targets import Target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", nargs="?", metavar="PATH", help="a repository (default: the one here)")
    parser.add_argument("--print", action="store_true", help="print it instead of writing mldebt.toml")
    parser.add_argument("--force", action="store_true", help="write over a configuration that is there")
    add_scanning(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    from mldebt.cli.output import write_file
    from mldebt.cli.scanning import scan_target
    from mldebt.cli.suggestions import Suggestions
    from mldebt.cli.targets import find_target
    from mldebt.config import Config, find_config
    from mldebt.config.document import told

    target = find_target([options.path] if options.path else [], options.config)
    there = find_config(target.root, target.root)
    if there is not None and not (options.print or options.force):
        raise UsageError(f"there is a configuration already, {told(there)}; --print shows what init would write")
    if target.config != Config():
        target = _bare(target)
    scanned = scan_target(target, options, console)
    console.progress("asking the rules")
    text = "\n".join(_lines(Suggestions(scanned, target.root))).rstrip() + "\n"
    if options.print:
        console.result(text)
        return 0
    path = target.root / "mldebt.toml"
    write_file(path, text)
    console.note(f"Wrote {told(path)}. `mldebt check` goes by it; `mldebt config` tells every key.")
    return 0


def _bare(target: Target) -> Target:
    """The repository as it is without its configuration, which is to be written over."""
    from mldebt.config import Config

    return replace(target, config=Config(root=target.config.root))


def _lines(found: Suggestions) -> Iterator[str]:
    """Sentences begin with `# `, what can be switched on with `#` alone."""
    yield "# Configuration of mldebt. Every key is optional; `mldebt config KEY` tells more about one."
    yield f"# {found.size}"
    yield ""
    if found.root:
        yield "# This folder is a repository of its own, although it lies in a larger one."
        yield "root = true"
        yield ""
    yield "# Files to leave out, in the manner of .gitignore."
    yield f"#exclude = {toml(found.put_away or ['archive/'])}"
    yield ""
    yield "# The least severity with which findings make `mldebt check` end with 1: critical, high, medium or low."
    yield '#fail-on = "medium"'
    yield ""
    yield f"# {found.debt}"
    yield "# `mldebt baseline create` writes it down; with this line only new debt counts."
    yield '#baseline = "mldebt-baseline.json"'
    yield ""
    yield "# A comment that suppresses a finding (mldebt: ignore[MLD204] the dashboard reads it) must say why."
    yield "#require-reason = true"
    yield ""
    yield from _tables(found)


def _tables(found: Suggestions) -> Iterator[str]:
    if found.aside:
        yield "# Rules that don't count in some files."
        yield "#[per-file-ignores]"
        yield from (f"#{toml(pattern)} = [{toml(code)}]" for pattern, code in found.aside)
        yield ""
    yield "# Who uses what is published here, where the code doesn't show it."
    if found.unread:
        yield "# These predictions are written and read by nobody in this repository:"
    for dataset in found.unread or ["data/scores/*.parquet"]:
        yield "#[[consumers]]"
        yield f"#dataset = {toml(dataset)}"
        yield '#consumer = "who reads it"'
        yield '#reason = "what for"'
    yield ""
    if not found.has_owners:
        yield "# Whose code is whose; .github/CODEOWNERS counts, too."
        yield "#[owners]"
        yield from (f'#{toml(f"{folder}/**")} = "team"' for folder in found.folders)
        yield ""
