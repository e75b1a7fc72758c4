"""Templates inside SQL: replaced by names that every dialect can parse, and put back into the names that come out."""

from __future__ import annotations

import re
from collections.abc import Callable

from msgspec import Struct, field

HOLE = "mldebt_hole_"
PUT_BACK = re.compile(HOLE + r"(\d+)_", re.IGNORECASE)

JINJA = re.compile(
    r"\{#(?:(?!\{#|#\}).)*#\}"
    r"|\{%-?\s*(?P<tag>\w*)(?:(?!\{%|%\}).)*%\}"
    r"|\{\{-?(?P<output>(?:(?!\{\{|\}\}).)*)\}\}",
    re.DOTALL,
)
REF = re.compile(r"""ref\s*\(\s*(?:['"][^'"]*['"]\s*,\s*)?['"]([^'"]+)['"][^)]*\)$""")
SOURCE = re.compile(r"""source\s*\(\s*['"]([^'"]+)['"]\s*,\s*['"]([^'"]+)['"]\s*\)$""")
SILENT = re.compile(r"(?:config|log|set|print|do|snapshot_config|exceptions\.\w+|return)\s*\(")
SIMPLE = re.compile(r"[A-Za-z_][\w.]*$")
QUOTED_WORD = re.compile(r"""['"]([\w.]+)['"]""")

PIECE = re.compile(
    r"(?P<comment>--[^\n]*|/\*.*?\*/)"
    r"|(?P<quoted>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|`[^`]*`|\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)"
    r"|(?P<meta>(?m:^)[ \t]*(?:\\[^\n]*|\.[a-z]+\b[^\n]*|GO[ \t]*(?=\n|$))|\\g[a-z]*[^\n]*)"
    r"|(?P<brace>\$?\{(?!\s*['\"][^'\"\n]*['\"]\s*:)(?:[^{}\n]|\{[^{}\n]*\})*\})"
    r"|(?P<value>%\([^)\n]*\)[sdfir]|%[sdfir]\b|(?<![\w:\]]):[A-Za-z_]\w*\b|(?<![\w$])\$\d+)"
    r"|(?P<percent>%%)"
    r"|(?P<variable>(?:(?<=_)|(?<![\w)\]'\"]))%[A-Za-z_]\w*)",
    re.DOTALL,
)


class Templates(Struct, dict=True):
    """The text without templates, and what stood at each hole."""

    holes: list[str] = field(default_factory=list)
    values: set[int] = field(default_factory=set)

    def hole(self, written: str, *, value: bool = False) -> str:
        if value:
            self.values.add(len(self.holes))
        self.holes.append(written)
        return f"{HOLE}{len(self.holes) - 1}_"

    def put_back(self, name: str) -> str:
        """A name as it was written."""
        return PUT_BACK.sub(self._written, name)

    def _written(self, match: re.Match[str]) -> str:
        return self.holes[int(match[1])]

    def is_hole(self, name: str) -> bool:
        """Whether a name is nothing but a hole."""
        return PUT_BACK.fullmatch(name) is not None

    def is_value(self, name: str) -> bool:
        """Whether a name is only a place for a value, as `%s` is."""
        match = PUT_BACK.fullmatch(name)
        return match is not None and int(match[1]) in self.values


def neutralise(text: str) -> tuple[str, Templates]:
    """Text of the same lines in which every template is a plain name."""
    templates = Templates()
    text = PIECE.sub(lambda match: _piece(match, templates), _without_jinja(text, templates))
    return text, templates


def _without_jinja(text: str, templates: Templates) -> str:
    if "{{" not in text and "{%" not in text and "{#" not in text:
        return text
    kept: list[str] = []
    at, dropped = 0, 0
    for match in JINJA.finditer(text):
        before = text[at : match.start()]
        kept.append(_line_breaks(before) if dropped else before)
        dropped = _branch(match["tag"] or "", dropped)
        kept.append("" if dropped or match["output"] is None else _output(match["output"], templates))
        kept.append(_line_breaks(match[0]))
        at = match.end()
    return "".join((*kept, text[at:]))


def _branch(tag: str, dropped: int) -> int:
    """How deep inside `else` branches: the first branch stands for all, both together would not be SQL."""
    if dropped:
        return dropped + (tag in ("if", "for")) - (tag in ("endif", "endfor"))
    return int(tag in ("else", "elif"))


def _output(expression: str, templates: Templates) -> str:
    expression = expression.removesuffix("-").strip()
    if ref := REF.match(expression):
        return ref[1]
    if source := SOURCE.match(expression):
        return f"{source[1]}.{source[2]}"
    if SILENT.match(expression):
        return ""
    word = QUOTED_WORD.search(expression)
    name = expression if SIMPLE.match(expression) else word[1] if word else "expression"
    return templates.hole(f"{{{name}}}")


def _piece(match: re.Match[str], templates: Templates) -> str:
    kind, written = match.lastgroup if match.lastgroup != "tag" else "quoted", match[0]
    if kind == "comment":
        return _line_breaks(written) or " "
    replacement = REPLACEMENTS.get(kind or "")
    return replacement(written, templates) if replacement else written


def _meta(written: str, _: Templates) -> str:
    """A command of the client: psql's copy moves data, some end a statement, the others say nothing about data."""
    command = written.strip()
    if command.startswith("\\copy "):
        return f"{command[1:].rstrip(';')};"
    return ";" if command == "GO" or command.startswith("\\g") else ""


def _line_breaks(text: str) -> str:
    return "\n" * text.count("\n")


REPLACEMENTS: dict[str, Callable[[str, Templates], str]] = {
    "meta": _meta,
    "brace": lambda written, templates: templates.hole(written.removeprefix("$")),
    "value": lambda written, templates: templates.hole(written, value=True),
    "percent": lambda _, __: "%",
    "variable": lambda written, templates: templates.hole(written),
}
