"""Waivers in the configuration: accepted debt, addressed by the thing that has it, wherever the code goes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase

from mldebt.config.model import Waiver
from mldebt.graph.model import Graph
from mldebt.rules.judge.labels import Labels
from mldebt.rules.judge.policy import WAIVER, Policy, Suppressed
from mldebt.rules.model import Fault, Finding
from mldebt.rules.names import apart_from_calls


class Waivers:
    def __init__(self, policy: Policy, graph: Graph, labels: Labels) -> None:
        self._all = policy.waivers
        self._members = policy.members
        self._graph = graph
        self._labels = labels
        self._today = policy.today
        self._needed: set[int] = set()

    def suppression(self, finding: Finding) -> Suppressed | None:
        """A waiver of the thing, or waivers of all columns of it that the finding is about."""
        if not self._all:
            return None
        home = self._graph.repository_of(finding.locations[0].file)
        names = set().union(*(names_of(subject, self._graph) for subject in finding.subject))
        names |= {_within(name, home) for name in names} if home else set()
        columns = finding.properties.get("columns")
        waiting = set(columns) if isinstance(columns, (list, tuple)) else set()
        found = None
        for number, (waiver, site) in enumerate(self._all):
            if self._members.get(site.file, home) != home:
                continue
            thing, column = _parts(waiver.thing, names)
            if self._labels.code(waiver.rule) != finding.code or not _is_meant(thing, names):
                continue
            covered = {each for each in waiting if _is_meant(column, {each})} if column else waiting
            if column and not covered:
                continue
            self._needed.add(number)
            if not self._is_over(waiver):
                waiting -= covered
                if not (column and waiting):
                    found = found or Suppressed(finding, WAIVER, waiver.reason, site)
        return found

    def faults(self) -> Iterator[Fault]:
        for number, (waiver, site) in enumerate(self._all):
            what, subject = f"The waiver of {waiver.rule} for `{waiver.thing}`", f"waiver:{waiver.rule}:{waiver.thing}"
            if number in self._needed:
                if self._is_over(waiver):
                    told = f"{what} has expired: it held until {waiver.until}."
                    yield Fault(
                        subject, site, told, "Put the debt right and remove the waiver, or agree on a new date."
                    )
            elif self._labels.answered(waiver.rule):
                yield Fault(subject, site, f"{what} is not needed: nothing of the kind is found.", "Remove it.")

    def _is_over(self, waiver: Waiver) -> bool:
        return waiver.until is not None and waiver.until < self._today


def names_of(subject: str, graph: Graph) -> set[str]:
    """All that a thing may be called in a waiver: its id, the id without kind, the name in messages."""
    plain = apart_from_calls(subject)
    node = graph.nodes.get(subject)
    names = {subject, plain, *(each.partition(":")[2] for each in (subject, plain) if ":" in each)}
    return names | ({node.name} if node is not None else set())


def _within(name: str, repository: str) -> str:
    """A name as the repository itself calls it: `frame:train.py::data`, `train.py::data`."""
    return re.sub(rf"(^|:){re.escape(repository)}/", r"\1", name)


def _parts(thing: str, names: set[str]) -> tuple[str, str]:
    """`data/orders.parquet#age` is a column of a thing, unless the thing is called so."""
    whole, _, column = thing.partition("#")
    return (thing, "") if _is_meant(thing, names) else (whole, column)


def _is_meant(thing: str, names: set[str]) -> bool:
    return thing in names or any(fnmatchcase(name, _literal_brackets(thing)) for name in names)


def _literal_brackets(pattern: str) -> str:
    """Names have brackets of their own (`frame:a.py[0]:train`): only * and ? are wild."""
    return pattern.replace("[", "[[]")
