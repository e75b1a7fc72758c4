"""Settings files as values that know their lines."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mldebt.read.settings_files import load_settings


def load(folder: Path, name: str, text: str) -> tuple[object, dict[tuple[str, ...], int]]:
    (folder / name).write_text(dedent(text).lstrip("\n"), encoding="utf-8")
    loaded = load_settings(folder / name)
    assert loaded is not None
    return loaded[0], dict(loaded[1])


def test_yaml(tmp_path: Path) -> None:
    value, lines = load(
        tmp_path,
        "params.yaml",
        """
        train: &base
          lr: 0.1
          layers:
            - 8
            - name: x
          on: yes
        later:
          <<: *base
          lr: 1e-4
          day: 2024-01-01
          host: !ENV ${HOST}
          none:
        1: one
        ---
        second: document
        """,
    )
    assert value == {
        "train": {"lr": 0.1, "layers": [8, {"name": "x"}], True: True},
        "later": {
            "lr": "1e-4",
            "layers": [8, {"name": "x"}],
            True: True,
            "day": "2024-01-01",
            "host": "${HOST}",
            "none": None,
        },
        1: "one",
    }
    assert lines[("train", "lr")] == 2
    assert lines[("train", "layers", "1", "name")] == 5
    assert lines[("later", "lr")] == 9
    assert lines[("1",)] == 13
    assert ("second",) not in lines


def test_json(tmp_path: Path) -> None:
    text = '{\n  "a": {"b": [1, {"c": "x: {,}"}],\n\t"d\\"e": []},\n  "f": {}, "g": null,\n  "h": [[], [2,\n 3]]\n}'
    value, lines = load(tmp_path, "x.json", text)
    assert value == {"a": {"b": [1, {"c": "x: {,}"}], 'd"e': []}, "f": {}, "g": None, "h": [[], [2, 3]]}
    assert lines == {
        ("a",): 2,
        ("a", "b"): 2,
        ("a", "b", "0"): 2,
        ("a", "b", "1"): 2,
        ("a", "b", "1", "c"): 2,
        ("a", 'd"e'): 3,
        ("f",): 4,
        ("g",): 4,
        ("h",): 5,
        ("h", "0"): 5,
        ("h", "1"): 5,
        ("h", "1", "0"): 5,
        ("h", "1", "1"): 6,
    }


def test_toml(tmp_path: Path) -> None:
    value, lines = load(
        tmp_path,
        "x.toml",
        '''
        top = 1
        [a.b]
        c = "x"  # [no]
        "d e".f = 2
        text = """
        no = 1
        """
        [[list]]
        x = 1
        [[list]]
        x = 2
        ''',
    )
    assert value == {
        "top": 1,
        "a": {"b": {"c": "x", "d e": {"f": 2}, "text": "no = 1\n"}},
        "list": [{"x": 1}, {"x": 2}],
    }
    assert lines[("top",)] == 1
    assert lines[("a", "b", "c")] == 3
    assert lines[("a", "b", "d e", "f")] == 4
    assert lines[("list", "1", "x")] == 11
    assert ("a", "b", "no") not in lines


def test_ini(tmp_path: Path) -> None:
    value, lines = load(tmp_path, "x.ini", "[paths]\nData = /data/%x\n; no = 1\n[model]\nlr: 0.1\n")
    assert value == {"paths": {"data": "/data/%x"}, "model": {"lr": "0.1"}}
    assert lines == {("paths",): 1, ("paths", "data"): 2, ("model",): 4, ("model", "lr"): 5}


@pytest.mark.parametrize("name", [".env", ".env.example", "prod.env"])
def test_env(tmp_path: Path, name: str) -> None:
    value, lines = load(tmp_path, name, "# no=1\nexport A=1\nB = 'x # y'\nC=\"z\" # comment\nD=a#b # c\nE=\n")
    assert value == {"A": "1", "B": "x # y", "C": "z", "D": "a#b", "E": ""}
    assert lines == {("A",): 2, ("B",): 3, ("C",): 4, ("D",): 5, ("E",): 6}


def test_places_of_a_template_are_read_as_variables(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text("a: {{ project.name }}.sets.Own\nb:\n  table: orders\n", encoding="utf-8")
    loaded = load_settings(tmp_path / "x.yaml")
    assert loaded is not None
    assert loaded[0] == {"a": "${project.name}.sets.Own", "b": {"table": "orders"}}
    assert loaded[1]["b", "table"] == 3


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.yaml", "a: [\n"),
        ("x.yaml", "{{ template }}: {% x %}"),
        ("x.yaml", ""),
        ("x.yaml", "a: &x [*x]"),
        (
            "x.yaml",
            "a: &a [1, 1]\n"
            + "".join(f"{n}: &{n} [*{p}, *{p}, *{p}, *{p}]\n" for p, n in zip("abcdefghij", "bcdefghijk")),
        ),
        ("x.json", "{"),
        ("x.toml", "="),
        ("x.ini", "no section"),
        ("x.py", "a = 1"),
    ],
)
def test_unreadable_files_are_none(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert load_settings(tmp_path / name) is None
    assert load_settings(tmp_path / "missing.yaml") is None
    assert load_settings(tmp_path) is None


def test_large_files_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_text("[" + "1," * 600_000 + "1]", encoding="utf-8")
    assert load_settings(tmp_path / "x.json") is None


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(VALUES, st.sampled_from([None, 0, 2]))
def test_every_member_of_a_json_file_has_a_line(tmp_path: Path, value: object, indent: int | None) -> None:
    import json

    (tmp_path / "x.json").write_text(json.dumps(value, indent=indent), encoding="utf-8")
    loaded = load_settings(tmp_path / "x.json")
    assert loaded is not None
    assert loaded[0] == value
    assert set(loaded[1]) == set(paths(value))


def paths(value: object, above: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found: list[tuple[str, ...]] = []
    for key, inner in pairs:
        found += [(*above, str(key)), *paths(inner, (*above, str(key)))]
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["x.yaml", "x.json", "x.toml", "x.ini", ".env"]), st.text(max_size=60))
def test_any_text_is_read(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8", errors="replace")
    load_settings(tmp_path / name)
