"""`mldebt config`: the keys of a configuration, and what each is for."""

from __future__ import annotations

import argparse
from textwrap import wrap

from mldebt.cli.arguments import add_output
from mldebt.cli.console import Console
from mldebt.cli.layout import READABLE, hanging
from mldebt.config.keys import KEYS, Key, schema
from mldebt.errors import UsageError, near_name_hint

FORMATS = ("text", "json", "json-schema", "markdown")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("key", nargs="?", metavar="KEY", help="a key, such as per-file-ignores (default: all of them)")
    add_output(parser, FORMATS)


def run(options: argparse.Namespace, console: Console) -> int:
    from mldebt.cli.output import deliver

    deliver(render(_chosen(options.key), options.output_format), options.output_file, console)
    return 0


def render(keys: dict[str, Key], output_format: str) -> str:
    import json

    if output_format == "json-schema":
        return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    if output_format == "json":
        return json.dumps([_data(name, key) for name, key in keys.items()], indent=2, ensure_ascii=False) + "\n"
    if output_format == "markdown":
        return "\n".join(_page(name, key) for name, key in keys.items())
    if len(keys) > 1:
        return _list(keys)
    return "".join(_told(name, key) for name, key in keys.items())


def _chosen(name: str | None) -> dict[str, Key]:
    if name is None:
        return dict(KEYS)
    if name not in KEYS:
        raise UsageError(_unknown(name))
    return {name: KEYS[name]}


def _unknown(name: str) -> str:
    outer, _, inner = name.partition(".")
    if inner and outer in KEYS:
        options = f"; mldebt rule {inner} lists the options of a rule" if outer == "rules" else ""
        return f'"{name}" stands inside a key that has a page of its own: mldebt config {outer}{options}'
    return f'there is no key "{name}"{near_name_hint(name, KEYS) or " (mldebt config lists them)"}'


def _data(name: str, key: Key) -> dict[str, str]:
    return {"key": name, "holds": key.shape.words, "default": key.default, "help": key.help, "example": key.example}


def _list(keys: dict[str, Key]) -> str:
    width = max(map(len, keys))
    rows = [hanging(f"{name:<{width}}  ", key.help) for name, key in keys.items()]
    return "\n".join([*rows, "", "mldebt config KEY tells more about one of them."]) + "\n"


def _told(name: str, key: Key) -> str:
    about = wrap(key.help, READABLE)
    example = [f"    {line}".rstrip() for line in key.example.splitlines()]
    lines = [name, "", *about, "", f"Holds: {key.shape.words}", f"Default: {key.default}", "", "Example:", "", *example]
    return "\n".join(lines) + "\n"


def _page(name: str, key: Key) -> str:
    """A section for docs/configuration.md."""
    about = "\n".join(wrap(f"{key.help} Default: {key.default}.", 120, break_on_hyphens=False))
    return f"### `{name}`\n\n{about}\n\n```toml\n{key.example}\n```\n"
