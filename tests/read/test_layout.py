"""The units of a file: the same text in them is the same code, wherever they stand."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mldebt.read.facts import FileFacts, Layout
from mldebt.read.one_file import read_one
from tests.many import checked

MODULE = '''import pandas as pd

DATA = "data/orders.csv"


@cached(
    size=3,
)
def load(path=DATA):
    """Rows."""
    return pd.read_csv(path)


class Store:
    kind = "file"

    def save(self, frame):
        frame.to_csv(DATA)


if DATA:
    def late():
        return 1
'''


def facts_of(text: str) -> FileFacts:
    return read_one("a.py", text.encode())


def layout_of(text: str) -> Layout:
    return facts_of(text).layout


def bodies(layout: Layout) -> list[tuple[int, int]]:
    units = zip(layout.starts, layout.ends, layout.digests, strict=True)
    return [(start, end) for start, end, digest in units if digest]


def test_functions_and_methods_of_the_top_level_have_a_body_of_their_own() -> None:
    assert bodies(layout_of(MODULE)) == [(10, 11), (18, 18)]


def test_comments_behind_a_compound_statement_say_nothing() -> None:
    old, new = layout_of(MODULE), layout_of(MODULE + "\n# so be it\n")
    assert new == old


def test_a_text_that_looks_like_a_comment_is_part_of_its_statement() -> None:
    code = 'if DATA:\n    TEXT = """\n# {}"""\n\n# end\n'
    old, new = layout_of(code.format("one")), layout_of(code.format("other"))
    assert new.top != old.top


def test_a_changed_body_changes_nothing_but_its_own_digest() -> None:
    old, new = layout_of(MODULE), layout_of(MODULE.replace("read_csv(path)", "read_csv(path)\n\n    # so be it"))
    assert new.top == old.top
    changed = [at for at, digest in enumerate(old.digests) if digest != new.digests[at]]
    assert [old.starts[at] for at in changed] == [10]


def test_lines_and_comments_between_units_move_them_and_change_nothing() -> None:
    old, new = layout_of(MODULE), layout_of("# Orders\n\n" + MODULE.replace("\n\n\nclass", "\n\n# stores\n\n\nclass"))
    assert (new.top, new.digests) == (old.top, old.digests)
    assert bodies(new) == [(12, 13), (22, 22)]


def test_what_runs_on_import_belongs_to_the_top() -> None:
    top = layout_of(MODULE).top
    for old, new in (("size=3", "size=4"), ("path=DATA", "path=None"), ('kind = "file"', "kind = 1"),
                     ("return 1", "return 2"), ("@cached", "@kept"), ("orders.csv", "x.csv")):  # fmt: skip
        assert layout_of(MODULE.replace(old, new)).top != top, old


def test_text_at_the_margin_of_a_body_is_counted_with_the_top() -> None:
    text = 'def query():\n    return """\nSELECT 1\n"""\nX = 1\n'
    assert layout_of(text).top != layout_of(text.replace("SELECT 1", "SELECT 2")).top


def test_the_body_of_a_definition_is_found_by_its_header_and_by_its_statements() -> None:
    layout = layout_of("def first():\n    '''Nothing.'''\n\ndef second(): return 1\n\ndef third():\n    return 3\n")
    assert [layout.body_of(line) for line in (1, 2, 4, 6, 7)] == [1, 1, -1, 4, 4]
    assert layout.body_of(99) == -1


def test_a_notebook_is_not_laid_out() -> None:
    assert read_one("a.ipynb", b'{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}').layout == Layout()


LINES = st.sampled_from([
    "x = 1", "def f():", "    return 1", "    x = '''", "'''", "class C:", "    def m(self):", "        pass", "# c",
    "", "@d", "if x:", "    y = 2", "\tz = 3", "x = [", "]", "\f", "def g(): return 2", "async def h():",
    "a = 1; b = f(2)",
])  # fmt: skip
TEXTS = st.lists(LINES, max_size=14)


@checked(300)
@given(TEXTS)
def test_every_statement_stands_in_a_unit_and_units_are_in_order(lines: list[str]) -> None:
    facts = facts_of("\n".join(lines))
    layout = facts.layout
    if facts.problem:
        assert layout == Layout()
        return
    assert list(layout.starts) == sorted(layout.starts)
    assert all(start <= end for start, end in zip(layout.starts, layout.ends, strict=True))
    for statement in facts.body:
        assert layout.unit(statement[1]) >= 0


@checked(300)
@given(TEXTS, st.integers(0, 13), LINES)
def test_the_same_top_is_the_same_code_but_for_bodies_and_lines(lines: list[str], at: int, line: str) -> None:
    old, new = facts_of("\n".join(lines)), facts_of("\n".join([*lines[:at], line, *lines[at:]]))
    whole = not old.problem and not new.problem
    if whole and old.layout.top == new.layout.top:
        assert len(old.layout.starts) == len(new.layout.starts)
        assert said(old.body, old.layout) == said(new.body, new.layout)


def said(part: Any, layout: Layout) -> Any:
    """IR without lines, numbers of calls, and bodies: these may differ under the same top."""
    if not isinstance(part, tuple):
        return part
    if part[:1] == ("call",):
        return tuple(said(each, layout) for each in part[:4])
    if len(part) > 2 and isinstance(part[0], str) and type(part[1]) is int and type(part[2]) is int:
        number = layout.body_of(part[6][0][1]) if part[0] == "def" and part[6] else -1
        rest = (*part[3:6], number, *part[7:]) if number >= 0 else part[3:]
        return (part[0], *(said(each, layout) for each in rest))
    return tuple(said(each, layout) for each in part)
