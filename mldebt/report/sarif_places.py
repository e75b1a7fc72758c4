"""Sites as SARIF's places in files; a notebook's cell as the lines of its JSON."""

from __future__ import annotations

from urllib.parse import quote

from mldebt.report.file_places import FilePlaces
from mldebt.report.line_hash import line_hashes
from mldebt.report.sarif_fixes import described_fixes
from mldebt.report.sarif_rules import Json
from mldebt.rules.model import Finding
from mldebt.rules.result import Region, split_lines
from mldebt.sites import Site

ROOT = "%SRCROOT%"
_CONTEXT = 2
_LARGEST_HASHED = 10_000_000


class Places:
    """Places in the files of one source, each file hashed once."""

    def __init__(self, files: FilePlaces) -> None:
        self._files = files
        self._source = files.source
        self._hashes: dict[str, list[str]] = {}

    def primary(self, site: Site) -> Json:
        """With the lines around it, where they are lines of the file."""
        around = self._source.lines(site, context=_CONTEXT) if site.cell < 0 else ()
        if len(around) <= site.end_line - site.line + 1:
            return self.physical(site)
        first, last = around[0], around[-1]
        whole = Region(first[0], 1, last[0], len(last[1]) + 1)
        return {**self.physical(site), "contextRegion": _region(whole, "\n".join(line for _, line in around))}

    def physical(self, site: Site) -> Json:
        return {
            "artifactLocation": self.artifact(site.file),
            "region": _region(self._files.region(site), self._text(site)),
        }

    def artifact(self, name: str) -> Json:
        file = self._files.file(Site(name, 1, 1)).encode("utf-8", "surrogateescape")
        return {"uri": quote(file, safe="/"), "uriBaseId": ROOT}

    def fixes(self, finding: Finding) -> list[Json]:
        return described_fixes(finding.fixes, self._source, self.artifact)

    def line_hash(self, finding: Finding) -> str:
        """GitHub's hash of the first line; the finding's own where the file can't be read or is no source text."""
        site = finding.locations[0]
        line = self._files.region(site).line
        hashes = self._file_hashes(site.file)
        return hashes[line - 1] if line <= len(hashes) else f"{finding.fingerprint}:1"

    def _text(self, site: Site) -> str:
        """The code itself, in a notebook as its reader sees it."""
        region = self._source.region(site)
        lines = [line for _, line in self._source.lines(site)]
        if not lines:
            return ""
        lines[-1] = lines[-1][: region.end_column - 1]
        return "\n".join([lines[0][region.column - 1 :], *lines[1:]])

    def _file_hashes(self, file: str) -> list[str]:
        if file not in self._hashes:
            text = self._source.text(file)
            known = text and len(text) <= _LARGEST_HASHED
            self._hashes[file] = line_hashes(text)[: len(split_lines(text)) or 1] if known else []
        return self._hashes[file]


def _region(region: Region, text: str) -> Json:
    described: Json = {
        "startLine": region.line,
        "startColumn": region.column,
        "endLine": region.end_line,
        "endColumn": region.end_column,
    }
    return {**described, "snippet": {"text": text}} if text else described
