"""MLD908: a step of a pipeline that only one person can do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mldebt.graph.model import Graph
from mldebt.graph.questions.manual_steps import PersonalFile, personal_files, prompts
from mldebt.graph.records import Prompt
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt.rules.witness import witness
from mldebt_rules.wording import counted, listed, snippet

READING = ("READS", "LOADS")


class ManualPipelineStep(Rule):
    code = "MLD908"
    name = "manual-pipeline-step"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for files in personal_files(graph):
            yield self._found(graph, files)
        for found in prompts(graph):
            yield self._waits(found)

    def _waits(self, found: Sequence[Prompt]) -> Finding:
        first, file = found[0], found[0].site.file
        calls = listed(list(dict.fromkeys(f"{prompt.call}()" for prompt in found)))
        return self.finding(
            f"`{file}` waits for a person in {first.site} ({calls}), and {first.root} starts it without one: the run "
            "stands still, or ends with EOFError, until somebody sits in front of it.",
            subject=[f"prompt:{file}"],
            locations=list(dict.fromkeys(prompt.site for prompt in found)),
            path=[Step(f"job:{file}", "starts it", first.root), Step(f"job:{file}", "waits for a person", first.site)],
            evidence="certain",
            help='Let the run be given the answer: parser.add_argument("--name", required=True), a key of the '
            "configuration, or an environment variable; fail where it is missing.",
            effort_minutes=30,
            severity="high",
            properties={"calls": [prompt.call for prompt in found]},
        )

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
            "bucket):" + snippet('parser.add_argument("--data", type=Path, required=True)'),
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
