"""What each file of code is for, whether production reaches it, and whose it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from posixpath import normpath
from typing import TYPE_CHECKING

from mldebt.evaluate.command_lines import filled_commands, targets
from mldebt.evaluate.trace import Trace
from mldebt.evaluate.workspace import Workspace
from mldebt.graph.borrowed import borrowed
from mldebt.graph.model import Unit
from mldebt.project.purpose import is_test
from mldebt.read.facts import Command, FileFacts
from mldebt.read.manifests.kinds import kind_of
from mldebt.sites import Site

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

PROJECTS = ("pyproject.toml", "setup.py", "Dockerfile", "dvc.yaml")
"""What makes a folder a project of its own."""
PRODUCTION = ("schedule", "deploy", "stage")
_COPIED = re.compile(r"copy|backup|(?<![a-z])(old|bak|archived?)(?![a-z])|\(\d+\)", re.IGNORECASE)
"""What says in a name that a file is no original."""
_EXAMPLE = re.compile(r"(^|/)(examples?|demos?|samples?|tutorials?|docs?|templates?|cookiecutter[^/]*)(/|$)")


def build_units(
    workspace: Workspace, trace: Trace, owners: Mapping[str, str], declared: Mapping[str, Sequence[str]]
) -> dict[str, Unit]:
    """`owners` and `declared` roles are those of the configuration, by patterns of files."""
    files = [file for file, facts in workspace.facts.items() if facts.kind in ("python", "notebook", "sql")]
    roots = production_roots(workspace, trace)
    reached = _reached(roots, trace.imports)
    roles = _roles(trace)
    assigned, composed = code_owners(workspace), composed_services(workspace)
    copies = copied_files(workspace, files)
    units: dict[str, Unit] = {}
    vendors: dict[str, list[tuple[str, str, Site]]] = {}
    for (file, package), calls in trace.vendors.items():
        vendors.setdefault(file, []).extend((package, name, site) for name, sites in calls.items() for site in sites)
    for file in sorted(files):
        owner, evidence = owner_of(file, workspace, assigned, owners, composed)
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
            copy_of=copies.get(file, ""),
        )
    return units


TREE = 4
"""Files from which on a folder that repeats those beside it is a copy of the program, and no part of it."""
SHORTEST = 8
"""Lines from which on a file that is like another one is a copy of it, and not just as short."""


def copied_files(workspace: Workspace, files: Iterable[str]) -> dict[str, str]:
    """Files that hold the same statements at the same places as another one, and the first of these by name."""
    first: dict[tuple[bytes, tuple[tuple[int, int], ...]], str] = {}
    found: dict[str, str] = {}
    for file in sorted(files, key=lambda file: (bool(_COPIED.search(file)), file)):
        facts = workspace.facts[file]
        if (
            facts.packed
            and facts.lines >= SHORTEST
            and (same := first.setdefault((facts.packed, facts.cells), file)) != file
        ):
            found[file] = same
    trees = _snapshots(workspace, files)
    return {file: same for file, same in found.items() if trees.get(same) != file} | trees


def _snapshots(workspace: Workspace, files: Iterable[str]) -> dict[str, str]:
    """Files under a folder that repeats the tree beside it, most of them as they are there, with what they repeat."""
    every = set(files)
    pairs: dict[str, list[tuple[str, str]]] = {}
    for file in sorted(every):
        for at, letter in enumerate(file):
            if letter == "/" and file[at + 1 :] in every and "/" in file[at + 1 :]:
                pairs.setdefault(file[:at], []).append((file, file[at + 1 :]))
    found: dict[str, str] = {}
    for repeated in pairs.values():
        if len(repeated) >= TREE and sum(_are_alike(workspace, *pair) for pair in repeated) * 2 > len(repeated):
            found.update(repeated)
    return found


def _are_alike(workspace: Workspace, one: str, other: str) -> bool:
    """Whether most lines of two files are the same: one is a state of the other."""
    if workspace.facts[one].packed == workspace.facts[other].packed:
        return True
    left, right = ({line.strip() for line in (workspace.text(file) or "").splitlines()} for file in (one, other))
    return len(left & right) * 2 > len(left | right)


def _declared_roles(file: str, declared: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """What the last pattern that fits says."""
    fitting = (roles for pattern, roles in reversed(list(declared.items())) if _fits(pattern, file))
    return frozenset(next(fitting, ()))


def _fits(pattern: str, file: str) -> bool:
    return _spec(pattern).match_file(file)


@lru_cache(1000)
def _spec(pattern: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([pattern])


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


# -- owners


def code_owners(workspace: Workspace) -> list[tuple[str, str]]:
    """(pattern, owner) of CODEOWNERS, the last match counts."""
    for place in (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"):
        content = workspace.text(place)
        if content is not None:
            return _parse_owners(content.splitlines())
    return []


def _parse_owners(lines: Iterable[str]) -> list[tuple[str, str]]:
    rules: list[tuple[str, str]] = []
    for line in lines:
        words = line.split("#")[0].split()
        if len(words) > 1:
            rules.append((words[0], words[1]))
    return rules


def composed_services(workspace: Workspace) -> dict[str, str]:
    """The folder of a compose file by the folders of the images that its services are built from."""
    found: dict[str, str] = {}
    manifests = ((file, kind_of(file)) for file, facts in workspace.facts.items() if facts.kind == "manifest")
    for file in sorted(file for file, kind in manifests if kind is not None and kind.name == "compose"):
        settings = workspace.settings(file)
        services = settings.get("services") if isinstance(settings, dict) else None
        for service in services.values() if isinstance(services, dict) else ():
            build = service.get("build") if isinstance(service, dict) else None
            context = build.get("context") if isinstance(build, dict) else build
            if isinstance(context, str) and "://" not in context:
                home = PurePosixPath(file).parent
                found.setdefault(normpath(home / context), str(home))
    return found


def owner_of(
    file: str,
    workspace: Workspace,
    assigned: list[tuple[str, str]],
    declared: Mapping[str, str],
    composed: Mapping[str, str],
) -> tuple[str, str]:
    """Who owns a file, and how well that is known: declared, by its project, or by its top-level folder.

    `composed`: the folder of the compose file by that of each service; who composes services runs them as one system.
    """
    for pattern, owner in (*reversed(list(declared.items())), *reversed(assigned)):
        if _fits(pattern, file):
            return owner, "declared"
    folder = PurePosixPath(file).parent
    for parent in (folder, *folder.parents):
        if str(parent) != "." and any(workspace.exists(f"{parent}/{marker}") for marker in PROJECTS):
            return composed.get(str(parent), str(parent)), "inferred"
    return (file.split("/")[0] if "/" in file else "."), "guessed"
