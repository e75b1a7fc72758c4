"""Whatever a text holds, its fixes remove all suppressions that nothing needs, and no code.

`MLDEBT_PROGRAMS=10000` tries so many texts, new ones each time.
"""

from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from mldebt.fixes.apply import edited
from mldebt.read.facts import FileFacts
from mldebt.read.pragmas import pragmas_in
from mldebt.rules.judge.comments import Comments
from mldebt.rules.judge.labels import Labels
from mldebt.rules.model import Edit
from mldebt.rules.registry import load_rules
from tests.many import checked

CHECKED = checked(150)
RULES = load_rules()
CODE = st.sampled_from(
    ["x = 1", "if x:", "    y = [", "    2,", "]", 'z = """', '"""', "@cache", "def f(): ...", "", "f('#')"]
)
COMMENT = st.sampled_from(
    [
        "", "", "# why", "# mldebt: ignore[MLD203] why", "# mldebt: ignore[MLD203, MLD204, MLD999]", "# noqa: MLD203",
        "# noqa: E501, MLD203 shown", "# mldebt: ignore-file[MLD301]  # type: ignore", "# a # mldebt: ignore[MLD203] b",
        "# mldebt: ignore", "# mldebt: ignroe[MLD203]",
    ]
)  # fmt: skip
LINES = st.lists(st.tuples(CODE, st.sampled_from(["", "  "]), COMMENT).map("".join), max_size=8)


def fixes(text: str) -> list[Edit]:
    labels = Labels(RULES, {rule.code for rule in RULES})
    facts = {"a.py": FileFacts("a.py", "python", pragmas=pragmas_in(text, "python"))}
    return [edit for fault in Comments(facts, labels).faults(False) for edit in fault.edits]


def meaning(text: str) -> str | None:
    try:
        return ast.dump(ast.parse(text))
    except (SyntaxError, ValueError):
        return None


@CHECKED
@given(LINES, st.sampled_from(["\n", "\r\n"]), st.booleans())
def test_fixes_remove_what_nothing_needs_and_no_code(lines: list[str], ending: str, ended: bool) -> None:
    text = ending.join(lines) + ending * ended
    after = edited(text, fixes(text))
    assert fixes(after) == []
    assert meaning(after) == meaning(text)
    assert "E501" in after or "E501" not in text
