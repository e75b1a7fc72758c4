"""Random programs, written with line breaks, comments and continuations wherever the language allows them."""

from __future__ import annotations

from hypothesis import strategies as st

GAPS = st.sampled_from(("", "", "", " ", "\n", "\n  ", " # a(b\n", " \\\n ", "\n\n\t"))
NAMES = st.sampled_from(("a", "b", "df", "é", "ﬁ", "_", "match", "case", "type", "print"))
NUMBERS = ("0", "1_000", "0x1F", "1e3", "2j", "1e999", "...", "None", "True")
STRINGS = (
    "'a'", '"b#("', "b'c'", "r'\\n'", "'\\x41\\d'", "'\\ud800'", "u'é'", "'''d\n('''", "'e\\\nf'", "'' 'g' \"h\"",
    "b'i' b'j'", "'\\N{BULLET}{'",
)  # fmt: skip
FORMATTED = (
    "f'{%s}'", "f'a{{{%s}}}b'", "'a' f'{%s!r:>{b}}' 'c'", "f'{ %s = }'", "f'{%s:\\t{b}d}'", "rf'\\n{%s}'",
    "('a'\n f'b{%s}'\n f'{df(1)}')", "f'''\n{%s}\n\\n{df(\n1)}'''", "f'a' 'b'", "f'{b,}{%s}'",
)  # fmt: skip
BINARY = (" + ", "-", " * ", "/", "//", " % ", "@", "**", " & ", "|", " ^ ", " << ", ">>")
COMPARING = (" == ", "!=", " < ", "<=", " > ", ">=", " in ", " not in ", " is ", " is not ")
ONE_LINE = FORMATTED[0]


def _filled(*pieces: object) -> st.SearchStrategy[str]:
    """The pieces side by side; strategies among them are drawn."""
    return st.tuples(*(each if isinstance(each, st.SearchStrategy) else st.just(each) for each in pieces)).map("".join)


def _listed(items: st.SearchStrategy[str], least: int = 0) -> st.SearchStrategy[str]:
    return st.lists(_filled(GAPS, items, GAPS), min_size=least, max_size=3).map(",".join)


