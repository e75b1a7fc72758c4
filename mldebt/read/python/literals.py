"""The values of string, number and f-string tokens, worked out without compiling anything."""

from __future__ import annotations

import re
import unicodedata

ESCAPE = re.compile(
    r"\\(\n|[\\'\"abfnrtv]|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\})",
)
SURROGATE = re.compile("[\ud800-\udfff]")
PLAIN = {"\n": "", "\\": "\\", "'": "'", '"': '"', "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
PLAIN["v"] = "\v"
REPLACEMENT = "\ufffd"


def string_value(token: str) -> str | None:
    """The value of a string token with its prefix and quotes; None for bytes."""
    quote = token[-1]
    prefix, _, rest = token.partition(quote)
    if prefix in ("b", "B") or "b" in prefix.lower():
        return None
    text = rest[2:-3] if len(rest) > 4 and rest.startswith(quote * 2) else rest[:-1]
    return text_value(text, "r" in prefix.lower())


def text_value(text: str, raw: bool) -> str:
    """What the text between quotes stands for."""
    if raw or "\\" not in text:
        return text
    return without_surrogates(ESCAPE.sub(_unescape, text))


def identifier(name: str) -> str:
    """A name as Python takes it: in the normal form of Unicode."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def integer_value(token: str) -> int | None:
    """The value of an integer token; None where Python 3 would refuse it."""
    try:
        return int(token, 0)
    except ValueError:
        return None


def _unescape(match: re.Match[str]) -> str:
    escape = match[1]
    if escape in PLAIN:
        return PLAIN[escape]
    if escape[0] == "N":
        return _named(escape[2:-1])
    code = int(escape[1:], 16) if escape[0] in "xuU" else int(escape, 8)
    return chr(code) if code < 0x110000 else REPLACEMENT


def _named(name: str) -> str:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return REPLACEMENT


def without_surrogates(text: str) -> str:
    """Text that can be written to a file."""
    return SURROGATE.sub(REPLACEMENT, text)
