"""Fixes in a result: what the rules proposed becomes edits, or is left out."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from msgspec.structs import replace

if TYPE_CHECKING:
    from mldebt.cli.analysis import Analysis


def with_fixes(analysis: Analysis, options: argparse.Namespace) -> Analysis:
    """With the fixes that can be made; code is taken apart only where it is not known what comes of them."""
    result, config = analysis.result, analysis.target.config
    if not any(finding.fixes for finding in result.findings):
        return analysis
    from mldebt.cli.standards import config_name
    from mldebt.fixes.made import Tools
    from mldebt.fixes.offers import offered
    from mldebt.knowledge.loader import load_knowledge
    from mldebt.project.cache import open_cache

    knowledge = load_knowledge(config.knowledge)
    name: str | None = config_name(analysis.target)
    tools = Tools(result.source(), knowledge, result.graph, result.path, None if result.several and not name else name)
    with open_cache(analysis.target.kept_at, enabled=not options.no_cache) as cache:
        return replace(analysis, result=replace(result, findings=offered(result.findings, tools, cache)))
