"""MLD104: predictions are changed by hand, in some cases only, before they are published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.graph.model import Graph
from mldebt.graph.questions.lineage import evidence_of
from mldebt.graph.questions.models import Models
from mldebt.graph.questions.patched_terms import Patch
from mldebt.graph.questions.score_patches import PatchedScore, patched_scores
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.witness import place, witness
from mldebt.terms import Term, brief
from mldebt_rules.causes import by_cause
from mldebt_rules.wording import counted, listed, snippet

MOST = 3


class PostHocScorePatch(Rule):
    code = "MLD104"
    name = "post-hoc-score-patch"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        known = (patched for patched in patched_scores(graph) if evidence_of(patched.path) != "guessed")
        in_order = sorted(known, key=lambda patched: (place(patched.leaving), patched.target))
        for same in by_cause(in_order, lambda patched: [_cause(graph, patched)]):
            yield self.found(graph, same[0], same[1:])

    def found(self, graph: Graph, patched: PatchedScore, others: Sequence[PatchedScore]) -> Finding:
        """One for the answers of a model that the same rules change, wherever these are copied to."""
        return self.finding(
            f"{_message(graph, patched)}{_also(graph, patched, others)}",
            subject=(patched.target, patched.prediction),
            locations=dict.fromkeys(
                (place(patched.leaving), place(patched.path[0]), *(place(other.leaving) for other in others))
            ),
            path=witness(graph, patched.path),
            evidence="likely",
            help=_help(patched),
            effort_minutes=120 + 30 * len(patched.patches),
            properties={"patches": len(patched.patches)},
        )


def _cause(graph: Graph, patched: PatchedScore) -> tuple[object, ...]:
    """The model, and what is done to its answers."""
    return graph.once(Models).artifact(patched.path[0].source), patched.columns, tuple(map(_told, patched.patches))


def _also(graph: Graph, patched: PatchedScore, others: Sequence[PatchedScore]) -> str:
    names = sorted({graph[other.target].name for other in others} - {graph[patched.target].name})
    return f" The same is done in {listed(names, 3)}." if names else ""


def _message(graph: Graph, patched: PatchedScore) -> str:
    target, model = graph[patched.target], graph[graph.once(Models).artifact(patched.path[0].source)]
    columns = [column for column in patched.columns if column]
    what, verb = (listed(columns), "are" if len(columns) > 1 else "is") if columns else ("the answer", "is")
    rules = f"{counted(len(patched.patches), 'rule')} by hand {'change' if len(patched.patches) > 1 else 'changes'} it"
    told = "; ".join(map(_told, patched.patches[:MOST]))
    more = f" and {len(patched.patches) - MOST} more" if len(patched.patches) > MOST else ""
    return (
        f"In `{target.name}`, {what} {verb} not what `{model.name}` predicts: {rules}. {told}{more}. "
        "No metric of the model covers what is published, and each retraining moves the prediction under the patch, "
        "which nobody fits again."
    )


def _told(patch: Patch) -> str:
    where, change = brief(_shown(patch.test)), patch.change
    return f"`{change}` where `{where}`" if change else f"Another value where `{where}`"


def _shown(term: Term) -> Term:
    """A condition as people say it: without types, positions and what stands in for what is missing."""
    if term.args and (term.op in ("cast", "item", "default") or (term.op == "where" and term.args[0] == term.args[1])):
        return _shown(term.args[0])
    return Term(term.op, tuple(map(_shown, term.args)), term.settings)


def _help(patched: PatchedScore) -> str:
    asked = sorted({name for patch in patched.patches for name in patch.test.columns})
    return (
        f"Let the model learn what the patch knows: make {listed(asked)} features of it (or train a model for each "
        "part), retrain, and compare the errors within the patched cases before and after; then delete the patch. "
        "Until then, publish the prediction as it came beside the patched one, with a flag:"
        + snippet("out = out.assign(model_score=score, score=patched, was_patched=patched != score)")
        + "so that both can be evaluated, and nobody trains on the patched values."
    )
