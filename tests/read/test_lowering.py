"""The IR of Python code, as `mldebt.read.facts` describes it."""

from __future__ import annotations

from typing import Any

import pytest

from mldebt.read.python.lower import lower
from mldebt.read.python.unreadable import Unreadable

OPAQUE = ("opaque", ())


def name(text: str) -> tuple[str, str]:
    return ("name", text)


def const(value: object) -> tuple[str, object]:
    return ("const", value)


def value_of(source: str) -> Any:
    (statement,) = lower(source)[0]
    return statement[3]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x", name("x")),
        ("1_000", const(1000)),
        ("0x1F", const(31)),
        ("1e3", const(1000.0)),
        ("None", const(None)),
        ("True", const(True)),
        ("...", OPAQUE),
        ("2j", OPAQUE),
        ("f(b'x')", ("call", name("f"), (OPAQUE,), (), 1, 0)),
        ("a.b", ("attr", name("a"), "b")),
        ("(a)", name("a")),
        ("await a", name("a")),
        ("a[1:]", ("index", name("a"), ("slice", const(1), None, None))),
        ("a[b, ::2]", ("index", name("a"), ("tuple", (name("b"), ("slice", None, None, const(2)))))),
        ("a[b,]", ("index", name("a"), ("tuple", (name("b"),)))),
        ("f(1, *a, k=2, **b)",
            ("call", name("f"), (const(1), ("star", name("a"))), (("k", const(2)), (None, name("b"))), 1, 0)),
        ("[1, *a]", ("list", (const(1), ("star", name("a"))))),
        ("{1}", ("set", (const(1),))),
        ("1, 2", ("tuple", (const(1), const(2)))),
        ("{'a': 1, **b}", ("dict", ((const("a"), const(1)), (None, name("b"))))),
        ("a + b * c", ("bin", "+", name("a"), ("bin", "*", name("b"), name("c")))),
        ("a - b - c", ("bin", "-", ("bin", "-", name("a"), name("b")), name("c"))),
        ("a < b", ("cmp", "<", name("a"), name("b"))),
        ("a not in b", ("cmp", "not in", name("a"), name("b"))),
        ("a < b <= c", ("bool", "and", ("cmp", "<", name("a"), name("b")), ("cmp", "<=", name("b"), name("c")))),
        ("a or b", ("bool", "or", name("a"), name("b"))),
        ("not a", ("un", "not", name("a"))),
        ("-1", ("un", "-", const(1))),
        ("a if t else b", ("if", name("t"), name("a"), name("b"))),
        ("[x for x in y if z]", ("comp", "list", name("x"), ((name("x"), name("y"), (name("z"),)),))),
        ("{k: v for k, v in y}",
            ("comp", "dict", ("tuple", (name("k"), name("v"))),
                ((("tuple", (name("k"), name("v"))), name("y"), ()),))),
        ("lambda a, *b, c=1, **d: a",
            ("lambda", (("a", None, None, "pos"), ("b", None, None, "*"),
                ("c", None, const(1), "kw"), ("d", None, None, "**")), name("a"))),
        ("(a := 1)", ("walrus", "a", const(1))),
        ("f'a{x:.2f}b'", ("fstr", ("a", (name("x"), ".2f"), "b"))),
        ("f'{x!r}'", ("fstr", ((name("x"), None),))),
        ("f'{x=}'", ("fstr", ("x=", (name("x"), None)))),
        ("f'{x:{w}}'", ("fstr", ((name("x"), "{}"),))),
        ("f'{{a}}'", const("{a}")),
        ("'a' f'{x}' 'b' 'c'", ("fstr", ("a", (name("x"), None), "bc"))),
    ],
)  # fmt: skip
def test_expressions_become_tuples(source: str, expected: object) -> None:
    if source.startswith(("f'{{", "'a'")):
        source = f"x = {source}"
        assert lower(source)[0][0][4] == expected
    else:
        assert value_of(source) == expected


