"""One file's bytes → its facts; nothing else is looked at."""

from __future__ import annotations

import marshal

from msgspec.structs import replace

from mldebt.project.files import NAMED_FOR_WORK
from mldebt.read.facts import Command, FileFacts, Stmt
from mldebt.read.python.unreadable import Unreadable
from mldebt.read.text import decode_text, refuse_unwritten

PRAGMA_WORDS = (b"mldebt", b"noqa", b"NOQA")
SUFFIXES = {".py": "python", ".pyw": "python", ".ipynb": "notebook", ".sql": "sql"}


def kind_of_file(file: str) -> str | None:
    """python, notebook, sql, manifest, or None for a file that holds nothing to read."""
    suffix = file[file.rfind(".") :].lower() if "." in file else ""
    if suffix in SUFFIXES:
        return SUFFIXES[suffix]
    from mldebt.read.manifests import is_manifest

    return "manifest" if is_manifest(file) else None


def read_one(file: str, data: bytes) -> FileFacts:
    """The facts of a file. Never raises: what can't be read says so in `problem`."""
    found = _read(file, kind_of_file(file) or "skipped", data)
    return FileFacts(file, "skipped") if NAMED_FOR_WORK.fullmatch(file) and not found.commands else found


def _read(file: str, kind: str, data: bytes) -> FileFacts:
    try:
        return _with_pragmas(READERS[kind](file, data), data)
    except Unreadable as error:
        return FileFacts(file, "skipped", problem=error.reason)
    except RecursionError:
        return FileFacts(file, "skipped", problem="nested too deeply")
    except Exception as error:  # one file must never cost the run
        return FileFacts(file, "skipped", problem=f"could not be read ({type(error).__name__})")


def _with_pragmas(facts: FileFacts, data: bytes) -> FileFacts:
    if facts.kind == "skipped" or not any(word in data for word in PRAGMA_WORDS):
        return facts
    from mldebt.read.pragmas import pragmas_in

    text = decode_text(data, declared=facts.kind == "python")
    return replace(facts, pragmas=pragmas_in(text, facts.kind))


def _python(file: str, data: bytes) -> FileFacts:
    from mldebt.read.layout import layout
    from mldebt.read.python.databricks import is_kept_as_python
    from mldebt.read.python.source import read_python_in_part
    from mldebt.read.written_commands import written_commands

    text = decode_text(data, declared=True)
    refuse_unwritten(text)
    body, lines, problem = read_python_in_part(text)
    commands = written_commands(text, body)
    facts = facts_of_code(file, "python", body, lines=lines, commands=commands, problem=problem)
    if problem or is_kept_as_python(text):  # where comments are code, comments count
        return facts
    return replace(facts, layout=layout(text, body))


def _notebook(file: str, data: bytes) -> FileFacts:
    from mldebt.read.commands import shell_commands
    from mldebt.read.notebook import read_notebook
    from mldebt.read.written_commands import written_commands

    made = read_notebook(decode_text(data, declared=False))
    commands = (*shell_commands(made.body), *written_commands(made.code, made.body))
    return facts_of_code(
        file, "notebook", made.body, cells=made.cells, lines=made.lines, commands=commands, problem=made.problem
    )


def facts_of_code(
    file: str,
    kind: str,
    body: tuple[Stmt, ...],
    *,
    cells: tuple[tuple[int, int], ...] = (),
    lines: int = 0,
    commands: tuple[Command, ...] = (),
    problem: str = "",
) -> FileFacts:
    """The facts of a Python file or notebook, from its IR."""
    from mldebt.read.outline import outline

    packed = marshal.dumps(body) if body else b""
    return FileFacts(file, kind, packed, cells, lines, commands, problem=problem, outline=outline(body))


def _sql(file: str, data: bytes) -> FileFacts:
    from mldebt.read.sql import read_sql

    text = decode_text(data, declared=False)
    refuse_unwritten(text)
    return FileFacts(file, "sql", lines=_line_count(text), sql=read_sql(text))


def _manifest(file: str, data: bytes) -> FileFacts:
    from mldebt.read.manifests import read_manifest

    text = decode_text(data, declared=False)
    commands, problem = read_manifest(file, text)
    return FileFacts(file, "manifest", lines=_line_count(text), commands=commands, problem=problem)


def _skipped(file: str, data: bytes) -> FileFacts:
    return FileFacts(file, "skipped", problem="nothing that mldebt reads")


def _line_count(text: str) -> int:
    return text.count("\n") + (text[-1:] not in ("", "\n"))


READERS = {"python": _python, "notebook": _notebook, "sql": _sql, "manifest": _manifest, "skipped": _skipped}
