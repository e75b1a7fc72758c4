"""Command lines that Python code writes out: for a shell, a subprocess, a task; and notebooks that it runs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from mldebt.read.facts import Command, Expr
from mldebt.read.python.bodies import Body

PROGRAMS = ("papermill", "spark-submit", "torchrun", "sys.executable", "execute_notebook", "entry_point=", "code=",
            "submit_app=")  # fmt: skip
PYTHON = re.compile(r"python[\d.]*['\"]?[\s,]")
LINE = re.compile(
    r"\s*(?:set -\w+\s*[;\n]\s*)?(?:cd\s+\S+\s*(?:&&|;)\s*)?(?:[A-Z_]+=\S+\s+)*(?:\S+/)?"
    r"(?:python[\d.]*|papermill|spark-submit|torchrun)\s+\S"
)
INTERPRETER = re.compile(r"python|interpreter|executable", re.IGNORECASE)
"""What a variable is called that holds where Python lies."""
SAID = frozenset((
    "print", "echo", "write", "exit", "error", "info", "warning", "debug", "critical", "exception", "log", "secho",
    "ArgumentParser", "add_argument", "add_parser", "option", "Option", "Argument", "ValueError", "RuntimeError",
    "Exception", "SystemExit", "fail", "markdown", "assert_called_with",
))  # fmt: skip
"""Calls that only say a command line to a person."""
SCRIPTS, ARGUMENTS = ("code", "entry_point", "submit_app"), ("arguments", "job_arguments")
NOTEBOOK = "execute_notebook"
TAGS = frozenset(("const", "name", "attr", "index", "call", "list", "tuple", "set", "dict", "bin", "cmp", "bool", "un",
                  "fstr", "if", "comp", "lambda", "walrus", "star", "yield", "opaque"))  # fmt: skip


def written_commands(code: str, body: Body) -> tuple[Command, ...]:
    """The commands in order; `code` is what the body was made of."""
    if not any(program in code for program in PROGRAMS) and not PYTHON.search(code):
        return ()
    return tuple(dict.fromkeys(_in_statements(body)))


def _in_statements(body: Iterable[object]) -> Iterator[Command]:
    for statement in body:
        if isinstance(statement, tuple) and len(statement) > 2 and isinstance(statement[1], int):
            yield from _inside(statement[3:], statement[1])


def _inside(parts: Iterable[object], line: int) -> Iterator[Command]:
    """The commands in the parts of a statement or expression, those of statements within it too."""
    for part in parts:
        if not isinstance(part, tuple) or not part:
            continue
        if part[0] in TAGS:
            yield from _in_expression(part, line)
        elif isinstance(part[0], str) and len(part) > 2 and isinstance(part[1], int):
            yield from _inside(part[3:], part[1])
        else:
            yield from _inside(part, line)


def _in_expression(expression: Expr, line: int) -> Iterator[Command]:
    tag = expression[0]
    if tag == "call":
        yield from _in_call(expression)
    elif tag == "const" or tag == "fstr":
        text = _text(expression)
        if text and LINE.match(text):
            yield from _parsed(text, line)
    elif tag in ("list", "tuple") and _starts_python(expression[1]):
        yield from _words(expression[1], line)
    else:
        yield from _inside(expression[1:], line)


def _in_call(call: Expr) -> Iterator[Command]:
    _, function, args, kwargs, line, _ = call
    name = function[-1] if function[0] in ("name", "attr") else ""
    if name in SAID:
        return
    if name == NOTEBOOK:
        yield from _notebook(args, dict(kwargs), line)
    yield from _remote({key: value for key, value in kwargs if key is not None}, line)
    yield from _inside((function, *args, *(value for _, value in kwargs)), line)


def _parsed(text: str, line: int) -> Iterator[Command]:
    from mldebt.read.manifests import parse_command_line

    yield from (command for command in parse_command_line(text, line) if command.target)


def _starts_python(items: tuple[Expr, ...]) -> bool:
    first = items[0] if items else ("",)
    if first == ("attr", ("name", "sys"), "executable"):
        return True
    if len(items) < 2:
        return False
    if first[0] in ("name", "attr"):
        return bool(INTERPRETER.search(str(first[-1]))) and (_text(items[1]) or "").endswith((".py", "-m"))
    return first[0] == "const" and isinstance(first[1], str) and bool(LINE.match(f"{first[1]} x"))


def _words(items: tuple[Expr, ...], line: int) -> Iterator[Command]:
    from mldebt.read.manifests.command import Context, command_of

    first = "python" if items[0][0] in ("name", "attr") else str(items[0][1])
    words = [word for item in items[1:] if (word := _text(item)) is not None]
    yield from (command for command in command_of((first, *words), line, Context()) if command.target)


def _notebook(args: tuple[Expr, ...], kwargs: dict[str, Expr], line: int) -> Iterator[Command]:
    """`papermill.execute_notebook("in.ipynb", "out.ipynb", parameters={…})`."""
    source, target, given = (
        kwargs.get(name) or (args[at] if at < len(args) else None)
        for at, name in enumerate(("input_path", "output_path", "parameters"))
    )
    name, made = _text(source), _text(target)
    if not name:
        return
    pairs = given[1] if given is not None and given[0] == "dict" else ()
    words = [(key[1], _text(value)) for key, value in pairs if key is not None and key[0] == "const"]
    passed = [word for key, value in words if isinstance(key, str) and value is not None for word in ("-p", key, value)]
    writes = (made,) if made else ()
    yield Command(line, "papermill", name, (*writes, *passed), writes=writes)


def _remote(kwargs: dict[str, Expr], line: int) -> Iterator[Command]:
    """`processor.run(code="x.py", arguments=[…])`, `Estimator(entry_point="x.py", hyperparameters={…})`."""
    script = next((kwargs[key] for key in SCRIPTS if key in kwargs), None)
    target = _text(script) if script is not None and script[0] == "const" else None
    if not target or not target.endswith(".py"):
        return
    given = next((kwargs[key] for key in ARGUMENTS if key in kwargs), None)
    words = [_text(item) or "" for item in given[1]] if given is not None and given[0] == "list" else []
    settings = kwargs.get("hyperparameters")
    for key, value in settings[1] if settings is not None and settings[0] == "dict" else ():
        if key is not None and key[0] == "const" and (passed := _text(value)) is not None:
            words += [f"--{key[1]}", passed]
    folder = kwargs.get("source_dir")
    directory = _text(folder) if folder is not None and folder[0] == "const" else None
    yield Command(line, "python", target, tuple(words), directory=(directory or "").removeprefix("./").rstrip("/"))


def _text(expression: Expr | None) -> str | None:
    """The text of an expression; what is not written out becomes a named hole."""
    if expression is None:
        return None
    if expression[0] == "const":
        return None if expression[1] is None else str(expression[1])
    if expression[0] == "fstr":
        return "".join(part if isinstance(part, str) else f"{{{_label(part[0])}}}" for part in expression[1])
    return f"{{{_label(expression)}}}"


def _label(expression: Expr) -> str:
    if expression[0] in ("name", "attr"):
        return str(expression[-1])
    if expression[0] == "index" and expression[2][0] == "const":
        return str(expression[2][1])
    if (
        expression[0] == "call"
        and expression[2]
        and expression[1] in (("name", "str"), ("attr", ("name", "os"), "fspath"))
    ):
        return _label(expression[2][0])
    return "value"
