"""Compose files: what the services run."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from posixpath import dirname
from typing import Any

from mldebt.read.facts import MOUNT, Command
from mldebt.read.manifests.command import Context, command_of
from mldebt.read.manifests.shell import join_folder
from mldebt.read.yaml_nodes import entries, first_document, get, items, text, text_line, texts


def read(file: str, content: str) -> Iterator[Command]:
    for name, service in entries(get(first_document(content), "services")):
        build = get(service, "build")
        context = text(get(build, "context")) or text(build) or "."
        folder = join_folder(dirname(file), context if "://" not in context else ".")
        yield from _mounted(service, name, dirname(file))
        yield from started(service, "entrypoint", "command", Context(job=name, trigger="deploy", directory=folder))


def _mounted(service: Any, name: str, folder: str) -> Iterator[Command]:
    """What a service sees of the repository as it is now, instead of as it was when its image was built."""
    for volume in items(get(service, "volumes")):
        source = text(get(volume, "source")) or text(volume).partition(":")[0]
        if source.startswith((".", "/")):
            yield Command(text_line(volume), MOUNT, "", (), name, "deploy", reads=(join_folder(folder, source),))


def started(node: Any, entry_key: str, arguments_key: str, context: Context) -> Iterator[Command]:
    """What a container starts: an entry point and its arguments, each a text or a list."""
    entry, arguments = get(node, entry_key), get(node, arguments_key)
    given = [part for part in (entry, arguments) if part is not None and texts(part)]
    if not given:
        return
    nodes = [node for part in given for node in (items(part) or [part])]
    script = next((node for node in nodes if "\n" in text(node).strip()), nodes[0])
    words = [word for part in given for word in (texts(part) if items(part) else _split(text(part)))]
    yield from command_of(tuple(word.replace("$$", "$") for word in words), text_line(script), context)


def _split(words: str) -> list[str]:
    try:
        return shlex.split(words)
    except ValueError:  # a quote that is never closed
        return words.split()
