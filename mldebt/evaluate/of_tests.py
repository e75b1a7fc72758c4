"""What only a unit test says of code that it calls: the names that it makes up are no data of the program.

A function is evaluated for itself as well, or as the program calls it: what is read and written there is known so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mldebt.evaluate.trace import ASIDE, Trace, TracedEdge
from mldebt.evaluate.workspace import Workspace
from mldebt.project.purpose import is_test
from mldebt.read.facts import FileFacts
from mldebt.sites import Site

READING, WRITING = ("READS", "LOADS"), ("WRITES", "PERSISTS")
FRAMEWORKS = (b"pytest", b"unittest")
REASON = "name that only a test makes up"


def is_unit_test(facts: FileFacts) -> bool:
    """A test that a framework runs; `test.py` may as well be the script that tries a model on data."""
    if not is_test(facts.file):
        return False
    return any(word in facts.packed for word in FRAMEWORKS) or (
        b"test_" in facts.packed and b"__main__" not in facts.packed and any(_tests(facts))
    )


def _tests(facts: FileFacts) -> Iterator[bool]:
    return (one[0] == "def" and str(one[3]).startswith("test_") for one in facts.body)


def without_made_up_names(trace: Trace, workspace: Workspace, tests: Iterable[str]) -> None:
    """Where a unit test has other code read and write what it names itself, and nothing is there, nobody knows the
    name."""
    code = b"".join(workspace.content(file) for file in tests)
    gone: set[tuple[str, Site]] = set()
    gaps: dict[Site, int] = {}
    for key, edge in list(trace.edges.items()):
        stored = _stored(edge)
        if not stored or not _is_made_up(trace, stored, workspace, code):
            continue
        elsewhere = [site for site in edge.sites if not is_test(site.file)]
        edge.sites = tuple(site for site in edge.sites if is_test(site.file))
        if not edge.sites:
            del trace.edges[key]
            trace.into[edge.target] = [one for one in trace.into[edge.target] if one is not edge]
        for site in elsewhere:
            gone.add((stored, site))
            _leave_gap(trace, edge, site, gaps)
    _forget(trace, gone)


def _leave_gap(trace: Trace, edge: TracedEdge, site: Site, known: dict[Site, int]) -> None:
    """`known`: the places of such gaps, numbered, for an id must stay the same when lines move."""
    node = f"gap:{site.file}:{known.setdefault(site, len(known))}:{edge.kind}:test"
    trace.node(node, "gap", f"{site.file}::", site, reason=REASON, detail=REASON, blocks=edge.kind)
    ends = (node, edge.target) if edge.kind in READING else (edge.source, node)
    trace.edge(*ends, edge.kind, site, "guessed", **{ASIDE: True})  # gone where the program itself tells more


def _forget(trace: Trace, gone: set[tuple[str, Site]]) -> None:
    for stored, site in gone:
        trace.touched.pop((stored, site), None)
        trace.nodes[stored].sites = tuple(one for one in trace.nodes[stored].sites if one != site)
        for kind in ("read", "write"):
            if (site, kind) in trace.io:
                trace.io[site, kind] = ("unresolved", REASON)
    named = {end for edge in trace.edges.values() for end in (edge.source, edge.target)}
    for stored in {stored for stored, _ in gone} - named:
        del trace.nodes[stored]


def _stored(edge: TracedEdge) -> str:
    end = edge.source if edge.kind in READING else edge.target if edge.kind in WRITING else ""
    return end if end.partition(":")[0] in ("dataset", "artifact") else ""


def _is_made_up(trace: Trace, stored: str, workspace: Workspace, code: bytes) -> bool:
    """Whether a name stands in the test, and the repository has no file so called other than those of its tests."""
    known = trace.nodes.own(stored)
    parts = known.name.split("/") if known is not None else []
    told = [part for part in parts if "." in part] or parts[-1:]
    if known is None or not any(part.encode() in code for part in told):
        return False
    return is_test(known.name) or not workspace.exists(known.name)
