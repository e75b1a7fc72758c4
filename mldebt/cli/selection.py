"""Which rules run, by the configuration and the command line, and whether both name rules and options that exist."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from mldebt.config import Config
from mldebt.config.shapes import OneOf, Place
from mldebt.errors import UsageError, near_name_hint
from mldebt.levels import SEVERITIES
from mldebt.rules.registry import RegisteredRule
from mldebt.rules.select import find_rule, require_known, select_rules, selects

SEVERITY = "severity"


class Selection(Struct, frozen=True):
    """The rules that run, and the codes of those that count in all files."""

    rules: tuple[RegisteredRule, ...]
    everywhere: frozenset[str]


def choose_rules(rules: Sequence[RegisteredRule], config: Config, options: argparse.Namespace) -> Selection:
    """--select takes the place of all that the configuration selects and ignores; the others add to it."""
    require_known_in_config(rules, config)
    select, extend, ignore = map(_flat, (options.select, options.extend_select, options.ignore))
    for option, selectors in (("--select", select), ("--extend-select", extend), ("--ignore", ignore)):
        for selector in selectors:
            _require_known(selector, rules, option)
    if select:
        return _selection(rules, select, ignore, extend)
    ignore = (*config.ignore, *ignore)
    chosen = _selection(rules, config.select, ignore, (*config.extend_select, *extend))
    return _with_overrides(chosen, rules, config)


def _selection(
    rules: Sequence[RegisteredRule], select: Sequence[str] | None, ignore: Sequence[str], extend: Sequence[str]
) -> Selection:
    chosen = select_rules(rules, select, ignore, extend)
    return Selection(chosen, frozenset(rule.code for rule in chosen))


def _with_overrides(chosen: Selection, rules: Sequence[RegisteredRule], config: Config) -> Selection:
    """Rules that are only asked for some files run, too."""
    wanted = [selector for override in config.overrides for selector in override.extend_select]
    also = [rule for rule in rules if any(selects(selector, rule) for selector in wanted)]
    run = {rule.code: rule for rule in (*chosen.rules, *also)}
    return Selection(tuple(run[code] for code in sorted(run)), chosen.everywhere)


def require_known_in_config(rules: Sequence[RegisteredRule], config: Config) -> None:
    for selector, keys in _selectors(config):
        _require_known(selector, rules, config, keys)
    for label, keys in _labels(config):
        try:
            find_rule(label, rules)
        except UsageError as error:
            raise UsageError(f"{config.place(*keys, word=_word(label, config))}: {error}") from None
    for name, options in config.rules.items():
        _require_options(rules, name, options, config)


def _selectors(config: Config) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Every selector of the configuration with the keys that lead to it."""
    for key, selectors in (
        ("select", config.select or ()),
        ("extend-select", config.extend_select),
        ("ignore", config.ignore),
    ):
        yield from ((selector, (key,)) for selector in selectors)
    for pattern, selectors in config.per_file_ignores.items():
        yield from ((selector, ("per-file-ignores", pattern)) for selector in selectors)
    for number, override in enumerate(config.overrides):
        yield from ((selector, ("overrides", number, "extend-select")) for selector in override.extend_select)
        yield from ((selector, ("overrides", number, "ignore")) for selector in override.ignore)


def _labels(config: Config) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """Every code or name that must be that of one rule: what is accepted or graded is said exactly."""
    yield from ((waiver.rule, ("waivers", number)) for number, waiver in enumerate(config.waivers))
    for number, override in enumerate(config.overrides):
        yield from ((label, ("overrides", number, "severity")) for label in override.severity)


def _require_options(rules: Sequence[RegisteredRule], name: str, options: Mapping[str, object], config: Config) -> None:
    known = {rule.name: rule.rule.options for rule in rules}
    if name not in known:
        names_of_codes = {rule.code: rule.name for rule in rules}
        hint = f'; did you mean "{names_of_codes[name]}"?' if name in names_of_codes else near_name_hint(name, known)
        raise UsageError(f'{config.place("rules", name)}: there is no rule "{name}" to set options for{hint}')
    shapes = {SEVERITY: OneOf(SEVERITIES), **known[name]}
    for key, value in options.items():
        if key not in shapes:
            hint = near_name_hint(key, shapes) or f" (it has {', '.join(sorted(shapes))})"
            raise UsageError(f'{config.place("rules", name, key)}: the rule "{name}" has no option "{key}"{hint}')
        if config.document is not None:
            shapes[key].read(Place(config.document, ("rules", name, key), f"rules.{name}.{key}"), value)


def _require_known(
    selector: str, rules: Sequence[RegisteredRule], where: Config | str, keys: Iterable[str | int] = ()
) -> None:
    try:
        require_known(selector, rules)
    except UsageError as error:
        place = where if isinstance(where, str) else where.place(*keys, word=_word(selector, where))
        raise UsageError(f"{place}: {error}") from None


def _word(selector: str, config: Config) -> str:
    """The selector as it is written, where it is written so."""
    return f'"{selector}"' if config.document is not None and f'"{selector}"' in config.document.text else ""


def _flat(given: Iterable[Iterable[str]] | None) -> tuple[str, ...]:
    return tuple(chain.from_iterable(given or ()))
