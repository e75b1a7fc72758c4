"""Reading a configuration strictly: an unknown key or a value of the wrong kind is an error, never ignored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import NoReturn, cast

from mldebt.config.document import Document, read_document
from mldebt.config.find import OWN_FILES, SHARED_FILE, find_config
from mldebt.config.model import Config, Consumer, Settings, Waiver
from mldebt.errors import UsageError, near_name_hint

KEYS = ("root", "select", "ignore", "exclude", "knowledge", "baseline", "require-reason", "waivers", "consumers",
        "owners", "rules")  # fmt: skip
CONSUMER_KEYS = ("dataset", "consumer", "owner", "reason")
CONSUMER_REQUIRED = ("dataset", "consumer")
WAIVER_KEYS = ("rule", "thing", "reason", "until")
WAIVER_REQUIRED = ("rule", "thing", "reason")


def load_config(start: Path, root: Path, explicit: Path | None = None) -> Config:
    """The configuration that the user named, else the nearest one from `start` up to `root`, else the empty one."""
    if explicit is not None:
        return read_config(explicit)
    found = find_config(start, root)
    return read_config(found) if found else Config()


def load_settings(root: Path) -> Settings:
    """What the configuration in this folder declares for rules."""
    return load_config(root, root).settings


def read_config(path: Path) -> Config:
    if not path.is_file():
        beside = [name for name in (*OWN_FILES, SHARED_FILE) if (path.parent / name).is_file()]
        hint = near_name_hint(path.name, beside)
        raise UsageError(f"there is no configuration file {path}{hint}")
    document = read_document(path)
    _require_known_keys(document)
    return Config(
        path=path,
        root=_flag(document, "root"),
        select=_strings(document, "select"),
        ignore=_strings(document, "ignore"),
        exclude=_strings(document, "exclude"),
        knowledge=_files(document, "knowledge"),
        require_reason=_flag(document, "require-reason"),
        waivers=_waivers(document),
        baseline=_file(document, "baseline"),
        consumers=_consumers(document),
        owners=_owners(document),
        rules=_rules(document),
        places=_places(document),
    )


def _require_known_keys(document: Document) -> None:
    for key in document.table:
        if key == "tool" and not document.prefix:
            raise document.error("the keys stand at the top of this file, without [tool.mldebt]", key)
        if key not in KEYS:
            raise document.error(_unknown("key", key, KEYS), key)


def _flag(document: Document, key: str) -> bool:
    value = document.table.get(key, False)
    if not isinstance(value, bool):
        raise document.error(f'"{key}" must be true or false', key)
    return value


def _strings(document: Document, key: str) -> tuple[str, ...]:
    value = document.table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise document.error(f'"{key}" must be a list of texts', key)
    return tuple(cast("list[str]", value))


def _file(document: Document, key: str) -> Path | None:
    """A path beside the configuration file, which may not exist yet."""
    value = document.table.get(key)
    if value is not None and not (isinstance(value, str) and value.strip("/.")):
        raise document.error(f'"{key}" must be the name of a file', key)
    return document.path.parent / value if isinstance(value, str) else None


def _files(document: Document, key: str) -> tuple[Path, ...]:
    """Paths beside the configuration file that exist."""
    home = document.path.parent
    names = _strings(document, key)
    for name in names:
        if not (home / name).is_file():
            hint = near_name_hint(name, (str(path.relative_to(home)) for path in home.glob("*.toml")))
            raise document.error(f'"{key}" names {name}, which is no file in {home}{hint}', key, word=name)
    return tuple(home / name for name in names)


def _consumers(document: Document) -> tuple[Consumer, ...]:
    value = document.table.get("consumers", [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise document.error('"consumers" must be a list of tables with "dataset" and "consumer"', "consumers")
    return tuple(_consumer(document, number, item) for number, item in enumerate(value))


def _consumer(document: Document, number: int, table: Mapping[str, object]) -> Consumer:
    for key, value in table.items():
        if key not in CONSUMER_KEYS:
            raise document.error(_unknown("key", key, CONSUMER_KEYS), "consumers", number, key, word=key)
        if not isinstance(value, str):
            raise document.error(f'"{key}" of a consumer must be a text', "consumers", number, key, word=key)
    for key in CONSUMER_REQUIRED:
        if not table.get(key):
            raise document.error(f'consumer number {number + 1} has no "{key}"', "consumers", number)
    return Consumer(**cast("Mapping[str, str]", table))


def _waivers(document: Document) -> tuple[Waiver, ...]:
    value = document.table.get("waivers", [])
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise document.error('"waivers" must be a list of tables with "rule", "thing" and "reason"', "waivers")
    return tuple(_waiver(document, number, item) for number, item in enumerate(value))


def _waiver(document: Document, number: int, table: Mapping[str, object]) -> Waiver:
    for key, value in table.items():
        if key not in WAIVER_KEYS:
            raise document.error(_unknown("key", key, WAIVER_KEYS), "waivers", number, key, word=key)
        if key != "until" and not (isinstance(value, str) and value.strip()):
            raise document.error(f'"{key}" of a waiver must be a text', "waivers", number, key, word=key)
    for key in WAIVER_REQUIRED:
        if key not in table:
            raise document.error(f'waiver number {number + 1} has no "{key}"', "waivers", number)
    texts = cast("Mapping[str, str]", {key: table[key] for key in WAIVER_REQUIRED})
    return Waiver(**texts, until=_day(document, number, table.get("until")), line=document.line("waivers", number))


def _day(document: Document, number: int, value: object) -> date | None:
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else _no_day()
    except ValueError:
        sentence = '"until" of a waiver must be a day such as 2027-03-31'
        raise document.error(sentence, "waivers", number, "until", word="until") from None


def _no_day() -> NoReturn:
    raise ValueError


def _owners(document: Document) -> Mapping[str, str]:
    table = _table(document, "owners")
    for pattern, team in table.items():
        if not isinstance(team, str):
            raise document.error(f'the owner of "{pattern}" must be a text', "owners", pattern, word=pattern)
    return cast("Mapping[str, str]", table)


def _rules(document: Document) -> Mapping[str, Mapping[str, object]]:
    table = _table(document, "rules")
    for name, options in table.items():
        if not isinstance(options, dict):
            raise document.error(f'"rules.{name}" must be a table of options', "rules", name)
    return cast("Mapping[str, Mapping[str, object]]", table)


def _table(document: Document, key: str) -> Mapping[str, object]:
    value = document.table.get(key, {})
    if not isinstance(value, dict):
        raise document.error(f'"{key}" must be a table', key)
    return cast("Mapping[str, object]", value)


def _places(document: Document) -> Mapping[tuple[str, str], str]:
    """Places of what only the rules can judge: whether a selector or the name of a rule is known."""
    places = {
        (key, word): document.place(key, word=f'"{word}"') if f'"{word}"' in document.text else document.place(key)
        for key in ("select", "ignore")
        for word in _strings(document, key)
    }
    waivers = range(len(_waivers(document)))
    places |= {("waivers", str(number)): document.place("waivers", number) for number in waivers}
    return places | {("rules", name): document.place("rules", name) for name in _rules(document)}


def _unknown(what: str, name: str, known: Iterable[str]) -> str:
    known = tuple(known)
    return f'unknown {what} "{name}"' + (near_name_hint(name, known) or f" (known: {', '.join(known)})")
