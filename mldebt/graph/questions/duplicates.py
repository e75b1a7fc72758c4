"""Features that several files compute, alike, each with code of its own."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator

from msgspec import Struct

from mldebt.graph.model import Column, Graph
from mldebt.graph.questions.inputs import without_transforms
from mldebt.graph.questions.jobs import is_at_work
from mldebt.sites import Site
from mldebt.terms import Term

SMALL = 2
"""Operations from which a computation is no mere phrase, where both places give it the same name."""
LARGE = 4
"""Operations from which it is none whatever it is called."""
READING = frozenset({"cast", "to_number", "to_datetime", "strip"})
NEAR = 1
"""Folders by which files of one program may lie apart."""
_TAUGHT = re.compile(r"(^|/)(homeworks?|exercises?|lessons?|lectures?)([/_.-]|$)", re.IGNORECASE)
"""Where a course keeps what everybody is to write again."""
ASKED = frozenset({"serve", "score"})


class Duplicate(Struct, frozen=True):
    """One computation: what it is called where, and the places, one for each file."""

    names: tuple[str, ...]
    term: Term
    sites: tuple[Site, ...]
    nodes: tuple[str, ...]


class Duplicates(Struct, frozen=True):
    """Computations that several files have in common.

    `pair`: the two files that are most likely to part, one that trains and one that is asked where there are such.
    """

    files: tuple[str, ...]
    shared: tuple[Duplicate, ...]
    pair: tuple[str, str]
    is_skew: bool


def duplicate_features(graph: Graph) -> Iterator[Duplicates]:
    """Files that compute the same features, each group of files once."""
    shared = list(_shared(graph))
    for files in _together([{site.file for site in one.sites} for one in shared]):
        own = [one for one in shared if one.sites[0].file in files]
        trains = [file for file in files if "train" in graph.units[file].roles]
        asked = [file for file in files if graph.units[file].roles & ASKED and file not in trains]
        pair = next(
            (
                (one, other)
                for one in trains
                for other in asked
                if any({one, other} <= {site.file for site in each.sites} for each in own)
            ),
            None,
        )
        own.sort(key=lambda one: (-len(one.sites), -one.term.size, one.names))
        sites = own[0].sites
        yield Duplicates(tuple(files), tuple(own), pair or (sites[0].file, sites[1].file), pair is not None)


def _shared(graph: Graph) -> Iterator[Duplicate]:
    """Each computation of a feature that two files or more have."""
    found: dict[Term, dict[str, tuple[Site, str, str]]] = {}
    borrowed: set[str] = set()
    for frame in graph.of_kind("frame"):
        for column in frame.columns:
            term = _computation(graph, column)
            if term is None or _is_end_of_group(column.name, term):
                continue
            site = min(column.sites)
            places = found.setdefault(term, {})
            places[site.file] = min(places.get(site.file, (site, column.name, frame.id)), (site, column.name, frame.id))
            if frame.attributes.get("borrowed"):
                borrowed.add(frame.id)
    for term, places in found.items():
        for near in _together(_neighbours(sorted(places))):
            ordered = _apart(graph, _written(sorted(places[file] for file in near), borrowed))
            names = tuple(dict.fromkeys(name for _, name, _ in ordered))
            if len(ordered) > 1 and (len(names) == 1 or operations(term) >= LARGE):
                sites, nodes = tuple(site for site, _, _ in ordered), tuple(node for _, _, node in ordered)
                yield Duplicate(names, term, sites, nodes)


def _is_end_of_group(name: str, term: Term) -> bool:
    """`groupby("city").agg(max("at").alias("at"))`: by what the newest row of each group is found, no feature."""
    return name in term.columns and {part.op for part in term.walk()} <= {"over", "max", "min", "column"}


def _written(places: list[tuple[Site, str, str]], borrowed: Container[str]) -> list[tuple[Site, str, str]]:
    """The places, of those that run one text that another file holds only the first."""
    own = [place for place in places if place[2] not in borrowed]
    return sorted([*own, *[place for place in places if place[2] in borrowed][:1]])


def _apart(graph: Graph, places: list[tuple[Site, str, str]]) -> list[tuple[Site, str, str]]:
    """The places, of those that call one function, or lie in one file with it, only the first."""
    found: list[tuple[Site, str, str]] = []
    called: set[str] = set()
    for place in places:
        homes = {home for site, home in graph.unit_of(place[0]).borrowed if site == place[0]}
        beside = {home.partition("::")[0] for home in homes} & {site.file for site, _, _ in found}
        if not (homes & called or beside or place[0].file in {home.partition("::")[0] for home in called}):
            found.append(place)
            called |= homes
    return found


def _neighbours(files: list[str]) -> Iterator[set[str]]:
    for one in files:
        yield {other for other in files if _distance(one, other) <= NEAR}


def _distance(one: str, other: str) -> int:
    """Folders between a file and what it has in common with another: what lies far apart is no one's program."""
    left, right = one.split("/")[:-1], other.split("/")[:-1]
    common = next(
        (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
    return max(len(left), len(right)) - common


def _computation(graph: Graph, column: Column) -> Term | None:
    """How a feature is computed, where that is known, is more than a phrase, and is written in code at work."""
    if column.source != "derived" or column.expression is None or not column.sites:
        return None
    term = without_transforms(column.expression)
    if _TAUGHT.search(min(column.sites).file):
        return None
    if not term.columns or operations(term) < SMALL or not is_at_work(graph.unit_of(min(column.sites))):
        return None
    return term if any(use.kind == "feature" for use in column.uses) else None


def operations(term: Term) -> int:
    """How many there are; of which type a column is, or without blanks, is how it is read, not what is made of it."""
    return sum(bool(part.args) and part.op != "to_datetime" and not _only_reads(part) for part in term.walk())


def _only_reads(term: Term) -> bool:
    return term.op in READING and all(arg.op == "column" or _only_reads(arg) for arg in term.args)


def _together(groups: Iterable[set[str]]) -> list[list[str]]:
    """Sets that have a member in common, as one."""
    joined: list[set[str]] = []
    for group in groups:
        touching = [one for one in joined if one & group]
        joined = [one for one in joined if not one & group] + [group.union(*touching)]
    return sorted(sorted(one) for one in joined)
