"""What a program really reads and writes: it is run in this process, and whoever opens something is noted."""

from __future__ import annotations

import csv
import functools
import os
import pickle
import runpy
import shlex
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pandas as pd

Columns = tuple[str, ...] | None


@dataclass(frozen=True)
class Access:
    """One read or write: where in the code, of what, and the columns that a write leaves there, None for other data."""

    kind: str
    file: str
    line: int
    name: str
    columns: Columns = None


@dataclass
class Run:
    """What happened in one run, or why it failed."""

    accesses: set[Access] = field(default_factory=set)
    printed: str = ""
    outputs: dict[str, bytes] = field(default_factory=dict)
    failure: str = ""


def run_commands(root: Path, commands: Sequence[str], environment: Mapping[str, str] | None = None) -> Run:
    """Run `python x.py …` lines one after the other below a folder."""
    done = Run()
    printed = StringIO()
    before = {path for path in root.rglob("*") if path.is_file()}
    with (
        _place(root, environment or {}),
        _Recorder(root, done).installed(),
        warnings.catch_warnings(),
        redirect_stdout(printed),
    ):
        warnings.simplefilter("ignore")
        for command in commands:
            try:
                _run_one(command)
            except Exception as error:
                done.failure = f"{command}: {type(error).__name__}: {error}"
                break
    done.printed = printed.getvalue()
    for path in sorted(set(root.rglob("*")) - before):
        if path.is_file() and path.suffix != ".pyc":
            done.outputs[path.relative_to(root).as_posix()] = _content(path)
    return done


def _content(path: Path) -> bytes:
    """What a file says; a database says it with other bytes each time."""
    if path.suffix in (".db", ".sqlite"):
        import sqlite3

        with closing(sqlite3.connect(path)) as connection:
            return "\n".join(connection.iterdump()).encode()
    return path.read_bytes()


def _run_one(command: str) -> None:
    words = shlex.split(command)[1:]
    with patch.object(sys, "argv", words), _own_modules():
        sys.path.insert(0, os.path.dirname(os.path.abspath(words[0])))  # noqa: PTH100, PTH120
        try:
            if words[0] == "-m":
                sys.argv = words[1:]
                sys.path[0] = str(Path.cwd())
                runpy.run_module(words[1], run_name="__main__", alter_sys=True)
            else:
                runpy.run_path(words[0], run_name="__main__")
        finally:
            del sys.path[0]


@contextmanager
def _own_modules() -> Iterator[None]:
    """Modules that a program brings along are forgotten after it."""
    before = set(sys.modules)
    try:
        yield
    finally:
        here = str(Path.cwd())
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "") or here).startswith(here):
                del sys.modules[name]


@contextmanager
def _place(root: Path, environment: Mapping[str, str]) -> Iterator[None]:
    here = Path.cwd()
    os.chdir(root)
    try:
        with patch.dict(os.environ, environment), patch.object(sys, "dont_write_bytecode", True):
            yield
    finally:
        os.chdir(here)


class _Recorder:
    """Wraps what opens, reads and writes; only the outermost call counts, at the line of the program that makes it."""

    def __init__(self, root: Path, run: Run) -> None:
        self.root = str(root.resolve()) + os.sep
        self.run = run
        self.inside = False

    @contextmanager
    def installed(self) -> Iterator[None]:
        with ExitStack() as stack:
            for reader in ("read_csv", "read_parquet", "read_json", "read_pickle", "read_table"):
                stack.enter_context(patch.object(pd, reader, self.wrapped(getattr(pd, reader), self.read)))
            for reader in ("read_sql", "read_sql_query", "read_sql_table"):
                stack.enter_context(patch.object(pd, reader, self.wrapped(getattr(pd, reader), self.query)))
            for owner in (pd.DataFrame, pd.Series):
                for writer in ("to_csv", "to_parquet", "to_json", "to_pickle"):
                    if hasattr(owner, writer):
                        method = self.wrapped(getattr(owner, writer), self.write)
                        stack.enter_context(patch.object(owner, writer, method))
                stack.enter_context(patch.object(owner, "to_sql", self.wrapped(owner.to_sql, self.table)))
            stack.enter_context(patch.object(pickle, "dump", self.wrapped(pickle.dump, self.dump)))
            stack.enter_context(patch.object(pickle, "load", self.wrapped(pickle.load, self.read)))
            stack.enter_context(patch.object(csv, "DictReader", self.wrapped(csv.DictReader, self.read)))
            yield

    def wrapped(self, function: Callable[..., Any], note: Callable[..., None]) -> Callable[..., Any]:
        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> Any:
            if self.inside:
                return function(*args, **kwargs)
            self.inside = True
            try:
                result = function(*args, **kwargs)
            finally:
                self.inside = False
            note(*args, **kwargs)
            return result

        return call

    # -- what is noted

    def read(self, *args: Any, **options: Any) -> None:
        self.note("read", self.name(_first(args, options, "filepath_or_buffer", "path", "path_or_buf", "file")))

    def query(self, *args: Any, **options: Any) -> None:
        words = str(_first(args, options, "sql")).split()
        table = words[words.index("FROM") + 1]
        self.note("read", f"{self.database(_first(args[1:], options, 'con'))}::{table}")

    def write(self, data: Any, *args: Any, **options: Any) -> None:
        target = _first(args, options, "path_or_buf", "path")
        if target is not None:
            index = options.get("index", True) and not options.get("orient")
            self.note("write", self.name(target), columns_of(data, bool(index), options.get("columns")))

    def table(self, data: Any, *args: Any, **options: Any) -> None:
        place = f"{self.database(_first(args[1:], options, 'con'))}::{_first(args, options, 'name')}"
        self.note("write", place, columns_of(data, options.get("index", True)))

    def dump(self, data: Any, target: Any, *_: Any) -> None:
        is_frame = isinstance(data, (pd.DataFrame, pd.Series))
        self.note("write", self.name(target), columns_of(data, False) if is_frame else None)

    def note(self, kind: str, name: str, columns: Columns = None) -> None:
        frame = sys._getframe(1)
        while frame is not None:
            file = os.path.realpath(frame.f_code.co_filename)
            if file.startswith(self.root):
                self.run.accesses.add(Access(kind, file.removeprefix(self.root), frame.f_lineno, name, columns))
                return
            frame = frame.f_back  # type: ignore[assignment]

    def name(self, target: Any) -> str:
        path = os.path.realpath(target if isinstance(target, (str, Path)) else target.name)
        return path.removeprefix(self.root)

    def database(self, connection: Any) -> str:
        return self.name(connection.execute("PRAGMA database_list").fetchone()[2])


def _first(args: Sequence[Any], options: Mapping[str, Any], *names: str) -> Any:
    """The first argument, or the one under one of its names."""
    return args[0] if args else next((options[name] for name in names if name in options), None)


def columns_of(data: Any, index: bool, chosen: Any = None) -> Columns:
    """The columns with names that a file of the data has."""
    if isinstance(data, pd.Series):
        data = data.to_frame()
    names = [str(name) for name in data.index.names if name is not None] if index else []
    return (*names, *map(str, chosen if chosen is not None else data.columns))
