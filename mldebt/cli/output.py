"""Results to a file or to standard output."""

from __future__ import annotations

from pathlib import Path

from mldebt.cli.console import Console
from mldebt.errors import UsageError
from mldebt.project.replacing import replace_file


def deliver(text: str, file: str | None, console: Console) -> None:
    """Write to the file where one is named, else to standard output."""
    if file is None:
        console.result(text)
    else:
        write_file(Path(file), text)


def write_file(path: Path, text: str) -> None:
    """Write the file, and the folders above it where they are missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, text.encode("utf-8", errors="backslashreplace"))
    except OSError as error:
        raise UsageError(f"can't write {path}: {error.strerror or error}") from None
