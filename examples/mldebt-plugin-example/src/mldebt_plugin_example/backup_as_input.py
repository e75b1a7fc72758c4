"""Backups that jobs read as if they were the data."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from mldebt.graph.model import Edge, Graph, Node
from mldebt.graph.questions.jobs import sites_at_work
from mldebt.rules.model import Finding, Listed, Rule, Settings, Text, certainty
from mldebt.rules.witness import step

WORDS = ("backup", "bak", "old", "copy")


class BackupAsInput(Rule):
    code = "EXA101"
    name = "backup-as-input"
    severity = "medium"
    options: ClassVar = {"words": Listed(Text())}

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        words = settings.options.get(self.name, {}).get("words", WORDS)
        assert isinstance(words, (list, tuple))
        for dataset in graph.of_kind("dataset"):
            reads = [read for read in graph.out(dataset.id, "READS") if sites_at_work(graph, read)]
            if reads and _says(dataset.name, words):
                yield self._finding(graph, dataset, reads)

    def _finding(self, graph: Graph, dataset: Node, reads: list[Edge]) -> Finding:
        return self.finding(
            f"{dataset.name} is a backup by its name, and a job reads it. What is corrected in the data itself never "
            "reaches the job.",
            subject=[dataset.id],
            locations=sorted({site for read in reads for site in read.sites}),
            path=[step(graph, read) for read in reads],
            evidence=certainty("guessed"),
            help=f"Read the data that {dataset.name} was taken from. If it is the data, give it a name that says so.",
            effort_minutes=20,
        )


def _says(name: str, words: Iterable[object]) -> bool:
    """Whether one of the words stands in the last part of the name, by itself."""
    last = name.rpartition("/")[2].lower()
    return any(re.search(rf"(?<![a-z]){re.escape(str(word))}(?![a-z])", last) for word in words)
