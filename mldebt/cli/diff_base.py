"""`--diff-base REF|auto`: the commit that new debt is counted from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

from mldebt.errors import UsageError
from mldebt.project.history import REMEDY, Base, commit_of, empty_base, find_base, is_shallow, require_repository

AUTO = "auto"
DEFAULT_BRANCHES = ("origin/HEAD", "upstream/HEAD", "origin/main", "origin/master", "main", "master")


def chosen_base(root: Path, given: str, environment: Mapping[str, str]) -> Base:
    """The commit that was asked for; `auto` is what a hook or a CI server says, else where the default branch was left.

    The commit compared with is the last one that the histories have in common, so that what others did since to the
    branch that was named is not counted.
    """
    asked = f"--diff-base {given}"
    require_repository(root, asked)
    if given != AUTO:
        return find_base(root, given, asked=asked)
    for variable, name in _told(environment):
        if variable == "PRE_COMMIT" and commit_of(root, "HEAD") is None:
            return empty_base(root)
        return find_base(root, name, asked=f"{asked} ({variable})")
    return _usual(root, asked)


def _told(environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What the surroundings say, the most exact first: the variable and the commit that it names."""
    if name := environment.get("PRE_COMMIT_FROM_REF"):
        yield "PRE_COMMIT_FROM_REF", name
    if name := environment.get("GITHUB_BASE_REF"):
        yield "GITHUB_BASE_REF", f"origin/{name}"
    if name := environment.get("CI_MERGE_REQUEST_DIFF_BASE_SHA"):
        yield "CI_MERGE_REQUEST_DIFF_BASE_SHA", name
    if name := environment.get("SYSTEM_PULLREQUEST_TARGETBRANCH"):
        yield "SYSTEM_PULLREQUEST_TARGETBRANCH", f"origin/{name.removeprefix('refs/heads/')}"
    if name := _of_event(environment.get("GITHUB_EVENT_PATH", "")):
        yield "GITHUB_EVENT_PATH", name
    if _is_commit(name := environment.get("CI_COMMIT_BEFORE_SHA", "")):
        yield "CI_COMMIT_BEFORE_SHA", name
    if environment.get("PRE_COMMIT"):
        yield "PRE_COMMIT", "HEAD"


def _of_event(file: str) -> str:
    """Where a merge queue or a push on GitHub began; "" where a push made the branch."""
    try:
        event = json.loads(Path(file).read_text(encoding="utf-8")) if file else {}
        name = event.get("merge_group", {}).get("base_sha") or event.get("before") or ""
    except (OSError, ValueError, AttributeError):
        return ""
    return name if isinstance(name, str) and _is_commit(name) else ""


def _is_commit(name: str) -> bool:
    return bool(name.strip("0"))


def _usual(root: Path, asked: str) -> Base:
    name = next((branch for branch in DEFAULT_BRANCHES if commit_of(root, branch)), "HEAD")
    if name == "HEAD" and is_shallow(root):
        raise UsageError(f"{asked}: the clone is shallow and has no default branch to compare with; {REMEDY}")
    return find_base(root, name, asked=asked) if commit_of(root, name) else empty_base(root)
