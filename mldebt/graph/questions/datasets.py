"""Stored data sets: who writes and reads them, what their names and columns say, and whether all readers are known."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import splitext

from mldebt.graph.model import Edge, Graph, Node, Unit
from mldebt.graph.names import table_of
from mldebt.graph.questions.alike import Alike, are_apart, namespace
from mldebt.graph.questions.lineage import origins
from mldebt.sites import Site

PERSISTENT_STORES = ("file", "table", "topic", "object")
"""Where data outlives the program that wrote it; a request, a buffer or data shipped with a library does not."""

ASIDE = frozenset({"test", "example"})

_FOR_PEOPLE = {
    "png", "jpg", "jpeg", "svg", "gif", "pdf", "html", "htm", "md", "txt", "log", "tex", "xlsx", "xls", "docx", "pptx",
    "zip", "tar", "gz", "tgz", "bin", "lock",
}  # fmt: skip
_REPORT_WORDS = re.compile(
    r"metric|report|score_?card|evaluat|backtest|validation|summar|plot|figure|chart|leaderboard|debug|diagnos|compar|submission|submit|importance|confusion"
    r"|(\b|_)(roc|corr|vif|iv|anova|p_?values?)(\b|_)|correlation|coefficient|explain|shap|benchmark|statistic"
    r"|(?<!fine)(?<!fine[-_])tuning|(\b|_)(sweep|trials?)(\b|_)",
    re.IGNORECASE,
)
_KEPT_WORDS = re.compile(
    r"(\b|_)logs?(\b|_)|eval|result|history|tensorboard|stats|profile|monitor|drift|param|config|setting|schema|version"
    r"|manifest|metadata|(\b|_)meta(\b|_)|status|done|success|marker|cache|backup|(\b|_)bak(\b|_)|export|output|sample"
    r"|debug|dump|tmp|temp|fail|error|reject|skipped|invalid|warning|missing|unmatched|quarantine",
    re.IGNORECASE,
)
SUBMISSION = re.compile(r"(?<![A-Za-z])(?:[Ss]ubmission|SUBMISSION)[Ss]?(?![a-z])|(?<=[a-z])Submissions?(?![a-z])")
"""A word of a path: `reports/submissions/`, `sampleSubmission.csv`, `sample_submission.csv`."""
_SUBMITTED = re.compile(r"(?<![a-z])submi(t|ssion)(?![a-z])|^(df_)?sub(_df)?$", re.IGNORECASE)
_TIME_WORDS = {
    "time", "date", "timestamp", "ts", "day", "month", "week", "year", "hour", "datetime", "ds", "dt", "asof", "epoch",
    "created", "updated", "inserted", "generated", "run", "at", "on", "when", "period", "partition", "snapshot", "now",
    "today", "cutoff", "ref", "data", "fecha", "datum", "dia", "jour", "tag",
}  # fmt: skip
_VERSION_WORDS = {
    "version", "ver", "release", "commit", "sha", "revision", "rev", "hash", "build", "tag", "model", "variant", "run",
    "experiment", "artifact", "algorithm", "algo", "estimator", "checkpoint", "champion",
}  # fmt: skip
_TABULAR = frozenset({"csv", "tsv", "parquet", "feather", "orc", "excel", "jsonl"})
_TABLES_IN_FILES = _TABULAR | {"pickle", "hdf5", "h5", "npy", "npz", "numpy", "arrow", "pkl", "joblib"}
_SET_ASIDE = re.compile(
    r"(^|/)(trash|scratch|sandbox|playground|archives?|archived|old|deprecated|backups?|_?bak|legacy|attic|experiments?|tmp)/",
    re.IGNORECASE,
)
_DATE = re.compile(r"(19|20)\d{2}([-_/.]?\d{2}){0,2}")


def is_persistent(node: Node) -> bool:
    return node.kind == "dataset" and node.attributes.get("store", "file") in PERSISTENT_STORES


def writers(graph: Graph, dataset: str) -> list[Edge]:
    return graph.into(dataset, "WRITES")


def readers(graph: Graph, dataset: str) -> list[Edge]:
    """Everything that takes data out of it: reads, consumers, copies."""
    return graph.out(dataset, "READS", "CONSUMES", "DERIVES", "LOADS")


def unread_datasets(graph: Graph) -> list[Node]:
    """Files and tables that working code of the repository makes and nothing can read, as far as all reads are known.

    Topics, objects in shared stores and tables of a database that nothing here reads have their readers elsewhere.
    """
    gaps = [gap for gap in unresolved_reads(graph) if not is_aside(graph.unit_of(min(gap.sites)))]
    read = Alike(node for node in graph.of_kind("dataset", "artifact") if readers(graph, node.id))
    return [
        node
        for node in graph.of_kind("dataset")
        if _is_made_here(graph, node) and not readers(graph, node.id) and not is_declared(graph, node.id)
        if not is_handed_in(graph, node.id)
        if not read.may_be_reads_of(node)
        if not any(could_hide_a_read(gap, node) and _can_mean(graph, gap, node) for gap in gaps)
        if not node.attributes.get("mentioned") and not holds_predictions(graph, node.id)
        if not _tells_of_a_model(graph, node.id)
    ]


def holds_predictions(graph: Graph, dataset: str) -> bool:
    """A model's output is in it: the product of the repository, made to be read elsewhere."""
    if any(_PREDICTED.search(column.name) for column in graph[dataset].columns):
        return True  # the answers of a service, say
    return any(node.startswith("prediction:") for node in origins(graph, [dataset], ("WRITES", "DERIVES")))


