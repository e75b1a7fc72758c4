"""What would put a finding right, as data: rules say what is to be changed and where, `mldebt.fixes` knows how.

A rule sees no syntax tree and no library: it names the read and the columns that it should bring, say, and whoever
writes the code finds the call and the argument. A change that can't be made as it was meant is not offered.
"""

from __future__ import annotations

from msgspec import Struct

from mldebt.sites import Site

SAFE, UNSAFE, SCAFFOLD = "safe", "unsafe", "scaffold"
SAFETIES = (SAFE, UNSAFE, SCAFFOLD)
"""Safe: what the code does stays what it was. Unsafe: it may change, or has to. Scaffold: a beginning for a person."""


class Edit(Struct, frozen=True, order=True):
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


class Projection(Struct, frozen=True):
    """The reads at these places load these columns and leave out the others."""

    sites: tuple[Site, ...]
    columns: tuple[str, ...]
    without: tuple[str, ...]


class Removal(Struct, frozen=True):
    """A column is not computed any more by the statement at this place."""

    site: Site
    column: str


class Seeding(Struct, frozen=True):
    """The call at this place that draws random numbers takes a seed, else its library does.

    `package`: what draws where the code of the call doesn't say so.
    """

    site: Site
    package: str = ""


class Keyword(Struct, frozen=True):
    """The call at this place takes one more argument.

    `operation`: what the call does, in the words of the knowledge base; `field`: which of its parts the argument plays,
    there, else the argument's own name. `proven`: that the call does what it did.
    """

    site: Site
    operation: str
    field: str
    value: str
    proven: bool = False


class SplitFirst(Struct, frozen=True):
    """What is fitted here before the rows are split is fitted behind that, on one side, and applied to both."""

    site: Site


class Names(Struct, frozen=True):
    """The model that is asked at this place is given a table with its names, not the bare values."""

    site: Site


class Columns(Struct, frozen=True):
    """The model that is asked at this place is given these columns, in this order."""

    site: Site
    columns: tuple[str, ...]


class Declaration(Struct, frozen=True):
    """One more table of this name in the configuration, with these keys and values."""

    table: str
    values: tuple[tuple[str, str | tuple[str, ...]], ...]


class Entries(Struct, frozen=True):
    """A list in a YAML file, below these keys, has these items more, and is without others."""

    file: str
    path: tuple[str, ...]
    items: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


class NewFile(Struct, frozen=True):
    """A file that is not there yet."""

    file: str
    text: str


Change = (
    Edit | Projection | Removal | Seeding | Keyword | SplitFirst | Names | Columns | Declaration | Entries | NewFile
)


class Fix(Struct, frozen=True):
    """All of its changes together, or none.

    `title`: what is done, as an order. `safety`: at best so safe; where the changes don't show that, it is unsafe.
    `edits`: what the changes come to in the text, once that is known.
    """

    title: str
    changes: tuple[Change, ...]
    safety: str = UNSAFE
    edits: tuple[Edit, ...] = ()
