"""Environment variables that a repository sets for its containers: compose files, Dockerfiles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from posixpath import normpath

from mldebt.evaluate.workspace import Workspace
from mldebt.read.manifests.dockerfile import variables_of

COMPOSED, IMAGES = "*compose*.y*ml", "*Dockerfile*"
_DEFAULT = re.compile(r"\$\{\w+:?-([^${}]+)\}")


def told_by_containers(workspace: Workspace, name: str, file: str) -> str:
    """What a variable is set to where a file runs, as the nearest folder upwards tells; "" where it isn't one value."""
    folder = file.rpartition("/")[0]
    while True:
        values = _of_services(workspace, name, file, folder) or _of_images(workspace, name, folder)
        if values:
            return values.pop() if len(values) == 1 else ""
        if not folder:
            return ""
        folder = folder.rpartition("/")[0]


def _of_services(workspace: Workspace, name: str, file: str, folder: str) -> set[str]:
    """The values for the services whose image is built of a folder with the file, or for all where none sets it."""
    told = list(_told(workspace, name, folder))
    inside = {value for home, value in told if home == "." or file.startswith(f"{home}/")}
    return inside or {value for _, value in told}


def _told(workspace: Workspace, name: str, folder: str) -> Iterator[tuple[str, str]]:
    """(folder that the image of a service is built of, what the service sets the variable to)."""
    for composed in _listed(workspace, folder, COMPOSED):
        settings = workspace.settings(composed)
        services = settings.get("services") if isinstance(settings, dict) else None
        for service in services.values() if isinstance(services, dict) else ():
            value = _variables(service).get(name) if isinstance(service, dict) else None
            if isinstance(value, str) and (known := _known(value)):
                yield _home(service.get("build"), folder), known


def _listed(workspace: Workspace, folder: str, pattern: str) -> list[str]:
    return [f"{folder}/{name}" if folder else name for name in workspace.listing(folder or ".", pattern)]


def _variables(service: Mapping[str, object]) -> Mapping[str, object]:
    """`environment` as a table or as a list of `NAME=value`."""
    given = service.get("environment")
    if isinstance(given, list):
        return dict(one.split("=", 1) for one in given if isinstance(one, str) and "=" in one)
    return given if isinstance(given, dict) else {}


def _known(value: str) -> str:
    """A value as it is written, or what stands in for a variable that nobody sets."""
    default = _DEFAULT.fullmatch(value)
    return default[1] if default else "" if "$" in value else value


def _home(build: object, folder: str) -> str:
    context = build.get("context") if isinstance(build, dict) else build
    return normpath(f"{folder or '.'}/{context}") if isinstance(context, str) and "://" not in context else "?"


def _of_images(workspace: Workspace, name: str, folder: str) -> set[str]:
    texts = (workspace.text(image) for image in _listed(workspace, folder, IMAGES))
    found = (variables_of(text).get(name, "") for text in texts if text)
    return {value for value in found if value and not set(value) & set("${")}
