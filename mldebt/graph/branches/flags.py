"""Flags that nobody can turn, and the code that therefore never runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.dead import Leftover, leftovers
from mldebt.graph.branches.outside import Outside
from mldebt.graph.branches.stuck import (
    Stuck,
    is_open,
    is_statement,
    may_be_open,
    once_bound,
    parts,
    settled,
    stuck_names,
)
from mldebt.graph.branches.work import Work, variables_of
from mldebt.graph.records import DeadBranch, DeadWork, StuckFlag
from mldebt.knowledge.loader import Knowledge
from mldebt.project.purpose import is_test
from mldebt.read.facts import Expr, FileFacts, Stmt

Found = dict[Stuck, list[tuple[FileFacts, Leftover, list[tuple[str, str, int]]]]]


def stuck_flags(workspace: Workspace, trace: Trace, knowledge: Knowledge) -> Iterator[StuckFlag]:
    found: Found = {}
    bodies = {
        file: facts.body
        for file, facts in sorted(workspace.facts.items())
        if facts.kind == "python" and not facts.problem and not is_test(file)
    }
    outside, variables = Outside(workspace), variables_of(trace)
    open_ = {file for file, body in bodies.items() if may_be_open(workspace.facts[file].packed) and is_open(body)}
    modules = {file: stuck_names(file, "", body) for file, body in bodies.items() if file not in open_}
    modules = {file: settled(bodies[file], names) for file, names in modules.items() if names}
    spelled = {key[1].encode() for names in modules.values() for key in names}
    for file, body in bodies.items():
        spoken = any(name in workspace.facts[file].packed for name in spelled)
        brought = _imported(workspace, file, body, modules) if spoken else {}
        known = {**modules.get(file, {}), **brought}
        left = list(leftovers(file, body, known, loose=file in open_))
        if not left or outside.is_interactive(file):
            continue
        work = Work(knowledge, body, variables.get(file, frozenset()))
        for one in left:
            done = sorted(set(work.of(one.body)), key=lambda each: (each[2], each[0], each[1]))
            if done:
                name = one.names[0] if one.names else Stuck(file, one.scope, "", one.holds, one.line)
                found.setdefault(name, []).append((workspace.facts[file], one, done))
    for name, places in found.items():
        if name.scope or not name.name or not (outside.is_interactive(name.file) or outside.sets(name.name, name.file)):
            yield _flag(workspace, name, places)


def _flag(
    workspace: Workspace, name: Stuck, places: list[tuple[FileFacts, Leftover, list[tuple[str, str, int]]]]
) -> StuckFlag:
    branches = tuple(
        DeadBranch(
            facts.site(one.line),
            facts.site(*one.lines),
            one.holds,
            tuple(DeadWork(word, call, facts.site(line)) for word, call, line in done),
        )
        for facts, one, done in places
    )
    return StuckFlag(name.name, name.file, name.scope, name.value, workspace.facts[name.file].site(name.line), branches)


def _imported(
    workspace: Workspace, file: str, body: tuple[Stmt, ...], modules: Mapping[str, Mapping[Expr, Stuck]]
) -> dict[Expr, Stuck]:
    """What the names with one value of other modules are called here."""
    found: dict[Expr, Stuck] = {}
    bound = once_bound(body)
    for part in parts(body):
        if not is_statement(part) or part[0] not in ("import", "from"):
            continue
        for here, module, name in _brought(part):
            if bound[here.partition(".")[0]] != 1:
                continue
            target = _file(workspace, file, part, module)
            whole = _file(workspace, file, part, f"{module}.{name}".lstrip(".")) if name else target
            if name and target in modules and ("name", name) in modules[target]:
                found["name", here] = modules[target]["name", name]
            elif whole in modules:
                for _, constant in modules[whole]:
                    found["attr", ("name", here), constant] = modules[whole]["name", constant]
    return found


def _brought(statement: Stmt) -> Iterator[tuple[str, str, str]]:
    """The name here, the module, and the name there."""
    if statement[0] == "import":
        yield from ((alias or dotted, dotted, "") for dotted, alias in statement[3] if alias or "." not in dotted)
    elif statement[5] != "*":
        yield from ((alias or name, statement[3], name) for name, alias in statement[5])


def _file(workspace: Workspace, file: str, statement: Stmt, module: str) -> str:
    if statement[0] == "from" and statement[4]:
        return workspace.relative_module(module, statement[4], file) or ""
    return workspace.module_file(module, file) or "" if module else ""
