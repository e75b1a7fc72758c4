"""Where the name of a column is written in code, whatever the evaluator made of it.

"Nobody uses it" is only said of a column that nothing speaks of. Code that can't be followed (a lambda over rows, a
dictionary of aggregations, a helper that takes a name) still has to write the name down somewhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mldebt.graph.code import Code
from mldebt.graph.spellings import LISTED, STORED
from mldebt.graph.unread import UnreadCode
from mldebt.sites import Site


class Mentions:
    """Mentions of names in the files of a repository; a file is looked through when it is first asked about."""

    def __init__(self, code: Code, imports: Mapping[str, Iterable[str]], unread: UnreadCode | None = None) -> None:
        self._code = code
        self._unread = unread
        self._near: dict[str, set[str]] = {}
        for file, imported in imports.items():
            for other in imported:
                self._near.setdefault(file, set()).add(other)
                self._near.setdefault(other, set()).add(file)

    def elsewhere(self, name: str, sites: Iterable[Site], readers: Iterable[str] = (), *, made: bool = False) -> bool:
        """Whether the name is written at another place than the sites, in the files or next to them by import.

        The files are `readers`, those that read the column's data set; without any, those of the sites. A list of names
        says which columns there are, not what becomes of them, so it does not count, unless the column is `made` here:
        then somebody takes it. Code that can't be read may import anything, so its every word does.
        """
        if self._unread is not None and self._unread.speaks_of(name):
            return True
        own = list(sites)
        files = set(readers) or {site.file for site in own}
        files |= {other for file in files for other in self._near.get(file, ())}
        near = [file for file in files if self._code.spells(file, name)]
        return any(
            not _overlaps(place, own) or self._chained(name, place)
            for file in near
            for place in self._code.places(file, name)
        ) or (
            made and any(not _overlaps(place, own) for file in near for place in self._code.places(file, name, LISTED))
        )

    def _chained(self, name: str, place: Site) -> bool:
        """Whether one statement makes a column and speaks of it again: `.select(….alias("x")).filter(col("x") > 0)`."""
        stored = self._code.places(place.file, name, STORED)
        return list(self._code.places(place.file, name)).count(place) > 1 and place not in stored


def _overlaps(place: Site, sites: Iterable[Site]) -> bool:
    return any(
        place.file == site.file
        and place.cell == site.cell
        and place.line <= site.end_line
        and site.line <= place.end_line
        for site in sites
    )
