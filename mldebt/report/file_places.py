"""Sites as places in files, for programs that know no cells of notebooks and count from the top of the repository."""

from __future__ import annotations

import re

from mldebt.report.notebook_lines import line_in_file
from mldebt.rules.model import Finding
from mldebt.rules.result import Region, Result
from mldebt.sites import Site

_FENCES = re.compile(r"^```\n|\n?^```$", re.MULTILINE)


class FilePlaces:
    """Places in the files of one result; a notebook's cell is where its lines are in the JSON."""

    def __init__(self, result: Result) -> None:
        self.source = result.source()
        self._hosted = result.hosted
        self._regions: dict[Site, Region] = {}

    def file(self, site: Site) -> str:
        """The file from the top of the repository that hosts it."""
        return self._hosted(site.file)

    def region(self, site: Site) -> Region:
        if site not in self._regions:
            self._regions[site] = self.source.region(self._in_file(site))
        return self._regions[site]

    def line(self, file: str, number: int) -> str:
        """The text of a line of the file itself; "" where there is none."""
        lines = self.source.all_lines(Site(file, 1, 1))
        return lines[number - 1] if number <= len(lines) else ""

    def _in_file(self, site: Site) -> Site:
        if site.cell < 0:
            return site
        line = line_in_file(self.source.text(site.file).removeprefix("\ufeff"), site) or 1
        return Site(site.file, line, line)


def full_text(finding: Finding) -> str:
    """What is wrong and what to do, for a reader who sees nothing else."""
    parts = [finding.message.strip()]
    primary = finding.locations[0]
    if primary.cell >= 0:
        parts.append(f"In the notebook: cell {primary.cell}, line {primary.line}.")
    if finding.help:
        parts.append(f"What to do: {_FENCES.sub('', finding.help.strip())}")
    return "\n\n".join(parts)
