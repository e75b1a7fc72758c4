"""MLD107: two repositories meet at a path, table or topic, and nothing says what holds there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.coupling import Coupling, couplings
from mldebt.rules.fix import SCAFFOLD
from mldebt.rules.model import Finding, Fix, Rule, Settings, certainty
from mldebt.rules.witness import place, witness
from mldebt_rules.contracts import consumer_of
from mldebt_rules.wording import listed, literal, snippet


class CrossRepoPathCoupling(Rule):
    code = "MLD107"
    name = "cross-repo-path-coupling"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        together: dict[tuple[str, str, str], list[Coupling]] = {}
        for coupling in couplings(graph, settings.consumers):
            folder = graph[coupling.thing].name.rpartition("/")[0]
            key = (folder, graph.repository_of(coupling.writer.file), graph.repository_of(coupling.reader.file))
            together.setdefault(key, []).append(coupling)
        for (_, writer, reader), found in sorted(together.items()):
            yield self.found(graph, writer, reader, found)

    def found(self, graph: Graph, writer: str, reader: str, found: Sequence[Coupling]) -> Finding:
        things = list(dict.fromkeys(coupling.thing for coupling in found))
        names = [graph[thing].name for thing in things]
        first = found[0]
        return self.finding(
            f"{reader} reads {listed(names, 3)}, which {writer} writes, and nothing says what holds there. "
            f"{_where(found)} {_relied(reader, found)}Who renames a column, a folder or a unit in {writer} can't know "
            f"that {reader} breaks.",
            subject=[*things, f"repository:{writer}", f"repository:{reader}"],
            locations=dict.fromkeys([*(place(each.read) for each in found), *(place(each.write) for each in found)]),
            path=witness(graph, first.way),
            evidence=certainty(weakest(each.evidence(graph) for each in found)),
            help=_help(graph, writer, found),
            fixes=[_contract(graph, found)],
            effort_minutes=45 * len(things),
        )


def _where(found: Sequence[Coupling]) -> str:
    writes = ", ".join(dict.fromkeys(str(place(each.write)) for each in found))
    reads = ", ".join(dict.fromkeys(str(place(each.read)) for each in found))
    return f"Written at {writes}; read at {reads}."


def _relied(reader: str, found: Sequence[Coupling]) -> str:
    columns = list(dict.fromkeys(column for each in found for column in each.columns))
    return f"{reader} relies on {listed(columns)}. " if columns else ""


def _relied_on(graph: Graph, found: Sequence[Coupling]) -> dict[tuple[str, str], list[str]]:
    """The columns that matter, by the thing and the file that reads it."""
    declared: dict[tuple[str, str], list[str]] = {}
    for each in found:
        columns = declared.setdefault((graph[each.thing].name, each.reader.file), [])
        columns += [column for column in each.columns if column not in columns]
    return declared


def _contract(graph: Graph, found: Sequence[Coupling]) -> Fix:
    tables = tuple(consumer_of(name, file, columns) for (name, file), columns in _relied_on(graph, found).items())
    return Fix("Write down who reads what, and say why", tables, SCAFFOLD)


def _help(graph: Graph, writer: str, found: Sequence[Coupling]) -> str:
    tables = "\n\n".join(
        f'[[consumers]]\ndataset = "{name}"\nconsumer = "{file}"\nreason = "why it needs the data"'
        + (f"\ncolumns = {literal(columns)}" if columns else "")
        for (name, file), columns in _relied_on(graph, found).items()
    )
    return (
        f"Agree on a contract and write it down where {writer} is changed, in its mldebt.toml; MLD003 then tells who "
        f"stops writing a column that is relied on:{snippet(tables)}Or check what is read against a schema, or put a "
        "version into the name, so that a new form doesn't take the place of the old one."
    )
