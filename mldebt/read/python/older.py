"""Python 2 → what today's parsers accept, on the same lines: enough to read it, not to run it."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterable, Iterator
from io import StringIO

Token = tokenize.TokenInfo
Edit = tuple[tuple[int, int], tuple[int, int], str]
"""(where it starts, where it ends, what stands there instead); lines count from 1."""

LAYOUT = (tokenize.NEWLINE, tokenize.NL, tokenize.INDENT, tokenize.DEDENT, tokenize.COMMENT)
OPENING, CLOSING = "([{", ")]}"
CHANGED = ("print", "exec", "raise", "except")


def modernised(source: str) -> str:
    """The source with its statements in today's form; unchanged where it can't even be divided into words."""
    text = "\n".join(_untabbed(line) for line in source.split("\n"))
    try:
        tokens = [token for token in tokenize.generate_tokens(StringIO(text).readline) if token.type != tokenize.NL]
    except (tokenize.TokenError, SyntaxError):
        return source
    lines = text.split("\n")
    for (row, start), (last, end), instead in sorted(_edits(tokens), reverse=True):
        if row == last:
            lines[row - 1] = lines[row - 1][:start] + instead + lines[row - 1][end:]
    return "\n".join(lines)


def _untabbed(line: str) -> str:
    """Tabs count for eight columns in an indentation."""
    body = line.lstrip(" \t")
    return line[: len(line) - len(body)].expandtabs(8) + body


def _edits(tokens: list[Token]) -> Iterator[Edit]:
    for at, token in enumerate(tokens):
        if token.type == tokenize.NUMBER:
            yield from _number(token, tokens[at + 1])
        elif token.string == "<>":  # one word from Python 3.12 on, two before
            yield token.start, token.end, "!="
        elif token.string == "<" and tokens[at + 1].string == ">" and tokens[at + 1].start == token.end:
            yield token.start, tokens[at + 1].end, "!="
        elif token.type == tokenize.NAME and _begins(tokens, at):
            yield from _statement(tokens, at)


def _begins(tokens: list[Token], at: int) -> bool:
    """Whether a word is the first of a statement."""
    before = tokens[at - 1] if at else None
    return before is None or before.type in LAYOUT or before.string in (";", ":", "")


def _statement(tokens: list[Token], at: int) -> Iterator[Edit]:
    word = tokens[at]
    if word.string not in CHANGED:
        return
    rest = list(_rest(tokens, at))
    first = rest[0] if rest else None
    commas = [token for token, depth in _depths(rest) if token.string == "," and depth == 0]
    if word.string in ("print", "exec") and not (first and first.string in ("=", ".", ",")):
        yield from _as_call(word, rest)
    elif word.string == "raise" and commas and first is not None:
        yield first.start, first.start, "("
        yield rest[-1].end, rest[-1].end, ")"
    elif word.string == "except" and commas:
        yield commas[0].start, commas[0].end, " as"


def _as_call(word: Token, rest: list[Token]) -> Iterator[Edit]:
    """`print >>file, x` → `print(file, x)`."""
    yield word.end, word.end, "("
    if rest and rest[0].string == ">>":
        yield rest[0].start, rest[0].end, "  "
    for token in rest:
        if word.string == "exec" and token.string == "in":
            yield token.start, token.end, ", "
    end = rest[-1].end if rest else word.end
    yield end, end, ")"


def _rest(tokens: list[Token], at: int) -> Iterator[Token]:
    """What follows a word up to the end of its statement, or of its header."""
    header = tokens[at].string == "except"
    for token, depth in _depths(tokens[number] for number in range(at + 1, len(tokens))):
        if depth == 0 and (token.type in LAYOUT or token.string == ";" or (header and token.string == ":")):
            return
        if token.type == tokenize.ENDMARKER:
            return
        if token.type != tokenize.COMMENT:
            yield token


def _depths(tokens: Iterable[Token]) -> Iterator[tuple[Token, int]]:
    depth = 0
    for token in tokens:
        depth -= token.string in tuple(CLOSING)
        yield token, depth
        depth += token.string in tuple(OPENING)


def _number(token: Token, following: Token) -> Iterator[Edit]:
    """`10L` and `0777`."""
    if following.string in ("L", "l") and following.start == token.end:
        yield following.start, following.end, ""
    elif re.fullmatch(r"0[0-7]*[1-7][0-7]*", token.string):  # one number from Python 3.12 on
        yield token.start, token.start, "0o"
    elif token.string == "0" and following.type == tokenize.NUMBER and following.start == token.end:
        yield token.start, token.end, "0o"
