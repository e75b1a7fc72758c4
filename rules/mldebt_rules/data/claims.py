"""What is said of claims that the code of a repository doesn't keep to."""

from __future__ import annotations

from mldebt.graph.records import Claim
from mldebt_rules.wording import listed

UNUSED = {
    ("mlflow", "parameter"): (
        "The entry point `{owner}` declares {names}, which its command doesn't take: "
        "a run that is given {them} goes on as if it weren't, and records {them} all the same.",
        "Pass {them} in the command (--name {{name}}), or take {them} out of the parameters of `{owner}`.",
    ),
    ("kedro", "entry"): (
        "The catalog has {names}, which no node takes or makes, and nothing else in the project speaks of. "
        "Readers believe in data that the pipelines know nothing of.",
        "Take {them} out of the catalog, or name {them} among the inputs or outputs of the node that is meant.",
    ),
    ("dbt", "source"): (
        "The dbt project declares the source{s} {names}, from which no model selects. Whoever loads {them} does so for "
        "nobody that dbt knows of, and tests and freshness of {them} guard nothing.",
        "Take {them} out of the sources; if something outside of dbt uses {them}, declare it as an exposure.",
    ),
    ("kubeflow", "output"): (
        "The component `{owner}` declares the output {names} and its code never mentions {them}: what comes behind it "
        "is given nothing.",
        "Write to {names}.path, or take {them} out of the component and of what it is wired to.",
    ),
    ("kubeflow", "input"): (
        "The component `{owner}` declares the input {names} and its code never mentions {them}: it runs again whenever "
        "what makes {them} does, for nothing, and readers believe in a flow of data that isn't there.",
        "Take {them} out of the component; an order without data is said with `.after(…)`.",
    ),
    ("airflow", "dataset"): (
        "`{owner}` waits for {names}, which no task of the repository has among its `outlets`: it is never started.",
        "Add {names} to the `outlets` of the task that makes the data, or give `{owner}` another schedule.",
    ),
}
UNDECLARED = {
    ("mlflow", "parameter"): (
        "The command of the entry point `{owner}` takes {names}, which it doesn't declare: the run stops before it "
        "begins.",
        "Declare {names} among the parameters of `{owner}`, with a type and a default.",
    ),
    ("dbt", "table"): (
        "Models of dbt select from {names} by name ({place}): dbt doesn't know that they depend on {them}, so that "
        "lineage, order, tests and environments leave {them} out.",
        "Write {call} in its place, and declare the source where it isn't yet; a model of the project is "
        "{{{{ ref('…') }}}}.",
    ),
}


def message(claim: Claim) -> str:
    return _filled(claim, 0)


def help_for(claim: Claim) -> str:
    return _filled(claim, 1)


def _filled(claim: Claim, part: int) -> str:
    texts = UNUSED if claim.side == "unused" else UNDECLARED
    names = list(dict.fromkeys(name for name, _ in claim.names))
    them = "it" if len(names) == 1 else "them"
    return texts[claim.tool, claim.what][part].format(
        owner=claim.owner,
        place=claim.site,
        names=listed(names, 5),
        them=them,
        call=_source(names[0]),
        s="" if len(names) == 1 else "s",
    )


def _source(table: str) -> str:
    """`raw.orders` as dbt has it."""
    schema, _, name = table.rpartition(".")
    return f"{{{{ source('{schema.rpartition('.')[2]}', '{name}') }}}}"
