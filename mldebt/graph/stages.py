"""Stages of pipelines: what they declare to take and to make, and what the code that they run really touches."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from posixpath import normpath
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from mldebt.evaluate.command_lines import HOLE, commands_by_file, filled_commands, targets
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.code_stages import stages_in_code
from mldebt.graph.records import Stage, Touch
from mldebt.graph.spoken import runs_commands, unspoken
from mldebt.graph.stored import READING, WRITING
from mldebt.read.facts import Command, FileFacts
from mldebt.read.manifests.kinds import kind_of
from mldebt.sites import Site

TOOLS = {"dvc": "dvc", "snakefile": "snakemake", "make": "make"}
SEEN_INTO = (".py", ".ipynb")
MAKERS = ("frame:", "model:", "loaded:", "prediction:")
SECTIONS = 3
"""Sections of a file of settings from which on a module that takes them is there for the others to import from."""
_ROUND = re.compile(r"\[\d+\]")


def stages_of(workspace: Workspace, trace: Trace) -> Iterator[Stage]:
    """The stages of all manifests, in their order; what they touch has the ids of the trace."""
    declared = [
        (facts, tool, commands)
        for facts in workspace.facts.values()
        if (tool := _tool(facts)) and (commands := _declaring(workspace, facts, tool))
    ]
    told = [facts for facts in trace.tasks.values() if facts.get("tool")]
    if not declared and not told:
        return
    flow, started = Flow(workspace, trace), commands_by_file(workspace)
    yield from stages_in_code(workspace, trace, flow)
    for facts, tool, commands in declared:
        for name, several in _by_job(commands).items():
            stage = _stage(workspace, flow, facts, tool, name, several)
            others = (one for file in stage.runs for one in started.get(file, ()))
            words = (word for one in (*several, *others) for word in (one.target, *one.arguments))
            stage = replace(stage, words=tuple(dict.fromkeys(words)), filled=tuple(_filled(facts, name)))
            yield replace(stage, unspoken=tuple(unspoken(workspace, stage)), absent=tuple(_absent(workspace, stage)))


def with_new_names(stage: Stage, rename: Callable[[str], str]) -> Stage:
    """The stage with the ids that stored things have in the graph."""
    return replace(stage, touches=tuple(sorted({one._replace(node=rename(one.node)) for one in stage.touches})))


def _tool(facts: FileFacts) -> str:
    kind = kind_of(facts.file) if facts.commands and facts.kind == "manifest" else None
    return TOOLS.get(kind.name, "") if kind is not None else ""


def _declaring(workspace: Workspace, facts: FileFacts, tool: str) -> list[Command]:
    commands = filled_commands(workspace, facts)
    return [one for one in commands if one.job and (one.writes if tool == "make" else True)]


def _filled(facts: FileFacts, job: str) -> Iterator[str]:
    """The settings that fill what a stage says of itself: where one changes, it is another stage."""
    own = [command for command in facts.commands if command.job == job]
    words = {word for one in own for word in (one.target, *one.arguments, *one.reads, *one.writes)}
    keys = {key for word in words for key in HOLE.findall(word)}
    return (f"{file}:{key}" for file in sorted({file for one in own for file in one.settings}) for key in sorted(keys))


def _by_job(commands: Iterable[Command]) -> dict[str, list[Command]]:
    jobs: dict[str, list[Command]] = {}
    for command in commands:
        jobs.setdefault(command.job, []).append(command)
    return jobs


def _stage(workspace: Workspace, flow: Flow, facts: FileFacts, tool: str, name: str, commands: list[Command]) -> Stage:
    found = [targets(workspace, command, facts) for command in commands]
    runs = tuple(dict.fromkeys(file for files in found for file in files))
    work = flow.work(runs)
    return Stage(
        job=f"job:{facts.file}::{name}",
        name=name,
        tool=tool,
        site=facts.site(commands[0].line),
        reads=_paths(path for command in commands for path in command.reads),
        writes=_paths(path for command in commands for path in command.writes),
        parameters=tuple(dict.fromkeys(path for command in commands for path in command.parameters)),
        reruns=commands[0].reruns,
        runs=runs,
        opaque=any(not files for files in found)
        or not all(file.endswith(SEEN_INTO) for file in runs)
        or runs_commands(workspace, work.files),
        touches=tuple(sorted(work.touches)),
        modules=tuple(sorted(work.modules.items())),
        loaded=tuple(sorted(work.files.difference(runs))),
        present=tuple(sorted(flow.present(work.touches))),
        folder=commands[0].directory,
    )


def _absent(workspace: Workspace, stage: Stage) -> Iterator[str]:
    made = {path for path in stage.writes if path.endswith(".py")}
    for path in stage.reads:
        if path.endswith(".py") and "{" not in path and path not in made and not workspace.exists(path):
            yield path


def _paths(paths: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normpath(path) for path in paths if path))


class Work(Struct):
    """`files`: those whose top level runs; `scopes`: the activations that are reached."""

    files: set[str] = field(default_factory=set)
    scopes: set[str] = field(default_factory=set)
    touches: set[Touch] = field(default_factory=set)
    modules: dict[str, Site] = field(default_factory=dict)


class Flow:
    """What runs when a file is started, as far as its calls were followed."""

    def __init__(self, workspace: Workspace, trace: Trace) -> None:
        self._workspace = workspace
        self._trace = trace
        self._guards: dict[str, list[range]] = {}

    def work(self, runs: Iterable[str]) -> Work:
        work, started = Work(), set(runs)
        waiting = list(started)
        while waiting:
            file = waiting.pop()
            if file in work.files:
                continue
            work.files.add(file)
            waiting += self._trace.imports.get(file, ())
            for line, called in self._calls.get(file, ()):
                if file in started or not self._is_guarded(file, line):
                    self._enter(work, called)
        for file in work.files:
            self._touch(work, file, top=True, started=file in started)
        for scope in work.scopes:
            self._touch(work, scope)
        self._name_modules(work, started)
        return work

    def work_of(self, function: str) -> Work:
        """What a function does, with whatever it was called."""
        work = Work()
        for scope in {*self._calls, *self._touches}:
            if scope.partition("@")[0] == function:
                self._enter(work, scope)
        for scope in work.scopes:
            self._touch(work, scope)
        return work

    def present(self, touches: Iterable[Touch]) -> set[str]:
        """The names of what lies in the repository."""
        names = {touch.node.partition(":")[2] for touch in touches}
        return {name for name in names if ":" not in name and self._workspace.exists(name)}

    def _enter(self, work: Work, scope: str) -> None:
        waiting = [scope]
        while waiting:
            scope = waiting.pop()
            if scope not in work.scopes:
                work.scopes.add(scope)
                waiting += (called for _, called in self._calls.get(scope, ()))

    def _touch(self, work: Work, scope: str, *, top: bool = False, started: bool = True) -> None:
        for node, site in self._touches.get(scope, ()):
            if top and not started and self._is_guarded(scope, site.line):
                continue
            if node.startswith("config:") and "#" in node and not (top and not started and self._hands_out(scope)):
                work.touches.add(Touch(node, "key", site, "resolved"))
            for kind, evidence in self._kinds.get((node, site), ()):
                work.touches.add(Touch(node, kind, site, evidence))

    def _hands_out(self, file: str) -> bool:
        """Whether a module that is imported takes all sections of the settings: who imports it needs some of them."""
        keys = (node.partition("#")[2] for node, _ in self._touches.get(file, ()) if node.startswith("config:"))
        return len({key.partition(".")[0] for key in keys if key}) >= SECTIONS

    def _name_modules(self, work: Work, started: set[str]) -> None:
        """Files in which data is worked on, and where each is imported."""
        busy = {scope.partition("::")[0] for scope in work.scopes if scope in self._busy}
        for file in sorted(busy & work.files - started):
            sites = [self._trace.imports[by][file] for by in work.files if file in self._trace.imports.get(by, ())]
            work.modules[file] = min(sites, key=lambda site: (site.file not in started, site))

    @cached_property
    def _calls(self) -> dict[str, list[tuple[int, str]]]:
        found: dict[str, list[tuple[int, str]]] = {}
        for (scope, line), called in self._trace.calls.items():
            found.setdefault(_ROUND.sub("", scope), []).extend((line, _ROUND.sub("", one)) for one in called)
        return found

    @cached_property
    def _touches(self) -> dict[str, list[tuple[str, Site]]]:
        found: dict[str, list[tuple[str, Site]]] = {}
        for (node, site), scopes in self._trace.touched.items():
            for scope in {_ROUND.sub("", scope) for scope in scopes}:
                found.setdefault(scope, []).append((node, site))
        return found

    @cached_property
    def _kinds(self) -> Mapping[tuple[str, Site], set[tuple[str, str]]]:
        """How a stored thing is touched at a place, and how well that is known."""
        found: dict[tuple[str, Site], set[tuple[str, str]]] = {}
        for edge in self._trace.edges.values():
            kind = "reads" if edge.kind in READING else "writes" if edge.kind in WRITING else ""
            settings = edge.kind == "CONFIGURED_BY"
            for site in edge.sites if kind or settings else ():
                node = edge.target if kind == "writes" else edge.source
                found.setdefault((node, site), set()).add((kind or "settings", edge.evidence))
        return found

    @cached_property
    def _busy(self) -> set[str]:
        """Activations in which data is read, made or written."""
        made = (node.id.partition(":")[2].rpartition(":")[0] for node in self._trace.nodes.values()
                if node.id.startswith(MAKERS))  # fmt: skip
        touching = {scope for scope, touched in self._touches.items()
                    if any(not node.startswith("config:") for node, _ in touched)}  # fmt: skip
        return {_ROUND.sub("", scope) for scope in made} | touching

    def _is_guarded(self, file: str, line: int) -> bool:
        """Whether a line runs only where the file is started itself."""
        if file not in self._guards:
            self._guards[file] = list(_guards(self._workspace.facts[file].body)) if self._has_guard(file) else []
        return any(line in lines for lines in self._guards[file])

    def _has_guard(self, file: str) -> bool:
        return file in self._workspace.facts and b"__main__" in self._workspace.facts[file].packed


def _guards(body: tuple[Any, ...]) -> Iterator[range]:
    """The lines of `if __name__ == "__main__":`."""
    following = (*(statement[1] for statement in body[1:]), 1 << 60)
    for statement, end in zip(body, following, strict=True):
        if statement[0] == "if" and statement[3] == ("cmp", "==", ("name", "__name__"), ("const", "__main__")):
            yield range(statement[1], end)
