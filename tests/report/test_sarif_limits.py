from __future__ import annotations

from msgspec.structs import replace

from mldebt.report.sarif_limits import cut_text, fits, kept_findings, kept_related, kept_steps, kept_tags
from mldebt.rules.model import Finding
from mldebt.sites import Site


def finding(severity: str, evidence: str = "certain") -> Finding:
    return Finding("MLD001", "x", "x", severity, evidence, (severity, evidence), (Site("a.py", 1, 1),))


def test_the_worst_findings_are_kept_in_their_order() -> None:
    low, likely, critical, high = (
        finding("low"), finding("high", "likely"), finding("critical"), finding("high"),
    )  # fmt: skip
    assert kept_findings([low, likely, critical, high], 3) == [likely, critical, high]
    assert kept_findings([low, likely, critical, high], 2) == [critical, high]


def test_no_run_has_more_than_25_000_results() -> None:
    findings = [replace(finding("low"), subject=(str(number),)) for number in range(25_010)]
    assert kept_findings(findings) == findings[:25_000]


def test_a_long_path_keeps_both_ends() -> None:
    assert kept_steps(range(5), 3) == [0, 1, 4]
    steps = kept_steps(range(1_500))
    assert len(steps) == 1_000
    assert (steps[0], steps[499], steps[500], steps[-1]) == (0, 499, 1_000, 1_499)
    assert kept_steps(range(1_000)) == list(range(1_000))


def test_a_hundred_places_and_ten_tags_at_most() -> None:
    assert len(kept_related(range(500))) == 99
    assert kept_tags(["b", "a", "b", *map(str, range(20))]) == ["b", "a", *map(str, range(8))]


def test_text_ends_at_a_word() -> None:
    assert cut_text("short ") == "short"
    cut = cut_text("word " * 500)
    assert len(cut) <= 1_024
    assert cut.endswith("word…")
    assert cut_text("x" * 2_000) == "x" * 1_023 + "…"


def test_what_counts_is_the_packed_size() -> None:
    assert fits("x" * 5_000_000, limit=1_000_000)
    assert not fits("".join(chr(33 + number * number % 89) for number in range(5_000)), limit=100)
    assert fits("short")
