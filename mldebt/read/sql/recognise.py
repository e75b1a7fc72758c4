"""Is a string SQL? A question asked of every string in the code, so it costs one regular expression."""

from __future__ import annotations

import re

LEAD = re.compile(r"(?:\s+|--[^\n]*(?:\n|$)|/\*.*?\*/|\{%.*?%\}|\{#.*?#\}|\{\{\s*config\(.*?\}\}|\()*", re.DOTALL)
NAME = r"""[\w.{}$@#%:"`\[\]-]+"""
STATEMENT = re.compile(
    rf"""
      select\b(?=[\s({{"`*\[]) (?P<list>.*?) (?: \bfrom\b \s* (?P<table>[\w{{("`\[%:$@\#'?/]) .* )
    | select \s+ (?: [\d'*] | [\w.]+ \s* \( ) .*
    | with \s+ (?:recursive\s+)? {NAME} \s* (?:\([^)]*\)\s*)? as \s+ (?:(?:not\s+)?materialized\s*)? \( .*
    | with \s+ (?:recursive\s+)? {NAME} \s* (?:\([^)]*\)\s*)? as \( .*
    | insert \s+ (?: (?:or\s+\w+\s+|ignore\s+)? into | overwrite ) \s+ (?:table\s+)? {NAME} .*
    | replace \s+ into \s+ {NAME} .*
    | update \s+ (?:only\s+)? {NAME} (?:\s+(?:as\s+)?\w+)? \s+ set \s+ [\w."`\[\]{{}}%]+ \s* = .*
    | delete \s+ from \s+ {NAME} \s* (?: $ | ; | \s(?:where|using|as)\b .* )
    | merge \s+ into \s+ {NAME} .*
    | create \s+ (?:or\s+replace\s+)? (?:(?:global|local|temp|temporary|transient|external|unlogged|unique|foreign
        |materialized|live|streaming)\s+)* (?:
            (?:table|view) \s+ (?:if\s+not\s+exists\s+)? {NAME}
            (?: \s*[(;] | \s+(?:as|like|using|partition|partitioned|partitions|clone|on|stored|with|row|of)\b ) .*
          | (?:index|schema|database|function|procedure|trigger) \s+ (?:if\s+not\s+exists\s+)? {NAME} .* )
    | drop \s+ (?:table|view|index|schema|database|materialized\s+view) \s+ (?:if\s+exists\s+)? {NAME} .*
    | alter \s+ table \s+ {NAME} \s .*
    | truncate \s+ (?:table\s+)? {NAME} \s* (?:cascade\s*)? (?:; | $)
    | copy \s+ (?: {NAME} \s* (?:\([^)]*\)\s*)? (?:from|to)\b | \( ) .*
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)
PROSE = re.compile(
    r"\s*(?:an?|the|your|this|that|these|all|any|one|which|some|only|from|between|more|at)\s+(?!as\b|from\b)[a-z]\w*\b(?!\s*[(,.])",
    re.IGNORECASE,
)
PROSE_TABLE = re.compile(r"\bfrom\s+(?:an?|the|your|this|that|these|all|any|one|which|some)\s+[a-z]", re.IGNORECASE)
PARSED_LENGTH = 20_000


def looks_like_sql(text: str) -> bool:
    """Whether a string is a SQL statement, rather than prose that begins with the same word."""
    body = text[LEAD.match(text).end() :][:PARSED_LENGTH]  # type: ignore[union-attr]
    match = STATEMENT.match(body)
    if match is None:
        return False
    if match["list"] is None:
        return True
    return not (PROSE.match(match["list"]) or PROSE_TABLE.search(body[match.end("list") :][:80]))
