"""Earlier commits: which one a name means, and where the history of now left it."""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

from mldebt.errors import UsageError, near_name_hint
from mldebt.project.git import GitError, run_git

REMEDY = "fetch the history (git fetch --unshallow; in GitHub Actions fetch-depth: 0, in GitLab CI GIT_DEPTH: 0)"


class Base(Struct, frozen=True):
    """A commit to compare with: what it was called, its id, and the id of the tree below the root ("" for none)."""

    name: str
    commit: str
    tree: str


def find_base(root: Path, name: str, *, asked: str) -> Base:
    """Where the history of now left the one of `name`; `asked` is the option, for messages."""
    commit = commit_of(root, name) or commit_of(root, f"origin/{name}")
    if commit is None:
        raise UsageError(f"{asked}: {_unknown(root, name)}")
    return Base(name, *_common(root, commit, name, asked))


def empty_base(root: Path) -> Base:
    """For a repository without a commit: everything is new."""
    return Base("the beginning", _ask(root, "hash-object", "-t", "tree", "--stdin") or "", "")


def commit_of(root: Path, name: str) -> str | None:
    """The commit that a name means; None where there is none."""
    if not name or name.startswith("-"):
        return None
    return _ask(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")


def require_repository(root: Path, asked: str) -> None:
    try:
        run_git(root, "rev-parse", "--git-dir")
    except GitError as error:
        told = str(error).removeprefix("fatal: ")
        if "not a git repository" in told:
            told = f"{root} is not in a git repository"
        elif "dubious ownership" in told:
            told += f"; git config --global --add safe.directory {root} makes git trust it"
        raise UsageError(f"{asked}: {told}") from None


def files_of_tree(root: Path, tree: str) -> frozenset[str]:
    """The files of a tree."""
    if not tree:
        return frozenset()
    listed = run_git(root, "ls-tree", "-r", "-z", "--name-only", tree)
    return frozenset(os.fsdecode(name) for name in listed.split(b"\0") if name)


MOST_NAMES = 2_000


def names_of_commits(root: Path) -> list[str] | None:
    """The files and folders in which git keeps which commit a name means; None where they are many."""
    found: list[str] = []
    for where in ("--git-dir", "--git-common-dir"):
        told = os.fsdecode(run_git(root, "rev-parse", where).rstrip(b"\n"))
        home = root / told
        found += [str(home / name) for name in ("HEAD", "packed-refs", "shallow", "reftable/tables.list")]
        for folder, _, names in os.walk(home / "refs"):
            found += [folder, *(str(Path(folder) / name) for name in names)]
            if len(found) > MOST_NAMES:
                return None
    return sorted(set(found))


def _common(root: Path, commit: str, name: str, asked: str) -> tuple[str, str]:
    """The last commit that both histories have, and its tree below the root."""
    common = _ask(root, "merge-base", commit, "HEAD")
    if common is None and commit_of(root, "HEAD") and is_shallow(root):
        raise UsageError(
            f'{asked}: the clone is shallow, so where "{name}" and the current commit part can\'t be told; {REMEDY}'
        )
    commit = common or commit
    return commit, _ask(root, "rev-parse", "--verify", "--quiet", f"{commit}:./") or ""


def _unknown(root: Path, name: str) -> str:
    told = f'git knows no commit "{name}" here'
    if is_shallow(root):
        return f"{told}, and the clone is shallow; {REMEDY}"
    known = (_ask(root, "for-each-ref", "--format=%(refname:short)", "--count=2000") or "").split()
    return told + near_name_hint(name, known)


def is_shallow(root: Path) -> bool:
    return _ask(root, "rev-parse", "--is-shallow-repository") == "true"


def _ask(root: Path, *arguments: str) -> str | None:
    try:
        return run_git(root, *arguments, given=b"").decode("utf-8", "replace").strip() or None
    except GitError:
        return None
