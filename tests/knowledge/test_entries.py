"""What is true of every entry of every file."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from mldebt.knowledge.loader import HOME, load_knowledge
from mldebt.knowledge.patterns import expand
from mldebt.knowledge.schema import KINDS, OPS, TYPES, check_file
from mldebt.knowledge.source import TABLES, built_in

FILES = sorted(HOME.glob("*.toml"))


def tables(path: Path) -> dict[str, dict[str, Any]]:
    return tomllib.loads(path.read_text())


def entries() -> list[tuple[str, str, dict[str, Any]]]:
    return [(path.stem, key, table) for path in FILES for key, table in tables(path).items() if key not in TABLES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_every_entry_is_well_formed(path: Path) -> None:
    check_file(path.name, tables(path))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.stem))
def test_a_file_read_line_by_line_says_what_it_says_as_toml(path: Path) -> None:
    source = built_in(path.read_text())
    whole = tables(path)
    assert source.aliases == whole.pop("aliases", {})
    assert source.meanings == whole.pop("meanings", {})
    assert {draft.key: draft.entry().fields for draft in source.drafts} == whole
    for draft in source.drafts:
        for flag in ("attribute", "distinctive"):
            assert draft.has(flag) is draft.entry().flag(flag), draft.key


def test_nothing_is_said_twice() -> None:
    seen = Counter((name, table.get("attribute", False)) for _, key, table in entries() for name in expand(key))
    assert [key for key, times in seen.items() if times > 1] == []


def test_a_telling_name_tells_one_thing() -> None:
    told = Counter(
        name
        for _, key, table in entries()
        if table.get("distinctive")
        for name in {one.partition(">.")[2] for one in expand(key)}
    )
    assert [name for name, times in told.items() if times > 1] == []


def test_every_seed_belongs_to_something_random() -> None:
    fixed = [key for _, key, table in entries() if table["op"] == "model" and "stochastic" not in table]
    assert fixed == []


def test_braces_and_brackets_are_closed() -> None:
    broken = [key for _, key, _ in entries() for name in expand(key) if re.search(r"[{}\s]|\.\.|^\.|\.$", name)]
    assert broken == []


def test_each_line_of_a_file_is_short_enough_to_read_or_lists_names() -> None:
    assert all(len(line) < 800 for path in FILES for line in path.read_text().splitlines())


def test_the_schema_is_used_up() -> None:
    used = {table["op"] for _, _, table in entries()}
    assert set(OPS) - used == set()
    fields = {field for _, _, table in entries() for field in table} | {"doc"}
    assert set(TYPES) - fields == set()
    kinds = {one[1:].partition(">")[0] for _, key, _ in entries() for one in expand(key) if one.startswith("<")}
    assert kinds == KINDS


def test_every_listed_name_is_found_again() -> None:
    knowledge = load_knowledge()
    lost = []
    for _, key, table in entries():
        for name in expand(key):
            if "*" in name or "[" in name:
                continue
            if name.startswith("<"):
                kind, _, method = name[1:].partition(">.")
                look_up = knowledge.attribute if table.get("attribute") else knowledge.method
                found = look_up(kind, method)
            else:
                found = knowledge.call(name)
            if found is None:
                lost.append(name)
    assert lost == []
