"""From paths to a scan that has begun, and what is reported of it.

What is reported is worked out by a module of its own, which is loaded while another process evaluates.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mldebt.cli.console import Console
from mldebt.cli.sources import scanned_by
from mldebt.cli.targets import Target, find_target
from mldebt.graph.qualify import Places
from mldebt.graph.several import scan_together, scanning_source

if TYPE_CHECKING:
    from mldebt.cli.analysis import Analysis
    from mldebt.cli.stdin import Given
    from mldebt.graph.scan import Scan
    from mldebt.project.earlier import Earlier


def analyse(
    paths: Sequence[str], options: argparse.Namespace, console: Console, *, pages: bool, given: Given | None = None
) -> Analysis:
    """Analyse the whole repository; keep the findings whose place is in the paths, or in the file that is given.

    `pages`: whether the report explains its rules.
    """
    target = find_target(paths, options.config) if given is None else given.target(options.config)
    texts = {} if given is None else {given.name(target): given.data.decode("utf-8", "replace")}
    with (
        given.laid_over(target) if given else _nothing_given() as earlier,
        scanning(target, options, console, earlier) as scan,
    ):
        from mldebt.cli.analysis import concluded

        return concluded(scan, target, options, console, pages=pages, given=given, texts=texts)


@contextmanager
def _nothing_given() -> Iterator[dict[str, Earlier]]:
    yield {}


def scan_target(
    target: Target, options: argparse.Namespace, console: Console, earlier: Mapping[str, Earlier] | None = None
) -> Scan:
    """`earlier`: states that were, by the names of the repositories ("" where there is only one)."""
    with scanning(target, options, console, earlier) as scan:
        return scan().linked()


@contextmanager
def scanning(
    target: Target, options: argparse.Namespace, console: Console, earlier: Mapping[str, Earlier] | None = None
) -> Iterator[Callable[[], Scan]]:
    """Begin with a scan, which can be asked for later."""
    console.progress("listing files")
    sources, cached, several = scanned_by(target, earlier), not options.no_cache, target.several
    if several is None:
        with scanning_source(sources[""], jobs=options.jobs, use_cache=cached, progress=console.progress) as scan:
            yield scan
        return
    places, all_sources = Places(tuple(sources), several.mounts, several.shared), tuple(sources.values())
    yield lambda: scan_together(
        target.kept_at, all_sources, places, jobs=options.jobs, use_cache=cached, progress=console.progress
    )
