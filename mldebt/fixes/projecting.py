"""Reads that load only the columns that are needed: the argument that says so is put in, or written anew."""

from __future__ import annotations

import libcst as cst
from msgspec import Struct

from mldebt.fixes.apart import is_apart
from mldebt.fixes.arguments import is_spread, keyword, with_keyword
from mldebt.fixes.code import Part, Program
from mldebt.fixes.lookup import calls_that, is_named
from mldebt.fixes.made import Made, Tools
from mldebt.fixes.queries import narrowed_file, narrowed_text
from mldebt.fixes.texts import listed_texts, text_of, without_items, written_list
from mldebt.knowledge.entry import Entry
from mldebt.rules.fix import Edit, Projection
from mldebt.sites import Site


def project(change: Projection, tools: Tools) -> Made | None:
    """All of the reads, or none: one that still loads a column needs it still."""
    made = [_at(change, site, tools) for site in change.sites]
    if not made or any(one is None for one in made):
        return None
    return Made.of(one for one in made if one is not None)


def _at(change: Projection, site: Site, tools: Tools) -> Made | None:
    if site.file.endswith(".sql"):
        return narrowed_file(change, site, tools)
    program = tools.program(site.file)
    part = program.part(site) if program else None
    if program is None or part is None:
        return None
    reads = list(calls_that(program, part, site, "read", tools))
    if len(reads) != 1:
        return None
    read = _Read(change, program, part, *reads[0], tools)
    made = read.in_call() if read.keyword else narrowed_text(change, program, part, read.call, read.entry, tools)
    if made is None or is_named(program, change.without, read.own_places(site)):
        return None
    return made


class _Read(Struct, frozen=True, dict=True):
    change: Projection
    program: Program
    part: Part
    call: cst.Call
    entry: Entry
    tools: Tools

    @property
    def keyword(self) -> str:
        """The argument that says which columns are loaded; a query says it itself."""
        if "sql" in self.entry.fields:
            return ""
        return next((str(each) for each in self.entry.selector("columns") if isinstance(each, str)), "")

    @property
    def given(self) -> cst.BaseExpression | None:
        argument = keyword(self.call, self.keyword)
        return argument.value if argument is not None else None

    @property
    def list_of_its_own(self) -> cst.BaseExpression | None:
        """The list that the argument names, if nothing else reads it."""
        if not isinstance(self.given, cst.Name) or self.tools.is_imported(self.part.file):
            return None
        bound, mentions = self.program.bindings(self.given.value), self.program.mentions(self.given.value)
        return bound[0].value if len(bound) == 1 and len(mentions) == 2 else None

    def own_places(self, site: Site) -> list[tuple[Part, cst.CSTNode]]:
        """Where the columns are named for the read alone."""
        places: list[tuple[Part, cst.CSTNode]] = [(self.part, self.call)]
        if isinstance(self.given, cst.Name):
            places += [(each.part, each.value) for each in self.program.bindings(self.given.value)]
        elif isinstance(self.call.args[0].value, cst.Name):
            places += [(each.part, each.value) for each in self.program.bindings(self.call.args[0].value.value)]
        return places

    def in_call(self) -> Made | None:
        if is_spread(self.call) or self._lies_by_position():
            return None
        edits = self._edits()
        return Made(edits, self._is_proven()) if edits else None

    def _edits(self) -> tuple[Edit, ...]:
        if self.given is None:
            edit = with_keyword(self.part, self.call, self.keyword, written_list(self.change.columns))
            return (edit,) if edit else ()
        if isinstance(self.given, cst.List):
            return without_items(self.part, self.given, self.change.without)
        if isinstance(self.list_of_its_own, cst.List):
            part = self.program.bindings(self.given.value)[0].part  # type: ignore[attr-defined]
            return without_items(part, self.list_of_its_own, self.change.without)
        bound = self.program.bindings(self.given.value) if isinstance(self.given, cst.Name) else []
        names = listed_texts(bound[0].value) if len(bound) == 1 else None
        kept = [name for name in names or () if name not in self.change.without]
        return (self.part.replace(self.given, written_list(kept)),) if kept and names else ()

    def _lies_by_position(self) -> bool:
        places = [each for each in self.entry.selector("columns") if isinstance(each, int)]
        given = sum(arg.keyword is None for arg in self.call.args)
        return any(place < given for place in places)

    def _named_keys(self) -> set[str]:
        """Arguments that name columns, as the index or as dates, and don't count them."""
        given = {str(each): keyword(self.call, str(each)) for each in self.entry.selector("keys")}
        return {
            name
            for name, arg in given.items()
            if arg is not None and (text_of(arg.value) is not None or listed_texts(arg.value) is not None)
        }

    def _is_proven(self) -> bool:
        """Whether nothing else than the columns changes: their order, what other arguments mean, what is done then."""
        beside = {arg.keyword.value for arg in self.call.args if arg.keyword is not None} - {self.keyword}
        in_order = self.entry.flag("in_stored_order") or self.given is not None
        if not in_order or not beside <= {*self.entry.selector("beside"), *self._named_keys()}:
            return False
        if sum(arg.keyword is None for arg in self.call.args) > 1:
            return False
        return is_apart(self.program, self.part, self.call, self.change, self.tools)
