"""`check - --stdin-filename FILE`: what an editor holds in place of what is on disk, seen with all the rest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from mldebt.errors import UsageError

if TYPE_CHECKING:
    from mldebt.cli.targets import Target
    from mldebt.project.earlier import Earlier

STDIN = "-"


def add_stdin(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--stdin-filename",
        metavar="FILE",
        help="with - in place of PATHS: the file whose text comes from standard input",
    )


class Given(Struct, frozen=True):
    """A file by its name and content, whatever is on disk."""

    path: Path
    data: bytes

    def target(self, config_file: str | None) -> Target:
        """The repository that the file is in; only the file is asked about."""
        from mldebt.cli.lone import beside
        from mldebt.cli.targets import find_target

        target = find_target([str(self.path.parent)], config_file)
        only = beside(target.root, (self.path,), target.config) if target.several is None else ()
        return replace(target, parts=(self.name(target),), only=only)

    def name(self, target: Target) -> str:
        named = target.several.named(self.path) if target.several else None
        return named or self.path.relative_to(target.root).as_posix()

    @contextmanager
    def laid_over(self, target: Target) -> Iterator[dict[str, Earlier]]:
        """The state of the repository in which the file has this content, by the name of the repository."""
        from tempfile import TemporaryDirectory

        from mldebt.project.earlier import Earlier

        name, repository, root = self.name(target), "", target.root
        if target.several is not None:
            repository, _, name = name.partition("/")
            root = target.several.roots[repository]
        with TemporaryDirectory(prefix="mldebt-") as folder:
            place = Path(folder) / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(self.data)
            yield {repository: Earlier(root, Path(folder), [name], frozenset())}


def given_file(options: argparse.Namespace) -> Given | None:
    """What comes from standard input; None where it isn't asked for."""
    if STDIN not in options.paths:
        if options.stdin_filename is not None:
            raise UsageError("--stdin-filename goes with - in place of the paths: mldebt check - --stdin-filename FILE")
        return None
    if len(options.paths) > 1:
        raise UsageError("standard input (-) is one file; it can't be checked together with other paths")
    if not options.stdin_filename:
        raise UsageError("which file is on standard input? Say it: mldebt check - --stdin-filename FILE")
    for option in ("fix", "diff", "add_ignore", "diff_base"):
        if getattr(options, option):
            raise UsageError(f"--{option.replace('_', '-')} needs files on disk, not standard input")
    path = Path(options.stdin_filename).absolute()
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent} for the file {options.stdin_filename}")
    data = sys.stdin.buffer.read() if sys.stdin is not None else b""
    return Given(path.parent.resolve() / path.name, data)
