from __future__ import annotations

from mldebt.graph.code import Code
from mldebt.graph.mentions import with_mentions
from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.unread import UnreadCode
from mldebt.read.facts import FileFacts
from mldebt.read.one_file import facts_of_code
from mldebt.sites import Site

WRITTEN = Node("dataset:data/joined.parquet", "dataset", "data/joined.parquet", attributes={"format": "parquet"})
GRAPH = Graph(
    [WRITTEN, Node("frame:df", "frame", "df")],
    [Edge("frame:df", WRITTEN.id, "WRITES", sites=(Site("build.py", 3, 3),))],
)


def facts(file: str, *texts: str) -> FileFacts:
    body = tuple(("expr", line, line, ("call", ("name", "f"), (("const", text),), (), line, 0))
                 for line, text in enumerate(texts, start=1))  # fmt: skip
    return facts_of_code(file, "python", body)


def is_mentioned(*files: FileFacts) -> bool:
    graph = with_mentions(GRAPH, Code({file.file: file for file in files}), UnreadCode(files, lambda file: b""))
    return graph[WRITTEN.id].attributes.get("mentioned") is True


def test_the_statement_that_writes_is_no_mention() -> None:
    assert not is_mentioned(facts("build.py", "data/joined.parquet"))


def test_a_second_statement_is_one() -> None:
    assert is_mentioned(facts("build.py", "data/joined.parquet", "../data/joined.parquet.gz"))
    assert is_mentioned(facts("build.py", "data/joined.parquet"), facts("pool.py", "data/joined"))


def test_other_names_are_none() -> None:
    assert not is_mentioned(facts("build.py", "data/joined.parquet", "data/orders.parquet"))
