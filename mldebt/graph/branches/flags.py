"""Flags that nobody can turn, and the code that therefore never runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.branches.dead import Leftover, leftovers
from mldebt.graph.branches.environments import one_valued_keys
from mldebt.graph.branches.outside import Outside
from mldebt.graph.branches.stuck import Stuck
from mldebt.graph.branches.switches import Switches, imports, switches
from mldebt.graph.branches.work import Work, variables_of
from mldebt.graph.records import DeadBranch, DeadWork, StuckFlag
from mldebt.graph.told import Told
from mldebt.knowledge.loader import Knowledge
from mldebt.project.purpose import is_test
from mldebt.read.facts import Expr, FileFacts
from mldebt.sites import Site

Found = dict[Stuck, list[tuple[FileFacts, Leftover, list[tuple[str, str, int]]]]]


def stuck_flags(workspace: Workspace, trace: Trace, knowledge: Knowledge, told: Told) -> Iterator[StuckFlag]:
    found: Found = {}
    code = {
        file: facts
        for file, facts in sorted(workspace.facts.items())
        if facts.kind == "python" and not facts.problem and not is_test(file)
    }
    outside, variables = Outside(workspace), variables_of(trace)
    seen = {file: Switches(*told.of(facts, "switches", switches)) for file, facts in code.items()}
    modules = {file: each.stuck(file) for file, each in seen.items() if not each.is_open}
    keys = one_valued_keys(workspace, trace, outside)
    spelled = {key[1].encode() for names in modules.values() for key in names}
    for file, facts in code.items():
        spoken = any(name in facts.packed for name in spelled)
        brought = _imported(workspace, file, told.of(facts, "imports", imports), modules) if spoken else {}
        brought |= keys.get(file, {})
        if not brought and not seen[file].leaves:
            continue
        known, body = {**modules.get(file, {}), **brought}, told.body(facts)
        left = list(leftovers(file, body, known, loose=seen[file].is_open))
        if not left or outside.is_interactive(file):
            continue
        work = Work(knowledge, body, variables.get(file, frozenset()))
        for one in left:
            if done := work.done(one.body):
                name = one.names[0] if one.names else Stuck(file, one.scope, "", one.holds, one.line)
                found.setdefault(name, []).append((facts, one, done))
    for name, places in found.items():
        in_code = name.file in code and name.name and not name.scope
        if not in_code or not (outside.is_interactive(name.file) or outside.sets(name.name, name.file)):
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
    facts = workspace.facts.get(name.file)
    site = facts.site(name.line) if facts is not None else Site(name.file, name.line, name.line)
    return StuckFlag(name.name, name.file, name.scope, name.value, site, branches)


def _imported(
    workspace: Workspace,
    file: str,
    imports: Iterable[tuple[str, str, str, int]],
    modules: Mapping[str, Mapping[Expr, Stuck]],
) -> dict[Expr, Stuck]:
    """What the names with one value of other modules are called here."""
    found: dict[Expr, Stuck] = {}
    for here, module, name, level in imports:
        target = _file(workspace, file, level, module)
        whole = _file(workspace, file, level, f"{module}.{name}".lstrip(".")) if name else target
        if name and target in modules and ("name", name) in modules[target]:
            found["name", here] = modules[target]["name", name]
        elif whole in modules:
            for _, constant in modules[whole]:
                found["attr", ("name", here), constant] = modules[whole]["name", constant]
    return found


def _file(workspace: Workspace, file: str, level: int, module: str) -> str:
    if level:
        return workspace.relative_module(module, level, file) or ""
    return workspace.module_file(module, file) or "" if module else ""
