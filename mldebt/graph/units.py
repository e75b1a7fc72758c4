"""What each file of code is for, whether production reaches it, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from mldebt.evaluate.command_lines import filled_commands, targets
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.beforehand import Beforehand
from mldebt.graph.borrowed import borrowed
from mldebt.graph.model import Unit
from mldebt.graph.ownership import fits
from mldebt.project.purpose import is_test
from mldebt.read.facts import Command, FileFacts
from mldebt.sites import Site

PRODUCTION = ("schedule", "deploy", "stage")
_EXAMPLE = re.compile(
    r"(^|/)_?(examples?|demos?|samples?|tutorials?|docs?|templates?|cookiecutter[^/]*)(/|$)"
    r"|(^|[/_-])demo([_-][^/]*)?\.py$"
)


def build_units(
    workspace: Workspace,
    trace: Trace,
    known: Beforehand,
    roots: Mapping[str, set[Site]],
    declared: Mapping[str, Sequence[str]],
) -> dict[str, Unit]:
    """`roots`: see `production_roots`; `declared` roles are those of the configuration, by patterns of files."""
    reached = _reached(roots, trace.imports)
    roles = _roles(trace)
    units: dict[str, Unit] = {}
    vendors: dict[str, list[tuple[str, str, Site]]] = {}
    for (file, package), calls in trace.vendors.items():
        vendors.setdefault(file, []).extend((package, name, site) for name, sites in calls.items() for site in sites)
    for file in known.files:
        owner, evidence = known.owners.of(file)
        units[file] = Unit(
            file=file,
            kind="notebook" if workspace.facts[file].kind == "notebook" else "script",
            roles=_declared_roles(file, declared)
            or frozenset(roles.get(file, set()) | _roles_by_path(file))
            or frozenset({"explore"}),
            production=file in reached and not is_test(file),
            roots=tuple(sorted(reached.get(file, ()))),
            imports=tuple(sorted(trace.imports.get(file, ()))),
            import_sites=tuple(site for _, site in sorted(trace.imports.get(file, {}).items())),
            owner=owner,
            owner_evidence=evidence,
            lists=tuple(
                (workspace.facts[file].site(line), names) for line, names in workspace.facts[file].outline.lists
            ),
            borrowed=borrowed(workspace.facts[file], trace.imports.get(file, ())),
            vendors=tuple(sorted(vendors.get(file, ()))),
            copy_of=known.copies.get(file, ""),
        )
    return units


def _declared_roles(file: str, declared: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """What the last pattern that fits says."""
    fitting = (roles for pattern, roles in reversed(list(declared.items())) if fits(pattern, file))
    return frozenset(next(fitting, ()))


def _roles_by_path(file: str) -> set[str]:
    roles = {"test"} if is_test(file) else set()
    return roles | ({"example"} if _EXAMPLE.search(file) else set())


def _roles(trace: Trace) -> dict[str, set[str]]:
    """Roles by content: a persisted fit trains, a load followed by a prediction scores, in an endpoint it serves."""
    roles: dict[str, set[str]] = {}
    routes = {str(facts["file"]) for facts in trace.tasks.values() if facts.get("kind") == "route"}
    for edge in trace.edges.values():
        role = {"TRAINS_ON": "train", "EVALUATES_ON": "eval"}.get(edge.kind)
        if edge.kind == "PREDICTS" and edge.source.startswith("loaded:"):
            role = "score"
        for site in edge.sites:
            if role:
                roles.setdefault(site.file, set()).add(role)
            if edge.kind == "PREDICTS" and site.file in routes:
                roles.setdefault(site.file, set()).add("serve")
    return roles


# -- production


def production_roots(workspace: Workspace, trace: Trace) -> dict[str, set[Site]]:
    """Files that a schedule, deploy manifest, declared stage or endpoint runs, with the places that say so."""
    roots: dict[str, set[Site]] = {}
    for facts in workspace.facts.values():
        for command in filled_commands(workspace, facts):
            if command.trigger in PRODUCTION:
                for file in targets(workspace, command, facts):
                    roots.setdefault(file, set()).add(facts.site(command.line))
    for file, sites in trace.started.items():
        roots.setdefault(file, set()).update(sites)
    for task in trace.tasks.values():
        file = str(task.get("file", ""))
        notebook = file in workspace.facts and workspace.facts[file].kind == "notebook"
        if task.get("kind") in ("route", "task", "startup") and not is_test(file) and not notebook:
            roots.setdefault(file, set()).add(workspace.facts[file].site(int(str(task["line"]))))
    return _through_make(workspace, roots)


def _through_make(workspace: Workspace, roots: dict[str, set[Site]]) -> dict[str, set[Site]]:
    """A shell script or Makefile target that production calls passes production on to what it runs."""
    for facts in workspace.facts.values():
        for command in filled_commands(workspace, facts):
            if command.trigger in PRODUCTION and command.program in ("make", "bash", "sh"):
                _follow(workspace, roots, command, facts)
    return roots


def _follow(workspace: Workspace, roots: dict[str, set[Site]], command: Command, facts: FileFacts) -> None:
    wanted = command.arguments or (command.target,)
    for other in workspace.facts.values():
        for inner in filled_commands(workspace, other):
            makes = command.program == "make" and inner.job and inner.job in (*wanted, command.target)
            if makes or (command.target and other.file.endswith(command.target.lstrip("./"))):
                for file in targets(workspace, inner, other):
                    roots.setdefault(file, set()).add(facts.site(command.line))


def _reached(roots: Mapping[str, set[Site]], imports: Mapping[str, Iterable[str]]) -> dict[str, set[Site]]:
    reached = {file: set(sites) for file, sites in roots.items()}
    waiting = list(roots)
    while waiting:
        file = waiting.pop()
        for imported in imports.get(file, ()):
            if not reached[file] <= reached.get(imported, set()):
                reached.setdefault(imported, set()).update(reached[file])
                waiting.append(imported)
    return reached