def _bracketed(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return _filled("(", GAPS, inner, GAPS, ")")


def _parameters(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    forms = ("a", "a, b={0}", "a={0}, *c, d, e={1}, **f", "a, /, b", "*, a={0}", "a, b={0}, /, *, c", "**a")
    return st.builds(lambda form, x, y: form.format(x, y), st.sampled_from(forms), inner, inner)


def _arguments(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    forms = ("{0}", "{0}, *{1}", "a={0}, *{1}", "*{0}, b={1}, *{0}", "{0}, **{1}", "{0}, a = {1},", "a for a in {0}")
    return st.builds(lambda form, gap, x, y: gap + form.format(x, y) + gap, st.sampled_from(forms), GAPS, inner, inner)


def _larger(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    atom = _bracketed(inner) | NAMES
    return st.one_of(
        _filled(atom, ".", NAMES),
        _filled("(", atom, GAPS, ".", GAPS, NAMES, GAPS, "(", _arguments(inner), "))"),
        _filled(atom, "(", _arguments(inner), ")"),
        _filled("(", atom, GAPS, ")", "(", GAPS, ")"),
        _filled(atom, "[", inner, "]"),
        _filled(atom, "[", inner, ":", inner, ", ::", inner, "]"),
        _filled(atom, "[*", atom, "]"),
        _filled(atom, st.sampled_from(BINARY), atom),
        _filled(atom, st.sampled_from(COMPARING), atom, st.sampled_from(COMPARING), atom),
        _filled(atom, st.sampled_from((" and ", " or ")), atom, st.sampled_from((" and ", " or ")), atom),
        _filled(st.sampled_from(("not ", "-", "~", "await ")), atom),
        _filled("(", atom, " if ", GAPS, inner, " else ", atom, ")"),
        _filled("[", _listed(inner), "]"),
        _filled("{", _listed(inner, 1), "}"),
        _filled("{", GAPS, inner, ": ", GAPS, atom, ", **", atom, "}"),
        _filled("(", _listed(inner, 1), ",)"),
        _filled("[", inner, GAPS, " for a, b in ", GAPS, atom, " if ", atom, "]"),
        _filled("{", inner, " for a in ", atom, GAPS, " for b in ", atom, "}"),
        _filled("{", inner, ": ", inner, " async for a in ", atom, "}"),
        _filled("(lambda ", _parameters(atom), ": ", GAPS, atom, ")"),
        _filled("(a := ", inner, ")"),
        _filled("(yield ", inner, ")"),
        _filled("(yield from ", inner, ")"),
        st.builds(lambda form, name: form.replace("%s", name), st.sampled_from(FORMATTED), NAMES),
        st.builds(lambda form, name: form.replace("%s", f"{name}({name})"), st.sampled_from(FORMATTED), NAMES),
    )


EXPRESSIONS = st.recursive(NAMES | st.sampled_from((*NUMBERS, *STRINGS)), _larger, max_leaves=8)
TARGETS = NAMES | _filled(NAMES, ".", NAMES) | _filled(NAMES, "[", EXPRESSIONS, "]")


def _simple() -> st.SearchStrategy[str]:
    value = EXPRESSIONS
    return st.one_of(
        value,
        _filled(TARGETS, " = ", TARGETS, " = ", value),
        _filled(TARGETS, ", *", TARGETS, " = ", value),
        _filled(TARGETS, ": ", value),
        _filled(NAMES, ": ", value, " = ", value),
        _filled(TARGETS, " ", st.sampled_from([each.strip() for each in BINARY]), "= ", value),
        _filled("return ", value),
        _filled("raise ", value, " from ", value),
        _filled("assert ", value, ", ", value),
        _filled("del ", TARGETS, ", (", TARGETS, ", ", TARGETS, ")"),
        _filled("global ", NAMES, ", ", NAMES),
        st.sampled_from((
            "pass", "break", "raise", "return", "import a . b as c, d", "from ..a import (b as c,\n d)",
            "from . import *", "from \\\n a.b import c", "'doc'", "'doc' f'{a(1)}'", "a; b = (\n1); c",
        )),
    )  # fmt: skip


def _block(statements: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """A block behind a colon: on the same line, or indented behind blank lines and comments."""
    before = st.sampled_from(("\n", "\n\n", " # a(\n", "\n# c\n  # d:\n"))
    lines = st.lists(statements, min_size=1, max_size=2).map("".join)
    indented = st.builds(lambda start, text: start + _indented(text), before, lines)
    return st.one_of(indented, indented, _filled(" ", _simple(), "\n"))


def _indented(text: str) -> str:
    """The text one step deeper; only lines that begin a statement are moved, which is all that Python asks for."""
    return "".join(f"\x00 {line}" if line.startswith("\x00") else line for line in text.splitlines(keepends=True))


def _compound(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    value, block, start = EXPRESSIONS, _block(inner), "\x00"
    params = _parameters(_bracketed(value))
    return st.one_of(
        _filled(start, "if ", value, ":", block, start, "elif ", value, GAPS.filter(lambda gap: "\n" not in gap), ":",
            block, start, "else:", block),
        _filled(start, "for ", TARGETS, " in ", value, ":", block, start, "else:", block),
        _filled(start, "while ", value, ":", block),
        _filled(start, "with ", value, " as a, ", value, ":", block),
        _filled(start, "try:", block, start, "except ", value, " as a:", block, start, "finally:", block),
        _filled(start, "try:", block, start, "except* ", value, ":", block),
        _filled(start, "match ", value, ":\n", start, " case (", GAPS, "a", GAPS, ") if ", value, ":\n",
            start, "  a\n", start, " case 1:\n", start, "  b\n"),
        _filled(start, "@", value, "\n", start, "@a\n", start, "def a(", params, ") -> ", value, ":", block),
        _filled(start, "async def é(", GAPS, params, GAPS, "):", block),
        _filled(start, "@a(\n1)\n", start, "class b(a, *b, k=", value, ", **c):", block),
    )  # fmt: skip


STATEMENTS = st.recursive(_filled("\x00", _simple(), "\n"), _compound, max_leaves=3)
PROGRAMS = st.lists(STATEMENTS, min_size=1, max_size=3).map(lambda parts: "".join(parts).replace("\x00", ""))
