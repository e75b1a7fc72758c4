"""Lists of a model's features that are written out in several places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from math import ceil

from msgspec import Struct

from mldebt.graph.model import Column, Graph, Node
from mldebt.graph.questions.clones import Clones
from mldebt.graph.questions.jobs import is_at_work, is_passing, sites_at_work, works_at
from mldebt.graph.questions.systems import Systems, named_by_all
from mldebt.sites import Site

ALIKE = 0.9
"""Share of common names from which two lists are copies of one."""
SHORT = 2
FEWEST = 3
"""Names besides those of things from which on a list is one of features: who rated which film how is none. So few are
as quickly typed as named again, unless a model learns from nothing else."""
BESIDE = 7
"""Names up to which a list is as quickly typed as named again in the same file."""
_ID = re.compile(r"(^|_)(id|ids|uuid|ID)$|(?<=[a-z])(ID|Id)$")
_STATISTICS = frozenset({
    "mean", "median", "std", "var", "min", "max", "sum", "count", "size", "nunique", "first", "last", "mode", "skew",
    "kurt", "kurtosis", "sem", "mad", "prod", "quantile", "ptp",
})  # fmt: skip
"""What tables are asked for in groups: `.agg(["mean", "std"])` names functions."""
SENT = ("dataset:http::", "dataset:kafka:")
MODEL_EDGES = ("TRAINS_ON", "PREDICTS")


class Written(Struct, frozen=True):
    """One place that writes out a list of names."""

    site: Site
    names: tuple[str, ...]


class CopiedLists(Struct, frozen=True):
    """Lists that the same files hold, each written out in all of them: `lists` has the copies of one list together.

    `owner`: the model, or the data that is learned from, whose columns they name, if each of the files works on it.
    """

    owner: Node | None
    files: tuple[str, ...]
    lists: tuple[tuple[Written, ...], ...]
    beside: frozenset[str] = frozenset()
    """Names that stand in some copies and are no features: labels, and what tells rows apart."""

    @property
    def places(self) -> tuple[Site, ...]:
        return tuple(dict.fromkeys(one.site for copies in self.lists for one in copies))

    @property
    def only_somewhere(self) -> tuple[str, ...]:
        """The features that some copies of a list have and others don't."""
        return tuple(sorted(_apart(self.lists) - self.beside))


def _apart(lists: Sequence[tuple[Written, ...]]) -> set[str]:
    """The names that some copies of a list have and others don't."""
    apart = [set.symmetric_difference(set(copies[0].names), set(one.names)) for copies in lists for one in copies]
    return set().union(*apart)


def copied_feature_lists(graph: Graph) -> Iterator[CopiedLists]:
    """The lists of features that are copies of each other, those in the same files together."""
    features, systems, clones, labels = _Features(graph), graph.once(Systems), graph.once(Clones), _labels(graph)
    found: dict[tuple[str, ...], list[tuple[Written, ...]]] = {}
    every = _copies(_feature_lists(graph, features))
    for part in (part for one in every for part in _in_one_system(systems, _without_clones(clones, one))):
        copies = tuple(sorted(part, key=lambda one: (not _trains(graph, one), one.site)))
        files = tuple(sorted({one.site.file for one in copies}))
        found.setdefault(files, []).append(copies)
    for lists in _by_blocks(found):
        lists.sort(key=lambda copies: (-len(copies[0].names), copies[0].site))
        files = tuple(sorted(_files(lists)))
        owner = named_by_all(systems, features.owners(lists[0][0].names), files)
        if not (owner or len(files) > 1) or _are_few(features, lists, files):
            continue
        if features.trained_in & set(files):
            beside = frozenset(name for name in _apart(lists) if name in labels or _ID.search(name))
            yield CopiedLists(graph[owner] if owner else None, files, tuple(lists), beside)


