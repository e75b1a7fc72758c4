"""The knowledge base: what a library's call, method or attribute is, said by data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar

from mldebt.config.model import Call
from mldebt.errors import UsageError
from mldebt.knowledge.entry import Entry
from mldebt.knowledge.meaning import Meaning, parse_meaning
from mldebt.knowledge.patterns import Names, expand, is_wild
from mldebt.knowledge.schema import FALLBACKS
from mldebt.knowledge.source import Draft, Source, built_in, in_configuration, written_by_user

HOME = Path(__file__).parent
T = TypeVar("T")
_loaded: dict[str, Knowledge] = {}
"""What was loaded last, by its fingerprint."""

__all__ = ["Entry", "Knowledge", "load_knowledge"]


class Knowledge:
    """Answers are remembered. `fingerprint` changes with every byte of the data."""

    def __init__(self, sources: Iterable[Source], fingerprint: str = "") -> None:
        self.fingerprint = fingerprint
        self._aliases: dict[str, str] = {}
        named: dict[str, Draft] = {}
        owned: dict[str, Draft] = {}
        shown: dict[str, Draft] = {}
        meanings: dict[str, str] = {}
        for source in sources:
            self._aliases |= source.aliases
            for written, text in source.meanings.items():
                meanings |= dict.fromkeys(expand(written), text)
            for draft in source.drafts:
                of_kind = shown if draft.has("attribute") else owned
                for key in expand(draft.key):
                    (of_kind if key[0] == "<" else named)[key] = draft
        self._calls = Names(named.items())
        self._methods = _by_kind(owned.items())
        self._attributes = _by_kind(shown.items())
        self._telling = _telling((*owned.items(), *shown.items()))
        spoken = (*self._aliases, *named)
        self._libraries = {key.partition(".")[0] for key in spoken}
        self._modules = _modules_of(spoken)
        self._sharing = _heads((key for key, draft in named.items() if draft.may_say("space")), self._aliases)
        self._meanings = Names((key, text) for key, text in meanings.items() if not key.startswith("<"))
        self._own_meanings = _by_kind(meanings.items())
        self._entry = cache(Draft.entry)
        self.meaning = cache(self._meaning)
        self.call = cache(self._call)
        self.method = cache(self._method)
        self.attribute = cache(self._attribute)
        self.distinctive = cache(self._distinctive)
        self.vendor = cache(self._vendor)

    def _call(self, dotted: str) -> Entry | None:
        """What calling a library's function or class is; import aliases are resolved in `dotted`."""
        draft = self._calls.find(self._canonical(dotted))
        return self._entry(draft) if draft else None

    def calls_of(self, operation: str) -> tuple[tuple[str, Entry], ...]:
        """The functions, by their full names, that do this; those that only a pattern names are left out."""
        drafts = self._calls.listed.items()
        return tuple((name, self._entry(draft)) for name, draft in drafts if draft.does(operation))

    def lists(self, dotted: str) -> bool:
        """Whether a function is listed by its full name, not only by a pattern that it falls under."""
        return dotted in self._calls.listed

    def _method(self, kind: str, name: str) -> Entry | None:
        """What calling a method on a kind of value is."""
        return self._find(self._methods, kind, name)

    def _attribute(self, kind: str, name: str) -> Entry | None:
        """What reading an attribute of a kind of value is."""
        return self._find(self._attributes, kind, name)

    def _distinctive(self, name: str) -> tuple[str, Entry] | None:
        """The kind and the entry that a method's name alone gives away."""
        found = self._telling.get(name)
        return (found[0], self._entry(found[1])) if found else None

    def _meaning(self, dotted: str, kind: str = "") -> Meaning | None:
        """What a call computes: of a function by its dotted name, of a method by its name and the receiver's kind."""
        text = self._meanings.find(self._canonical(dotted)) if not kind else None
        at: str | None = kind or None
        while at is not None and text is None:
            text = self._own_meanings[at].find(dotted) if at in self._own_meanings else None
            at = "series" if at == "expression" else FALLBACKS.get(at)
        return parse_meaning(text) if text else None

    def _vendor(self, dotted: str) -> str:
        """The package of somebody else that a name of a library belongs to, "" for what everybody computes with."""
        parts = self._canonical(dotted).split(".")
        heads = (".".join(parts[:length]) for length in range(1, min(len(parts), 4)))
        return next((head for head in heads if (entry := self.call(head)) is not None and entry.op == "vendor"), "")

    def may_share(self, dotted: str) -> bool:
        """Whether something of the library may hand data from function to function by name (`space`)."""
        return dotted.partition(".")[0] in self._sharing or "*" in self._sharing

    def knows_library(self, dotted: str) -> bool:
        """Whether some entry speaks of the package that `dotted` begins with."""
        return dotted.partition(".")[0] in self._libraries

    def knows_module(self, dotted: str) -> bool:
        """Whether `dotted` is a library or a module of one, as far as entries tell: `ml.train` is no `ml.*`."""
        at = dotted.rfind(".")
        if at < 0 or dotted in self._modules:
            return self.knows_library(dotted)
        while at > 0:
            if f"{dotted[:at]}.*" in self._modules:
                return True
            at = dotted.rfind(".", 0, at)
        return False

    def _canonical(self, dotted: str) -> str:
        at = len(dotted)
        while at > 0:
            if meant := self._aliases.get(dotted[:at]):
                return meant + dotted[at:]
            at = dotted.rfind(".", 0, at)
        return dotted

    def _find(self, names: Mapping[str, Names[Draft]], kind: str, name: str) -> Entry | None:
        """The entry of the kind itself, else of the kinds that it falls back to, unless kept to `only` some."""
        at: str | None = kind
        while at is not None:
            if draft := names[at].find(name) if at in names else None:
                entry = self._entry(draft)
                if at == kind or "only" not in entry.fields or kind in entry.selector("only"):
                    return entry
            at = FALLBACKS.get(at)
        return None


