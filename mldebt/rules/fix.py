"""What would put a finding right, as data: rules say what is to be changed and where, `mldebt.fixes` knows how.

A rule sees no syntax tree and no library: it names the read and the columns that it should bring, say, and whoever
writes the code finds the call and the argument. A change that can't be made as it was meant is not offered.
"""

from __future__ import annotations

from dataclasses import dataclass

from mldebt.sites import Site

SAFE, UNSAFE, SCAFFOLD = "safe", "unsafe", "scaffold"
SAFETIES = (SAFE, UNSAFE, SCAFFOLD)
"""Safe: what the code does stays what it was. Unsafe: it may change, or has to. Scaffold: a beginning for a person."""


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """A text that takes the place of a range of a file, or of a notebook's cell.

    Lines and columns count from 1, in code points; the end lies one behind the last character. In a file that is not
    there yet, the range is empty and at its beginning.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    cell: int = -1


@dataclass(frozen=True, slots=True)
class Projection:
    """The reads at these places load these columns and leave out the others."""

    sites: tuple[Site, ...]
    columns: tuple[str, ...]
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Removal:
    """A column is not computed any more by the statement at this place."""

    site: Site
    column: str


@dataclass(frozen=True, slots=True)
class Seeding:
    """The call at this place that draws random numbers takes a seed, else its library does.

    `library`: the package that draws where the code of the call doesn't say so.
    """

    site: Site
    library: str = ""


@dataclass(frozen=True, slots=True)
class Keyword:
    """The call at this place takes one more argument.

    `operation`: what the call does, in the words of the knowledge base; `field`: which of its parts the argument plays,
    there, else the argument's own name. `proven`: that the call does what it did.
    """

    site: Site
    operation: str
    field: str
    value: str
    proven: bool = False


@dataclass(frozen=True, slots=True)
class SplitFirst:
    """What is fitted here before the rows are split is fitted behind that, on one side, and applied to both."""

    site: Site


@dataclass(frozen=True, slots=True)
class Names:
    """The model that is asked at this place is given a table with its names, not the bare values."""

    site: Site


@dataclass(frozen=True, slots=True)
class Columns:
    """The model that is asked at this place is given these columns, in this order."""

    site: Site
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declaration:
    """One more table of this name in the configuration, with these keys and values."""

    table: str
    values: tuple[tuple[str, str | tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """A list in a YAML file, below these keys, has these items more, and is without others."""

    file: str
    path: tuple[str, ...]
    items: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that is not there yet."""

    file: str
    text: str


Change = (
    Edit | Projection | Removal | Seeding | Keyword | SplitFirst | Names | Columns | Declaration | Entries | NewFile
)


@dataclass(frozen=True, slots=True)
class Fix:
    """All of its changes together, or none.

    `title`: what is done, as an order. `safety`: at best so safe; where the changes don't show that, it is unsafe.
    `edits`: what the changes come to in the text, once that is known.
    """

    title: str
    changes: tuple[Change, ...]
    safety: str = UNSAFE
    edits: tuple[Edit, ...] = ()
