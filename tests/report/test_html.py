from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

from mldebt.graph.model import Coverage, Graph, Node
from mldebt.report import html
from mldebt.rules.fix import SAFE, UNSAFE, Edit, Fix
from mldebt.rules.result import Result

VOID = {"meta", "br", "input", "rect"}


class Page(HTMLParser):
    """The page as a browser sees it: texts by tag, links, ids; open tags are an error."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.stack: list[str] = []
        self.ids: Counter[str] = Counter()
        self.links: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.code: dict[str, str] = {}
        self.feed(source)
        self.close()
        assert not self.stack

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.stack.append(tag)
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids[value or ""] += 1
            if name == "href":
                self.links.append(value or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.stack.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1] in ("style", "script"):
            self.code[self.stack[-1]] = data
        else:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


@pytest.fixture(scope="module")
def source(result: Result) -> str:
    return html.render(result, commit="4f2a91c07be34d5566aa")


@pytest.fixture(scope="module")
def page(source: str) -> Page:
    return Page(source)


def test_it_is_one_file_that_asks_for_nothing(source: str, page: Page) -> None:
    assert source.startswith("<!DOCTYPE html>\n")
    assert not {tag for tag, name, _ in page.attributes if name == "src"}
    assert not {tag for tag, _, _ in page.attributes} & {"link", "img", "iframe", "object", "embed"}
    assert all(link.startswith(("#", "https://papers.nips.cc/")) for link in page.links)
    assert "url(" not in page.code["style"]
    assert "@import" not in page.code["style"]


def test_the_policy_allows_its_own_style_and_script_only(page: Page) -> None:
    policy = next(value for tag, name, value in page.attributes if tag == "meta" and value.startswith("default-src"))
    assert policy.startswith("default-src 'none'; ")
    for kind in ("style", "script"):
        digest = b64encode(sha256(page.code[kind].encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not [name for _, name, _ in page.attributes if name == "style" or name.startswith("on")]


def test_ids_are_unique_and_links_lead_somewhere(page: Page) -> None:
    assert [name for name, count in page.ids.items() if count > 1] == []
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_it_says_what_was_scanned_and_what_was_found(page: Page) -> None:
    assert "churn Commit 4f2a91c07be3 · 5 files and 61 lines of code read, 3 files skipped" in page.text
    assert "9 findings : 1 critical, 3 high, 3 medium, 2 low." in page.text
    assert "it takes about 2.5 days to put all of it right" in page.text
    assert "90 % of lineage resolved" in page.text


def test_the_most_urgent_come_first(page: Page) -> None:
    first = page.text[page.text.index("Fix first") : page.text.index("By rule")]
    assert re.findall(r"MLD\d+", first) == ["MLD301", "MLD701", "MLD403", "MLD105", "MLD203"]


def test_a_finding_shows_code_path_and_help(page: Page) -> None:
    start = page.text.index("MLD301 direct-feedback-loop certain")
    finding = page.text[start : page.text.index("MLD403 in-place-dataset-overwrite certain")]
    for words in (
        "It will confirm its own past decisions",
        '22 history.to_parquet("data/training.parquet") How it comes about',
        "trains model (RandomForestClassifier) churn/train.py:9 model.fit(",
        "What to do about 2 days Train on outcomes only:",
        'history = pd.read_parquet("data/outcomes.parquet")',
        "Also at churn/train.py:7 .",
        "concerns model model , data set data/training.parquet fingerprint",
    ):
        assert words in finding


def test_the_inventory_lists_things_with_their_places(page: Page) -> None:
    inventory = page.text[page.text.index("Inventory What there is") :]
    for words in (
        "data/training.parquet file, parquet churn/prepare.py:7 churn/score.py:22 churn/train.py:7",
        "4 known; 2 used; 1 unused: nickname; 1 open",
        "sklearn.ensemble.RandomForestClassifier churn/train.py:9 "
        "data/plans.csv data/training.parquet data/users.csv models/churn.joblib absent",
        "churn_probability model predict_proba churn/score.py:10 "
        "data/scores/{day}.parquet data/training.parquet consumer pricing",
        "pricing consumer, not declared data/scores/{day}.parquet",
        "POST /predict endpoint",
        "churn/score.py script score",
    ):
        assert words in inventory


def test_what_was_not_seen_is_said(page: Page) -> None:
    unseen = page.text[page.text.index("Not seen What could not be resolved") :]
    for words in (
        "rule slow-rule of mldebt-extra 1.0 failed",
        "Caller unknown 1 churn/score.py:9 source is given by a caller outside. production",
        "Skipped: vendored 2 vendor/lib.py vendor/other.py",
    ):
        assert words in unseen


def test_rules_are_explained_without_their_examples(page: Page) -> None:
    rules = page.text[page.text.index("About the rules") :]
    assert "MLD301 direct-feedback-loop Debt of the kind direct-feedback-loop ." in rules
    assert "Look at the path." in rules
    assert "model.fit(X, y)" not in rules


def test_everything_foreign_is_escaped(result: Result) -> None:
    evil = '<script>alert("x")</script>'
    node = Node(f"dataset:{evil}", "dataset", evil, attributes={"store": evil})
    finding = replace(
        result.findings[0], message=f"{evil} is bad. {evil}", help=evil, subject=(node.id,), rule=evil,
    )  # fmt: skip
    gap = Node("gap:x", "gap", evil, attributes={"reason": evil, "detail": evil})
    coverage = Coverage(files=1, unresolved=1, reasons={evil: 1}, skipped={evil: evil})
    scanned = replace(
        result, findings=(finding,), graph=Graph([node, gap], coverage=coverage), name=evil, problems=(evil,)
    )
    source = html.render(scanned, commit=evil)
    assert source.count("<script>") == 1
    assert evil in Page(source).text


def test_a_fix_is_shown_folded_with_what_it_changes(result: Result) -> None:
    first, second, *rest = result.findings
    safe = Fix("Read `<a>` only", (), SAFE, (Edit("churn/score.py", 1, 1, 1, 1, "import <b>\n"),))
    unsafe = Fix("Leave it out", (), UNSAFE, (Edit("churn/train.py", 1, 1, 2, 1, ""),))
    fixed = (replace(first, fixes=(safe,)), replace(second, fixes=(unsafe,)), *rest)
    source = html.render(replace(result, findings=fixed))
    page = Page(source)
    assert "Read <a> only with --fix +import <b>" in page.text
    assert re.search("Leave it out with --fix --unsafe-fixes -(from|import) ", page.text)
    assert "<b>" not in source
    assert source.count('<span class="evidence fixable">') == 1
    assert source.count('<details class="fix">') == 2


def test_a_long_fix_is_cut(result: Result) -> None:
    first, *rest = result.findings
    long = Fix("Write it", (), SAFE, (Edit("new.toml", 1, 1, 1, 1, "x = 1\n" * 5_000),))
    source = html.render(replace(result, findings=(replace(first, fixes=(long,)), *rest)))
    assert source.count("+x = 1") < 20


def test_nothing_found_is_a_whole_page(empty: Result) -> None:
    page = Page(html.render(empty))
    assert "No findings. 0 rules ran over everything that could be seen." in page.text
    assert "No reads or writes of data were found" in page.text
    assert {link[1:] for link in page.links if link.startswith("#")} <= set(page.ids)


def test_it_stays_small(result: Result) -> None:
    many = [replace(finding, subject=(f"{number}",)) for number in range(100) for finding in result.findings]
    datasets = [Node(f"dataset:{n}", "dataset", f"data/{n:04}.parquet") for n in range(3_000)]
    gaps = [Node(f"gap:{n}", "gap", f"g{n}", attributes={"reason": "opaque-call"}) for n in range(3_000)]
    graph = Graph([*result.graph.nodes.values(), *datasets, *gaps], result.graph.edges, coverage=result.graph.coverage)
    source = html.render(replace(result, findings=tuple(many), graph=graph))
    assert len(source.encode()) <= 150_000 + 2_000 * len(many)
    assert "2,905 more in the graph" in Page(source).text


def test_the_same_scan_gives_the_same_page(result: Result, source: str) -> None:
    shuffled = replace(result, findings=result.findings[::-1], rules=dict(sorted(result.rules.items(), reverse=True)))
    assert html.render(shuffled, commit="4f2a91c07be34d5566aa") == source