def _heads(keys: Iterable[str], aliases: Mapping[str, str]) -> frozenset[str]:
    """The libraries of names, by all of their own names; "*" where it may be any."""
    heads = {key.partition(".")[0] for key in keys if not key.startswith("<")}
    known_as = {alias.partition(".")[0] for alias, meant in aliases.items() if meant.partition(".")[0] in heads}
    return frozenset("*" if is_wild(head) else head for head in heads | known_as)


def _modules_of(keys: Iterable[str]) -> set[str]:
    """The modules that entries speak of; `x.*` where one speaks of all that is in x, however deep."""
    found, wholes = set[str](), set[str]()
    for key in keys:
        module = key.rpartition(".")[0]
        if "**" in key:
            whole = key.partition("**")[0].rpartition(".")[0]
            wholes.add(f"{whole}.*")
            module = whole.rpartition(".")[0]
        while module and module not in found:
            found.add(module)
            module = module.rpartition(".")[0]
    return found | wholes


def _by_kind(keyed: Iterable[tuple[str, T]]) -> dict[str, Names[T]]:
    grouped: dict[str, list[tuple[str, T]]] = {}
    for key, draft in keyed:
        if key.startswith("<"):
            kind, _, name = key[1:].partition(">.")
            grouped.setdefault(kind, []).append((name, draft))
    return {kind: Names(drafts) for kind, drafts in grouped.items()}


def _telling(keyed: Iterable[tuple[str, Draft]]) -> dict[str, tuple[str, Draft]]:
    found: dict[str, tuple[str, Draft]] = {}
    for key, draft in keyed:
        if key.startswith("<") and draft.has("distinctive"):
            kind, _, name = key[1:].partition(">.")
            found.setdefault(name, (kind, draft))
    return found


def load_knowledge(extra: Sequence[Path | Call] = ()) -> Knowledge:
    """The built-in knowledge and, over it, the user's own files and entries."""
    texts = [path.read_bytes() for path in sorted(HOME.glob("*.toml"))]
    own = [(each, _read(each) if isinstance(each, Path) else repr((each.call, each.entry)).encode()) for each in extra]
    digest = blake2b(b"".join(data + b"\0" for data in (*texts, *(data for _, data in own))), digest_size=16)
    fingerprint = digest.hexdigest()
    if fingerprint not in _loaded:
        sources = [built_in(data.decode()) for data in texts]
        sources += [written_by_user(x, data) if isinstance(x, Path) else in_configuration(x) for x, data in own]
        _loaded.clear()
        _loaded[fingerprint] = Knowledge(sources, fingerprint)
    return _loaded[fingerprint]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(f"Cannot read the knowledge file {path}: {error.strerror}.") from error
