"""What the user decided about findings, and which findings that concerned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TYPE_CHECKING

from msgspec import Struct, field

from mldebt.config.model import Config, Waiver
from mldebt.read.facts import FileFacts
from mldebt.read.pragmas import holds_comments, pragmas_in
from mldebt.rules.model import Finding
from mldebt.sites import Site

if TYPE_CHECKING:
    from mldebt.rules.result import SourceText

COMMENT, WAIVER, PATH, OVERRIDE = "comment", "waiver", "per-file-ignores", "overrides"


class Suppressed(Struct, frozen=True):
    """A finding that stays out of reports; `by` is one of the above, `site` where it is said."""

    finding: Finding
    by: str
    reason: str = ""
    site: Site | None = None

    @property
    def kind(self) -> str:
        """As SARIF has it."""
        return "inSource" if self.by == COMMENT else "external"


class Policy(Struct, frozen=True):
    """`waivers` come with where they are written; `today` decides which of them have expired.

    `members`: configurations of one of several repositories, which is the only one that they speak of.
    """

    waivers: tuple[tuple[Waiver, Site], ...] = ()
    require_reason: bool = False
    today: date = date.max
    members: Mapping[str, str] = field(default_factory=dict)


def policy_of(config: Config, file: str, today: date) -> Policy:
    """`file`: what the configuration is called."""
    return Policy(
        waivers=tuple((waiver, Site(file, waiver.line, waiver.line)) for waiver in config.waivers),
        require_reason=config.require_reason,
        today=today,
    )


def facts_of_places(
    findings: Iterable[Finding], facts: Mapping[str, FileFacts], source: SourceText
) -> dict[str, FileFacts]:
    """Files that hold findings and no code (settings, requirements), with the comments in them."""
    sites = {finding.locations[0].file: finding.locations[0] for finding in findings}
    texts = {
        file: "\n".join(source.all_lines(site))
        for file, site in sites.items()
        if file not in facts and holds_comments(file)
    }
    return {file: FileFacts(file, "manifest", pragmas=pragmas_in(text, "manifest")) for file, text in texts.items()}


def facts_of_config(config: Config, name: str) -> dict[str, FileFacts]:
    """The configuration as a file that may hold comments: some findings are about it."""
    if config.document is None:
        return {}
    return {name: FileFacts(name, "manifest", pragmas=pragmas_in(config.document.text, "manifest"))}
