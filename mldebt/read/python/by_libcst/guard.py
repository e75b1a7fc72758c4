"""Text that would keep the parser of libcst busy for many seconds, or end the process: machine-written formulas."""

from __future__ import annotations

import re

from mldebt.read.python.lines import STRING, logical_lines
from mldebt.read.python.unreadable import Unreadable

USUAL_DEPTH = 6
DEEPEST = 150
MOST_NESTING = 60_000
LONG = 2_000
MOST_OPERATORS = 1_000
MOST_BRANCHES = 1_000
MARK = re.compile(rf"{STRING}|\#[^\n]*|[()\[\]{{}}]", re.DOTALL)
CHAIN_MARK = re.compile(
    rf"{STRING}|\#[^\n]*|[()\[\]{{}},;]|\*\*|//|[-+*/%@&|^.<>]|\b(?:and|or|not|in|is|if|lambda)\b", re.DOTALL
)
BRANCH = re.compile(r"^[ \t\f]*elif\b", re.MULTILINE)


def refuse_slow(source: str) -> None:
    """Raise `Unreadable` where the parser's time, quadratic in depth and in the length of chains, would explode."""
    depth = nesting = 0
    for match in MARK.finditer(source):
        token = match[0]
        if token in "([{":
            depth += 1
            if depth > USUAL_DEPTH:
                nesting += depth - USUAL_DEPTH
                if depth > DEEPEST or nesting > MOST_NESTING:
                    raise Unreadable("brackets nested too deeply")
        elif token in ")]}":
            depth = max(0, depth - 1)
    if len(BRANCH.findall(source)) > MOST_BRANCHES:
        raise Unreadable(f"more than {MOST_BRANCHES:,} branches")
    for text in logical_lines(source):
        if len(text) > LONG and longest_chain(text) > MOST_OPERATORS:
            raise Unreadable(f"an expression of more than {MOST_OPERATORS:,} operators")


def longest_chain(text: str) -> int:
    """The most operators that stand in one expression, without those inside brackets in it."""
    longest, counts = 0, [0]
    for match in CHAIN_MARK.finditer(text):
        token = match[0]
        if token in "([{":
            counts.append(0)
        elif token in ")]}":
            counts = counts[:-1] or [0]
            counts[-1] += 1
        elif token in ",;":
            counts[-1] = 0
        elif token[0] not in "\"'#":
            counts[-1] += 1
        longest = max(longest, counts[-1])
    return longest
