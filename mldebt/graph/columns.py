"""Which columns matter: uses flow back from where they are noted to everything that they are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from mldebt.evaluate.trace import ALL, CHOICES, IGNORED, PICKED, Trace, TracedUse, better_source, united
from mldebt.evaluate.values import ColumnRef
from mldebt.graph.model import Column, ColumnUse
from mldebt.sites import Site, in_order
from mldebt.terms import Term, is_predicted

CERTAIN = ("projection", "header", "schema", "derived", "contract", "written")


class ColumnTable:
    """Columns of every node, each with its uses: its own, and those of what is derived from it."""

    def __init__(self, trace: Trace, renamed: Callable[[str], str]) -> None:
        self.rename = renamed
        self.parents: dict[ColumnRef, set[ColumnRef]] = defaultdict(set)
        self.uses: dict[ColumnRef, set[ColumnUse]] = defaultdict(set)
        self.used_in: dict[ColumnRef, tuple[ColumnUse, ...]] = {}
        self.facts: dict[ColumnRef, tuple[str, tuple[Site, ...]]] = {}
        self.terms: dict[ColumnRef, Term | None] = {}
        for ref, column in trace.columns.items():
            key = self._key(ref)
            known = self.facts.get(key)
            if known is None:
                self.facts[key] = (column.source, column.sites)
            else:
                self.facts[key] = (better_source(known[0], column.source), united(known[1], column.sites))
            if column.parents:
                self.parents[key] |= {self._key(parent) for parent in column.parents} - {key}
            if column.told:
                term = None if column.term is not None and is_predicted(column.term) else column.term
                self.terms[key] = term if self.terms.get(key, term) == term else None
        self._chosen: dict[tuple[str, str], dict[Site, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._collect(trace.uses)
        self._propagate()

    def _key(self, ref: ColumnRef) -> ColumnRef:
        return self.rename(ref[0]), ref[1]

    def _collect(self, uses: Iterable[TracedUse]) -> None:
        by_owner: dict[str, list[str]] = defaultdict(list)
        for owner, name in self.facts:
            by_owner[owner].append(name)
        for use in uses:
            owner = self.rename(use.owner)
            if use.kind in CHOICES:
                self._chosen[owner, use.kind][use.site].add(use.column)
                continue
            names = [name for name in by_owner[owner] if name not in use.but] if use.column == ALL else [use.column]
            for name in names:
                self.uses[owner, name].add(ColumnUse(use.kind, use.site))

    def _propagate(self) -> None:
        """A column that something used is made of is used, too."""
        for together in self._connected():
            self._propagate_among(together)

    def _connected(self) -> Iterator[list[ColumnRef]]:
        """The columns that are used, and those that they are made of, apart where they have nothing to do with each
        other."""
        near: dict[ColumnRef, list[ColumnRef]] = defaultdict(list)
        for ref, parents in self.parents.items():
            for parent in parents:
                near[ref].append(parent)
                near[parent].append(ref)
        left = dict.fromkeys(self.uses)
        while left:
            waiting = [left.popitem()[0]]
            found = dict.fromkeys(waiting)
            while waiting:
                for other in near.get(waiting.pop(), ()):
                    if other not in found:
                        found[other] = None
                        waiting.append(other)
            for ref in found:
                left.pop(ref, None)
            yield [ref for ref in found if ref in self.uses]

    def _propagate_among(self, used: Sequence[ColumnRef]) -> None:
        """Sets of uses are bits of one number meanwhile: joining them is most of the work in a repository of long
        chains."""
        all_uses = sorted(frozenset().union(*(self.uses[ref] for ref in used)), key=lambda use: (use.site, use.kind))
        number = {use: 1 << at for at, use in enumerate(all_uses)}
        held = {ref: sum(number[use] for use in self.uses[ref]) for ref in used}
        waiting = list(held)
        while waiting:
            ref = waiting.pop()
            for parent in self.parents.get(ref, ()):
                before = held.get(parent, 0)
                held[parent] = before | held[ref]
                if held[parent] != before:
                    waiting.append(parent)
        alike: dict[int, tuple[ColumnUse, ...]] = {}
        for ref, bits in held.items():
            if bits not in alike:
                alike[bits] = _members(bits, all_uses)
            self.used_in[ref] = alike[bits]

    def chosen(self, owner: str) -> dict[str, object]:
        """What code takes of a stored thing by name, place by place, and what it drops whether it is there or not."""
        if (owner, PICKED) not in self._chosen and (owner, IGNORED) not in self._chosen:
            return {}
        picked = {tuple(sorted(names)) for names in self._chosen.get((owner, PICKED), {}).values()}
        ignored = set().union(*self._chosen.get((owner, IGNORED), {}).values())
        found = {PICKED: tuple(sorted(picked)), IGNORED: tuple(sorted(ignored))}
        return {how: names for how, names in found.items() if names}

    def of(self, owner: str, read: bool) -> tuple[Column, ...]:
        """The columns of a node. `read` is False for what nobody reads: then nothing can be said of its columns."""
        names = [name for _, name in self._names(owner)]
        asked = [name for name in names if self.facts[owner, name][0] == "mention"]
        return tuple(self._column(owner, name, read and not _asked_otherwise(name, asked)) for name in names)

    def _names(self, owner: str) -> list[ColumnRef]:
        if not hasattr(self, "_index"):
            self._index: dict[str, list[ColumnRef]] = defaultdict(list)
            for ref in self.facts:
                self._index[ref[0]].append(ref)
        return sorted(self._index.get(owner, ()))

    def _column(self, owner: str, name: str, read: bool) -> Column:
        source, sites = self.facts[owner, name]
        uses = self.used_in.get((owner, name), ())
        return Column(
            name=name,
            used=_is_used(uses, source, read),
            source=source,
            uses=uses[:50],
            derived_from=tuple(sorted(self.parents.get((owner, name), ()))),
            sites=in_order(sites),
            expression=self.terms.get((owner, name)),
        )


def _asked_otherwise(name: str, asked: Iterable[str]) -> bool:
    """Whether somebody asks for a column that nobody brings and that may be this one with an ending, after a join."""
    return any(other.startswith(name) and other != name for other in asked)


def _members(bits: int, uses: Sequence[ColumnUse]) -> tuple[ColumnUse, ...]:
    found: list[ColumnUse] = []
    while bits:
        last = bits & -bits
        found.append(uses[last.bit_length() - 1])
        bits ^= last
    return tuple(found)


def _is_used(uses: tuple[ColumnUse, ...], source: str, read: bool) -> bool | None:
    if any(use.kind != "escape" for use in uses):
        return True
    if uses or not read or source not in CERTAIN:
        return None
    return False
