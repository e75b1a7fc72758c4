"""What a rule is and what it makes: plain data, no console, no syntax tree."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import ClassVar

from msgspec import Struct, field

from mldebt.config.model import Settings as Settings
from mldebt.config.shapes import Count as Count
from mldebt.config.shapes import Flag as Flag
from mldebt.config.shapes import Listed as Listed
from mldebt.config.shapes import Number as Number
from mldebt.config.shapes import OneOf as OneOf
from mldebt.config.shapes import Shape as Shape
from mldebt.config.shapes import Text as Text
from mldebt.graph.model import Graph
from mldebt.levels import SEVERITIES as SEVERITIES
from mldebt.rules.fix import Edit as Edit
from mldebt.rules.fix import Fix as Fix
from mldebt.sites import Site

CERTAINTIES = ("certain", "likely", "heuristic")


class Step(Struct, frozen=True):
    """One step of the path that proves a finding: a node, the edge that led to it, and the code that makes the edge.

    `note` is the step in words ("read as `df`", "fitted on all rows"); `edge` is an edge kind or "" for the first step.
    """

    node: str
    note: str
    site: Site | None = None
    edge: str = ""


class Fault(Struct, frozen=True):
    """Something wrong with a suppression: its name, its place, what is wrong, the edits that remove it."""

    subject: str
    site: Site
    message: str
    help: str
    edits: tuple[Edit, ...] = ()


class Finding(Struct, frozen=True):
    """One debt in one thing.

    `message`: its first sentence stands alone and says what is wrong in the user's own names. `subject`: ids of the
    nodes (or `node#column`) that it is about; with the code they make the fingerprint, so no line number enters it.
    `locations`: the first is primary. `help`: what to do about it, concretely. `effort_minutes`: to put it right.
    `fixes`: what would put it right, where that can be written down.
    """

    code: str
    rule: str
    message: str
    severity: str
    evidence: str
    subject: tuple[str, ...]
    locations: tuple[Site, ...]
    path: tuple[Step, ...] = ()
    help: str = ""
    effort_minutes: int = 0
    properties: Mapping[str, object] = field(default_factory=dict)
    fixes: tuple[Fix, ...] = ()

    @property
    def fingerprint(self) -> str:
        text = "\0".join((self.code, *sorted(self.subject)))
        return blake2b(text.encode(), digest_size=8).hexdigest()

    @property
    def headline(self) -> str:
        """The first sentence of the message."""
        head, stop, _ = self.message.partition(". ")
        return head + "." if stop else head


class Rule(ABC):
    """A question to the graph. Its page, a Markdown file beside the module, is its only documentation and its test."""

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[str]
    default: ClassVar[bool] = True
    options: ClassVar[Mapping[str, Shape]] = {}
    """What its table in the configuration may have, besides its severity: keys and what they hold."""

    @abstractmethod
    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        """Every debt of this kind in the graph, at most one finding for one subject."""

    def review(self, faults: Sequence[Fault]) -> Iterable[Finding]:
        """Findings about suppressions; asked when it is known what became of the findings of all rules."""
        return ()

    @classmethod
    def reviews(cls) -> bool:
        """Whether its findings are about suppressions, so that what it finds is never known beforehand."""
        return cls.review is not Rule.review

    def finding(
        self,
        message: str,
        *,
        subject: Iterable[str],
        locations: Iterable[Site],
        path: Iterable[Step] = (),
        evidence: str = "certain",
        help: str = "",
        effort_minutes: int = 0,
        severity: str | None = None,
        properties: Mapping[str, object] | None = None,
        fixes: Iterable[Fix] = (),
    ) -> Finding:
        return Finding(
            code=self.code,
            rule=self.name,
            message=message,
            severity=severity or self.severity,
            evidence=evidence,
            subject=tuple(subject),
            locations=tuple(locations),
            path=tuple(path),
            help=help.strip(),
            effort_minutes=effort_minutes,
            properties=dict(properties or {}),
            fixes=tuple(fixes),
        )


def certainty(evidence: str) -> str:
    """Finding level for the weakest evidence on its path (catalogue, section 1.3)."""
    if evidence == "guessed":
        return "heuristic"
    return "likely" if evidence == "inferred" else "certain"