_PREDICTED = re.compile(r"^(y_?)?pred(s|ict(ed|ions?)?)?($|_)|_pred(icted|ictions?)?$", re.IGNORECASE)


def _tells_of_a_model(graph: Graph, dataset: str) -> bool:
    """What a model says of itself is in it, importances or coefficients; what it only transforms is data still."""
    made = (edge for node in origins(graph, [dataset], ("WRITES", "DERIVES")) for edge in graph.into(node, "DERIVES"))
    return any(edge.source.startswith("model:") and not edge.attributes.get("state") for edge in made)


def _is_made_here(graph: Graph, node: Node) -> bool:
    writes = writers(graph, node.id)
    if not writes or is_kept_unread(node) or any(_appends(edge) for edge in writes):
        return False
    if not (_is_own_file(node) or _is_table_of_known_database(graph, node)):
        return False
    units = units_of(graph, writes)
    return not any(is_aside(unit) or _is_only_explored(unit) for unit in units) and not _is_begun_aside(graph, node)


def _is_begun_aside(graph: Graph, node: Node) -> bool:
    """A helper writes it that nothing calls, or all that runs for that is put away, or only tests or shows."""
    entries = [(entry, graph.unit_of(entry)) for _, entry in begun(node)]
    return bool(entries) and all(
        is_aside(unit) or _is_only_explored(unit) or not (entry.line or unit.production) for entry, unit in entries
    )


def begun(node: Node) -> tuple[tuple[Site, Site], ...]:
    """Where a data set is written, and what is run for that; line 0 of a file whose functions no code calls."""
    return _pairs(node, "begun")


def called(node: Node) -> tuple[tuple[Site, Site], ...]:
    """Where functions write a data set, and where they are called."""
    return _pairs(node, "called")


def _pairs(node: Node, key: str) -> tuple[tuple[Site, Site], ...]:
    known = node.attributes.get(key, ())
    return known if isinstance(known, tuple) else ()


def _is_own_file(node: Node) -> bool:
    """A table in a file; documents in JSON and the like may be read by a program in another language."""
    outside = bool(namespace(node.name)) or node.name.startswith(("/", "~", "{"))
    form = str(node.attributes.get("format") or _ending(node))
    return node.attributes.get("store", "file") == "file" and not outside and form in _TABLES_IN_FILES


def _is_table_of_known_database(graph: Graph, node: Node) -> bool:
    """A script that nothing is seen to run may belong to a program that is not here, and so may the readers."""
    run = any(not site.file.endswith(".sql") for edge in writers(graph, node.id) for site in edge.sites)
    if node.attributes.get("store") != "table" or not run or _is_in_catalog(node.name):
        return False
    tables = (other for other in graph.of_kind("dataset") if other.attributes.get("store") == "table")
    same = (
        other
        for other in tables
        if other.id != node.id and namespace(other.name) == namespace(node.name) and not are_apart(node, other)
    )
    return any(graph.out(other.id, "READS") for other in same)


