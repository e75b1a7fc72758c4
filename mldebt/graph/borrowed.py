"""Which assignments of a file call what another file of the repository holds."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.read.facts import FileFacts
from mldebt.sites import Site


def borrowed(facts: FileFacts, imported: Iterable[str]) -> tuple[tuple[Site, str], ...]:
    """(place, file::name) of each; `imported`: the files of the repository that this one imports."""
    files = {_module(file): file for file in imported}
    if not files or not facts.outline.borrowed:
        return ()
    known = {here: _home(files, module, there) for here, _, module, there in facts.outline.names}
    found = ((line, known.get(name, "")) for line, name in facts.outline.borrowed)
    return tuple((facts.site(line), home) for line, home in found if home)


def _home(files: dict[str, str], module: str, name: str) -> str:
    """The file that a name is from and the name there; for a module its file only. "" for what is from elsewhere."""
    path = module.replace(".", "/").strip("/")
    whole = "/".join(part for part in (path, name) if part)
    file = _ending_in(files, whole) or (_ending_in(files, path) if name else "")
    return f"{file}::{name}" if file else ""


def _ending_in(files: dict[str, str], path: str) -> str:
    return next((file for module, file in files.items() if path and f"/{module}".endswith(f"/{path}")), "")


def _module(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__")
