from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mldebt.report.markdown import blocks, inline


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("a `b < c` d", "a <code>b &lt; c</code> d"),
        ("**strong** and *soft*", "<strong>strong</strong> and <em>soft</em>"),
        ("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name"),
        ("`**not**`", "<code>**not**</code>"),
        ("``a ` b``", "<code>a ` b</code>"),
        ("[paper](https://a.org/x?y=1&z)", '<a href="https://a.org/x?y=1&amp;z" rel="noreferrer">paper</a>'),
        ("[up](#top)", '<a href="#top" rel="noreferrer">up</a>'),
        ("[bad](javascript:alert) [file](file:///etc)", "bad file"),
        ("[other page](../data/x.md)", "other page"),
        ("<b onclick='x'>", "&lt;b onclick=&#39;x&#39;&gt;"),
    ],
)
def test_inline(source: str, html: str) -> None:
    assert inline(source) == html


def test_paragraphs_headings_and_code() -> None:
    source = 'One\nline.\n\n### Part\n\n```python title="a.py"\nx = [1]\n\n<y>\n```\n# Top\nEnd'
    assert blocks(source, 4).split("\n") == [
        "<p>One line.</p>", "<h5>Part</h5>", "<pre><code>x = [1]", "", "&lt;y&gt;</code></pre>", "<h4>Top</h4>",
        "<p>End</p>",
    ]  # fmt: skip


def test_lists_with_paragraphs_code_and_lists_in_them() -> None:
    source = "- one\n  goes on\n- two\n\n  ```\n  code\n    deeper\n  ```\n- three\n  1. a\n  2. b\n\nAfter"
    assert blocks(source) == (
        "<ul><li>one goes on</li><li>two\n<pre><code>code\n  deeper</code></pre></li>"
        "<li>three\n<ol><li>a</li><li>b</li></ol></li></ul>\n<p>After</p>"
    )


def test_an_open_fence_ends_with_the_text() -> None:
    assert blocks("```\nx") == "<pre><code>x</code></pre>"


@given(st.text(alphabet='a `*[]()#-1.\n<>&"~', max_size=120))
def test_any_text_becomes_balanced_html(source: str) -> None:
    html = str(blocks(source))
    stack: list[str] = []
    for close, tag in re.findall(r"<(/?)(\w+)[^>]*>", html):
        if close:
            assert stack.pop() == tag
        else:
            stack.append(tag)
    assert not stack
