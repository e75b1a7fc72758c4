"""When two stored names with unknown parts may mean the same thing."""

from __future__ import annotations

import pytest

from mldebt.graph.stored import segments, unify


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
