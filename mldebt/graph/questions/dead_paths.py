"""Experiments that were switched off, or won, and whose other branch is still in the code."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.graph.model import Graph
from mldebt.graph.questions.jobs import is_at_work, only_explores
from mldebt.graph.records import DeadCode, StuckFlag

_BY_HAND = frozenset({
    "debug", "debugging", "verbose", "dry", "test", "testing", "smoke", "demo", "dev", "develop", "development",
    "local", "offline", "kill", "emergency", "maintenance", "disable", "disabled", "fallback", "profile",
    "profiling", "trace", "log", "logging", "print", "plot", "show", "display", "quick", "fast", "tiny",
    "small", "subset", "mock", "fake", "cache", "cached", "recompute", "reload", "refresh", "rebuild",
    "overwrite", "force", "retrain", "resume", "restart", "train", "training", "predict", "inference", "eval",
    "evaluate", "load", "save", "submit", "submission", "upload", "download", "export", "write", "store",
    "dump", "run", "exe", "execute", "do", "skip", "only", "gpu", "cuda", "tpu", "cpu", "colab", "kaggle",
    "windows", "available", "has", "have", "installed", "tune", "tuning", "search", "grid", "cv", "validate",
    "validation", "todo",
})  # fmt: skip
"""Words of switches that somebody turns for one run, for a machine or in an emergency."""
_ASKS = re.compile(r"(requests|httpx|aiohttp|urllib|session|client)\b")
FEWEST_LINES = 12
"""Lines from which on code that only reads is worth a word."""
_TAKEN_OVER = re.compile(r"(^|/)([^/]+[_-]libs?|vendor(ed|s)?|third[_-]?party|externals?)/", re.IGNORECASE)
"""Folders of code by others, of which a program uses what it needs."""


def dead_flags(graph: Graph) -> Iterator[StuckFlag]:
    """Flags that nothing can turn, of code that does the work of the repository; no switch for a single run."""
    for flag in graph.flags:
        places = {branch.code.file for branch in flag.branches}
        places |= {flag.site.file} if flag.site.file in graph.units else set()
        if _is_a_detail(flag) or is_by_hand(flag):
            continue
        if all(is_at_work(graph.unit_of(flag.site._replace(file=file))) for file in places):
            yield flag


def _is_a_detail(flag: StuckFlag) -> bool:
    """A few lines behind `if False:` that read and store nothing and train nothing."""
    lines = sum(branch.code.end_line - branch.code.line + 1 for branch in flag.branches)
    words = {work.word for branch in flag.branches for work in branch.work}
    return not flag.name and lines < FEWEST_LINES and words <= {"computes", "makes features"}


def dead_code(graph: Graph) -> Iterator[tuple[DeadCode, ...]]:
    """The functions that nothing speaks of, those of one file together; a module of which that is true by itself."""
    found: dict[str, list[DeadCode]] = {}
    for code in graph.dead:
        unit = graph.unit_of(code.site)
        if is_at_work(unit) and not (only_explores(unit) or _TAKEN_OVER.search(code.file) or _is_no_experiment(code)):
            found.setdefault(code.file, []).append(code)
    yield from (tuple(codes) for _, codes in sorted(found.items()))


def _is_no_experiment(code: DeadCode) -> bool:
    """A helper that only computes something, to draw it, say, asks a server, or hands on what another one reads."""
    reads = [work for work in code.work if work.word == "reads"]
    if all(work.word == "computes" for work in code.work):
        return True
    lines = code.site.end_line - code.site.line + 1
    return len(reads) == len(code.work) and (lines < FEWEST_LINES or all(_ASKS.match(work.call) for work in reads))


def is_by_hand(flag: StuckFlag) -> bool:
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", flag.name)
    return any(word.lower() in _BY_HAND for word in words)
