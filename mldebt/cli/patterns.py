"""Patterns of files in the configuration that fit no file: mostly a folder that has moved, or a slip of the pen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from mldebt.cli.standards import own_repository
from mldebt.cli.targets import Target
from mldebt.config import Config

Keys = tuple[str | int, ...]
MOST_TOLD = 3


def idle_patterns(target: Target, listed: Sequence[str]) -> list[str]:
    """What to say of each; where files that git doesn't track don't count, nobody knows what a pattern is for."""
    if not target.untracked:
        return []
    found = list(_idle(target.config, target.root, _as_called(target, listed)))
    for each in target.several.repositories if target.several else ():
        if each.config.path != target.config.path:
            found += _idle(each.config, each.root, _below(each.name, listed))
    more = [f"{len(found) - MOST_TOLD} more patterns fit no file"] if len(found) > MOST_TOLD + 1 else []
    return [*found[: MOST_TOLD if more else None], *more]


def _as_called(target: Target, listed: Sequence[str]) -> Sequence[str]:
    """The files as the configuration of the run calls them: those of its own repository by their plain names."""
    own = own_repository(target)
    return [*listed, *_below(own, listed)] if own else listed


def _below(repository: str, listed: Sequence[str]) -> list[str]:
    return [file.removeprefix(f"{repository}/") for file in listed if file.startswith(f"{repository}/")]


def _idle(config: Config, root: Path, listed: Sequence[str]) -> Iterator[str]:
    from pathspec import GitIgnoreSpec

    for pattern, keys in _patterns(config):
        plain = pattern.removeprefix("!")
        fits = any(GitIgnoreSpec.from_lines([plain]).match_files(listed)) or _is_there(root, plain)
        if not fits:
            yield f'{config.place(*keys, word=pattern)}: the pattern "{pattern}" in {keys[0]} fits no file'


def _is_there(root: Path, pattern: str) -> bool:
    """A file or folder of that name, which git may ignore."""
    try:
        return (root / pattern.strip("/")).exists()
    except (OSError, ValueError):
        return False


def _patterns(config: Config) -> Iterator[tuple[str, Keys]]:
    yield from _each(config.exclude, ("exclude",))
    yield from ((pattern, ("per-file-ignores", pattern)) for pattern in config.per_file_ignores)
    for number, override in enumerate(config.overrides):
        yield from _each(override.paths, ("overrides", number, "paths"))
    yield from ((pattern, ("owners", pattern)) for pattern in config.owners)
    yield from ((pattern, ("roles", pattern)) for pattern in config.roles)


def _each(patterns: Iterable[str], keys: Keys) -> Iterator[tuple[str, Keys]]:
    return ((pattern, keys) for pattern in patterns if pattern.strip() and not pattern.startswith("#"))
