"""Markdown of rule pages, messages and helps as safe HTML: the small part of the language that they use.

Everything is escaped first; HTML in the source is shown, not followed. Links lead to the web or within the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markupsafe import Markup, escape

_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"^(?P<indent>\s*)(?:(?P<bullet>[-*+])|(?P<number>\d{1,9})[.)])\s+(?P<text>.*)$")
_CODE = re.compile(r"(`+)(.+?)\1")
_LINK = re.compile(r"\[([^\]]+)\]\(([^()\s]*(?:\([^()\s]*\)[^()\s]*)*)\)")
_STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_EMPHASIS = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]+?)(?<=\S)\*(?![\w*])")
_SAFE_TARGET = re.compile(r"^(?:https?://|mailto:|#)", re.IGNORECASE)
_LOWEST_HEADING = 6


def inline(text: str) -> Markup:
    """One run of text: code, links, strong and emphasised words."""
    pieces, at = [], 0
    for match in _CODE.finditer(text):
        pieces.append(_words(text[at : match.start()]))
        pieces.append(Markup("<code>{}</code>").format(match[2].strip() or match[2]))
        at = match.end()
    return Markup("").join([*pieces, _words(text[at:])])


def blocks(text: str, heading: int = 4) -> Markup:
    """Paragraphs, lists, code and headings; the highest heading becomes `<h{heading}>`."""
    return Markup("\n").join(_blocks(text.splitlines(), heading))


def _words(text: str) -> Markup:
    pieces, at = [], 0
    for match in _LINK.finditer(text):
        pieces.append(_emphasised(text[at : match.start()]))
        pieces.append(_link(match[1], match[2]))
        at = match.end()
    return Markup("").join([*pieces, _emphasised(text[at:])])


def _link(label: str, target: str) -> Markup:
    if not _SAFE_TARGET.match(target):
        return _emphasised(label)
    return Markup('<a href="{}" rel="noreferrer">{}</a>').format(target, _emphasised(label))


def _emphasised(text: str) -> Markup:
    html = _STRONG.sub(r"<strong>\1</strong>", str(escape(text)))
    return Markup(_EMPHASIS.sub(r"<em>\1</em>", html))


def _blocks(lines: list[str], heading: int) -> Iterator[Markup]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif fence := _FENCE.match(line):
            end = _fence_end(lines, at, fence[1])
            yield _code_block(lines[at + 1 : end])
            at = end + 1
        elif found := _HEADING.match(line):
            level = min(_LOWEST_HEADING, heading + max(0, len(found[1]) - 2))
            yield Markup("<h{}>{}</h{}>").format(level, inline(found[2]), level)
            at += 1
        elif item := _ITEM.match(line):
            end = _list_end(lines, at, len(item["indent"]))
            yield _list(lines[at:end], heading)
            at = end
        else:
            end = _paragraph_end(lines, at)
            yield Markup("<p>{}</p>").format(inline(" ".join(part.strip() for part in lines[at:end])))
            at = end


def _code_block(lines: list[str]) -> Markup:
    return Markup("<pre><code>{}</code></pre>").format("\n".join(lines))


def _fence_end(lines: list[str], start: int, marks: str) -> int:
    """The line that closes the fence, the end of the text where none does."""
    ends = (at for at in range(start + 1, len(lines)) if lines[at].strip().startswith(marks))
    return next(ends, len(lines))


def _paragraph_end(lines: list[str], start: int) -> int:
    for at in range(start + 1, len(lines)):
        line = lines[at]
        if not line.strip() or _FENCE.match(line) or _HEADING.match(line) or _ITEM.match(line):
            return at
    return len(lines)


def _list_end(lines: list[str], start: int, indent: int) -> int:
    """A list goes on over blank lines as long as an item of it or an indented line follows."""
    end = start + 1
    for at in range(start + 1, len(lines)):
        line = lines[at]
        if not line.strip():
            continue
        inside = len(line) - len(line.lstrip()) > indent
        item = _ITEM.match(line)
        if not inside and not item and not lines[at - 1].strip():
            return end
        if not inside and (_HEADING.match(line) or _FENCE.match(line)):
            return end
        end = at + 1
    return end


def _list(lines: list[str], heading: int) -> Markup:
    first = _ITEM.match(lines[0])
    ordered = bool(first and first["number"])
    indent = len(first["indent"]) if first else 0
    items = Markup("").join(_item(item, heading) for item in _items(lines, indent))
    return Markup("<ol>{}</ol>").format(items) if ordered else Markup("<ul>{}</ul>").format(items)


def _items(lines: list[str], indent: int) -> Iterator[list[str]]:
    """The lines of each item without its bullet and without the indentation that it gives to what follows."""
    item: list[str] = []
    width = 0
    for line in lines:
        match = _ITEM.match(line)
        if match and len(match["indent"]) <= indent:
            if item:
                yield item
            width = match.start("text")
            item = [match["text"]]
        else:
            item.append(line[min(width, len(line) - len(line.lstrip())) :])
    yield item


def _item(lines: list[str], heading: int) -> Markup:
    """An item of one paragraph is not set apart as one."""
    html = Markup("\n").join(_blocks(lines, heading))
    head, close, rest = str(html).removeprefix("<p>").partition("</p>")
    return Markup("<li>{}</li>").format(Markup(head + rest) if close and str(html).startswith("<p>") else html)
