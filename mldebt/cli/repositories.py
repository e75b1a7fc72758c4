"""Several repositories that are looked at together: which they are, and that each is one of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from msgspec import Struct, field

from mldebt.config import Config, find_config, read_config
from mldebt.config.document import told
from mldebt.config.members import Member, Together
from mldebt.errors import UsageError, near_name_hint

NOWHERE = "://"


class Repository(Struct, frozen=True):
    """`folder`: the way from the top of the hosted repository to the root; `exclude`: other repositories inside."""

    name: str
    root: Path
    config: Config
    folder: str = ""
    inside: tuple[str, ...] = ()

    @property
    def exclude(self) -> tuple[str, ...]:
        return (*self.config.exclude, *(f"/{folder}/" for folder in self.inside))


class Several(Struct, frozen=True):
    """`mounts` and `shared` are those of the workspace."""

    repositories: tuple[Repository, ...]
    mounts: Mapping[str, str] = field(default_factory=dict)
    shared: tuple[str, ...] = ()

    @property
    def roots(self) -> dict[str, Path]:
        return {each.name: each.root for each in self.repositories}

    def below(self, home: Path) -> dict[str, str]:
        """The ways to them from the top of what holds `home`, for those that lie in it."""
        from mldebt.project.git import git_top

        top = (git_top(home) or home).resolve()
        ways = {each.name: each.root.relative_to(top) for each in self.repositories if each.root.is_relative_to(top)}
        return {name: "" if way == Path() else f"{way.as_posix()}/" for name, way in ways.items()}

    def named(self, path: Path) -> str | None:
        """What a path is called: `pricing`, `pricing/src`; None for what is in none of them."""
        for each in sorted(self.repositories, key=lambda each: -len(each.root.parts)):
            if path.is_relative_to(each.root):
                inner = path.relative_to(each.root).as_posix()
                return each.name if inner == "." else f"{each.name}/{inner}"
        return None

    def parts(self, path: Path) -> list[str]:
        """What a path holds of them."""
        name = self.named(path)
        return [name] if name else [each.name for each in self.repositories if each.root.is_relative_to(path)]


def of_workspace(config: Config, workspace: Together) -> Several:
    """The repositories that a configuration lists."""

    def error(sentence: str, word: str = "") -> UsageError:
        return UsageError(f"{config.place('workspace', word=word)}: {sentence}")

    members = sorted(workspace.repositories, key=lambda member: member.name)
    _require_own_names(members, error)
    _require_mounts(workspace.mounts, [member.name for member in members], error)
    inside = _inside(members, workspace.mounts, error)
    found = [_repository(member, config, inside.get(member.name, ())) for member in members]
    return Several(tuple(found), workspace.mounts, workspace.shared)


def said_of(repository: str, patterns: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Patterns of files of a workspace, with what they are in one of its repositories; others don't speak of it."""
    for pattern in patterns:
        plain = pattern.removeprefix("/")
        if plain.startswith(f"{repository}/"):
            yield pattern, plain.removeprefix(repository)
        elif "/" not in plain.rstrip("/") or plain.startswith("**/"):
            yield pattern, plain


def of_paths(roots: Mapping[Path, str]) -> Several:
    """The repositories of the paths on a command line; `roots` with their folders."""

    def error(sentence: str, word: str = "") -> UsageError:
        return UsageError(sentence)

    members = sorted((Member(root, root.name, told(root)) for root in roots), key=lambda member: member.name)
    _require_own_names(members, error)
    _inside(members, {}, error)
    return Several(
        tuple(Repository(each.name, each.path, _own_config(each.path), roots[each.path]) for each in members)
    )


def _repository(member: Member, workspace: Config, inside: Sequence[str]) -> Repository:
    """With its own configuration; the one that lists it may lie in it and be both."""
    own = workspace if workspace.path and workspace.path.parent.resolve() == member.path else _own_config(member.path)
    return Repository(member.name, member.path, own, _folder(member.path), tuple(inside))


def _own_config(root: Path) -> Config:
    found = find_config(root, root)
    return read_config(found) if found else Config()


def _folder(root: Path) -> str:
    from mldebt.project.git import git_top

    top = git_top(root)
    inner = root.relative_to(top.resolve()).as_posix() if top and root.is_relative_to(top.resolve()) else "."
    return "" if inner == "." else f"{inner}/"


Error = Callable[..., UsageError]


def _require_own_names(members: Sequence[Member], error: Error) -> None:
    for one, other in pairwise(members):
        if one.name == other.name and one.path != other.path:
            raise error(
                f'two repositories are called "{one.name}", {one.given} and {other.given}; give one another name in '
                f'[workspace]: repositories = [{{ path = "{other.given}", name = "…" }}]',
                other.given,
            )
    paths: dict[Path, Member] = {}
    for member in members:
        known = paths.setdefault(member.path, member)
        if known is not member:
            raise error(f"{known.given} and {member.given} are the same repository; list it once", member.given)


def _inside(members: Sequence[Member], mounts: Mapping[str, str], error: Error) -> dict[str, list[str]]:
    """The folders of each repository that are other ones, which the configuration has to say."""
    found: dict[str, list[str]] = {}
    for outer in members:
        for inner in members:
            if inner is outer or not inner.path.is_relative_to(outer.path):
                continue
            folder = inner.path.relative_to(outer.path).as_posix()
            if f"{outer.name}/{folder}" not in mounts:
                raise error(
                    f"{inner.given} lies in {outer.given}, which is looked at, too; leave one out, or say in the "
                    f'configuration that it is checked out there: [workspace.mounts] "{outer.name}/{folder}" = '
                    f'"{inner.name}"',
                    inner.given,
                )
            found.setdefault(outer.name, []).append(folder)
    return found


def _require_mounts(mounts: Mapping[str, str], names: Sequence[str], error: Error) -> None:
    for seen, meant in mounts.items():
        for spelled in (seen, meant):
            first = spelled.partition("/")[0]
            if NOWHERE not in spelled and not spelled.startswith(("/", "~", "{")) and first not in names:
                raise error(
                    f'"{spelled}" in mounts begins with no repository{near_name_hint(first, names)} (a path in a '
                    "repository is written name/path)",
                    spelled,
                )


def common_folder(roots: Iterable[Path]) -> Path:
    """The nearest folder above all."""
    import os

    return Path(os.path.commonpath([root.parent for root in roots]))
