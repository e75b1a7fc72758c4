"""MLD803: models in use are trained with whatever versions of packages are the newest on the day."""

from __future__ import annotations

from collections.abc import Iterator

from mldebt.graph.model import Graph
from mldebt.graph.questions.training_environments import Unlocked, unlocked_environments
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt.rules.witness import described
from mldebt.sites import Site
from mldebt_rules.wording import counted, listed, snippet


class UnlockedTrainingEnvironment(Rule):
    code = "MLD803"
    name = "unlocked-training-environment"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        for unlocked in unlocked_environments(graph):
            yield self._found(graph, unlocked)

    def _found(self, graph: Graph, unlocked: Unlocked) -> Finding:
        environment, save = unlocked.environment, unlocked.saves[0]
        places = [package.site for package in unlocked.open] or [min(save.sites)]
        return self.finding(
            _message(graph, unlocked),
            subject=[f"environment:{environment.folder}"],
            locations=[places[0], *places[1:5]],
            path=_steps(graph, unlocked),
            help=_help(unlocked),
            effort_minutes=20,
            properties={"packages": [package.name for package in unlocked.open]},
        )


def _message(graph: Graph, unlocked: Unlocked) -> str:
    environment = unlocked.environment
    names = {graph[edge.target].name for edge in unlocked.saves}
    models = listed(sorted(names, key=lambda name: ("{" in name, name)), 2)
    if not unlocked.open:
        modules = listed([name for name in environment.imported if name in _makers(graph, unlocked)] or ["packages"], 3)
        return (
            f"No file says with which versions of {modules} {models} {_is(unlocked)} trained. "
            "The next machine installs others, and gives another model or none."
        )
    packages = listed([package.name for package in unlocked.open], 4)
    files = listed(sorted({package.site.file for package in unlocked.open}), 2)
    return (
        f"{models} {_is(unlocked)} trained with whatever versions of {packages} are the newest on the day: "
        f"{files} {'names' if ',' not in files and ' and ' not in files else 'name'} no exact ones, and nothing locks "
        f"them. {counted(len(unlocked.open), 'package')} of the training code "
        f"{'is' if len(unlocked.open) == 1 else 'are'} open; the same commit trains another model after a release."
    )


def _is(unlocked: Unlocked) -> str:
    return "is" if len({edge.target for edge in unlocked.saves}) == 1 else "are"


def _makers(graph: Graph, unlocked: Unlocked) -> set[str]:
    classes = (str(graph[edge.source].attributes.get("class") or "") for edge in unlocked.saves)
    return {dotted.partition(".")[0] for dotted in classes if dotted}


def _steps(graph: Graph, unlocked: Unlocked) -> Iterator[Step]:
    save = unlocked.saves[0]
    fits = graph.into(save.source, "TRAINS_ON")
    fitted = min(site for edge in fits for site in edge.sites)
    yield Step(save.source, f"{described(graph[save.source])} is trained", fitted)
    yield Step(save.target, f"saved as {described(graph[save.target])}", min(save.sites), "PERSISTS")
    yield Step(save.target, _use(graph, unlocked), unlocked.used)
    for package in unlocked.open[:4]:
        wanted = f"`{package.name}{_spaced(package.wanted)}`"
        yield Step(f"environment:{unlocked.environment.folder}", f"{wanted} may be any version", package.site)


def _use(graph: Graph, unlocked: Unlocked) -> str:
    save = unlocked.saves[0]
    if any(unlocked.used in graph.unit_of(site).roots for site in save.sites):
        return "the training is run in production by this"
    loaded = any(unlocked.used in edge.sites for edge in graph.out(save.target, "LOADS"))
    return "loaded to be asked" if loaded else "what was saved is asked here"


def _spaced(wanted: str) -> str:
    return wanted if wanted[:1] in "=<>~!" else f" {wanted}" if wanted else ""


def _help(unlocked: Unlocked) -> str:
    files = unlocked.environment.files
    if not files:
        return "Write down what is installed where the model is trained today, and install from that:" + snippet(
            "pip freeze > requirements.txt"
        )
    file = _first(unlocked)
    if file.endswith(("pyproject.toml", "setup.py")):
        return "Lock the environment, commit the lock, and install from it where models are trained:" + snippet(
            "uv lock && uv sync --locked"
        )
    if file.endswith((".yml", ".yaml")):
        return "Lock the environment, commit the lock, and create it from that where models are trained:" + snippet(
            f"conda-lock -f {file}"
        )
    if file.endswith("Pipfile"):
        return "Commit the lock, and install from it where models are trained:" + snippet("pipenv lock && pipenv sync")
    lock = f"{file.rpartition('.')[0]}.lock"
    return "Settle all versions in one file, commit it, and install from it where models are trained:" + snippet(
        f"uv pip compile {file} -o {lock}", f"pip install -r {lock}"
    )


def _first(unlocked: Unlocked) -> str:
    sites: list[Site] = [package.site for package in unlocked.open]
    return sites[0].file if sites else unlocked.environment.files[0]
