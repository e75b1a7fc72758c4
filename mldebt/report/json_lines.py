"""Findings as JSON, one a line, each as in the format json."""

from __future__ import annotations

import json

from mldebt.report.json_format import finding_data
from mldebt.rules.result import Result, SourceText


def render(result: Result) -> str:
    source = SourceText(result.root)
    return "".join(json.dumps(finding_data(finding, source), ensure_ascii=False) + "\n" for finding in result.findings)
