"""`mldebt rule`: what a rule finds, why that is debt, and what to do about it."""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING

from mldebt.cli.arguments import add_output
from mldebt.cli.console import Console
from mldebt.cli.layout import READABLE, hanging
from mldebt.errors import UsageError

if TYPE_CHECKING:
    from mldebt.rules.page import RulePage
    from mldebt.rules.registry import RegisteredRule

FORMATS = ("text", "json", "markdown")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", nargs="?", metavar="CODE|NAME", help="the rule, such as MLD301 or direct-feedback-loop")
    parser.add_argument("--all", action="store_true", help="all rules")
    add_output(parser, FORMATS)


def run(options: argparse.Namespace, console: Console) -> int:
    from mldebt.cli.output import deliver
    from mldebt.rules.page import load_page
    from mldebt.rules.registry import load_rules
    from mldebt.rules.select import find_rule

    if bool(options.rule) == options.all:
        raise UsageError("name one rule by its code or name, or say --all")
    console.stage = "reading the rules"
    rules = load_rules()
    chosen = rules if options.all else (find_rule(options.rule, rules),)
    pages = [(rule, load_page(rule.rule)) for rule in chosen]
    deliver(render(pages, options.output_format, options.all), options.output_file, console)
    return 0


def render(pages: list[tuple[RegisteredRule, RulePage]], output_format: str, everything: bool) -> str:
    if output_format == "json":
        import json

        data = [_data(rule, page) for rule, page in pages]
        return json.dumps(data if everything else data[0], indent=2, ensure_ascii=False) + "\n"
    if output_format == "markdown":
        return "\n".join(page.markdown.rstrip() + "\n" for _, page in pages)
    return _list(pages) if everything else _told(*pages[0])


def explained(rules: Iterable[RegisteredRule]) -> str:
    """The pages of some rules, one below the other."""
    from mldebt.rules.page import load_page

    return "".join(f"\n{_told(rule, load_page(rule.rule))}" for rule in rules)


def _data(rule: RegisteredRule, page: RulePage) -> dict[str, object]:
    return {
        "code": page.code,
        "name": page.name,
        "severity": page.severity,
        "default": page.default,
        "origin": rule.origin,
        "summary": page.summary,
        "sections": {heading: text.strip() for heading, text in page.sections.items()},
        "markdown": page.markdown,
    }


def _told(rule: RegisteredRule, page: RulePage) -> str:
    """The page without its marks, its headings underlined."""
    from mldebt.rules.page import plain_text

    default = "runs by default" if page.default else "runs only where it is selected"
    blocks = [f"{page.code} {page.name}", f"Severity {page.severity}, {default}, comes with {rule.origin}."]
    for heading, text in page.sections.items():
        blocks += [f"{heading}\n{'-' * len(heading)}", _wrapped(plain_text(text)).rstrip()]
    return "\n\n".join(blocks) + "\n"


def _wrapped(text: str) -> str:
    """Paragraphs as wide as one can read; code and tables as they are."""
    from textwrap import fill

    return "\n".join(
        line if line.startswith((" ", "|")) else fill(line, READABLE, break_long_words=False, break_on_hyphens=False)
        for line in text.splitlines()
    )


def _list(pages: list[tuple[RegisteredRule, RulePage]]) -> str:
    width = max((len(page.name) for _, page in pages), default=0)
    heads = [f"{page.code}  {page.name:<{width}}  {page.severity:<8}  " for _, page in pages]
    rows = [hanging(head, _first_sentence(page)) for head, (_, page) in zip(heads, pages, strict=True)]
    return "\n".join([*rows, "", "mldebt rule CODE explains one of them."]) + "\n"


def _first_sentence(page: RulePage) -> str:
    head, stop, _ = page.summary.partition(". ")
    return head + stop.strip()
