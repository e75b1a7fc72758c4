"""What a configuration could say of a repository, seen from a scan of it."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from pathlib import Path

from mldebt.graph.questions.consumers import publications
from mldebt.graph.questions.datasets import readers
from mldebt.graph.scan import Scan
from mldebt.report.summary import counted, severity_words
from mldebt.rules.registry import load_rules
from mldebt.rules.run import run_rules
from mldebt.rules.select import select_rules

MOST = 8
"""So many things of a kind are named."""
_PUT_AWAY = re.compile(r"(?:^|/)(?:archive[ds]?|old|deprecated|legacy|backup|attic|trash|unused)/", re.IGNORECASE)


class Suggestions:
    def __init__(self, scanned: Scan, root: Path) -> None:
        self._scan = scanned
        self._root = root
        self._files = sorted(scanned.facts)

    @property
    def size(self) -> str:
        coverage = self._scan.graph.coverage
        kinds = Counter(node.kind for node in self._scan.graph.nodes.values())
        parts = [
            counted(kinds[kind], word) for kind, word in (("dataset", "data set"), ("model", "model")) if kinds[kind]
        ]
        seen = f", with {' and '.join(parts)}" if parts else ""
        return (
            f"It was made for {counted(coverage.files, 'file')} with {counted(coverage.lines, 'line')} of code{seen}."
        )

    @property
    def root(self) -> bool:
        """Whether git sees a larger repository around it."""
        return not (self._root / ".git").exists() and any((folder / ".git").exists() for folder in self._root.parents)

    @cached_property
    def debt(self) -> str:
        from mldebt.config import Settings

        findings = run_rules(select_rules(load_rules()), self._scan.graph, Settings()).findings
        return f"Debt that is there today: {severity_words(findings) or 'none'}."

    @property
    def put_away(self) -> list[str]:
        """Folders whose name says that their code isn't used any more."""
        found = {file[: match.end()] for file in self._files if (match := _PUT_AWAY.search(file))}
        return sorted(found)[:MOST]

    @property
    def aside(self) -> list[tuple[str, str]]:
        """Patterns of files that are there, with a rule that one may not want in them."""
        notebooks = any(file.endswith(".ipynb") for file in self._files)
        experiments = sorted({file.partition("/")[0] for file in self._files if file.startswith("experiment")})
        return [("*.ipynb", "MLD8")] * notebooks + [
            (f"{folder}/", "MLD8") for folder in experiments if "." not in folder
        ]

    @property
    def unread(self) -> list[str]:
        """Published predictions that nothing in the repository reads."""
        graph = self._scan.graph
        datasets = {each.dataset for each in publications(graph)}
        return sorted(graph[each].name for each in datasets if not readers(graph, each))[:MOST]

    @property
    def has_owners(self) -> bool:
        return any((self._root / place).is_file() for place in (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"))

    @property
    def folders(self) -> list[str]:
        """The top-level folders with code, the largest first."""
        counts = Counter(file.partition("/")[0] for file in self._files if "/" in file and not file.startswith("."))
        return [folder for folder, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))][:MOST] or ["src"]
