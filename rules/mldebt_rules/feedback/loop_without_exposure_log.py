"""MLD304: predictions come back into training, and nothing that is stored with them lets anyone correct for it."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.graph.model import Graph
from mldebt.graph.questions.exposure_logs import BareLog, bare_logs
from mldebt.graph.questions.lineage import evidence_of
from mldebt.graph.questions.models import written_name
from mldebt.rules.model import Finding, Rule, Settings, certainty
from mldebt.rules.witness import place, witness
from mldebt_rules.wording import listed


class LoopWithoutExposureLog(Rule):
    code = "MLD304"
    name = "loop-without-exposure-log"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for log in bare_logs(graph).values():
            yield self.found(graph, log)

    def found(self, graph: Graph, log: BareLog) -> Finding:
        return self.finding(
            _message(graph, log),
            subject=(written_name(graph, log.dataset),),
            locations=dict.fromkeys((place(log.write), place(log.path[0]))),
            path=witness(graph, log.path),
            evidence=certainty(evidence_of(log.path)),
            help=HELP[log.kind],
            effort_minutes=60,
            properties={"follows": "MLD302" if log.crossing else "MLD301"},
        )


def _message(graph: Graph, log: BareLog) -> str:
    dataset = graph[written_name(graph, log.dataset)].name
    models = [graph[model].name for model in log.models]
    loop = "MLD302" if log.crossing else "MLD301"
    trained = f"the training of {listed(models)}"
    headline = f"`{dataset}` feeds predictions back into {trained} without saying how they came about"
    if log.kind == "selection":
        headline = (
            f"The rows of `{dataset}`, which are only there because the model scored them, go into {trained}, and "
            "nothing in them says how they were scored"
        )
    return (
        f"{headline}. The columns are "
        f"{listed(log.columns)}: no version of the model, no propensity, no rank, no flag for rows that were chosen "
        f"at random. As long as the loop stands ({loop}), its effect can neither be measured nor weighted away, and "
        "what is not written now can't be reconstructed later."
    )


_POLICY = """Write with every prediction who made it and how likely it was to be shown or acted on:

```
explore = rng.random(len(out)) < 0.05  # a small share that the model doesn't decide
out = out.assign(model_version=MODEL_VERSION, explore=explore, propensity=np.where(explore, 0.05, 0.95))
```

Training can then leave out or weight (`sample_weight=1 / propensity`) what the model decided."""
_VERSION = """Write with every prediction which model made it and when, and that it is a prediction:

```
out = out.assign(is_predicted=True, model_version=MODEL_VERSION, scored_at=pd.Timestamp.now(tz="UTC"))
```

Training can then cap, down-weight or leave out the rows that a model made, by its version."""
HELP = {"label": _VERSION, "feature": _VERSION, "input": _VERSION, "unknown": _POLICY, "selection": _POLICY}
