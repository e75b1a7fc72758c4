"""MLD211: a stage of a pipeline declares what nothing in it touches."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import relpath

from mldebt.graph.model import Graph
from mldebt.graph.questions.claims import broken_claims
from mldebt.graph.questions.phantom_io import Phantoms, phantom_io
from mldebt.graph.questions.pipeline_io import entry_of
from mldebt.graph.records import Stage
from mldebt.rules.fix import SAFE, UNSAFE, Entries
from mldebt.rules.model import Finding, Fix, Rule, Settings, Step
from mldebt_rules.data.claims import help_for, message
from mldebt_rules.wording import counted, listed

TOOLS = {"dvc": "DVC", "snakemake": "Snakemake", "make": "make"}


class PhantomPipelineIO(Rule):
    code = "MLD211"
    name = "phantom-pipeline-io"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for phantoms in phantom_io(graph):
            yield self._found(phantoms)
        for claim in broken_claims(graph, "unused"):
            yield self.finding(
                message(claim),
                subject=[f"claim:{claim.site.file}::{claim.what}:{claim.owner}"],
                locations=list(dict.fromkeys((claim.site, *(site for _, site in claim.names)))),
                help=help_for(claim),
                evidence="likely",
                effort_minutes=5,
                properties={"phantoms": [name for name, _ in claim.names]},
            )

    def _found(self, phantoms: Phantoms) -> Finding:
        stage, name = phantoms.stage, entry_of(phantoms.stage)
        read = [*phantoms.inputs, *phantoms.absent]
        gone = [*read, *phantoms.outputs]
        them = "it" if len(gone) == 1 else "them"
        return self.finding(
            " ".join(_sentences(phantoms)),
            subject=[stage.job],
            locations=[stage.site],
            path=[
                Step(stage.job, _what_runs(stage, name), stage.site),
                *(Step(touch.node, f"{touch.kind[:-1]}s `{touch.node.partition(':')[2]}`", touch.site)
                  for touch in stage.touches if touch.kind in ("reads", "writes")),
            ][:9],
            evidence="likely" if phantoms.inputs or phantoms.outputs else "certain",
            help=f"Take {listed(gone)} out of the stage `{name}`; if something does use {them}, let the command or the "
            f"code name {them}.",
            effort_minutes=5,
            properties={"phantoms": gone},
            fixes=[_without(phantoms)] if stage.tool == "dvc" else (),
        )  # fmt: skip


def _what_runs(stage: Stage, name: str) -> str:
    """The stage and its programs, as far as those are there."""
    return f"stage `{name}` runs {listed(stage.runs[:3])}" if stage.runs else f"stage `{name}`"


def _without(phantoms: Phantoms) -> Fix:
    """Safe where what is declared isn't even there; that nothing uses it is only likely."""
    stage, read = phantoms.stage, (*phantoms.inputs, *phantoms.absent)
    parts = (("deps", read), ("outs", phantoms.outputs))
    changes = tuple(
        Entries(
            stage.site.file,
            ("stages", entry_of(stage), key),
            without=tuple(relpath(name, stage.folder or ".") for name in names),
        )
        for key, names in parts
        if names
    )
    certain = not phantoms.inputs and not phantoms.outputs
    return Fix(f"Take out of `{entry_of(stage)}` what nothing in it touches", changes, SAFE if certain else UNSAFE)


def _sentences(phantoms: Phantoms) -> Iterator[str]:
    stage, name = phantoms.stage, entry_of(phantoms.stage)
    searched = counted(len(stage.runs) + len(stage.loaded), "file")
    if phantoms.inputs:
        one = len(phantoms.inputs) == 1
        yield (
            f"`{name}` declares to depend on {listed(phantoms.inputs, 4)}, which nothing that it runs uses. "
            f"{TOOLS[stage.tool]} runs it again for nothing whenever {'it changes' if one else 'one of them changes'}, "
            f"and readers believe in a flow of data that isn't there. Searched: the {searched} that it runs."
        )
    if phantoms.absent:
        there = "isn't" if len(phantoms.absent) == 1 else "aren't"
        yield f"`{name}` declares to depend on {listed(phantoms.absent, 4)}, which {there} there: the stage can't run."
    if phantoms.outputs:
        yield (
            f"`{name}` declares to make {listed(phantoms.outputs, 4)}, which nothing that it runs writes: "
            f"it fails, or an old file passes for a new one. Searched: the {searched} that it runs."
        )
