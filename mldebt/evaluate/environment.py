"""Environment variables: their defaults in the code, and what files of the repository set them to."""

from __future__ import annotations

import re

from mldebt.evaluate.deployment import told_by_containers
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Map, Object, Text, Unknown, Value, hole, is_none

FILES = (".env", ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.local", ".env.dev")
_SECRET = re.compile(r"KEY|SECRET|TOKEN|PASS|PWD|CREDENTIAL", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"^(?:<.*>|your[-_ ].*|change[-_]?me|x+|\.\.\.|todo|none|null|default[-_ ]?(?:val(?:ue)?)?)$", re.IGNORECASE
)


def variable(machine: Machine, name: str, default: Value | None) -> Value:
    """What a variable holds: the default that the code gives, what a file sets it to, else a hole with its name."""
    default = default or _declared(machine, name)
    if isinstance(default, Text):
        return Text(default.parts, default.path, True, default.sources)
    if default is not None and not is_none(default) and not isinstance(default, Unknown):
        return default
    written = _written(machine, name)
    return Text((written,), False, True) if written else hole(name, "env")


def _declared(machine: Machine, name: str) -> Text | None:
    """The default that was declared for a parameter of a program before it is asked for by its name."""
    options = machine.flags.facts.get("options") if isinstance(machine.flags, Object) else None
    known = options.entries.get(name) if isinstance(options, Map) else None
    if not isinstance(known, Text) or not known.known or _PLACEHOLDER.match(known.literal or ""):
        return None
    return known


def _written(machine: Machine, name: str) -> str:
    """The value in the nearest file of variables, or in what starts the containers; secrets are nobody's business."""
    if _SECRET.search(name):
        return ""
    file = machine.root.file or machine.scope.file
    found = _in_files(machine, name, file) or told_by_containers(machine.workspace, name, file)
    return "" if _PLACEHOLDER.match(found) else found


def _in_files(machine: Machine, name: str, program: str) -> str:
    folder = program.rpartition("/")[0]
    while True:
        for file in FILES:
            settings = machine.workspace.settings(f"{folder}/{file}" if folder else file)
            value = settings.get(name) if isinstance(settings, dict) else None
            if isinstance(value, str) and value and "$" not in value and not _PLACEHOLDER.match(value):
                return value
        if not folder:
            return ""
        folder = folder.rpartition("/")[0]
