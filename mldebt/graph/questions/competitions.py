"""Tables that the host of a competition gives to all who take part, and that nobody changes."""

from __future__ import annotations

import re
from posixpath import basename, dirname

from mldebt.graph.model import Graph
from mldebt.graph.questions.datasets import SUBMISSION

_GIVEN = re.compile(r"^(train|test)(?![a-z])", re.IGNORECASE)


def is_of_a_competition(graph: Graph, dataset: str) -> bool:
    """Whether a file that is called for its part, `train.csv`, lies beside the form of a submission, or the test file
    to which a submission answers."""
    name = graph[dataset].name
    if not _GIVEN.search(basename(name)) or graph.into(dataset, "WRITES"):
        return False
    beside = graph.once(_files_of_folders).get(dirname(name), frozenset())
    return any(SUBMISSION.search(other) for other in beside) or (
        graph.once(_has_submissions) and len({found[1].lower() for each in beside if (found := _GIVEN.match(each))}) > 1
    )


def _files_of_folders(graph: Graph) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for node in graph.of_kind("dataset"):
        found.setdefault(dirname(node.name), set()).add(basename(node.name))
    return {folder: frozenset(files) for folder, files in found.items()}


def _has_submissions(graph: Graph) -> bool:
    return any(SUBMISSION.search(node.name) for node in graph.of_kind("dataset"))
