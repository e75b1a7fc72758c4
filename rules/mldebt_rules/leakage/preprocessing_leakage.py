"""Preprocessing that has seen the rows on which the model is evaluated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mldebt.graph.model import Graph, Node, weakest
from mldebt.graph.questions.jobs import is_aside, only_explores
from mldebt.graph.questions.leaks import Leak, leaks
from mldebt.graph.questions.lineage import Path
from mldebt.graph.questions.rows import way_from_data
from mldebt.graph.questions.rowsets import ancestry
from mldebt.graph.questions.targets import STATISTIC, told_labels
from mldebt.rules.fix import SplitFirst
from mldebt.rules.model import Finding, Fix, Rule, Settings, Step, certainty
from mldebt.rules.witness import display, step, witness
from mldebt.sites import Site
from mldebt_rules.causes import by_cause

MILD = frozenset({"text"})
"""A vocabulary of words tells less of the test rows than a mean or a target statistic does."""

FIGURE = "The figure that the evaluation reports is better than what new data will show."
NO_FIGURE = "What it does for them, and any figure for them, is better than what new data will show."


class PreprocessingLeakage(Rule):
    code = "MLD701"
    name = "preprocessing-leakage"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        means_of_labels = {told.made for told in told_labels(graph) if told.how == STATISTIC}
        found = (leak for leak in leaks(graph) if not is_aside(graph.unit_of(_fit_site(leak))))
        for same in _by_cause(graph, (leak for leak in found if _fit_site(leak) not in means_of_labels)):
            yield self._finding(graph, same[0], same[1:])

    def _finding(self, graph: Graph, leak: Leak, others: list[Leak]) -> Finding:
        path: Path = (*way_from_data(graph, leak.learned.fit.source), *leak.flow)
        figure = _gives_a_figure(graph, leak)
        use = "is evaluated on" if figure else "predicts for"
        mild = (
            not figure
            or leak.learned.carrier.attributes.get("family") in MILD
            or only_explores(graph.unit_of(_fit_site(leak)))
        )
        return self.finding(
            f"{_what(graph, leak)} has seen the rows that {display(leak.model)} {use}. {_why(graph, leak)}"
            f"{_also(leak, others)} {FIGURE if figure else NO_FIGURE}",
            subject=[leak.learned.carrier.id],
            locations=dict.fromkeys(
                [*map(_fit_site, same := (leak, *others)), *map(_use, same), min(leak.evaluation.sites)]
            ),
            path=[*witness(graph, path), *_evaluated(graph, leak)],
            evidence="likely" if leak.apart == "filter" else certainty(weakest(edge.evidence for edge in path)),
            help=_help(leak),
            fixes=[_split_first((leak, *others))] if leak.apart == "split" else (),
            effort_minutes=45,
            severity="medium" if mild else None,
        )


def _by_cause(graph: Graph, found: Iterable[Leak]) -> list[list[Leak]]:
    """One cause: a fit, on whatever rows its callers bring, and what its file learns from the same rows besides, or
    before the same evaluation."""

    def causes(leak: Leak) -> tuple[tuple[str, ...], ...]:
        lineage = ancestry(graph, leak.learned.rows)
        rows = lineage[-1].id if lineage else leak.learned.rows
        file, evaluated = _fit_site(leak).file, str(min(leak.evaluation.sites))
        return (str(_fit_site(leak)),), (file, rows, leak.apart), (file, evaluated, leak.apart)

    return by_cause(sorted(found, key=lambda leak: (_fit_site(leak), leak.learned.carrier.id)), causes)


def _fit_site(leak: Leak) -> Site:
    return leak.learned.site


def _use(leak: Leak) -> Site:
    """Where what was learned goes into the data; mostly that is one statement."""
    return min(leak.learned.fit.sites)


def _what(graph: Graph, leak: Leak) -> str:
    if leak.learned.transformer is not None:
        return display(leak.learned.transformer)
    return f"A statistic over all rows of `{graph[leak.learned.fit.source].name}`"


def _why(graph: Graph, leak: Leak) -> str:
    fit, evaluation = leak.learned.fit, leak.evaluation
    data = f"`{graph[fit.source].name}`"
    verb = "is fitted on" if leak.learned.transformer is not None else "is computed from"
    if leak.apart == "folds":
        return f"It {verb} all of {data} at {_fit_site(leak)}; the folds of {min(evaluation.sites)} are cut after that."
    then = "evaluates on" if _gives_a_figure(graph, leak) else "predicts for"
    return (
        f"It {verb} all of {data} at {_fit_site(leak)}, before training and test rows are separated; "
        f"{min(evaluation.sites)} then {then} rows that it has seen."
    )


def _gives_a_figure(graph: Graph, leak: Leak) -> bool:
    return leak.evaluation.kind != "PREDICTS" or bool(graph.into(leak.evaluation.target, "EVALUATES_ON"))


def _also(first: Leak, others: list[Leak]) -> str:
    places = sorted({str(_fit_site(leak)) for leak in others} - {str(_fit_site(first))})
    shown = places[:3] + (["others"] if len(places) > 3 else [])
    return f" The same happens at {', '.join(shown)}." if places else ""


def _evaluated(graph: Graph, leak: Leak) -> list[Step]:
    return [] if leak.evaluation is leak.flow[-1] else [step(graph, leak.evaluation)]


def _split_first(same: Sequence[Leak]) -> Fix:
    sites = sorted(map(_use, same))
    return Fix("Split first, fit on the training rows only", tuple(SplitFirst(site) for site in dict.fromkeys(sites)))


def _help(leak: Leak) -> str:
    transformer = leak.learned.transformer
    if transformer is None:
        return (
            "Split first, then compute the statistic from the training rows only and use that for both sides "
            "(`center = X_train[column].mean()`); or let a step of a Pipeline learn it from the training rows: "
            "SimpleImputer for gaps, StandardScaler for scales, TargetEncoder for groups."
        )
    if leak.learned.groups or not _goes_into_a_pipeline(leak.model):
        apply = "predict" if leak.learned.groups else "transform"
        return (
            f"Split the raw rows first, then `{transformer.name}.fit(X_train)` on the training part alone and "
            f"`{transformer.name}.{apply}(...)` for each part, in every fold; report the metric again."
        )
    known = transformer.name.isidentifier() and transformer.name != _class(transformer)
    part = transformer.name if known else f"{_class(transformer) or transformer.name}(...)"
    fitting = "cross_val_score(pipeline, X, y)" if leak.apart == "folds" else "pipeline.fit(X_train, y_train)"
    return (
        f"Put it in front of the model: `pipeline = make_pipeline({part}, model)`, split the raw rows, then "
        f"`{fitting}`; report the metric again."
    )


def _class(model: Node) -> str:
    return str(model.attributes.get("class", "")).rpartition(".")[2]


def _goes_into_a_pipeline(model: Node) -> bool:
    """Networks and boosters that a function trains are no step of a pipeline of scikit-learn."""
    of_sklearn = str(model.attributes.get("class", "")).startswith("sklearn.")
    return of_sklearn or _class(model).endswith(("Classifier", "Regressor", "Ranker"))
