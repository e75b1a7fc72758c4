"""A whole program: scripts that read, change and write frames, run by the lines of a manifest."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pandas as pd

from tests.programs.frames import read_something, write_somewhere
from tests.programs.steps import some_steps
from tests.programs.writing import Pick, Program, Script


def make_program(pick: Pick) -> Program:  # type: ignore[type-arg]
    program = Program(pick)
    for number in range(pick([1, 1, 2])):
        script = Script(f"{pick(['main', 'build', 'run'])}_{number}.py", in_function=pick([True, False]))
        program.scripts.append(script)
        for _ in range(pick([1, 1, 2])):
            table = some_steps(program, script, read_something(program, script))
            write_somewhere(program, script, table)
    return program


def write_inputs(root: Path, program: Program) -> None:
    for name, columns in program.inputs.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        store(path, some_data(columns))
    for folder in ("out", "out/tables", "results"):
        (root / folder).mkdir(parents=True, exist_ok=True)


def some_data(columns: dict[str, str], shift: int = 0, changed: str = "") -> pd.DataFrame:
    """Four rows; the values of one column may be others."""
    data: dict[str, list[object]] = {}
    for place, (name, kind) in enumerate(columns.items()):
        by = shift if name == changed else 0
        numbers = [1, 2, 3, 4] if name == "code" else [(place * 3 + row * 2) % 7 + 1 for row in range(4)]
        data[name] = [number + by for number in numbers] if kind == "n" else [f"{name}{(n + by) % 3}" for n in numbers]
    return pd.DataFrame(data)


def store(path: Path, data: pd.DataFrame) -> None:
    if path.suffix == ".csv":
        data.to_csv(path, index=False)
    elif path.suffix == ".parquet":
        data.to_parquet(path)
    elif path.suffix == ".json":
        data.to_json(path, orient="records")
    else:
        with sqlite3.connect(path) as connection:
            data.to_sql("records", connection, index=False, if_exists="replace")
        connection.close()
