"""Data sets that a job writes over its own input, or that several jobs write over each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable
from itertools import combinations
from posixpath import dirname

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.jobs import RivalWriters, in_place_overwrites, rival_writers
from mldebt.graph.questions.overwrites import Overwrite
from mldebt.rules.model import Finding, Rule, Settings, Step, certainty
from mldebt.rules.witness import step, witness
from mldebt_rules.causes import by_cause
from mldebt_rules.wording import counted, listed

LOSING = frozenset({"filter", "dropna", "drop_duplicates", "sample", "part", "group", "head", "tail", "query"})
"""Operations after which rows are gone."""

GENERATIONS = 3
"""Data sets that two folders both write, from which on they hold an older and a newer form of the same scripts."""


class InPlaceDatasetOverwrite(Rule):
    code = "MLD403"
    name = "in-place-dataset-overwrite"
    severity = "high"
    default = False

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        overwritten = list(in_place_overwrites(graph))
        for same in by_cause(overwritten, lambda found: [(found.site.file, min(found.path[0].sites).file)]):
            yield self._overwrite(graph, same[0], same)
        told = {found.dataset.id for found in overwritten}
        rivals = [found for found in rival_writers(graph) if found.dataset.id not in told]
        pairs = Counter(pair for found in rivals for pair in _folders(found))
        for group in by_cause(rivals, lambda found: _causes(found, pairs)):
            yield self._rivals(graph, group[0], group)

    def _overwrite(self, graph: Graph, found: Overwrite, same: list[Overwrite]) -> Finding:
        read = min(found.path[0].sites)
        name = found.dataset.name
        more = f" and {counted(len(same) - 1, 'more data set')} in the same way" if len(same) > 1 else ""
        return self.finding(
            f"{found.site.file} overwrites its own input {name}{more}. "
            f"It reads the data at {read} and puts what it made of them back under the same name, so a second run "
            f"starts from other data than the first{', and the rows that it drops are lost' if _drops(found) else ''}.",
            subject=[one.dataset.id for one in same],
            locations=dict.fromkeys((found.site, read, *(one.site for one in same))),
            path=witness(graph, found.path),
            evidence=certainty(weakest(edge.evidence for edge in found.path)),
            help=f'Write to a name of its own, such as "{_next_name(name)}", and let the readers that need the changed '
            "data read that; or partition the output by run date. Then every run can be repeated.",
            effort_minutes=30,
        )

    def _rivals(self, graph: Graph, found: RivalWriters, same: list[RivalWriters]) -> Finding:
        files = [site.file for site, _ in found.writes]
        readers = sorted({site.file for edge in found.reads for site in edge.sites})
        edges = [edge for _, edge in found.writes]
        verb = "reads" if len(readers) == 1 else "read"
        return self.finding(
            f"{_replaced(same)} replaced by {_writers(same)}{listed(files)}. "
            f"Whichever ran last decides what {listed(readers, 3)} {verb}, and nothing in the data tells which it was.",
            subject=[one.dataset.id for one in same],
            locations=list(dict.fromkeys(site for one in same for site, _ in one.writes)),
            path=[*(step(graph, edge) for edge in edges), _read_step(graph, found)],
            evidence="likely" if certainty(weakest(edge.evidence for edge in edges)) != "heuristic" else "heuristic",
            help="Give each writer an output of its own (a name, or a partition that it alone writes) and let one job "
            "put them together; or delete the writer that is no longer needed.",
            effort_minutes=30,
        )


def _causes(found: RivalWriters, pairs: Counter[tuple[str, str]]) -> list[Hashable]:
    """Two of the same files, or two folders of which each holds a generation of the same scripts."""
    return [*combinations(_files(found), 2), *(pair for pair in _folders(found) if pairs[pair] >= GENERATIONS)]


def _files(found: RivalWriters) -> tuple[str, ...]:
    return tuple(site.file for site, _ in found.writes)


def _folders(found: RivalWriters) -> list[tuple[str, str]]:
    return list(combinations(sorted({dirname(file) for file in _files(found)}), 2))


def _writers(same: list[RivalWriters]) -> str:
    """How many units of code there are; where each data set has writers of its own, the folders that they lie in."""
    files = len(same[0].writes)
    if len({_files(one) for one in same}) == 1:
        return f"{counted(files, 'unit')} of code: "
    folders = sorted({dirname(file) or "." for one in same for file in _files(one)})
    several = f"{counted(len(folders), 'folder')}, " if len(folders) > 1 else ""
    return f"scripts of {several}{listed(folders, 4)}, such as "


def _drops(found: Overwrite) -> bool:
    return any(edge.attributes.get("operation") in LOSING for edge in found.path)


def _replaced(same: list[RivalWriters]) -> str:
    """The data sets that the same two or more files write."""
    name = same[0].dataset.name
    return f"{name} is" if len(same) == 1 else f"{name} and {counted(len(same) - 1, 'more data set')} are"


def _read_step(graph: Graph, found: RivalWriters) -> Step:
    return step(graph, found.reads[0])


def _next_name(name: str) -> str:
    """data/step3.csv → data/step3_cleaned.csv"""
    path, dot, ending = name.rpartition(".")
    return f"{path}_cleaned.{ending}" if dot and "/" not in ending else f"{name}_cleaned"
