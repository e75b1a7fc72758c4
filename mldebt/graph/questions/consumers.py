"""Where predictions are published, and who reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from msgspec import Struct
from msgspec.structs import replace

from mldebt.graph.model import Edge, Graph, Node, Unit, weakest
from mldebt.graph.names import table_of
from mldebt.graph.questions.datasets import PERSISTENT_STORES, begun, is_aside, is_for_people, is_handed_in
from mldebt.graph.questions.jobs import is_put_away
from mldebt.graph.questions.lineage import ColumnFlow, ColumnRef, Path, evidence_of, path_between, reachable
from mldebt.graph.questions.models import Models, is_alias, predicting_models
from mldebt.graph.questions.rowsets import parts
from mldebt.sites import Site

_PUBLISHING = ("DERIVES", "WRITES")
_SUMMARIES = frozenset({
    "metric", "score", "statistic", "evaluate", "cross_validate", "groupby", "agg", "aggregate", "mean", "sum", "std",
    "value_counts", "describe", "count", "plot", "predict", "step",
})  # fmt: skip
_METRICS = re.compile(
    r"(?<![^\W_])(r?mse|mae|mape|smape|rmsle|auc|roc_?auc|auroc|auprc|ap|accuracy|acc|f1|precision|recall|r2|log_?loss|loss"
    r"|gini|ks|brier|kappa|mcc|sensitivity|specificity|bias|errors?|residual|metric|lift|support|positives|negatives|tp|fp|tn|fn)(?![^\W_])",
    re.IGNORECASE,
)
MOST = 2 / 3
"""Share of columns that hold figures from which on a table is one of figures."""
_KEY = re.compile(r"(^|_)(id|key|uuid|guid|pk|hash|num|number|no|code)$|^\d+$|^count", re.IGNORECASE)
_HERE = re.compile(r"^https?://(localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?=[:/]|$)", re.IGNORECASE)
_TRIAL = re.compile(
    r"(^|/)(homeworks?|exercises?|assignments?|labs?|smoke[^/]*|load_?tests?|e2e)/"
    r"|(^|/)(send|smoke|try|ping|simulate|mock|load_?test|client_?test|test_?client|manual)(_[^/]*)?\.py$",
    re.IGNORECASE,
)
_ENCODER = re.compile(r"(^|\.)(AutoModel|SentenceTransformer)(\.|$)")
_TRUTH = re.compile(
    r"y_?(true|test|actual|val|valid)|true_?(y|label|value|class)|ground_?truth|actuals?", re.IGNORECASE
)
"""What the truth is called that predictions are held against."""
_PARTS_OF_A_SYSTEM = frozenset({
    ".", "api", "app", "apps", "airflow", "backend", "batch", "bin", "code", "common", "components", "config", "core",
    "dags", "dashboard", "dashboards", "data", "db", "deploy", "deployment", "etl", "evaluation", "features", "flows",
    "frontend", "inference", "infra", "jobs", "lib", "ml", "model", "models", "modules", "monitoring", "notebooks",
    "orchestration", "pipeline", "pipelines", "prediction", "predictions", "preprocessing", "scoring", "scripts",
    "server", "services", "serving", "shared", "source", "src", "stages", "steps", "streamlit", "tasks", "tools",
    "train", "training", "ui", "utils", "web", "webapp", "workflows",
})  # fmt: skip


class Publication(Struct, frozen=True):
    """A prediction that is written where others can read it. `columns` of the data set are made of it."""

    prediction: str
    dataset: str
    columns: tuple[str, ...]
    path: Path

    @property
    def write(self) -> Edge:
        return self.path[-1]


class Reader(Struct, frozen=True):
    """A file that reads a publication: what it takes, and who owns it."""

    unit: Unit
    way: Path
    columns: tuple[str, ...]
    uses: tuple[str, ...]

    @property
    def read(self) -> Edge:
        return self.way[-1]

    @property
    def evidence(self) -> str:
        return weakest((evidence_of(self.way), self.unit.owner_evidence))


def publications(graph: Graph, stores: Sequence[str] = (*PERSISTENT_STORES, "http")) -> list[Publication]:
    """Every prediction with every data set that its own job writes it to, records rather than summaries."""
    flow = graph.once(ColumnFlow)
    return [
        Publication(prediction.id, dataset, columns, _from_model(graph, path))
        for prediction in graph.of_kind("prediction")
        for dataset in _written(graph, prediction.id)
        if graph[dataset].attributes.get("store", "file") in stores and not is_for_people(graph[dataset])
        if not is_handed_in(graph, dataset)
        if _is_records(columns := _columns_made(flow, prediction.id, dataset))
        if (path := path_between(graph, [prediction.id], {dataset}, _PUBLISHING, allowed=_keeps_records))
    ]


def publishes(graph: Graph, publication: Publication) -> bool:
    """The code that writes it scores or serves, or runs in production, so that somebody may rely on it."""
    return any(
        not is_aside(unit) and not is_put_away(unit) and (unit.production or bool(unit.roles & {"score", "serve"}))
        for unit in _at_the_writing(graph, publication)
    )


def is_relied_on(graph: Graph, publication: Publication) -> bool:
    """Whether somebody else takes the predictions: a table is there for others, a file for whoever had it written,
    unless a job in production writes it or another program reads it."""
    if graph[publication.dataset].attributes.get("store", "file") != "file":
        return True
    if any(unit.production for unit in _at_the_writing(graph, publication)):
        return True
    writers = {site.file for site in publication.write.sites}
    readers = (reader.unit for reader in _readers(graph, publication))
    return any(unit.file not in writers and not only_looks(unit) for unit in readers)


def _at_the_writing(graph: Graph, publication: Publication) -> list[Unit]:
    """The unit that writes, and those that have it written by a helper."""
    write = min(publication.write.sites)
    places = (write, *(entry for at, entry in begun(graph[publication.dataset]) if at == write))
    return [graph.unit_of(place) for place in places]


def is_evaluation(graph: Graph, publication: Publication) -> bool:
    """Predictions of a test part, beside the label or in a test: made to judge the model, not to be used; or no
    predictions at all, but what a pretrained encoder makes of a text."""
    if all("test" in graph.unit_of(site).roles for site in publication.write.sites):
        return True
    if parts(graph, [publication.prediction]) or _is_encoded(graph, publication.prediction):
        return True
    written = set(published_columns(graph, publication)) - set(publication.columns)
    labels = _labels(graph, publication.prediction)
    return any(name in labels or _TRUTH.fullmatch(name) for name in written)


def _is_encoded(graph: Graph, prediction: str) -> bool:
    models = [graph[name] for name in predicting_models(graph, prediction)]
    return bool(models) and all(_ENCODER.search(str(model.attributes.get("class", ""))) for model in models)


def published_columns(graph: Graph, publication: Publication) -> tuple[str, ...]:
    """All columns that are written together with the prediction; empty where they are not all known."""
    site = min(publication.write.sites)
    together = [edge for edge in graph.into(publication.dataset, "WRITES") if site in edge.sites]
    columns = [edge.attributes.get("columns") for edge in together]
    if not publication.columns or not all(isinstance(names, (tuple, list)) for names in columns):
        return ()
    return tuple(dict.fromkeys(str(name) for names in columns if isinstance(names, (tuple, list)) for name in names))


def foreign_readers(graph: Graph, publication: Publication) -> list[Reader]:
    """Readers whose owner is known and is not the owner of the code that writes, by file."""
    writers = [graph.unit_of(site) for site in publication.write.sites]
    if not all(writer.owner for writer in writers):
        return []
    found: dict[str, Reader] = {}
    for reader in _readers(graph, publication):
        unit = reader.unit
        if not only_looks(unit) and not _tries_out(graph, reader) and _is_foreign(graph, publication, writers, unit):
            seen = seen_from(graph, unit, writers[0])
            found.setdefault(unit.file, reader if seen is unit else replace(reader, unit=seen))
    return [found[file] for file in sorted(found)]


def _tries_out(graph: Graph, reader: Reader) -> bool:
    """A script that somebody starts by hand to see whether a service on the same machine answers."""
    called = graph[reader.read.source].name
    if reader.unit.production or graph[reader.read.source].attributes.get("store") != "http":
        return False
    return bool(_HERE.match(called) or _TRIAL.search(reader.unit.file))


def _is_foreign(graph: Graph, publication: Publication, writers: Sequence[Unit], reader: Unit) -> bool:
    if all(graph.repository_of(writer.file) != graph.repository_of(reader.file) for writer in writers):
        return not any(have_one_owner(writer, reader) for writer in writers)
    owners = {writer.owner for writer in writers}
    if graph[publication.dataset].attributes.get("store") == "http" and reader.owner_evidence != "declared":
        return False  # who calls a service of the same repository is seen there by all
    return reader.owner not in owners and _are_two_owners(graph, publication, reader)


def have_one_owner(one: Unit, other: Unit) -> bool:
    """Files of two repositories that are declared to be of the same people."""
    return one.owner == other.owner and {one.owner_evidence, other.owner_evidence} == {"declared"}


def seen_from(graph: Graph, unit: Unit, other: Unit) -> Unit:
    """A file as those see it who own another one: of another repository, they know who owns the whole at most."""
    repository = graph.repository_of(unit.file)
    if repository == graph.repository_of(other.file) or unit.owner_evidence == "declared":
        return unit
    return replace(unit, owner=repository, owner_evidence="inferred")


def writer_of(graph: Graph, publication: Publication) -> Unit:
    return graph.unit_of(min(publication.write.sites))


def is_declared_consumer(graph: Graph, dataset: Node, reader: Unit, declared: Sequence[Mapping[str, object]]) -> bool:
    """Somebody wrote down that this reader uses the data set: in the settings, or in a file that declares consumers."""
    names = {reader.file, reader.owner, graph.repository_of(reader.file)} - {""}
    for edge in graph.out(dataset.id, "CONSUMES"):
        consumer = graph[edge.target]
        said = {consumer.name, *(str(consumer.attributes.get(key, "")) for key in ("file", "unit", "owner"))}
        if consumer.attributes.get("declared") and any(_matches(name, said) for name in names):
            return True
    return any(speaks_of(entry, dataset) and _names_reader(entry, names) for entry in declared)


def evidence_of_reading(graph: Graph, publication: Publication, reader: Reader) -> str:
    writer = seen_from(graph, writer_of(graph, publication), reader.unit)
    return weakest((evidence_of(publication.path), reader.evidence, writer.owner_evidence))


def _written(graph: Graph, prediction: str) -> list[str]:
    found = reachable(graph, [prediction], _PUBLISHING, allowed=_keeps_records)
    return sorted(node for node in found if graph[node].kind == "dataset")


def _labels(graph: Graph, prediction: str) -> set[str]:
    """Names of the label columns of the model that predicts, wherever it is trained."""
    models = graph.once(Models)
    same = [trained for model in predicting_models(graph, prediction) for trained in models.trained_as(model)]
    columns = [edge.attributes.get("columns") for model in same for edge in graph.into(model, "LABELS")]
    return {str(name) for names in columns if isinstance(names, (tuple, list)) for name in names}


def _from_model(graph: Graph, path: Path) -> Path:
    return (*graph.into(path[0].source, "PREDICTS")[:1], *path)


def _keeps_records(edge: Edge) -> bool:
    if edge.source.startswith("dataset:"):
        return False
    return not edge.attributes.get("indirect") and edge.attributes.get("operation") not in _SUMMARIES


def _is_records(columns: tuple[str, ...]) -> bool:
    """False where most of what was made of the prediction are figures about it."""
    return not columns or sum(bool(_METRICS.search(column)) for column in columns) < MOST * len(columns)


def _columns_made(flow: ColumnFlow, prediction: str, dataset: str) -> tuple[str, ...]:
    said = [ref for ref in flow.of_node(prediction) if _is_said(flow, ref)]
    return tuple(sorted(name for owner, name in flow.after(said) if owner == dataset))


def _is_said(flow: ColumnFlow, ref: ColumnRef) -> bool:
    """Whether a column of what a model put out is its own, not one set beside it: `withColumn("at", …)`."""
    column = flow.column(ref)
    if column is None or not (column.derived_from or column.expression):
        return True
    return any(owner == ref[0] for owner, _ in column.derived_from)


def _readers(graph: Graph, publication: Publication) -> Iterator[Reader]:
    names = [publication.dataset, *(edge.target for edge in graph.out(publication.dataset) if is_alias(edge))]
    for edge in (edge for name in names for edge in graph.out(name, "READS")):
        dataset = graph[edge.source]
        asked = edge.attributes.get("columns")
        if isinstance(asked, (tuple, list)) and publication.columns and not set(asked) & set(publication.columns):
            continue
        if asked and isinstance(asked, (tuple, list)) and not publication.columns and all(map(_KEY.search, asked)):
            continue  # whether there is a record
        for file in sorted({site.file for site in edge.sites}):
            uses = _uses(dataset, publication.columns, file)
            taken = tuple(sorted({column for column, _ in uses}))
            known_as = next((alias for alias in graph.into(dataset.id) if is_alias(alias)), None)
            way = (edge,) if dataset.id == publication.dataset or known_as is None else (known_as, edge)
            yield Reader(graph.unit_of(_site_in(edge, file)), way, taken, tuple(sorted({use for _, use in uses})))


def _uses(dataset: Node, columns: tuple[str, ...], file: str) -> set[tuple[str, str]]:
    """(column, kind of use) of the predicted columns in one file."""
    return {
        (column.name, use.kind)
        for column in dataset.columns
        if column.name in columns
        for use in column.uses
        if use.site.file == file
    }


def _site_in(edge: Edge, file: str) -> Site:
    return min(site for site in edge.sites if site.file == file)


def _are_two_owners(graph: Graph, publication: Publication, reader: Unit) -> bool:
    """Two owners are known, or at least the code says nothing against it.

    A folder that is named after a part of the system, not after those who work on it, says nothing about owners; files
    that share code of the repository are kept by the same people; and an experiment publishes nothing.
    """
    writer = writer_of(graph, publication)
    if not reader.owner:
        return False
    evidence = {writer.owner_evidence, reader.owner_evidence}
    if "guessed" not in evidence:
        folders = [unit.owner.lower().rpartition("/")[2] for unit in (writer, reader)]
        return "declared" in evidence or not all(map(_is_part_of_a_system, folders))
    guessed = [unit.owner.lower() for unit in (writer, reader) if unit.owner_evidence == "guessed"]
    shared = {writer.file, *writer.imports} & {reader.file, *reader.imports}
    known = shared or not publishes(graph, publication)
    return not known and not any(map(_is_part_of_a_system, guessed))


def _is_part_of_a_system(folder: str) -> bool:
    """`shop-ui`, `model_deployment`: named after what it does for the rest."""
    return folder in _PARTS_OF_A_SYSTEM or bool(_PARTS_OF_A_SYSTEM & set(re.split(r"[-_. ]+", folder)))


def only_looks(unit: Unit) -> bool:
    """Tests, examples, and notebooks that nothing runs: a person who looks is not a consumer."""
    if unit.production:
        return is_aside(unit)
    return bool(unit.roles & {"test", "example"}) or unit.kind == "notebook" or is_put_away(unit)


def speaks_of(entry: Mapping[str, object], dataset: Node) -> bool:
    """Whether a declaration means a data set: by its name, with its server or without, or by a pattern.

    One of several repositories only speaks of its own files, and of what it shares.
    """
    name, home = str(entry.get("dataset", "")), entry.get("repository")
    if home and dataset.attributes.get("repository", home) != home:
        return False
    called = (dataset.name, table_of(dataset.name), dataset.id.partition(":")[2])
    return bool(name) and any(said == name or fnmatchcase(said, name) for said in called)


def _names_reader(entry: Mapping[str, object], names: set[str]) -> bool:
    said = {str(entry.get("consumer", "")), str(entry.get("owner", ""))}
    names = names | {name.removeprefix(f"{entry['repository']}/") for name in names if entry.get("repository")}
    return any(_matches(name, said) for name in names)


def _matches(name: str, said: set[str]) -> bool:
    """A declared name is the reader's owner, its file, a folder above it, or a pattern."""
    return any(
        name == one or name.startswith(one.rstrip("/") + "/") or fnmatchcase(name, one) for one in said if one and name
    )
