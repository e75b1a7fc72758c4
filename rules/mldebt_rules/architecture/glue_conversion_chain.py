"""MLD411: data changes its representation three times or more around a model, or goes through a file and a command."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.graph.model import Graph
from mldebt.graph.questions.conversions import GlueChain, glue_chains
from mldebt.graph.questions.detours import detours
from mldebt.graph.questions.models import Models
from mldebt.graph.records import Detour
from mldebt.rules.model import Finding, Rule, Settings, Step, certainty
from mldebt.rules.witness import step

ENOUGH = {
    ("data frame", "array"): "`X = frame.to_numpy()`",
    ("data frame", "dictionaries"): '`frame.to_dict("records")`',
    ("data frame", "list"): "`frame.to_numpy().tolist()`",
    ("data frame", "tensor"): "`torch.from_numpy(frame.to_numpy())`",
    ("dictionaries", "data frame"): "`pd.DataFrame([record])`",
    ("dictionaries", "array"): "`np.array([[record[name] for name in FEATURES]])`",
    ("dictionaries", "tensor"): "`torch.tensor([[record[name] for name in FEATURES]])`",
    ("array", "data frame"): "`pd.DataFrame(array, columns=NAMES)`",
    ("array", "dictionaries"): '`pd.DataFrame(array, columns=NAMES).to_dict("records")`',
    ("array", "list"): "`array.tolist()`",
    ("array", "text"): "`json.dumps(array.tolist())`",
    ("list", "array"): "`np.asarray(items)`",
    ("list", "data frame"): "`pd.DataFrame(items, columns=NAMES)`",
}


class GlueConversionChain(Rule):
    code = "MLD411"
    name = "glue-conversion-chain"
    severity = "low"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for chain in glue_chains(graph):
            if chain.edge.evidence != "guessed":
                yield self.found(graph, chain)
        for detour in detours(graph):
            yield self.detour(graph, detour)

    def found(self, graph: Graph, chain: GlueChain) -> Finding:
        return self.finding(
            _message(graph, chain),
            subject=(chain.edge.source, chain.edge.target),
            locations=dict.fromkeys(stop.site for stop in chain.stops[:0:-1]),
            path=(*_steps(graph, chain), step(graph, chain.edge)),
            evidence=certainty(chain.edge.evidence),
            help=_help(chain),
            effort_minutes=15,
            properties={"conversions": len(chain.stops) - 1},
        )

    def detour(self, graph: Graph, found: Detour) -> Finding:
        written, read = graph[found.written].name, graph[found.read].name
        return self.finding(
            f"`{written}` is written for `{found.program}` only, and `{read}`, which it makes of that, is read back. "
            "Names and types of columns are lost twice on the way, a run that fails leaves the files of the one "
            "before, and nothing but the command says what depends on what.",
            subject=(found.written, found.read),
            locations=dict.fromkeys((found.back, found.site, found.write)),
            path=(
                Step(found.written, f"`{written}` is written", found.write, "WRITES"),
                Step(found.written, f"is handed to `{found.program}`", found.site, "DERIVES"),
                Step(found.read, f"`{read}` is read back", found.back, "READS"),
            ),
            evidence="likely",
            help=f"Call what `{found.program}` does as a library, if it is one: the table goes in, the result comes "
            "out. Else put the command, with what it takes and makes, into one function, check its exit code "
            "(subprocess.run(…, check=True)), and let a temporary folder hold its files.",
            effort_minutes=60,
            properties={"program": found.program},
        )


def _message(graph: Graph, chain: GlueChain) -> str:
    model = graph[graph.once(Models).artifact(chain.model)].name
    kinds = " → ".join(stop.kind for stop in chain.stops)
    changes = len(chain.stops) - 1
    head = (
        f"What `{model}` predicts changes its shape {changes} times before it is passed on: {kinds}"
        if chain.comes_out
        else f"The data for `{model}` changes its shape {changes} times on its way: {kinds}"
    )
    return (
        f"{head}. No value is computed, and no column or row is chosen in between. Each step copies the data, and on "
        "the way names and types of columns get lost, which is how features change places unnoticed."
    )


def _steps(graph: Graph, chain: GlueChain) -> Iterator[Step]:
    for stop in chain.stops:
        note = f"becomes {_shown(stop.kind)} (`{stop.call}`)" if stop.call else f"is {_shown(stop.kind)}"
        yield Step(chain.edge.source, note, stop.site, "DERIVES" if stop.call else "")


def _shown(kind: str) -> str:
    return kind if kind in ("dictionaries", "text") else f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _help(chain: GlueChain) -> str:
    first, last = chain.stops[0].kind, chain.stops[-1].kind
    if first == last:
        return f"Use the {first} that was there at the beginning as it is; no conversion is needed."
    enough = ENOUGH.get((first, last), "make it directly")
    return f"One conversion is enough, from {_shown(first)} to {_shown(last)}: {enough}."
