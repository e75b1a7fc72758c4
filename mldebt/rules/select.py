"""Which rules run: selectors are a code, the beginning of codes, a name, or ALL; the more exact one wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mldebt.errors import UsageError, near_name_hint
from mldebt.rules.registry import RegisteredRule

ALL = "ALL"
_NOT_MATCHED = -1
_EXACT = 1_000
_LIST = "; mldebt rule --all lists the rules"
_FOREIGN = re.compile(r"[A-Za-z]{1,8}[0-9]+")
"""A code, which is not near to one of another linter only because they share digits."""


def select_rules(
    rules: Sequence[RegisteredRule],
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    extend: Iterable[str] = (),
) -> tuple[RegisteredRule, ...]:
    """The rules that a selector in `select` or `extend` matches more exactly than any in `ignore`.

    Without `select`, the rules that run by default take its place; an empty one selects none. `select MLD203, ignore
    MLD2` runs MLD203 alone of its family.
    """
    select = None if select is None else tuple(select)
    ignore, extend = tuple(ignore), tuple(extend)
    for selector in (*(select or ()), *ignore, *extend):
        require_known(selector, rules)
    return tuple(
        rule for rule in rules if max(_wanted(rule, select), _exactness(rule, extend)) > _exactness(rule, ignore)
    )


def selects(selector: str, rule: RegisteredRule) -> bool:
    return _match(rule, selector) != _NOT_MATCHED


def require_known(selector: str, rules: Sequence[RegisteredRule]) -> None:
    """Raise a `UsageError` where the selector matches no rule, for a mistyped one would silently check nothing."""
    if not selector or all(_match(rule, selector) == _NOT_MATCHED for rule in rules):
        raise UsageError(f'no rule matches the selector "{selector}"{_hint(selector, rules)}')


def find_rule(label: str, rules: Sequence[RegisteredRule]) -> RegisteredRule:
    """The one rule with this code or name."""
    for rule in rules:
        if label.upper() == rule.code.upper() or label.lower() == rule.name.lower():
            return rule
    begun = next((rule.code for rule in rules if label and rule.code.startswith(label.upper())), "")
    hint = f'; did you mean "{begun}"?' if begun else _hint(label, rules)
    raise UsageError(f'there is no rule "{label}"{hint}')


def _wanted(rule: RegisteredRule, select: Sequence[str] | None) -> int:
    if select is not None:
        return _exactness(rule, select)
    return 0 if rule.rule.default else _NOT_MATCHED


def _exactness(rule: RegisteredRule, selectors: Sequence[str]) -> int:
    return max((_match(rule, selector) for selector in selectors), default=_NOT_MATCHED)


def _match(rule: RegisteredRule, selector: str) -> int:
    """How exactly the selector names the rule: not at all, by ALL, by so many letters of its code, or by itself."""
    wanted = selector.upper()
    if wanted in (rule.code.upper(), rule.name.upper()):
        return _EXACT
    if wanted == ALL:
        return 0
    return len(wanted) if rule.code.upper().startswith(wanted) else _NOT_MATCHED


def _hint(label: str, rules: Sequence[RegisteredRule]) -> str:
    """The most similar name, else the nearest code, else where all of them are listed."""
    codes = [rule.code for rule in rules]
    if _FOREIGN.fullmatch(label) and not near_name_hint(label[:3].upper(), {code[:3] for code in codes}):
        return _LIST
    if close := near_name_hint(label, [ALL, *codes, *(rule.name for rule in rules)]):
        return close
    nearest = _nearest_code(label.upper(), codes)
    return f'; did you mean "{nearest}"?' if nearest else _LIST


def _nearest_code(label: str, codes: Sequence[str]) -> str:
    """The first code that the label begins, else the one of its family with the nearest number."""
    family, number = label[:3], label[3:]
    if longer := [code for code in codes if label and code.startswith(label)]:
        return longer[0]
    numbers = {code: int(code[3:]) for code in codes if code.startswith(family) and code[3:].isdecimal()}
    if not (numbers and number.isdecimal()):
        return ""
    return min(numbers, key=lambda code: (abs(numbers[code] - int(number)), code))
