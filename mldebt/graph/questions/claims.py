"""What frameworks are told, and code at work doesn't keep to."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.graph.model import Graph
from mldebt.graph.questions.jobs import is_aside
from mldebt.graph.records import Claim

_SHOWN = re.compile(r"(^|/)(tests?|examples?|demos?|samples?|tutorials?|docs?|templates?|cookiecutter[^/]*)(/|$)|\{\{")
"""Folders whose files only show or test something; templates of projects."""


def broken_claims(graph: Graph, side: str) -> Iterator[Claim]:
    for claim in graph.claims:
        if claim.side == side and not _SHOWN.search(claim.site.file) and not is_aside(graph.unit_of(claim.site)):
            yield claim
