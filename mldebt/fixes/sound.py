"""Whether a changed file can still be read."""

from __future__ import annotations

import ast
import json
import tomllib
import warnings

from mldebt.read.notebook import code_cells
from mldebt.read.python.magics import Magics


def is_sound(file: str, before: str, after: str) -> bool:
    """Whether it parses, unless it didn't before."""
    return _parses(file, after) or not _parses(file, before)


def _parses(file: str, text: str) -> bool:
    text = text.removeprefix("\ufeff")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _parse(file, text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _parse(file: str, text: str) -> None:
    if file.endswith((".py", ".pyw")):
        ast.parse(text)
    elif file.endswith(".ipynb"):
        magics = Magics()
        for _, source in code_cells(json.loads(text)):
            ast.parse(magics.take_out(source))
    elif file.endswith(".toml"):
        tomllib.loads(text)
    elif file.endswith((".yml", ".yaml")):
        _parse_yaml(text)


def _parse_yaml(text: str) -> None:
    import yaml

    try:
        yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ValueError from error
