"""How entries are written. The built-in files hold one entry a line, so that what nobody asks about is never parsed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct, field

from mldebt.config.model import Call
from mldebt.errors import UsageError
from mldebt.knowledge.entry import Entry

_LINE = re.compile(r'^"([^"\n]+)" = (\{.*\})$', re.MULTILINE)
_TEXT = re.compile(r'^"([^"\n]+)" = "([^"\n]*)"$', re.MULTILINE)
TABLES = ("aliases", "meanings")
"""Tables of a file that hold no entries."""


class Draft(Struct, frozen=True, eq=False):
    """An entry as it is written: a line of TOML, or the table that it was parsed into."""

    key: str
    written: str | Mapping[str, object]

    def has(self, flag: str) -> bool:
        if isinstance(self.written, str):
            return f"{flag} = true" in self.written
        return self.written.get(flag) is True

    def may_say(self, field: str) -> bool:
        """Whether it may have a field; that of a longer name counts too."""
        return f"{field} = " in self.written if isinstance(self.written, str) else field in self.written

    def does(self, operation: str) -> bool:
        if isinstance(self.written, str):
            return f'op = "{operation}"' in self.written
        return self.written.get("op") == operation

    def entry(self) -> Entry:
        table = self.written
        if isinstance(table, str):
            table = _toml(f"entry = {table}")["entry"]  # type: ignore[assignment]
        assert isinstance(table, Mapping)
        return Entry(self.key, str(table["op"]), table)


class Source(Struct, frozen=True):
    """What a file says: its entries, names that stand for others, and what calls compute (see `meaning`)."""

    drafts: tuple[Draft, ...]
    aliases: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)


def built_in(text: str) -> Source:
    """A file of this package; the tests read it as the TOML that it is."""
    drafts = tuple(Draft(key, written) for key, written in _LINE.findall(text))
    if text.startswith("[meanings]"):
        return Source((), {}, dict(_TEXT.findall(text)))
    rest = text[text.index("[aliases]") :] if "[aliases]" in text else ""
    return Source(drafts, _names(_toml(rest), "aliases"))


def written_by_user(path: Path, data: bytes) -> Source:
    """A file of the user, checked as a whole."""
    from mldebt.knowledge.schema import check_file

    try:
        tables = _toml(data.decode())
    except ValueError as error:
        raise UsageError(f"The knowledge file {path} is not valid TOML: {error}.") from error
    check_file(str(path), tables)
    return Source(tuple(_drafts(tables)), _names(tables, "aliases"), _names(tables, "meanings"))


def in_configuration(told: Call) -> Source:
    """One entry of the configuration."""
    from mldebt.knowledge.schema import entry_problems

    for problem in entry_problems(told.call, dict(told.entry)):
        raise UsageError(f'{told.place}: knowledge of "{told.call}": {problem}')
    return Source((Draft(told.call, told.entry),))


def _drafts(tables: Mapping[str, object]) -> Iterable[Draft]:
    return (Draft(key, table) for key, table in tables.items() if key not in TABLES and isinstance(table, dict))


def _names(tables: Mapping[str, object], name: str) -> Mapping[str, str]:
    table = tables.get(name, {})
    return {str(name): str(meant) for name, meant in table.items()} if isinstance(table, dict) else {}


def _toml(text: str) -> dict[str, object]:
    import tomllib

    return tomllib.loads(text)
