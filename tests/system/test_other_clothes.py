"""The same code in other clothes has the same findings with the same fingerprints."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import libcst as cst
import pytest

from tests.system.command import CHECK, SAMPLE, copy_of, fingerprints, run


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_of(SAMPLE, tmp_path_factory.mktemp("original"))


@pytest.fixture(scope="module")
def expected(original: Path) -> set[tuple[str, str]]:
    found = fingerprints(original)
    assert len(found) > 10
    return found


@pytest.mark.parametrize("width", [60, 200])
def test_another_line_length(width: int, tmp_path: Path, expected: set[tuple[str, str]]) -> None:
    changed = copy_of(SAMPLE, tmp_path)
    assert ruff(changed, "--line-length", str(width), "--config", "format.quote-style='single'") > 10
    assert fingerprints(changed) == expected


def test_every_magic_comma_breaks_its_line(tmp_path: Path, expected: set[tuple[str, str]]) -> None:
    changed = copy_of(SAMPLE, tmp_path)
    rewrite(changed, lambda source: cst.parse_module(source).visit(TrailingCommas()).code)
    assert ruff(changed, "--line-length", "100") > 10
    assert fingerprints(changed) == expected


def test_other_quotes_and_brackets_around_values(tmp_path: Path, expected: set[tuple[str, str]]) -> None:
    changed = copy_of(SAMPLE, tmp_path)
    rewrite(changed, lambda source: cst.parse_module(source).visit(QuotesAndBrackets()).code)
    assert fingerprints(changed) == expected


def test_comments_and_blank_lines_between_statements(tmp_path: Path, expected: set[tuple[str, str]]) -> None:
    changed = copy_of(SAMPLE, tmp_path)
    rewrite(changed, lambda source: cst.parse_module(source).visit(Airing(random.Random(3))).code)
    assert fingerprints(changed) == expected


def test_forty_lines_of_comments_on_top(tmp_path: Path, original: Path, expected: set[tuple[str, str]]) -> None:
    changed = copy_of(SAMPLE, tmp_path)
    rewrite(changed, lambda source: "# moved\n" * 40 + source)
    assert fingerprints(changed) == expected
    before, after = (run(*CHECK, root).document["findings"] for root in (original, changed))
    moved = {found["fingerprint"]: found["locations"][0]["line"] for found in after}
    for found in before:
        place = found["locations"][0]
        shift = 40 if place["file"].endswith(".py") else 0
        assert moved[found["fingerprint"]] == place["line"] + shift, found["message"]


class TrailingCommas(cst.CSTTransformer):
    """A comma behind the last argument of each call and the last item of each list."""

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.Call:  # noqa: N802
        if len(updated_node.args) < 2 or isinstance(updated_node.args[0].value, cst.GeneratorExp):
            return updated_node
        return updated_node.with_changes(args=[each.with_changes(comma=cst.Comma()) for each in updated_node.args])

    def leave_List(self, original_node: cst.List, updated_node: cst.List) -> cst.List:  # noqa: N802
        elements = [each.with_changes(comma=cst.Comma()) for each in updated_node.elements]
        return updated_node.with_changes(elements=elements)


class QuotesAndBrackets(cst.CSTTransformer):
    """Strings in three quotes, and brackets around what is returned and assigned."""

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.SimpleString:  # noqa: N802
        text = updated_node.raw_value
        if updated_node.prefix or len(updated_node.quote) > 1 or '"' in text or "'" in text or "\\" in text:
            return updated_node
        return updated_node.with_changes(value=f"'''{text}'''")

    def leave_Assign(self, original_node: cst.Assign, updated_node: cst.Assign) -> cst.Assign:  # noqa: N802
        return updated_node.with_changes(value=_in_brackets(updated_node.value))

    def leave_Return(self, original_node: cst.Return, updated_node: cst.Return) -> cst.Return:  # noqa: N802
        if updated_node.value is None:
            return updated_node
        return updated_node.with_changes(value=_in_brackets(updated_node.value))


def _in_brackets(value: cst.BaseExpression) -> cst.BaseExpression:
    if isinstance(value, cst.Tuple) and not value.lpar:
        return value
    return value.with_changes(lpar=[cst.LeftParen(), *value.lpar], rpar=[*value.rpar, cst.RightParen()])


class Airing(cst.CSTTransformer):
    """Comments and blank lines above every second statement, a comment behind some."""

    def __init__(self, chance: random.Random) -> None:
        super().__init__()
        self.chance = chance

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine:
        accepted = any("mldebt:" in line.comment.value for line in updated_node.leading_lines if line.comment)
        if self.chance.random() < 0.5 or accepted:  # such a comment stands right above what it is about
            return updated_node
        lines = [cst.EmptyLine(), cst.EmptyLine(comment=cst.Comment("# A word in between.")), cst.EmptyLine()]
        return updated_node.with_changes(leading_lines=[*updated_node.leading_lines, *lines])


def rewrite(root: Path, change: Callable[[str], str]) -> None:
    """Change every Python file; each must really change."""
    for path in sorted(root.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if source:
            path.write_text(change(source), encoding="utf-8")


def ruff(root: Path, *options: str) -> int:
    """Format every Python file; says how many files are other than before."""
    before = {path: path.read_bytes() for path in root.rglob("*.py")}
    command = [sys.executable, "-m", "ruff", "format", "--isolated", *options, str(root)]
    subprocess.run(command, capture_output=True, check=True)
    return sum(path.read_bytes() != text for path, text in before.items())
