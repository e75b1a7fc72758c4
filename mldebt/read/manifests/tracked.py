"""Pointers to data that lies outside of the repository: `data.csv.dvc`."""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import basename, dirname

from mldebt.read.facts import Command
from mldebt.read.manifests.shell import join_folder
from mldebt.read.yaml_nodes import first_document, get, items, text


def read(file: str, content: str) -> Iterator[Command]:
    """The file that is tracked, and where it was brought from."""
    root, folder = first_document(content), dirname(file)
    made = tuple(join_folder(folder, text(get(one, "path"))) for one in items(get(root, "outs")) if get(one, "path"))
    needed = tuple(text(get(one, "path")) for one in items(get(root, "deps")) if "://" in text(get(one, "path")))
    if made:
        yield Command(1, "dvc", "", (), basename(file), "manual", "", needed, made, folder)
