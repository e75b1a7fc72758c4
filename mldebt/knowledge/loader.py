"""Loads the knowledge base and answers what a call, a method or an attribute is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path

from mldebt.errors import UsageError
from mldebt.knowledge.entry import Entry
from mldebt.knowledge.patterns import Pattern, expand, is_wild, last_segment, patterns
from mldebt.knowledge.schema import FALLBACKS, check_file

HOME = Path(__file__).parent
Tables = Mapping[str, Mapping[str, object]]


class Names:
    """Entries by dotted name; those with wildcards are found by their last segment."""

    def __init__(self, entries: Iterable[tuple[str, Entry]]) -> None:
        self._exact: dict[str, Entry] = {}
        wild: dict[str, dict[str, Entry]] = {}
        for key, entry in entries:
            if is_wild(key):
                last = last_segment(key)
                wild.setdefault("*" if is_wild(last) else last, {})[key] = entry
            else:
                self._exact[key] = entry
        self._wild = {last: _compiled(found) for last, found in wild.items()}

    def find(self, name: str) -> Entry | None:
        found = self._exact.get(name)
        if found is None and self._wild:
            found = self._match(last_segment(name), name) or self._match("*", name)
        return found

    def _match(self, last: str, name: str) -> Entry | None:
        return next((entry for pattern, entry in self._wild.get(last, ()) if pattern.matches(name)), None)


def _compiled(entries: Mapping[str, Entry]) -> list[tuple[Pattern, Entry]]:
    return [(pattern, entries[pattern.key]) for pattern in patterns(list(entries))]


class Knowledge:
    """Look-ups are remembered; `fingerprint` changes with every byte of the data."""

    def __init__(self, entries: Iterable[Entry], aliases: Mapping[str, str] | None = None, fingerprint: str = "") -> None:
        self.fingerprint = fingerprint
        self._aliases = dict(aliases or {})
        keyed = [(key, entry) for entry in entries for key in expand(entry.key)]
        self._calls = Names((key, entry) for key, entry in keyed if not key.startswith("<"))
        self._methods = _by_kind(keyed, attribute=False)
        self._attributes = _by_kind(keyed, attribute=True)
        self._distinctive = _distinctive(keyed)
        self._libraries = {key.partition(".")[0] for key, _ in keyed} | {key.partition(".")[0] for key in self._aliases}
        self.call = cache(self._call)
        self.method = cache(self._method)
        self.attribute = cache(self._attribute)

    def _call(self, dotted: str) -> Entry | None:
        """What calling a library's function or class is; `dotted` has its import aliases resolved."""
        return self._calls.find(self._canonical(dotted))

    def _method(self, kind: str, name: str) -> Entry | None:
        """What calling a method on a kind of value is."""
        return _find(self._methods, kind, name)

    def _attribute(self, kind: str, name: str) -> Entry | None:
        """What reading an attribute of a kind of value is."""
        return _find(self._attributes, kind, name)

    def distinctive(self, name: str) -> tuple[str, Entry] | None:
        """The kind and the entry that a method's name alone gives away."""
        return self._distinctive.get(name)

    def knows_library(self, dotted: str) -> bool:
        """Whether some entry speaks of the package that `dotted` begins with."""
        return dotted.partition(".")[0] in self._libraries

    def _canonical(self, dotted: str) -> str:
        at = len(dotted)
        while at > 0:
            if found := self._aliases.get(dotted[:at]):
                return found + dotted[at:]
            at = dotted.rfind(".", 0, at)
        return dotted


def _by_kind(keyed: Iterable[tuple[str, Entry]], attribute: bool) -> dict[str, Names]:
    grouped: dict[str, list[tuple[str, Entry]]] = {}
    for key, entry in keyed:
        if key.startswith("<") and entry.flag("attribute") is attribute:
            kind, _, name = key[1:].partition(">.")
            grouped.setdefault(kind, []).append((name, entry))
    return {kind: Names(entries) for kind, entries in grouped.items()}


def _distinctive(keyed: Iterable[tuple[str, Entry]]) -> dict[str, tuple[str, Entry]]:
    found: dict[str, tuple[str, Entry]] = {}
    for key, entry in keyed:
        if key.startswith("<") and entry.flag("distinctive"):
            kind, _, name = key[1:].partition(">.")
            found.setdefault(name, (kind, entry))
    return found


def _find(names: Mapping[str, Names], kind: str, name: str) -> Entry | None:
    if own := names[kind].find(name) if kind in names else None:
        return own
    fallback = FALLBACKS.get(kind)
    entry = names[fallback].find(name) if fallback in names else None
    return None if entry is None or "only" in entry.fields and kind not in entry.selector("only") else entry


def load_knowledge(extra: Sequence[Path] = ()) -> Knowledge:
    """The built-in knowledge and, over it, the user's own files."""
    sources = [(path, _read(path)) for path in (*sorted(HOME.glob("*.toml")), *extra)]
    digest = blake2b(digest_size=16)
    entries: dict[str, Entry] = {}
    aliases: dict[str, str] = {}
    for path, data in sources:
        digest.update(data + b"\0")
        tables = _parse(path, data, checked=path.parent != HOME)
        aliases |= {key: str(value) for key, value in tables.get("aliases", {}).items()}
        entries |= {key: _entry(key, table) for key, table in tables.items() if key != "aliases"}
    return Knowledge(entries.values(), aliases, digest.hexdigest())


def _entry(key: str, table: Mapping[str, object]) -> Entry:
    return Entry(key, str(table["op"]), table)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"Cannot read the knowledge file {path}: {error.strerror}.") from error


def _parse(path: Path, data: bytes, checked: bool) -> Tables:
    import tomllib

    try:
        tables = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"The knowledge file {path} is not valid TOML: {error}.") from error
    if checked:
        check_file(str(path), tables)
    return tables
