"""Queries that ask only for the columns that are needed: items go out of the list behind SELECT, and no more."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import libcst as cst
from msgspec import Struct
from sqlglot import tokenize
from sqlglot.errors import SqlglotError
from sqlglot.tokens import Token, TokenType  # type: ignore[attr-defined]

from mldebt.fixes.code import Part, Program
from mldebt.fixes.made import Made, Tools
from mldebt.knowledge.entry import Entry
from mldebt.rules.fix import Edit, Projection
from mldebt.rules.result import line_starts
from mldebt.sites import Site

_TOO_MUCH = frozenset({
    TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT, TokenType.DISTINCT, TokenType.WITH, TokenType.GROUP_BY,
    TokenType.HAVING, TokenType.SEMICOLON, TokenType.INSERT, TokenType.CREATE, TokenType.INTO,
})  # fmt: skip
"""With one of these, more hangs on an item of the list than its column."""
_CUT = tuple[int, int]


def narrowed_file(change: Projection, site: Site, tools: Tools) -> Made | None:
    """A statement in a file of SQL; who runs it is not known, so nothing is proven."""
    text = tools.source.text(site.file).removeprefix("\ufeff")
    starts = line_starts(text)
    if not site.line <= len(starts):
        return None
    begin = starts[site.line - 1]
    end = starts[site.end_line] if site.end_line < len(starts) else len(text)
    statement = text[begin:end].rstrip().removesuffix(";")
    cuts = cuts_of(statement, change.without)
    if not cuts:
        return None
    return Made(tuple(_edit(site.file, starts, begin + first, begin + last) for first, last in cuts))


def narrowed_text(
    change: Projection, program: Program, part: Part, call: cst.Call, entry: Entry, tools: Tools
) -> Made | None:
    """A query that is written out in the call, or under a name that only the call uses."""
    where, node = part, call.args[0].value if call.args and call.args[0].keyword is None else None
    if isinstance(node, cst.Name):
        bound = program.bindings(node.value)
        if len(bound) != 1 or len(program.mentions(node.value)) != 2 or tools.is_imported(part.file):
            return None
        where, node = bound[0].part, bound[0].value
    if not isinstance(node, cst.SimpleString) or node.evaluated_value != node.raw_value:
        return None
    cuts = cuts_of(str(node.raw_value), change.without)
    if not cuts:
        return None
    place = where.ranges[node].start
    lead = len(node.prefix) + len(node.quote)
    return Made(tuple(_within(where, node, (place.line, place.column + lead), cut) for cut in cuts))


def cuts_of(query: str, unwanted: Collection[str]) -> list[_CUT]:
    """What is to be cut out of the text; nothing where the query is more than a plain list of columns."""
    try:
        tokens = list(tokenize(query))
    except SqlglotError:
        return []
    selects = [number for number, token in enumerate(tokens) if token.token_type == TokenType.SELECT]
    if len(selects) != 1 or any(token.token_type in _TOO_MUCH for token in tokens) or _orders_by_number(tokens):
        return []
    items = _items(tokens, selects[0] + 1)
    names = [item.name for item in items]
    wanted = {name for name in names if name in unwanted}
    if not wanted or len(wanted) == len(items) or len(set(names)) != len(names) or "" in wanted:
        return []
    rest = {token.text for token in tokens[items[-1].after :]}
    renamed = {item.name for item in items if item.renamed}
    return [] if wanted & renamed & rest else _cuts(items, wanted)


class _Item(Struct, frozen=True, dict=True):
    """`name`: what the column is called then, "" for anything but a plain column; `after`: the number of the token
    behind it.
    """

    name: str
    renamed: bool
    start: int
    end: int
    after: int


def _items(tokens: Sequence[Token], first: int) -> list[_Item]:
    items: list[_Item] = []
    here: list[Token] = []
    depth = 0
    for number in range(first, len(tokens) + 1):
        token = tokens[number] if number < len(tokens) else None
        kind = token.token_type if token else TokenType.FROM
        depth += (kind == TokenType.L_PAREN) - (kind == TokenType.R_PAREN)
        if depth == 0 and kind in (TokenType.COMMA, TokenType.FROM):
            if here:
                items.append(_item(here, number))
            here = []
            if kind == TokenType.FROM:
                break
        elif token is not None:
            here.append(token)
    return items


def _item(tokens: Sequence[Token], after: int) -> _Item:
    start, end = tokens[0].start, tokens[-1].end + 1
    path, renamed = list(tokens), False
    if len(tokens) > 2 and tokens[-2].token_type == TokenType.ALIAS:
        path, renamed = list(tokens[:-2]), True
    plain = len(path) % 2 == 1 and all(
        token.token_type == TokenType.DOT if number % 2 else token.token_type in (TokenType.VAR, TokenType.IDENTIFIER)
        for number, token in enumerate(path)
    )
    return _Item(tokens[-1].text if plain else "", renamed, start, end, after)


def _cuts(items: Sequence[_Item], unwanted: Collection[str]) -> list[_CUT]:
    kept = [number for number, item in enumerate(items) if item.name not in unwanted]
    last = kept[-1]
    cuts = [(item.start, items[number + 1].start) for number, item in enumerate(items[:last]) if item.name in unwanted]
    if last < len(items) - 1:
        cuts.append((items[last].end, items[-1].end))
    return cuts


def _orders_by_number(tokens: Sequence[Token]) -> bool:
    behind = False
    for token in tokens:
        behind = behind or token.token_type == TokenType.ORDER_BY
        if behind and token.token_type == TokenType.NUMBER:
            return True
    return False


def _edit(file: str, starts: Sequence[int], begin: int, end: int) -> Edit:
    (line, column), (end_line, end_column) = _place(starts, begin), _place(starts, end)
    return Edit(file, line, column, end_line, end_column, "")


def _place(starts: Sequence[int], offset: int) -> tuple[int, int]:
    line = max(number for number, start in enumerate(starts, 1) if start <= offset)
    return line, offset - starts[line - 1] + 1


def _within(part: Part, node: cst.SimpleString, origin: tuple[int, int], cut: _CUT) -> Edit:
    """An edit of a text that begins at the origin, line from 1 and column from 0."""
    text = str(node.raw_value)
    return part.edit(_moved(text, origin, cut[0]), _moved(text, origin, cut[1]), "")


def _moved(text: str, origin: tuple[int, int], offset: int) -> tuple[int, int]:
    before = text[:offset]
    breaks = before.count("\n")
    column = offset - before.rfind("\n") - 1 if breaks else origin[1] + offset
    return origin[0] + breaks, column
