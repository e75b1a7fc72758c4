"""Fixes in a result: what the rules proposed becomes edits, or is left out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mldebt.cli.analysis import Analysis


def with_fixes(analysis: Analysis) -> Analysis:
    """With the fixes that can be made; code is taken apart only where a rule has something to offer."""
    result, config = analysis.result, analysis.target.config
    if not any(finding.fixes for finding in result.findings):
        return analysis
    from mldebt.cli.standards import config_name
    from mldebt.fixes.made import Tools
    from mldebt.fixes.offers import offered
    from mldebt.knowledge.loader import load_knowledge

    knowledge = load_knowledge(config.knowledge)
    name: str | None = config_name(analysis.target)
    tools = Tools(result.source(), knowledge, result.graph, result.path, None if result.several and not name else name)
    return replace(analysis, result=replace(result, findings=offered(result.findings, tools)))
