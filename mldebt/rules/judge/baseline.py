"""The debt that was there before: findings are known again by rule and names of things, not by lines or files."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import blake2b

from msgspec import Struct
from msgspec.structs import replace

from mldebt.rules.model import Finding
from mldebt.rules.names import apart_from_calls
from mldebt.rules.result import SourceText

_PARTS = re.compile(r"(:|\[)")
_FILE_KINDS = ("dataset", "artifact")
"""Their names are names of data, not of code."""


class Entry(Struct, frozen=True):
    """A known finding. `thing`: what it is about, without names of files; `code`: stands for the code at its place.

    `file` and `message` are for people, and `file` tells a file that was renamed from one that is still there.
    """

    rule: str
    fingerprint: str
    thing: str
    file: str
    code: str
    message: str

    @property
    def label(self) -> str:
        return f"{self.rule} {self.fingerprint}"


class Matched(Struct, frozen=True):
    """`known` pairs findings with their entries; `stale` are entries that nothing answers to any more."""

    new: tuple[Finding, ...]
    known: tuple[tuple[Finding, Entry], ...]
    stale: tuple[Entry, ...]
    unasked: tuple[Entry, ...] = ()
    """Entries of rules that didn't run."""


class Describing:
    """Findings as entries, for one state of the files."""

    def __init__(self, files: Collection[str], source: SourceText) -> None:
        self.files = files
        self._source = source

    def entry(self, finding: Finding) -> Entry:
        place = finding.locations[0]
        code = "".join("".join(line.split()) for _, line in self._source.lines(place))
        return Entry(
            rule=finding.code,
            fingerprint=finding.fingerprint,
            thing=self.thing(finding),
            file=place.file,
            code=blake2b(code.encode(errors="replace"), digest_size=4).hexdigest(),
            message=finding.headline,
        )

    def renewed(self, finding: Finding, entry: Entry) -> Entry:
        """The entry for the same finding in the files of now; what it says to people changes only with its place."""
        now = self.entry(finding)
        same = (now.label, now.thing, now.file) == (entry.label, entry.thing, entry.file)
        return replace(now, message=entry.message) if same else now

    def thing(self, finding: Finding) -> str:
        return " + ".join(sorted(dict.fromkeys(self._name(subject) for subject in finding.subject)))

    def _name(self, subject: str) -> str:
        """`model:src/train.py::fit@1a2b3c:scaler` as `model:::fit:scaler`."""
        plain = apart_from_calls(subject)
        if plain.partition(":")[0] in _FILE_KINDS:
            return plain
        return "".join(part for part in _PARTS.split(plain) if part not in self.files)


def match(
    findings: Sequence[Finding], entries: Iterable[Entry], describing: Describing, answered: Callable[[str], bool]
) -> Matched:
    """First by fingerprint; what is left over, as what was renamed or moved: the same rule about the same thing."""
    waiting = {entry.label: entry for entry in entries}
    known: list[tuple[Finding, Entry]] = []
    left: list[Finding] = []
    for finding in findings:
        entry = waiting.pop(f"{finding.code} {finding.fingerprint}", None)
        if entry is None:
            left.append(finding)
        else:
            known.append((finding, entry))
    new: list[Finding] = []
    for finding in left:
        entry = _moved(describing.entry(finding), waiting.values(), describing.files)
        if entry is None:
            new.append(finding)
        else:
            known.append((finding, waiting.pop(entry.label)))
    gone = sorted(waiting.values(), key=lambda entry: entry.label)
    stale = tuple(entry for entry in gone if answered(entry.rule))
    return Matched(tuple(new), tuple(known), stale, tuple(entry for entry in gone if not answered(entry.rule)))


def _moved(now: Entry, waiting: Iterable[Entry], files: Collection[str]) -> Entry | None:
    """The entry that was about this, in a file that is gone or with the very same code."""
    alike = [entry for entry in waiting if (entry.rule, entry.thing) == (now.rule, now.thing)]
    named = now.thing.partition(":")[2].strip(":") != ""
    fitting = [entry for entry in alike if entry.code == now.code or (named and entry.file not in files)]
    return min(fitting, key=lambda entry: _distance(entry, now), default=None)


def _distance(entry: Entry, now: Entry) -> tuple[object, ...]:
    name, name_now = entry.file.rpartition("/")[2], now.file.rpartition("/")[2]
    return (entry.code != now.code, entry.file != now.file, name != name_now, entry.label)
