"""Models that a database learns and asks itself: what a statement says of them, in the trace."""

from __future__ import annotations

from collections.abc import Mapping

from mldebt.evaluate.trace import ALL, Trace
from mldebt.read.facts import SqlStatement
from mldebt.sites import Site


def of_models(
    trace: Trace, statement: SqlStatement, frame: str, tables: Mapping[str, str], scope: str, site: Site
) -> None:
    """`tables`: the nodes of the tables that are read, by their names. `frame`: the rows of the query."""
    if statement.model:
        _learn(trace, statement, frame, tables, scope, site)
    for number, name in enumerate(statement.asked):
        _ask(trace, name, frame, tables, f"{scope}#{number}", site)


def _learn(
    trace: Trace, statement: SqlStatement, frame: str, tables: Mapping[str, str], scope: str, site: Site
) -> None:
    name, labels = statement.model, {label.lower() for label in statement.labels}
    model = trace.node(
        f"model:{scope}:{name}", "model", name, site, scope=scope, task="unknown",
        **{"class": f"sql.{statement.model_kind.lower() or 'model'}"},
    )  # fmt: skip
    named = [output.name for output in statement.outputs]
    features = None if "*" in named else tuple(one for one in named if one.lower() not in labels)
    trace.edge(frame, model, "TRAINS_ON", site, "resolved", columns=features, named=True)
    if labels:
        trace.edge(frame, model, "LABELS", site, "resolved", columns=statement.labels)
    trace.edge(model, _stored(trace, name), "PERSISTS", site)
    for output in statement.outputs:
        use = "label" if output.name.lower() in labels else "feature"
        for table, column in output.sources:
            for node in [tables[table]] if table in tables else tables.values() if not table else ():
                _use(trace, node, column, use, site)


def _use(trace: Trace, node: str, column: str, use: str, site: Site) -> None:
    if column == ALL:
        trace.use_all(node, use, site)
    else:
        trace.column((node, column), "projection", site)
        trace.use((node, column), use, site)


def _ask(trace: Trace, name: str, frame: str, tables: Mapping[str, str], scope: str, site: Site) -> None:
    loaded = trace.node(f"loaded:{scope}:{name}", "loaded", name, site, scope=scope, **{"class": "sql.model"})
    trace.loaded_as.setdefault(loaded, set()).add("model")
    trace.edge(_stored(trace, name), loaded, "LOADS", site)
    told = {"method": "predict", "scope": scope, "variable": "", "rows": trace.nodes[frame].attributes.get("rows")}
    prediction = trace.node(f"prediction:{scope}:{name}", "prediction", "prediction", site, **told)
    given = trace.node(f"frame:{scope}:{name}:given", "frame", "rows", site, scope=scope, variable="")
    for node in tables.values():
        trace.edge(node, given, "READS", site)
    trace.edge(given, prediction, "DERIVES", site, operation="predict")
    trace.edge(loaded, prediction, "PREDICTS", site, named=True)
    trace.edge(prediction, frame, "DERIVES", site, operation="predict")


def _stored(trace: Trace, name: str) -> str:
    return trace.node(f"artifact:{name}", "artifact", name, store="table")
