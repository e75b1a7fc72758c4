"""A graph that is linked when somebody asks for more of it than is known without."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from mldebt.graph.model import Coverage, Graph, Unit

Item = TypeVar("Item")


class LateGraph(Graph):
    """`coverage`, `units` and `repositories` are known from the start; `make` gives the whole."""

    def __init__(
        self,
        make: Callable[[], Graph],
        coverage: Coverage,
        units: Mapping[str, Unit],
        repositories: tuple[str, ...] = (),
    ) -> None:
        self._make = make
        self.coverage = coverage
        self.units = dict(units)
        self.repositories = repositories

    def linked(self) -> LateGraph:
        """The same graph, by now linked."""
        made = vars(self)
        if "nodes" not in made:
            made.update(vars(made["_make"]()))
        return self

    def __getattr__(self, name: str) -> Any:
        """What isn't there yet, be it that nobody has linked the graph."""
        if name.startswith("__") or name in vars(self.linked()):
            return object.__getattribute__(self, name)
        raise AttributeError(f"a graph has no {name}")


class Late(Iterable[Item]):
    """Things that can be asked for more than once, though they come only once, `after` others."""

    def __init__(self, source: Iterable[Item], after: Iterable[object] = ()) -> None:
        self._source = source
        self._after = after
        self._known: tuple[Item, ...] | None = None

    def __iter__(self) -> Iterator[Item]:
        if self._known is None:
            tuple(self._after)
            self._known = tuple(self._source)
        return iter(self._known)