def _is_in_catalog(name: str) -> bool:
    """`sales.gold.orders`: a catalog and a schema are there for others, too."""
    return name.rpartition("::")[2].count(".") > 1


def _appends(edge: Edge) -> bool:
    """A log that grows is kept for the day when somebody has to look."""
    return edge.attributes.get("mode") in ("append", "merge")


def _is_only_explored(unit: Unit) -> bool:
    return not unit.production and (unit.kind == "notebook" or bool(_SET_ASIDE.search(unit.file)))


def units_of(graph: Graph, edges: Iterable[Edge]) -> list[Unit]:
    """The files in which the edges are written, each once, by name."""
    units = {site.file: graph.unit_of(site) for edge in edges for site in edge.sites}
    return [units[file] for file in sorted(units)]


def is_aside(unit: Unit) -> bool:
    """Code that only tests or shows something."""
    return bool(unit.roles) and unit.roles <= ASIDE


def is_for_people(node: Node) -> bool:
    """A final output by its nature: a figure, a report, metrics, a submission; people read it, not programs."""
    return _ending(node) in _FOR_PEOPLE or bool(_REPORT_WORDS.search(_within_store(node)))


def is_handed_in(graph: Graph, dataset: str) -> bool:
    """What goes to the host of a competition, who says which columns it has: the table, or the file or function that
    writes it, is called a submission."""
    for edge in writers(graph, dataset):
        table = graph[edge.source]
        where = [str(table.attributes.get("scope", "")), *(site.file for site in edge.sites)]
        named = str(table.attributes.get("variable") or table.name)
        if _SUBMITTED.search(named) or any(SUBMISSION.search(place.rpartition("/")[2]) for place in where):
            return True
    return False


def is_kept_unread(node: Node) -> bool:
    """Meant for people, or kept for the day when somebody has to look: logs, settings, caches, exports."""
    return is_for_people(node) or bool(_KEPT_WORDS.search(_within_store(node)))


def is_declared(graph: Graph, dataset: str) -> bool:
    """Something outside the code speaks of it: a stage's dependency or output, a contract, a consumer, a check."""
    kinds = ("DECLARES", "CONSUMES", "CHECKS", "CONFIGURED_BY")
    return bool(graph.into(dataset, *kinds) or graph.out(dataset, *kinds)) or any(
        edge.evidence == "declared" for edge in (*graph.into(dataset), *graph.out(dataset))
    )


def _can_mean(graph: Graph, gap: Node, dataset: Node) -> bool:
    """Whether code at the gap could speak of a data set: not of a file of another repository."""
    home = dataset.attributes.get("repository")
    return not home or graph.repository_of(gap.sites[0].file) == home


def unresolved_reads(graph: Graph) -> Iterator[Node]:
    """Where data is read whose name is not known: gaps, and what whoever starts a program names."""
    return (node for node in graph.of_kind("gap", "dataset") if node.attributes.get("blocks") in ("READS", "LOADS"))


def could_hide_a_read(gap: Node, dataset: Node) -> bool:
    """A read of unknown data may be one of this data set, unless it is known to be of another kind or format."""
    asks_tables = str(gap.attributes.get("reason", "")).startswith("query")
    if gap.attributes.get("store") == "http" and dataset.attributes.get("store") == "file":
        return False
    if asks_tables != (dataset.attributes.get("store") == "table"):
        return False
    format_ = dataset.attributes.get("format")
    if gap.attributes.get("blocks") == "LOADS" and format_ in _TABULAR:
        return False
    known = gap.attributes.get("format")
    return not known or known == format_


def is_partitioned(node: Node, writes: Iterable[Edge]) -> bool:
    """Its name has a part that changes (a hole, a date), or it is written by partition."""
    changing = bool(node.attributes.get("template")) or "{" in node.name or bool(_DATE.search(node.name))
    return changing or any(edge.attributes.get("partition") for edge in writes)


def tells_time(column: str) -> bool:
    return bool(_words(column) & _TIME_WORDS)


def tells_version(column: str) -> bool:
    return bool(_words(column) & _VERSION_WORDS)


def _ending(node: Node) -> str:
    return splitext(node.name)[1].lstrip(".").lower()


def _within_store(node: Node) -> str:
    return table_of(node.name) if node.attributes.get("store") == "table" else node.name


def _words(name: str) -> set[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return {word for word in re.split(r"[^a-z]+", spaced.lower()) if word}