def _by_blocks(found: Mapping[tuple[str, ...], list[tuple[Written, ...]]]) -> list[list[tuple[Written, ...]]]:
    """The lists that the same files hold, with those that two of these files or more hold besides: one module that
    all import mends both."""
    blocks: list[list[tuple[Written, ...]]] = []
    for files, lists in sorted(found.items(), key=lambda one: (-len(one[0]), one[0])):
        same = next((block for block in blocks if len(_files(block) & set(files)) > 1), None)
        if same is None:
            blocks.append(list(lists))
        else:
            same.extend(lists)
    return blocks


def _files(lists: Sequence[tuple[Written, ...]]) -> set[str]:
    return {one.site.file for copies in lists for one in copies}


def _are_few(features: _Features, lists: Sequence[tuple[Written, ...]], files: Sequence[str]) -> bool:
    """Whether so few names stand in the copies that nothing grows by them: the operands of a sum, or those of a loop.

    They count where they are all that a model learns from and several of the files train or ask one, and where several
    such lists were copied together.
    """
    longest = max(len(copies[0].names) for copies in lists)
    if len(files) == 1:
        return longest <= BESIDE
    if longest > FEWEST or len(lists) > 1:
        return False
    return not (features.are_all(lists[0][0].names) and len(features.models_in & set(files)) > 1)


def _labels(graph: Graph) -> frozenset[str]:
    columns = (column for node in graph.nodes.values() for column in node.columns)
    return frozenset(column.name for column in columns if any(use.kind == "label" for use in column.uses))


def _without_clones(clones: Clones, copies: tuple[Written, ...]) -> tuple[Written, ...]:
    """The copies, but not those of whole files that are copies: a shared list would not make these one."""
    originals = set(clones.originals({one.site.file for one in copies}))
    return tuple(one for one in copies if one.site.file in originals)


def _in_one_system(systems: Systems, copies: tuple[Written, ...]) -> Iterator[tuple[Written, ...]]:
    """The copies, apart where they are in files that have nothing to do with each other."""
    for files in systems.together({one.site.file for one in copies}):
        left = tuple(one for one in copies if one.site.file in files)
        if len({one.site for one in left}) > 1:
            yield left


