"""Weights and data sets of a hub that are fetched in whatever state they are in that day."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.unpinned import Unpinned, unpinned_references
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import display, witness
from mldebt_rules.wording import snippet


class UnpinnedPretrainedReference(Rule):
    code = "MLD802"
    name = "unpinned-pretrained-reference"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for found in unpinned_references(graph):
            yield self._finding(graph, found)

    def _finding(self, graph: Graph, found: Unpinned) -> Finding:
        sites = list(dict.fromkeys(site for site, _ in found.fetches))
        also = ", ".join(map(str, sites[1:4])) + (" and others" if len(sites) > 4 else "")
        return self.finding(
            f"`{found.name}` is fetched without a revision in {sites[0]}. "
            f"{f'So it is in {also}. ' if also else ''}"
            f"Its owner can change or withdraw it at any time, and {_consequence(graph, found)}",
            subject=[found.stored.id],
            locations=sites,
            path=witness(graph, found.path),
            evidence=certainty(weakest(edge.evidence for edge in found.path)),
            help=_help(found),
            effort_minutes=10,
        )


def _consequence(graph: Graph, found: Unpinned) -> str:
    if found.serves:
        return (
            "whatever starts next then runs with another state of it than what runs already, with no commit of yours."
        )
    return f"{display(graph[found.path[-1].target])} then can't be trained again from this commit."


def _help(found: Unpinned) -> str:
    """The revision, and how to come by it."""
    kind = "dataset" if found.data else "model"
    call = "load_dataset" if kind == "dataset" else "from_pretrained"
    return (
        "Name the commit, once, beside the name, and pass both on wherever it is fetched:"
        + snippet(
            f"python -c \"from huggingface_hub import {kind}_info; print({kind}_info('{found.name}').sha)\"",
            f'{call}("{found.name}", revision="<that sha>")',
        )
        + "Or keep a copy of it where your other artifacts are."
    )