@pytest.mark.parametrize(
    "token",
    [
        "'a'", '"it\'s"', "'''a\nb'''", "''", '""""""', r"'\n\t\\'", r"'\x41\u00e9\101'", r"'\N{BULLET}'", r"r'\n'",
        "'a\\\nb'", r"'\d'", "u'a'", r"'\''", "'a' 'b'",
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::SyntaxWarning")
def test_strings_have_the_value_that_python_gives_them(token: str) -> None:
    assert lower(f"x = {token}")[0][0][4] == ("const", eval(token))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = b = 1", ("assign", 1, 1, (name("a"), name("b")), const(1), None)),
        ("a: int", ("assign", 1, 1, (name("a"),), None, name("int"))),
        ("a: int = 1", ("assign", 1, 1, (name("a"),), const(1), name("int"))),
        ("a //= 2", ("aug", 1, 1, name("a"), "//", const(2))),
        ("return", ("return", 1, 1, None)),
        ("raise A from b", ("raise", 1, 1, name("A"))),
        ("assert a, 'no'", ("assert", 1, 1, name("a"))),
        ("del a, b", ("del", 1, 1, (name("a"), name("b")))),
        ("nonlocal a", ("global", 1, 1, ("a",))),
        ("import a.b as c, d", ("import", 1, 1, (("a.b", "c"), ("d", None)))),
        ("from ..a import b as c", ("from", 1, 1, "a", 2, (("b", "c"),))),
        ("from . import *", ("from", 1, 1, "", 1, "*")),
        ("if a: b\nelif c: d\nelse: e", ("if", 1, 1, name("a"), (("expr", 1, 1, name("b")),),
            (("if", 2, 2, name("c"), (("expr", 2, 2, name("d")),), (("expr", 3, 3, name("e")),)),))),
        ("for a in b:\n  c\nelse:\n  d",
            ("for", 1, 1, name("a"), name("b"), (("expr", 2, 2, name("c")),), (("expr", 4, 4, name("d")),))),
        ("while a: pass", ("while", 1, 1, name("a"), (), ())),
        ("with a as b, c: d",
            ("with", 1, 1, ((name("a"), name("b")), (name("c"), None)), (("expr", 1, 1, name("d")),))),
        ("try: a\nexcept B as c: d\nfinally: e", ("try", 1, 1, (("expr", 1, 1, name("a")),),
            ((name("B"), "c", (("expr", 2, 2, name("d")),)),), (), (("expr", 3, 3, name("e")),))),
        ("match a:\n  case 1:\n    b\n  case _ if c:\n    d", ("match", 1, 1, name("a"),
            ((("expr", 3, 3, name("b")),), (("expr", 4, 4, name("c")), ("expr", 5, 5, name("d")))))),
        ("@a\nasync def f(x: int = 1, /, *, k) -> str:\n  'doc'\n  return x", ("def", 2, 2, "f",
            (("x", name("int"), const(1), "pos"), ("k", None, None, "kw")), (name("a"),),
            (("return", 4, 4, name("x")),), name("str"))),
        ("class A(B, metaclass=C):\n  x = 1", ("class", 1, 1, "A", (name("B"),), (("metaclass", name("C")),), (),
            (("assign", 2, 2, (name("x"),), const(1), None),))),
    ],
)  # fmt: skip
def test_statements_become_tuples(source: str, expected: object) -> None:
    assert lower(source)[0] == (expected,)


def test_statements_without_meaning_are_dropped() -> None:
    assert lower('"""Doc."""\npass\nwhile 1:\n    break\n')[0] == (("while", 3, 3, ("const", 1), (), ()),)


def test_long_displays_end_with_an_opaque_item() -> None:
    items = value_of(f"[{', '.join(map(str, range(300)))}]")[1]
    assert len(items) == 201
    assert items[-1] == OPAQUE


@pytest.mark.parametrize("operator", ["+", " and ", "<"])
def test_very_many_operators_in_a_row_are_opaque_with_their_operands(operator: str) -> None:
    assert value_of(operator.join("a" * 201))[0] in ("bin", "bool")
    assert value_of(operator.join("a" * 202)) == ("opaque", (name("a"),) * 202)


def test_very_many_branches_stand_side_by_side() -> None:
    ((*_, otherwise),) = lower("if a: b\n" + "elif a: b\n" * 250 + "else: c\n")[0]
    depth = 1
    while len(otherwise) == 1:
        otherwise, depth = otherwise[0][5], depth + 1
    assert (depth, len(otherwise)) == (200, 52)
    assert otherwise[-2:] == (("if", 251, 251, name("a"), (("expr", 251, 251, name("b")),), ()),
                              ("expr", 252, 252, name("c")))  # fmt: skip


def test_calls_have_the_line_of_their_parenthesis_and_count_up_in_the_order_of_the_text() -> None:
    (statement,) = lower("y = (\n  df\n  .a(b(1),\n     c(f'{d(2)}'))\n  .e()\n)")[0]
    outer = statement[4]
    inner = outer[1][1]
    assert (outer[4], outer[5]) == (5, 4)
    assert (inner[4], inner[5]) == (3, 0)
    b, c = inner[2]
    assert (b[4], b[5]) == (3, 1)
    assert (c[4], c[5]) == (4, 2)
    assert c[2][0][1][0][0][4:] == (4, 3)


def test_semicolons_share_a_line_and_know_their_own() -> None:
    body = lower("a = [\n1]; b = f(\n2)\nif x: y = [\n3]; z")[0]
    assert [(each[1], each[2]) for each in body[:2]] == [(1, 2), (2, 3)]
    assert [(each[1], each[2]) for each in body[2][4]] == [(4, 5), (5, 5)]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts(ending: str) -> None:
    body, lines = lower(ending.join(["a", "", "\f", "b = '''x", "y'''", "c"]))
    assert [each[1] for each in body] == [1, 4, 6]
    assert body[1][4] == ("const", "x\ny")
    assert lines == 6


def test_an_empty_file_has_no_body() -> None:
    assert lower("") == ((), 0)
    assert lower("# only this") == ((), 1)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("x = " + "+".join("1" * 9000) + " 2", "an expression of more than 1,000 operators"),
        ("x = 1\ndef f(:\n", "syntax error at line 2"),
        ("x = " + "(" * 300 + ")" * 300, "brackets nested too deeply"),
        ("x = " + "+".join("1" * 50_000), "nested too deeply"),
        ("x = a" + ".b" * 600, "nested too deeply"),
        ("x = " + "not " * 500 + "y", "nested too deeply"),
    ],
)
def test_what_the_parser_cannot_take_has_a_reason(source: str, reason: str) -> None:
    with pytest.raises(Unreadable) as error:
        lower(source)
    assert error.value.reason == reason


def test_giving_up_on_depth_does_not_depend_on_the_caller() -> None:
    def deeper(levels: int, source: str) -> object:
        return lower(source) if levels == 0 else deeper(levels - 1, source)

    fits, deep = (f"x = {'not ' * levels}y" for levels in (150, 250))
    assert deeper(500, fits) == lower(fits)
    for levels in (0, 500):
        with pytest.raises(Unreadable):
            deeper(levels, deep)
