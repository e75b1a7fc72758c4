"""Magics of notebooks: other notebooks that are run, cells in another language."""

from __future__ import annotations

from posixpath import join as join_path
from posixpath import normpath

from mldebt.evaluate.calls import Call
from mldebt.evaluate.carriers import carry
from mldebt.evaluate.imports import note_import
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Text


def notebook_magic(machine: Machine, kind: str, text: str) -> None:
    """`%run other.ipynb` brings in the other's names; a shell line is a command, which may fetch or copy a file."""
    if kind == "!":
        carry(machine, text)
    if kind == "%" and text.startswith("run "):
        target = text.split()[1].strip("\"'")
        folder = machine.scope.file.rpartition("/")[0]
        for candidate in (target, f"{target}.ipynb", f"{target}.py"):
            path = normpath(join_path(folder, candidate))
            if machine.workspace.has_code(path) and path != machine.scope.file:
                note_import(machine, path)
                machine.scope.env.names.update(machine.module(path).names)
                return
    name, _, rest = text.partition(" ")
    if kind.startswith("%%") and kind != "%%":
        name, rest = kind[2:], text
    _library_magic(machine, name, rest)


def _library_magic(machine: Machine, name: str, text: str) -> None:
    """A magic that a library brings, `%%sql`: the call of a function with the text of the cell."""
    from mldebt.evaluate.libraries import call_symbol

    if machine.knowledge.call(f"ipython.{name}") is not None:
        made = Call(machine.scope.statement[0], machine.scope.statement[0], [Text((text,))], {})
        call_symbol(machine, f"ipython.{name}", made)
