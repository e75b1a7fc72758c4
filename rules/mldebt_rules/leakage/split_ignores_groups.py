"""Rows of one patient, customer or session on both sides of a split."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph
from mldebt.graph.questions.jobs import only_explores
from mldebt.graph.questions.rows import way_from_data
from mldebt.graph.questions.split_groups import SplitApart, split_groups
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt.rules.witness import display, step, witness
from mldebt.sites import Site
from mldebt_rules.wording import snippet


class SplitIgnoresGroups(Rule):
    code = "MLD706"
    name = "split-ignores-groups"
    severity = "high"
    default = False

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        seen: set[Site] = set()
        for found in split_groups(graph):
            if (split := min(found.split.sites)) not in seen:
                seen.add(split)
                yield self._finding(graph, found, split)

    def _finding(self, graph: Graph, found: SplitApart, split: Site) -> Finding:
        one = found.assessment
        judged = min(one.evaluation.sites)
        made = Step(found.split.source, f"`{found.column}` is computed within each `{found.key}`", found.site)
        training = (*way_from_data(graph, one.training.source), one.training) if one.training is not None else ()
        return self.finding(
            f"{display(found.model)} is judged by rows of the same `{found.key}` that it learned from. "
            f"`{found.column}` is computed within each `{found.key}`, so that each has several rows, and {split} deals "
            "them out by chance: the model may know the one whom it is asked about. The figure says how well it "
            "remembers them, not how it does on those who are new.",
            subject=[found.split.source],
            locations=list(dict.fromkeys(filter(None, (split, judged, found.site)))),
            path=[*([made] if found.site else []), *witness(graph, training), step(graph, one.evaluation)],
            evidence="heuristic",
            help=f"Keep all rows of one `{found.key}` on one side:"
            + snippet(
                "splitter = GroupShuffleSplit(n_splits=1, test_size=0.2, random_state=SEED)",
                f'train, test = next(splitter.split(X, y, groups=df["{found.key}"]))',
            )
            + "In a cross-validation take GroupKFold or StratifiedGroupKFold. Then state the figure again.",
            effort_minutes=45,
            severity="medium" if only_explores(graph.unit_of(judged)) else None,
        )
