"""`check --show-settings` and `--show-files`: what a run goes by, and what it looks at, without the run."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator
from typing import Any

from mldebt.cli.console import Console


def add_show(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--show-settings", action="store_true", help="print what holds here, and end")
    parser.add_argument("--show-files", action="store_true", help="print the files that would be read, and end")


def show(options: argparse.Namespace, console: Console) -> int:
    lines = _settings(options) if options.show_settings else _files(options)
    console.result("".join(f"{line}\n" for line in lines))
    return 0


def _files(options: argparse.Namespace) -> Iterator[str]:
    from mldebt.cli.sources import scanned_by
    from mldebt.cli.targets import find_target
    from mldebt.project.files import list_files
    from mldebt.read.one_file import kind_of_file
    from mldebt.sites import Site

    target = find_target(options.paths, options.config)
    for name, source in scanned_by(target).items():
        listing = list_files(source.root, source.paths, source.exclude, untracked=target.untracked)
        files = [f"{name}/{each.file}" if name else each.file for each in listing.files if kind_of_file(each.file)]
        yield from (file for file in files if target.includes(Site(file, 1, 1)))


def _settings(options: argparse.Namespace) -> Iterator[str]:
    from mldebt.cli.gate import gate_of
    from mldebt.cli.selection import choose_rules
    from mldebt.cli.targets import find_target
    from mldebt.config.document import told
    from mldebt.config.keys import KEYS
    from mldebt.rules.registry import load_rules

    target = find_target(options.paths, options.config)
    config = target.config
    selection = choose_rules(load_rules(), config, options)
    gate = gate_of(options, config)
    if target.several is not None:
        yield f"# Repositories: {', '.join(target.several.roots)}"
    else:
        yield f"# Repository: {told(target.root) if target.root != target.root.cwd() else '.'}"
    yield f"# Configuration: {told(config.path) if config.path else 'none'}"
    yield "# Rules that run:"
    for rule in selection.rules:
        note = "" if rule.code in selection.everywhere else " (only where [[overrides]] ask for it)"
        yield f"#   {rule.code} {rule.name}{note}"
    yield ""
    given = {"fail-on": gate.fail_on, "budget": gate.budget}
    for name in KEYS:
        yield f"{name} = {toml(given.get(name, getattr(config, name.replace('-', '_'))))}"


def toml(value: Any) -> str:
    """A value as it could stand in the configuration; what is not set is an empty text."""
    import json
    from datetime import date

    from msgspec import Struct

    from mldebt.config.model import Call

    if isinstance(value, dict):
        return (
            "{"
            + ", ".join(f"{json.dumps(key, ensure_ascii=False)} = {toml(each)}" for key, each in value.items())
            + "}"
        )
    if isinstance(value, Iterable) and not isinstance(value, str):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, Call):
        return toml({"call": value.call, **value.entry})
    if isinstance(value, Struct):
        names = [name for name in value.__struct_fields__ if name != "line" and getattr(value, name)]
        return "{" + ", ".join(f"{name.replace('_', '-')} = {toml(getattr(value, name))}" for name in names) + "}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float, date)):
        return str(value)
    return json.dumps("" if value is None else str(value), ensure_ascii=False)
