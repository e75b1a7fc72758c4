"""The two lowerings of Python, by its own parser and by libcst's, make one IR; libcst's positions are the measure."""

from __future__ import annotations

import sysconfig
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from mldebt.read.python.by_ast.module import lower as by_ast
from mldebt.read.python.by_libcst.module import lower as by_libcst
from mldebt.read.python.lower import lower
from mldebt.read.python.unreadable import Unreadable
from mldebt.read.text import decode_text
from tests.read.programs import PROGRAMS

HERE = Path(__file__).parents[2]
LARGEST = 12_000
STANDARD_FILES = 12


def own_files() -> Iterator[Path]:
    yield from sorted(
        path for folder in ("fixtures/eats_eta", "mldebt/read/python") for path in (HERE / folder).rglob("*.py")
    )
    yield HERE / "tests/read/test_lowering.py"


def standard_files() -> list[Path]:
    """A few of the standard library and of its tests, which are full of odd syntax."""
    library = Path(sysconfig.get_paths()["stdlib"])
    found = sorted(path for path in library.glob("*.py") if path.stat().st_size < LARGEST)
    return found[:: max(1, len(found) // STANDARD_FILES)]


def assert_same(source: str, name: object = "") -> None:
    # What is equal may still differ: True and 1, 0.0 and -0.0.
    assert repr(by_ast(source)) == repr(by_libcst(source)), name


@pytest.mark.parametrize("files", [own_files, standard_files])
def test_real_files_have_one_ir(files: object) -> None:
    compared = 0
    for path in files():  # type: ignore[operator]
        source = decode_text(path.read_bytes(), declared=True)
        if source.endswith("\n"):
            assert_same(source, path)
            compared += 1
    assert compared > STANDARD_FILES // 2


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(PROGRAMS)
def test_random_programs_have_one_ir(program: str) -> None:
    assert_same(program)


@pytest.mark.parametrize(
    "source",
    [
        "x = [\n  f(1),\n  g(\n   h(2)), 'a(' 'b',  # k(\n  (p)(3),\n]\n",
        "@d(1)\n@e(\n 2)\nclass A(\n  B(3),\n): x = f(4)\n",
        "def f(\n  a=g(1),\n  *b,\n) -> h(2):\n  return (\n k(3)\n)\n",
        "def f(a: int,\n      b: str):\n\n  # c:\n  @d\n  def g(): pass\n",
        "x = f'''\n{a(1)}\n{b(2)}''' + c(\n3)\n",
        "x = ('a'\n f'{b(1)}' rf'''\\n\n{c(2)}\\n{d(\n3):>{e(4)}}''')\n",
        "if (\n a(1) and\n b(2)\n):\n  pass\nelif (c(\n3)): d(4)\nelse: e\n",
        "if a(1): \\\n  b(2)\nif c: # d:\n\n  e\n",
        "x = y \\\n  .a() \\\n  .b()\nz = (f # (\n\n)  (1)\n",
        "with (\n  open(a) as f,\n  open(b) as g,\n):\n  f.read()\n",
        "x = a(k=e(1), *b(2), l=c(3), **d(4))\n",
        "match (\n a(1)):\n case (\n b\n ) if c(\n 2): d(3)\n\n # case 0\n case [e] if f: g\n",
        "'doc' 'doc'\n'doc' f'{a(1)}'\nb'doc'\nf'doc'\n...\n",
        "f'{ a(1) = !r:>{b}}'\n",
        "ｗｉｄｔｈ.ﬁ(ª=µ)\nfrom ﬁ.a import ª as µ\ndef ﬁ(ª): global µ\n",
        "x[*a], y[b,], z[(c, d)], v[e:f, *g]\ndel (a, b)\ndel a, (b, c)\ndel [d]\n",
        "é = 'éé' + f(\n  'é', (g)(1), h\n  (2))\n",
        "x = 1 \\\n\ny = (\n2); z = f(\n3)\ntry: x = [\n4]\nfinally: y\n",
        "\f\nif a:\n\tb\n\f\nclass C: x = 1; y = '''\n'''; z\n",
        f"x = [{', '.join(map(str, range(300)))}]\ny = {' + '.join('a' * 300)}\nz = {' and '.join('b' * 300)}\n",
        f"x = {' < '.join('a' * 300)}\n" + "if a: b\n" + "elif c: d\n" * 300 + "else: e\n",
        f"x = {'a.b(1)' + '.c(2)' * 90}\ny = {'(' * 90}1{')' * 90}\nz = {'not ' * 150}v\n",
    ],
)
def test_odd_layouts_have_one_ir(source: str) -> None:
    assert_same(source)


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("f'{a[\"b\"]}'", ("fstr", ((("index", ("name", "a"), ("const", "b")), None),))),
        ("f'{a:{b:{c:{d}}}}'", ("fstr", ((("name", "a"), "{}"),))),
        ("'\\N{no such name}'", ("const", "\ufffd")),
        ("9" * 5000, ("opaque", ())),
    ],
)
def test_what_only_newer_versions_of_python_take_is_read_too(source: str, value: object) -> None:
    ((_, _, _, _, found, _),), _ = lower(f"x = {source}")
    assert found == value


def test_syntax_of_newer_versions_is_read() -> None:
    body, _ = lower("type A[T] = list[T]\ndef f[T: int](a: T): g(f'{a['b']}')\nclass B[T](C): pass\n")
    assert [statement[0] for statement in body] == ["assign", "def", "class"]
    assert body[1][6][0][3][4:] == (2, 0)


@pytest.mark.parametrize("source", ["x = '\\d'\n", "x = 1if a else 2\n", "assert (a, 'b')\nx is 1\n"])
def test_reading_code_warns_of_nothing(source: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert by_ast(source)


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "-" * 100_000 + "1",
        "x = a" + ".b" * 100_000,
        "x = a" + "()" * 100_000,
        "x = " + "lambda: " * 5_000 + "1",
        "x = " + "lambda: " * 5_000 + "1 2",
        "x = " + "**".join("1" * 5_000),
        "x = " + "[" * 190 + "1 2" + "]" * 190,
        "x = " + "{1:" * 190,
        "x = " + "f(" * 150 + ")" * 150,
        "x = " + "1 if a else " * 3_000 + "2",
        "".join(" " * depth + "if a:\n" for depth in range(120)) + " " * 120 + "b",
        "if a: b\n" + "elif a: b\n" * 3_000 + "elif a b: c",
        "x = '" + "\\N{" * 9,
        "\ufeffx = 1",
        "x = '\ud800'",
        "a\0b",
    ],
)
def test_no_depth_and_no_odd_character_does_harm(source: str) -> None:
    try:
        body, _ = lower(source)
    except Unreadable as error:
        assert error.reason
    else:
        assert body
