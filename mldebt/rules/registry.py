"""Which rules there are: every bundle that an installed distribution offers under the entry-point group."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from importlib import import_module
from inspect import isabstract
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from msgspec import Struct

from mldebt.errors import UsageError, near_name_hint
from mldebt.rules.model import SEVERITIES, Rule

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "mldebt.rules"
BUILT_IN = "builtin"


class RegisteredRule(Struct, frozen=True):
    """A rule class and the distribution, with its version, that it comes from."""

    rule: type[Rule]
    origin: str

    @property
    def code(self) -> str:
        return self.rule.code

    @property
    def name(self) -> str:
        return self.rule.name


def load_rules() -> tuple[RegisteredRule, ...]:
    """All installed rules by code; a bundle that can't be used is an error that names its distribution."""
    bundles = _bundles()
    if not any(bundle.name == BUILT_IN for bundle in bundles):
        raise UsageError(
            f'the built-in rules are not installed: no distribution offers "{BUILT_IN}" in the entry-point group '
            f'"{GROUP}"; install mldebt with pip (for work on it: pip install -e .)'
        )
    return register(rule for bundle in bundles for rule in _rules_of(bundle))


def register(rules: Iterable[RegisteredRule]) -> tuple[RegisteredRule, ...]:
    """The rules in the order of their codes; a code or name that is taken twice is an error."""
    taken: dict[str, RegisteredRule] = {}
    found = tuple(sorted(rules, key=lambda rule: (rule.code, rule.origin)))
    for rule in found:
        for label in (rule.code, rule.name):
            if other := taken.get(label):
                raise UsageError(
                    f'rule "{label}" is defined twice: by {other.origin} ({_class_name(other.rule)}) and by '
                    f"{rule.origin} ({_class_name(rule.rule)})"
                )
            taken[label] = rule
    return found


def _bundles() -> list[EntryPoint]:
    """One entry point for each distribution, name and value: two records of one installation are one bundle."""
    from importlib.metadata import entry_points

    found = {(_origin(point), point.name, point.value): point for point in entry_points(group=GROUP)}
    return [found[key] for key in sorted(found)]


def _rules_of(bundle: EntryPoint) -> list[RegisteredRule]:
    origin = _origin(bundle)
    try:
        classes = list(bundle.load()())
    except Exception as error:
        told = " ".join(f"{type(error).__name__}: {error}".split())
        raise UsageError(
            f'the rules "{bundle.name}" ({bundle.value}) of {origin} can\'t be loaded: {told}{_hint(bundle, error)}'
        ) from error
    return [RegisteredRule(_checked(candidate, origin), origin) for candidate in classes]


def _hint(bundle: EntryPoint, error: Exception) -> str:
    """The nearest name where the entry point names a module or an object that isn't there."""
    if isinstance(error, ModuleNotFoundError) and error.name and f"{bundle.module}.".startswith(f"{error.name}."):
        parent, _, name = error.name.rpartition(".")
        path = import_module(parent).__path__ if parent else None
        return near_name_hint(name, (module.name for module in iter_modules(path)))
    if isinstance(error, AttributeError) and error.obj is sys.modules.get(bundle.module):
        return near_name_hint(bundle.attr, vars(error.obj))
    return ""


def _checked(candidate: object, origin: str) -> type[Rule]:
    if not (isinstance(candidate, type) and issubclass(candidate, Rule)):
        raise UsageError(f"{origin} offers {candidate!r} as a rule, which is not a subclass of mldebt.rules.model.Rule")
    if isabstract(candidate):
        raise UsageError(f"rule {_class_name(candidate)} of {origin} has no method check")
    for attribute in ("code", "name", "severity"):
        if not isinstance(getattr(candidate, attribute, None), str):
            raise UsageError(f'rule {_class_name(candidate)} of {origin} has no "{attribute}"')
    if not isinstance(candidate.options, Mapping):
        raise UsageError(f"the options of rule {_class_name(candidate)} of {origin} don't say what they hold")
    if candidate.severity not in SEVERITIES:
        raise UsageError(
            f'rule {_class_name(candidate)} of {origin} has the severity "{candidate.severity}"; '
            f"it must be one of {', '.join(SEVERITIES)}"
        )
    return candidate


def _origin(bundle: EntryPoint) -> str:
    return f"{bundle.dist.name} {bundle.dist.version}" if bundle.dist else "an unnamed distribution"


def _class_name(rule: type[Rule]) -> str:
    return f"{rule.__module__}.{rule.__qualname__}"
