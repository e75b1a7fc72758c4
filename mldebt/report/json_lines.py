"""Findings as JSON, one a line, each as in the format json."""

from __future__ import annotations

import json

from mldebt.report.json_format import cause, finding_data
from mldebt.rules.result import Result


def render(result: Result) -> str:
    source = result.source()
    data = (finding_data(finding, source, cause(result, finding)) for finding in result.findings)
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in data)