class _Features:
    """What models see that are trained or asked by code at work, by name: of each model, and of each data set."""

    def __init__(self, graph: Graph) -> None:
        self._number: Counter[str] = Counter()
        self._owners: dict[str, list[str]] = {}
        self._known: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._keys = _keys(graph)
        made = frozenset(site.file for model in graph.of_kind("model") for site in model.sites)
        made |= _files_of(graph, "TRAINS_ON", "FITS")
        self.trained_in = made.union(*(graph.units[file].imports for file in sorted(made) if file in graph.units))
        self.models_in = _files_of(graph, *MODEL_EDGES)
        seen: dict[str, set[str]] = {}
        for edge in graph.edges_of_kind(*MODEL_EDGES):
            names = edge.attributes.get("columns")
            if isinstance(names, (tuple, list)) and sites_at_work(graph, edge):
                seen.setdefault(edge.target if edge.kind == "TRAINS_ON" else edge.source, set()).update(map(str, names))
        for node in (node for node in graph.of_kind("dataset") if not is_passing(node)):
            seen[node.id] = {column.name for column in node.columns if _is_feature(graph, column)}
        for owner, known in seen.items():
            self._number[owner] = len(known)
            for name in known:
                self._owners.setdefault(name, []).append(owner)

    def owners(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """What has these names among its features, models first; none where they are no features."""
        if names not in self._known:
            common: Counter[str] = Counter()
            different = set(names)
            for name in different:
                common.update(self._owners.get(name, ()))
            enough = ALIKE * len(different)
            fitting = [owner for owner, number in common.items() if number >= enough]
            ranked = sorted(fitting, key=lambda one: (_rank(one), self._number[one] - common[one], one))
            self._known[names] = tuple(ranked)
        return self._known[names]

    def are_all(self, names: tuple[str, ...]) -> bool:
        """Whether some model learns from these columns and no other."""
        owners = self.owners(names)
        return any(not owner.startswith("dataset:") and self._number[owner] == len(names) for owner in owners)

    def are_keys(self, site: Site, names: tuple[str, ...]) -> bool:
        """Whether a list says by what rows are joined or grouped, or mostly which rows are meant."""
        by = self._keys.get(site.file, {})
        here = set().union(*(by.get(line, ()) for line in range(site.line, site.end_line + 1)))
        if here.issuperset(names) or any(keys == set(names) for keys in by.values()):
            return True
        return sum(not _ID.search(name) for name in names) < FEWEST


def _files_of(graph: Graph, *kinds: str) -> frozenset[str]:
    return frozenset(site.file for edge in graph.edges_of_kind(*kinds) for site in edge.sites)


def _keys(graph: Graph) -> dict[str, dict[int, set[str]]]:
    """The columns that are keys in each line of a file."""
    found: dict[str, dict[int, set[str]]] = {}
    for node in graph.nodes.values():
        for column in node.columns:
            for use in column.uses:
                if use.kind == "key":
                    found.setdefault(use.site.file, {}).setdefault(use.site.line, set()).add(column.name)
    return found


def _rank(owner: str) -> int:
    """A model says most, then what is stored; what is only sent comes last."""
    return 0 if not owner.startswith("dataset:") else 2 if owner.startswith(SENT) else 1


def _is_feature(graph: Graph, column: Column) -> bool:
    """Whether a model learns from a column, or is asked with it, and no model said it."""
    said = any(graph.nodes[owner].kind == "prediction" for owner, _ in column.derived_from if owner in graph.nodes)
    return not said and any(use.kind == "feature" and works_at(graph, use.site) for use in column.uses)


def _feature_lists(graph: Graph, features: _Features) -> list[Written]:
    return [
        Written(site, names)
        for _, unit in sorted(graph.units.items())
        if unit.lists and not unit.copy_of and is_at_work(unit)
        for site, names in unit.lists
        if _are_names(names) and features.owners(names) and not features.are_keys(site, names)
    ]


def _trains(graph: Graph, one: Written) -> bool:
    return "train" in graph.unit_of(one.site).roles


def _are_names(names: tuple[str, ...]) -> bool:
    """Whether texts can be the names of columns, and not the values of one: different, most of them no mere letters."""
    plain = len(set(names)) == len(names) and sum(len(name) > SHORT for name in names) * 2 > len(names)
    return plain and not _STATISTICS.issuperset(names)


def _copies(lists: Sequence[Written]) -> Iterator[tuple[Written, ...]]:
    """Lists that are copies of the first of them, two places or more."""
    ordered = sorted(lists, key=lambda one: one.site)
    holding: dict[str, list[int]] = {}
    for at, one in enumerate(ordered):
        for name in set(one.names):
            holding.setdefault(name, []).append(at)
    taken: set[int] = set()
    for at, first in enumerate(ordered):
        if at in taken:
            continue
        near = _sharing(first, holding)
        copies = [to for to in near if to > at and to not in taken and _is_copy(first, ordered[to])]
        taken.update(copies)
        if any(ordered[to].site != first.site for to in copies):
            yield (first, *(ordered[to] for to in copies))


def _sharing(one: Written, holding: Mapping[str, Sequence[int]]) -> list[int]:
    """The numbers of lists that may be copies of one: they share one of the names that are the rarest, of which a copy
    can't do without all (prefix filtering: Chaudhuri, Ganti and Kaushik 2006, section 4)."""
    rare = sorted(set(one.names), key=lambda name: (len(holding[name]), name))
    enough = len(rare) - ceil(ALIKE * len(rare)) + 1
    return sorted(set().union(*(holding[name] for name in rare[:enough])))


def _is_copy(one: Written, other: Written) -> bool:
    """Whether two places write the same list; within a file, only what is equal is no list of its own."""
    left, right = set(one.names), set(other.names)
    if left == right:
        return True
    return one.site.file != other.site.file and len(left & right) >= ALIKE * len(left | right)
