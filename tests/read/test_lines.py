"""Lines that the scan of the text finds are those of libcst's own position provider."""

from __future__ import annotations

import sysconfig
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import libcst as cst
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from libcst.metadata import MetadataWrapper, PositionProvider

from mldebt.read.python.by_libcst.positions import statement_lines
from mldebt.read.python.lines import logical_lines
from mldebt.read.python.lower import lower
from mldebt.read.python.unreadable import Unreadable

SIMPLE = ("assign", "aug", "expr", "return", "raise", "assert", "del", "global", "import", "from")
COMPOUND = ("if", "for", "while", "with", "try", "match", "def", "class")
DROPPED = (cst.Pass, cst.Break, cst.Continue)
FILES = 60
LARGEST = 8_000


def installed_files() -> list[Path]:
    folder = Path(sysconfig.get_paths()["purelib"])
    found = sorted(path for path in folder.rglob("*.py") if 0 < path.stat().st_size < LARGEST)
    return found[:: max(1, len(found) // FILES)][:FILES]


def expected_lines(module: cst.Module) -> tuple[Counter[Any], Counter[int]]:
    """Lines of statements, and of the parentheses of calls outside of what the IR drops."""
    wrapper = MetadataWrapper(module, unsafe_skip_copy=True)
    positions: Any = wrapper.resolve(PositionProvider)
    statements: Counter[Any] = Counter()
    calls: Counter[int] = Counter()

    def walk(node: Any) -> None:
        place = positions.get(node)
        if isinstance(node, DROPPED) or is_string(node):
            return
        if isinstance(node, cst.BaseSmallStatement):
            statements[place.start.line, place.end.line] += 1
        elif isinstance(node, cst.BaseCompoundStatement):
            statements[place.start.line] += 1
        elif isinstance(node, cst.Call):
            calls[positions[node.func].end.line] += 1
        for child in node.children:
            walk(child)

    walk(wrapper.module)
    return statements, calls


def is_string(node: Any) -> bool:
    return isinstance(node, cst.Expr) and isinstance(node.value, (cst.SimpleString, cst.ConcatenatedString))


def found_lines(body: Any) -> tuple[Counter[Any], Counter[int]]:
    statements: Counter[Any] = Counter()
    calls: Counter[int] = Counter()
    for item in nested(body):
        if item[0] == "call" and len(item) == 6:
            calls[item[4]] += 1
        elif len(item) > 3 and isinstance(item[1], int) and isinstance(item[2], int):
            if item[0] in SIMPLE:
                statements[item[1], item[2]] += 1
            elif item[0] in COMPOUND:
                statements[item[1]] += 1
    return statements, calls


def nested(value: Any) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, tuple):
        if value and isinstance(value[0], str):
            yield value
        for item in value:
            yield from nested(item)


def test_lines_of_installed_packages_equal_the_position_provider() -> None:
    compared = 0
    for path in installed_files():
        source = path.read_text("utf-8", "replace")
        try:
            module = cst.parse_module(source)
            body, _ = lower(source)
        except (Unreadable, cst.ParserSyntaxError):
            continue
        if any(word in source for word in ("match ", "assert ", "raise ")):
            assert found_lines(body)[0].total() >= 1
        statements, calls = expected_lines(module)
        found_statements, found_calls = found_lines(body)
        guards = found_statements - statements
        assert not statements - found_statements, path
        assert not guards or "case " in source, path
        if "assert" not in source and "raise" not in source and " from " not in source:
            assert set(found_calls) == set(calls), path
        compared += len(statements)
    assert compared > 1_000


@pytest.mark.parametrize(
    "source",
    [
        "x = [\n  f(1),\n  g(\n   h(2)), 'a(' 'b',  # k(\n  (p)(3),\n]\n",
        "@d(1)\n@e(\n 2)\nclass A(\n  B(3),\n): x = f(4)\n",
        "def f(\n  a=g(1),\n  *b,\n) -> h(2):\n  return (\n k(3)\n)\n",
        "x = f'''\n{a(1)}\n{b(2)}''' + c(\n3)\n",
        "if (\n a(1) and\n b(2)\n):\n  pass\nelif (c(\n3)): d(4)\n",
        "x = y \\\n  .a() \\\n  .b()\n",
        "with (\n  open(a) as f,\n  open(b) as g,\n):\n  f.read()\n",
        "x = {\n 'a': f(1), **g(2),\n 'b': [h(i)\n  for i in k(3)\n  if m(4)]}\n",
        "x = (lambda a=f(\n1): g(\n2))(\n3)\n",
        "x = a(1) if b(\n2) else c(3)\n",
        "x = '''\nf(1)\n''' % g(\n2)\nreturn (not (\na)) in (h(1))\n",
    ],
)
def test_every_call_in_a_statement_of_many_lines_has_its_own_line(source: str) -> None:
    statements, calls = expected_lines(cst.parse_module(source))
    assert found_lines(lower(source)[0]) == (statements, calls)


def test_the_slow_way_finds_the_same_logical_lines() -> None:
    source = "@a\ndef f():\n  if x:\n    pass\n  else: y\n\n  try:\n    z = [\n1]\n  finally:\n    w\n"
    slow = statement_lines(cst.parse_module(source))
    assert [span[0] for span in slow] == [span[0] for span in logical_lines(source)]


PIECES = st.sampled_from((
    "x", "=", " ", "\n", "\n    ", "(", ")", "[", "]", "{", "}", '"', "'", '"""', "'''", "f'", "#", "\\", ":", "def f",
    "if a", "@", ",", ";", "\t", "\f", "lambda", "*", "é", "\u2028", "\x00", "0", "%", "!ls", "{{", "\r", "class A",
))  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
def test_no_text_makes_lowering_raise_anything_but_its_own_exception(text: str) -> None:
    try:
        lower(text)
    except Unreadable as error:
        assert error.reason
