"""A random program on its way to paper: its modules, settings, data and command lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from textwrap import indent
from typing import TypeVar

T = TypeVar("T")
Pick = Callable[[Sequence[T]], T]
NUMBERS = ("price", "age", "speed", "fee", "weight", "score")
WORDS = ("city", "kind", "zone", "brand")
KEY = "code"


@dataclass(frozen=True)
class Table:
    """A frame in the program: its variable and its columns ("n" numbers, "s" words), those of its index first."""

    variable: str
    columns: dict[str, str]
    index: tuple[str, ...] = ()

    def of(self, kind: str) -> list[str]:
        return [name for name, of_kind in self.columns.items() if of_kind == kind]


@dataclass
class Script:
    """One file that a command runs: what it imports and defines, and the statements of its main part."""

    name: str
    imports: set[str] = field(default_factory=set)
    top: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    loaded: dict[str, str] = field(default_factory=dict)
    in_function: bool = True

    def need(self, line: str) -> None:
        self.imports.add(line)

    def source(self) -> str:
        lines = [*sorted(self.imports), "", *self.top, ""]
        body = list(self.body)
        if self.options:
            self.imports.add("import argparse")
            lines.insert(0, "import argparse")
            body = ["parser = argparse.ArgumentParser()", *self.options, "args = parser.parse_args()", *body]
        if not self.in_function:
            return "\n".join([*lines, *body]) + "\n"
        main = indent("\n".join(body or ["pass"]), "    ")
        return "\n".join([*lines, "", "def main():", main, "", "", 'if __name__ == "__main__":', "    main()"]) + "\n"


class Program:
    """All files of a program, while they are written."""

    def __init__(self, pick: Pick) -> None:  # type: ignore[type-arg]
        self.pick = pick
        self.modules: dict[str, list[str]] = {}
        self.imports: dict[str, set[str]] = {}
        self.settings: dict[str, dict[str, str]] = {}
        self.scripts: list[Script] = []
        self.inputs: dict[str, dict[str, str]] = {}
        self.outputs: dict[str, dict[str, str]] = {}
        self.environment: dict[str, str] = {}
        self._numbers = count(1)

    def fresh(self, stem: str) -> str:
        return f"{stem}_{next(self._numbers)}"

    def chance(self, one_in: int = 2) -> bool:
        return bool(self.pick([False] * (one_in - 1) + [True]))

    def some(self, items: Sequence[T], least: int = 1) -> list[T]:
        """A part of the items, in their order, at least so many."""
        chosen = [item for item in items if self.chance()]
        return chosen if len(chosen) >= least else list(items[:least])

    def define(self, module: str, lines: str, *imports: str) -> None:
        """Put a definition into a module of the program."""
        if lines not in self.modules.setdefault(module, []):
            self.modules[module].append(lines)
        self.imports.setdefault(module, set()).update(line for line in imports if line)

    def new_input(self, ending: str = ".csv", columns: dict[str, str] | None = None) -> tuple[str, dict[str, str]]:
        """The path of a data file that is there before the program runs, and its columns."""
        name = (
            f"{self.pick(['data', 'data/raw', 'inputs'])}/{self.fresh(self.pick(['orders', 'zones', 'trips']))}{ending}"
        )
        if columns is None:
            columns = {KEY: "n"}
            columns |= dict.fromkeys(self.some(NUMBERS, 2), "n") | dict.fromkeys(self.some(WORDS, 1), "s")
        self.inputs[name] = columns
        return name, columns

    def new_output(self, ending: str = ".csv") -> str:
        folder = self.pick(["out", "out/tables", "results"])
        return f"{folder}/{self.fresh(self.pick(['daily', 'final', 'report']))}{ending}"

    def commands(self) -> list[str]:
        return [" ".join(["python", script.name, *script.words]) for script in self.scripts]

    def files(self) -> dict[str, str]:
        """Code, settings and the manifest with its commands; not the data."""
        found = {script.name: script.source() for script in self.scripts}
        for module, parts in self.modules.items():
            head = "\n".join(sorted(self.imports.get(module, ())))
            found[module] = "\n\n".join([head, *parts]).strip("\n") + "\n"
        for name, values in self.settings.items():
            found[name] = settings_text(name, values)
        found.update(self.manifest())
        return found

    def manifest(self) -> dict[str, str]:
        lines = self.commands()
        if self.pick(["make", "dvc"]) == "make":
            return {"Makefile": "all:\n" + "".join(f"\t{line}\n" for line in lines)}
        stages = "".join(f"  stage{number}:\n    cmd: {line}\n" for number, line in enumerate(lines))
        return {"dvc.yaml": f"stages:\n{stages}"}


def settings_text(name: str, values: dict[str, str]) -> str:
    """Settings in a section called `paths`, in the language of the file's ending."""
    if name.endswith((".yaml", ".yml")):
        return "paths:\n" + "".join(f"  {key}: {value}\n" for key, value in values.items())
    if name.endswith(".json"):
        pairs = ", ".join(f'"{key}": "{value}"' for key, value in values.items())
        return f'{{"paths": {{{pairs}}}}}\n'
    quote = '"' if name.endswith(".toml") else ""
    return "[paths]\n" + "".join(f"{key} = {quote}{value}{quote}\n" for key, value in values.items())
