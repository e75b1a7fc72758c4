"""Where rules come from, which of them run, and what becomes of what they say."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from mldebt.errors import UsageError
from mldebt.graph.model import Graph
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.registry import RegisteredRule, load_rules, register
from mldebt.rules.run import run_rules
from mldebt.rules.select import find_rule, select_rules
from mldebt.sites import Site


def rule_class(code: str, name: str, *, default: bool = True, findings: Iterable[object] = ()) -> type[Rule]:
    def check(self: Rule, graph: Graph, settings: Settings) -> Iterable[object]:
        return list(findings)

    body = {"code": code, "name": name, "severity": "low", "default": default, "check": check}
    return type(name.title().replace("-", ""), (Rule,), body)


def rules(*classes: type[Rule]) -> tuple[RegisteredRule, ...]:
    return register(RegisteredRule(rule, "acme-rules 2.0") for rule in classes)


def finding(code: str = "ACM101", subject: str = "dataset:a", line: int = 1, **changes: object) -> Finding:
    fields: dict[str, object] = {
        "code": code,
        "rule": "some-debt",
        "message": "It is wrong.",
        "severity": "low",
        "evidence": "certain",
        "subject": (subject,),
        "locations": (Site("a.py", line, line),),
    }
    return Finding(**{**fields, **changes})  # type: ignore[arg-type]


FAMILY = rules(
    rule_class("ACM101", "some-debt"),
    rule_class("ACM102", "more-debt"),
    rule_class("ACM201", "other-debt", default=False),
    rule_class("XYZ101", "foreign-debt"),
)


@pytest.mark.parametrize(
    ("select", "ignore", "chosen"),
    [
        (None, [], ["ACM101", "ACM102", "XYZ101"]),
        ([], [], []),
        (["ALL"], [], ["ACM101", "ACM102", "ACM201", "XYZ101"]),
        (["ACM"], [], ["ACM101", "ACM102", "ACM201"]),
        (["ACM1"], ["ACM102"], ["ACM101"]),
        (["acm102", "Foreign-Debt"], [], ["ACM102", "XYZ101"]),
        (["ACM101"], ["ACM"], ["ACM101"]),
        (["ACM"], ["ACM1"], ["ACM201"]),
        (["ACM101"], ["ACM101"], []),
        (None, ["more-debt"], ["ACM101", "XYZ101"]),
        (None, ["all"], []),
        (["ALL"], ["ALL"], []),
    ],
)
def test_the_more_exact_selector_wins(select: list[str] | None, ignore: list[str], chosen: list[str]) -> None:
    assert [rule.code for rule in select_rules(FAMILY, select, ignore)] == chosen


@pytest.mark.parametrize("selector", ["ACM9", "", "CM1", "debt", "ACM1011"])
def test_a_selector_that_matches_nothing_is_an_error(selector: str) -> None:
    with pytest.raises(UsageError, match=f'no rule matches the selector "{selector}"'):
        select_rules(FAMILY, [selector])
    with pytest.raises(UsageError):
        select_rules(FAMILY, [], [selector])


def test_a_rule_is_found_by_code_and_by_name() -> None:
    assert find_rule("ACM201", FAMILY) is find_rule("other-debt", FAMILY)
    with pytest.raises(UsageError, match=r'there is no rule "othr-debt"; did you mean "other-debt"\?'):
        find_rule("othr-debt", FAMILY)


def test_findings_come_sorted_and_one_for_each_fingerprint() -> None:
    again = finding(line=9)
    chosen = rules(
        rule_class("ACM102", "more-debt", findings=[finding("ACM102", line=2)]),
        rule_class("ACM101", "some-debt", findings=[again, finding(subject="dataset:b", line=3), finding(line=1)]),
    )
    outcome = run_rules(chosen, Graph(), Settings())
    assert [(found.code, found.locations[0].line) for found in outcome.findings] == [
        ("ACM101", 1),
        ("ACM102", 2),
        ("ACM101", 3),
    ]
    assert outcome.problems == ()


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("no finding", "which is not a Finding"),
        (finding("ACM999"), "its own is ACM101"),
        (finding(locations=()), "has no location"),
        (finding(severity="dreadful"), "severity 'dreadful'"),
        (finding(evidence="rumour"), "evidence 'rumour'"),
        (finding(fixes=("x = 1",)), "the fix 'x = 1'; it must be a Fix"),
    ],
)
@pytest.mark.parametrize("apart", [False, True])
@pytest.mark.parametrize("codes", [("ACM101", "ACM102"), ("ACM101", "ACM100")])
def test_a_rule_that_breaks_its_promise_fails_alone(
    made: object, told: str, apart: bool, codes: tuple[str, str]
) -> None:
    bad, good = codes
    asked = [
        rule_class(bad, "some-debt", findings=[finding(), made]),
        rule_class(good, "more", findings=[finding(good)]),
    ]
    outcome = run_rules(sorted(rules(*asked), key=lambda rule: rule.code), Graph(), Settings(), apart=apart)
    assert outcome.seconds.keys() == set(codes)
    assert [found.code for found in outcome.findings] == [good]
    assert len(outcome.problems) == 1
    assert outcome.problems[0].startswith("rule some-debt of acme-rules 2.0 failed: ")
    assert told in outcome.problems[0]


def test_installed_rules_come_in_the_order_of_their_codes() -> None:
    codes = [rule.code for rule in load_rules()]
    assert codes == sorted(codes)
    assert "MLD301" in codes


def test_the_same_code_twice_is_an_error_that_names_both_distributions() -> None:
    mine = RegisteredRule(rule_class("ACM101", "some-debt"), "acme-rules 2.0")
    theirs = RegisteredRule(rule_class("ACM101", "another-debt"), "zeta-rules 0.3")
    with pytest.raises(UsageError, match=r'rule "ACM101" is defined twice: by acme-rules 2.0 .* and by zeta-rules 0.3'):
        register([theirs, mine])
    same_name = RegisteredRule(rule_class("ZET101", "some-debt"), "zeta-rules 0.3")
    with pytest.raises(UsageError, match='rule "some-debt" is defined twice'):
        register([mine, same_name])


class Incomplete(Rule):
    code = "ACM101"
    name = "some-debt"
    severity = "low"


def raising() -> list[type[Rule]]:
    raise RuntimeError("out of order")


def not_rules() -> list[object]:
    return [str]


def abstract() -> list[object]:
    return [Incomplete]


def no_code() -> list[object]:
    return [type("Nameless", (Rule,), {"check": lambda self, graph, settings: ()})]


def wrong_severity() -> list[object]:
    return [type("Loud", (rule_class("ACM101", "some-debt"),), {"severity": "loud"})]


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (
            "nowhere.at.all:rules",
            'the rules "acme" (nowhere.at.all:rules) of acme-rules 2.0 can\'t be loaded: ModuleNot',
        ),
        (f"{__name__}:missing", "can't be loaded: AttributeError"),
        (f"{__name__}:abstrakt", '; did you mean "abstract"?'),
        (f"{__name__.removesuffix('s')}:abstract", '; did you mean "test_rule_bundles"?'),
        (f"{__name__}:raising", "of acme-rules 2.0 can't be loaded: RuntimeError: out of order"),
        (f"{__name__}:not_rules", "acme-rules 2.0 offers <class 'str'> as a rule, which is not a subclass of"),
        (f"{__name__}:abstract", "Incomplete of acme-rules 2.0 has no method check"),
        (f"{__name__}:no_code", 'Nameless of acme-rules 2.0 has no "code"'),
        (f"{__name__}:wrong_severity", 'of acme-rules 2.0 has the severity "loud"; it must be one of critical'),
    ],
)
def test_a_bundle_that_can_not_be_used_is_named(monkeypatch: pytest.MonkeyPatch, value: str, told: str) -> None:
    installed(monkeypatch, builtin="mldebt_rules:rules", acme=value)
    with pytest.raises(UsageError) as caught:
        load_rules()
    assert told in str(caught.value)


def test_missing_built_in_rules_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch)
    with pytest.raises(UsageError, match="the built-in rules are not installed"):
        load_rules()


def test_two_records_of_one_installation_are_one_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = load_rules()
    point = entry_point("builtin", "mldebt_rules:rules", "mldebt 9")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point, point])
    assert [rule.code for rule in load_rules()] == [rule.code for rule in expected]


def installed(monkeypatch: pytest.MonkeyPatch, **bundles: str) -> None:
    points = [entry_point(name, value, f"{name}-rules 2.0") for name, value in bundles.items()]
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points)


def entry_point(name: str, value: str, distribution: str) -> EntryPoint:
    point = EntryPoint(name, value, "mldebt.rules")
    label, version = distribution.split()
    vars(point)["dist"] = SimpleNamespace(name=label, version=version)
    return point
