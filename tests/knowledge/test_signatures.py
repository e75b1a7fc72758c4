"""The arguments that entries name are those of the libraries themselves, for every library that is at hand."""

from __future__ import annotations

import importlib
import inspect
import tomllib
import warnings
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mldebt.knowledge.loader import HOME
from mldebt.knowledge.patterns import expand, is_wild
from mldebt.knowledge.schema import SELECTOR, type_of

_LIBRARIES = """
    argparse builtins collections copy csv datetime functools glob gzip io itertools jinja2 json logging math numpy os
    pandas pathlib pickle pprint pyarrow random re shutil sqlite3 statistics tarfile tempfile time tomllib urllib yaml
    zipfile
"""
AT_HAND = frozenset(_LIBRARIES.split())

STRINGS = type(pd.Series(["a"]).str)
DATES = [
    type(pd.to_datetime(pd.Series(["2020-01-01"])).dt),
    type(pd.to_timedelta(pd.Series(["1 days"])).dt),
    type(pd.Series(pd.period_range("2020-01-01", periods=1)).dt),
]
CATEGORIES = type(pd.Series(["a"], dtype="category").cat)
KINDS: dict[str, list[Any]] = {
    "<frame>": [pd.DataFrame, pd.Series],
    "<series>": [pd.Series, pd.DatetimeIndex, pd.Index, STRINGS, *DATES, CATEGORIES],
    "<strings>": [STRINGS],
    "<dates>": DATES,
    "<categories>": [CATEGORIES],
    "<groupby>": [pd.api.typing.DataFrameGroupBy, pd.api.typing.SeriesGroupBy, pd.api.typing.Resampler],
    "<window>": [pd.api.typing.Rolling, pd.api.typing.Expanding, pd.api.typing.ExponentialMovingWindow],
    "<array>": [np.ndarray],
    "<rng>": [np.random.Generator, np.random.RandomState, __import__("random").Random],
}

# Not in the versions at hand, but in code that people scan: older or newer, or of a sibling of pandas or NumPy.
_ELSEWHERE = """
    applymap append mad iteritems pad backfill swapaxes as_matrix ix compute persist map_partitions npartitions
    to_dask_array to_pandas toPandas to_gbq weekofyear week is_monotonic view first last between_time strftime numpy
    toarray todense tocsr tocsc tocoo nnz A names files itemset newbyteorder tostring get fill fillna mode dropna in1d
    row_stack trapz object_ float_ str int float bool object matrix asmatrix product read_gbq value_counts
    json_normalize display ptp batched binomialvariate now utcnow
    as_numpy table spark sql sqlContext sqlCtx cp mv text dropdown combobox multiselect get from_csv
"""
ELSEWHERE = frozenset(_ELSEWHERE.split())


def tables(*files: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(HOME.glob("*.toml")):
        if not files or path.stem in files:
            for key, table in tomllib.loads(path.read_text()).items():
                if key != "aliases":
                    yield from ((name, table) for name in expand(key))


def find(dotted: str) -> Any:
    """The thing of that name; None where the versions at hand have none."""
    parts = dotted.split(".")
    for at in range(len(parts), 0, -1):
        try:
            thing: Any = importlib.import_module(".".join(parts[:at]))
        except ImportError:
            continue
        with warnings.catch_warnings(action="ignore"):
            for part in parts[at:]:
                thing = getattr(thing, part, None)
        return thing
    return None


def signature(thing: Any) -> list[inspect.Parameter] | None:
    try:
        parameters = list(inspect.signature(thing).parameters.values())
    except (TypeError, ValueError):
        return None
    return [parameter for parameter in parameters if parameter.name not in ("self", "cls")]


def problems(key: str, table: dict[str, Any], parameters: list[inspect.Parameter]) -> Iterator[str]:
    names = {parameter.name for parameter in parameters}
    by_position = [one.name for one in parameters if one.kind in (one.POSITIONAL_ONLY, one.POSITIONAL_OR_KEYWORD)]
    anything = any(one.kind in (one.VAR_KEYWORD, one.VAR_POSITIONAL) for one in parameters)
    positional_only = {one.name for one in parameters if one.kind == one.POSITIONAL_ONLY}
    for field, value in table.items():
        if type_of(table["op"], field) != SELECTOR:
            continue
        selector = value if isinstance(value, list) else [value]
        words = [one for one in selector if isinstance(one, str) and one not in ("self", "*")]
        places = [one for one in selector if isinstance(one, int)]
        if words and not anything and not names & set(words) and not positional_only:
            yield f"{key}: no argument {words} for {field} among {sorted(names)}"
        for place in places:
            if place < len(by_position) and words and by_position[place] not in words:
                yield f"{key}: argument {place} is {by_position[place]}, not {words}, for {field}"


def test_selectors_name_real_arguments_at_their_real_places() -> None:
    found: list[str] = []
    for key, table in tables():
        if is_wild(key) or key.partition(".")[0] not in AT_HAND:
            continue
        parameters = signature(find(key))
        if parameters is not None:
            found += problems(key, table, parameters)
    assert found == []


def test_functions_of_libraries_exist() -> None:
    listed = {key for key, _ in tables() if not is_wild(key) and key.partition(".")[0] in AT_HAND}
    missing = {key for key in listed if find(key) is None and key.rpartition(".")[2] not in ELSEWHERE}
    assert missing == set()


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_methods_name_real_arguments_at_their_real_places(kind: str) -> None:
    found: list[str] = []
    for key, table in tables("pandas_frame", "pandas_series", "numpy"):
        receiver, _, name = key.partition(">.")
        for owner in KINDS[kind] if receiver + ">" == kind else ():
            parameters = signature(getattr(owner, name, None))
            if parameters is not None:
                found += problems(f"{owner.__name__}.{name}", table, parameters)
                break
    assert found == []


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_methods_exist(kind: str) -> None:
    names = {
        key.partition(">.")[2] for key, _ in tables("pandas_frame", "pandas_series", "numpy") if key.startswith(kind)
    }
    known = {name for name in names if any(hasattr(owner, name) for owner in KINDS[kind])}
    assert names - known - ELSEWHERE == set()
