"""MLD908: a step of a pipeline that only one person can do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.graph.model import Graph
from mldebt.graph.questions.manual_steps import PersonalFile, personal_files
from mldebt.rules.model import Finding, Rule, Settings
from mldebt.rules.witness import witness
from mldebt_rules.wording import counted, listed

READING = ("READS", "LOADS")


class ManualPipelineStep(Rule):
    code = "MLD908"
    name = "manual-pipeline-step"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for files in personal_files(graph):
            yield self._found(graph, files)

    def _found(self, graph: Graph, files: Sequence[PersonalFile]) -> Finding:
        first = files[0]
        names = list(dict.fromkeys(file.node.name for file in files))
        units = sorted({file.unit.file for file in files})
        whose = f"of {first.person}" if first.person else "of whoever runs it"
        verb = "reads" if first.edge.kind in READING else "writes"
        more = (
            f" In all, {counted(len(names), 'file')} of {first.home} in {listed(units, 3)}." if len(names) > 1 else ""
        )
        return self.finding(
            f"`{first.unit.file}` {verb} `{first.node.name}`, which is in the folder {whose}. {_until(first)}{more}",
            subject=[f"home:{first.home}"],
            locations=list(dict.fromkeys(file.site for file in files)),
            path=witness(graph, [first.edge]),
            evidence="certain",
            help="Let the run be given the place, and keep the file where jobs can reach it (the repository, DVC, a "
            'bucket):\n\nparser.add_argument("--data", type=Path, required=True)',
            effort_minutes=60,
            severity="high" if any(file.unit.production for file in files) else None,
            properties={"files": names},
        )


def _until(file: PersonalFile) -> str:
    """What a person has to do."""
    if file.edge.kind not in READING:
        return "Nobody else and no schedule can run this step, and nobody but that person finds what it made."
    if file.maker:
        return (
            f"It is there only where a person has run `{file.maker}` before, on the same computer; nobody else and no "
            "schedule can run this step."
        )
    return "Nobody else and no schedule can run this step before a person has put the file where it is expected."
