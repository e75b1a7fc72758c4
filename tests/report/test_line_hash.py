"""The hashes are those that the tests of github/codeql-action publish for these texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.report.line_hash import line_hashes

GREETING_WITH_END = [
    "e9496ae3ebfced30:1", "fb7c023a8b9ccb3f:1", "ce8ba1a563dcdaca:1", "e20e36e16fcb0cc8:1", "b3edc88f2938467e:1",
    "c8e28b0b4002a3a0:1", "c129715d7a2bc9a3:1",
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["c129715d7a2bc9a3:1"]),
        (
            " a\nb\n  \t\tc\n d",
            ["271789c17abda88f:1", "54703d4cd895b18:1", "180aee12dab6264:1", "a23a3dc5e078b07b:1"],
        ),
        (
            " hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End",
            [
                "8b7cf3e952e7aeb2:1", "b1ae1287ec4718d9:1", "bff680108adb0fcc:1", "c6805c5e1288b612:1",
                "b86d3392aea1be30:1", "e6ceba753e1a442:1",
            ],
        ),
        (" hello; \t\nworld!!!\n\n\n  \t\tGreetings\n End\n", GREETING_WITH_END),
        (" hello; \t\nworld!!!\r\r\r  \t\tGreetings\r End\r", GREETING_WITH_END),
        (" hello; \t\r\nworld!!!\r\n\r\n\r\n  \t\tGreetings\r\n End\r\n", GREETING_WITH_END),
        (" hello; \t\nworld!!!\r\n\n\r  \t\tGreetings\r End\r\n", GREETING_WITH_END),
        (
            "Lorem ipsum dolor sit amet.\n" * 10,
            [
                "a7f2ff13bc495cf2:1", "a7f2ff13bc495cf2:2", "a7f2ff13bc495cf2:3", "a7f2ff13bc495cf2:4",
                "a7f2ff13bc495cf2:5", "a7f2ff13bc495cf2:6", "a7f2ff1481e87703:1", "a9cf91f7bbf1862b:1",
                "55ec222b86bcae53:1", "cc97dc7b1d7d8f7b:1", "c129715d7a2bc9a3:1",
            ],
        ),
    ],
)  # fmt: skip
def test_published_vectors(text: str, expected: list[str]) -> None:
    assert line_hashes(text) == expected


@given(st.text(alphabet="a \t\r\nπ𝛼", max_size=300))
def test_every_line_has_a_hash_of_its_own(text: str) -> None:
    hashes = line_hashes(text)
    assert len(hashes) == len(set(hashes)) == text.replace("\r\n", "\n").replace("\r", "\n").count("\n") + 1


@given(st.text(alphabet="ab\n", max_size=200))
def test_blanks_and_line_ends_make_no_difference(text: str) -> None:
    assert line_hashes(text) == line_hashes(text.replace("a", " a\t").replace("\n", " \r\n"))
