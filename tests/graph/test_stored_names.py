"""When two stored names with unknown parts may mean the same thing."""

from __future__ import annotations

from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.graph.globs import fits
from mldebt.graph.stored import schema_pairs, segments, unify
from tests.many import checked


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("data/raw/{day}.csv", "data/raw/{name}.csv", True),
        ("data/raw/orders_{day}.csv", "data/raw/orders_2024.csv", True),
        ("v1/config/{log_file}", "v1/config/{config/paths.yaml}", False),
        ("v1/config/{log_file}", "v1/config/paths.yaml", True),
    ],
)
def test_something_but_the_folder_is_known_of_one_of_them(one: str, other: str, same: bool) -> None:
    assert unify(segments(one), segments(other)) is same


@pytest.mark.parametrize(
    ("written", "read", "same"),
    [
        ("postgres://dwh.orders", "postgres://orders", True),
        ("shop.db::main.orders", "shop.db::orders", True),
        ("orders", "public.orders", True),
        ("postgres://orders", "postgres://raw.orders", False),
        ("postgres://dwh.orders", "mysql://orders", False),
        ("dwh.orders", "raw.orders", False),
    ],
)
def test_a_table_without_its_schema_is_the_only_one_of_its_name(written: str, read: str, same: bool) -> None:
    names = {"w": written, "r": read}
    assert schema_pairs(names, {"w"}, {"r"}) == ([("w", "r")] if same else [])
    assert schema_pairs(names | {"o": "postgres://other.orders"}, {"w", "o"}, {"r"}) == (
        [] if written.startswith("postgres") else [("w", "r")] if same else []
    )


def test_a_table_that_is_written_itself_is_not_that_of_a_schema() -> None:
    assert schema_pairs({"w": "dwh.orders", "r": "orders"}, {"w", "r"}, {"r"}) == []


@given(st.text("ab/*", max_size=8), st.text("ab/*?[]", max_size=8))
@checked(400)
def test_patterns_fit_what_they_fit_as_regular_expressions(name: str, pattern: str) -> None:
    assert fits(name, pattern) == fnmatchcase(name, pattern)
