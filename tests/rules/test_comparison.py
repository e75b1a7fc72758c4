"""Findings of two states are matched one to one, whatever they are."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldebt.project.changes import Lines
from mldebt.rules.comparison import Renaming, difference
from mldebt.rules.model import Finding
from mldebt.sites import Site

FILES = ("a.py", "b.py", "jobs/a.py")
SUBJECTS = ("dataset:data/x.csv", "frame:a.py::load@1a2b3c:df", "frame:a.py::load@ffffff:df", "job:jobs/a.py")

findings = st.lists(
    st.builds(
        lambda code, subject, file, line: Finding(
            code, "x", "x", "low", "certain", tuple(subject), (Site(file, line, line),)
        ),
        st.sampled_from(["MLD1", "MLD2"]),
        st.lists(st.sampled_from(SUBJECTS), min_size=1, max_size=2),
        st.sampled_from(FILES),
        st.integers(1, 3),
    ),
    max_size=6,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(findings, findings, st.dictionaries(st.sampled_from(FILES), st.sampled_from(["c.py", "d.py"]), max_size=2))
def test_every_finding_is_new_gone_or_known(old: list[Finding], now: list[Finding], renamed: dict[str, str]) -> None:
    found = difference(old, now, renamed, Lines())
    assert len(found.new) + found.known == len(now)
    assert len(found.gone) + found.known == len(old)
    assert all(finding in now for finding in found.new)
    assert all(finding in old for finding in found.gone)


@given(findings)
def test_nothing_is_new_against_itself(now: list[Finding]) -> None:
    found = difference(now, now, {}, Lines())
    assert (found.new, found.gone, found.known) == ((), (), len(now))


def test_names_of_files_are_changed_whole() -> None:
    renaming = Renaming({"a.py": "b.py", "jobs/a.py": "work/a.py", "data": "store"})
    assert renaming.name("frame:a.py::load@1a2b3c:df") == "frame:b.py::load@1a2b3c:df"
    assert renaming.name("job:jobs/a.py") == "job:work/a.py"
    assert renaming.name("job:other/a.py") == "job:other/a.py"
    assert renaming.name("job:aa.py") == "job:aa.py"
    assert renaming.name("dataset:a.pyc") == "dataset:a.pyc"
    assert renaming.name("dataset:data/x.csv") == "dataset:data/x.csv"
