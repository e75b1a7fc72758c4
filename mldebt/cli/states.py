"""Analyses of states that git has a tree of: what there was before a change, and what will have been before the next.

They are kept among the records of runs, and hold as long as nothing changes that they depend on and that is no file of
the tree: ignored data, mldebt itself, the configuration.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from mldebt import __version__
from mldebt.cli.analysis import Analysis, judged, said_of
from mldebt.cli.console import Console
from mldebt.cli.policy import holds_until, today
from mldebt.cli.replay import now, own_files
from mldebt.cli.scanning import scanning
from mldebt.cli.standards import policy_for
from mldebt.cli.targets import Target
from mldebt.cli.then import Then, as_text, from_text
from mldebt.config import Config, read_config
from mldebt.errors import UsageError
from mldebt.graph.positions import elsewhere
from mldebt.project.changes import Changes, tree_of_now
from mldebt.project.earlier import laid_over
from mldebt.project.git import GitError, run_git
from mldebt.project.history import Base, files_of_tree
from mldebt.project.inputs import Inputs
from mldebt.project.record import keep, question, recall, state
from mldebt.rules.causes import Ties, ties_of
from mldebt.rules.registry import load_rules
from mldebt.rules.said import GraphKey
from mldebt.sites import Site

FORMAT = 4


def state_before(
    analysis: Analysis, base: Base, changes: Changes, options: argparse.Namespace, console: Console
) -> Then:
    """What there was, from a record where one holds."""
    root = analysis.target.root
    target = replace(analysis.target, config=config_before(analysis.target.config, root, changes))
    kept = None if options.no_cache else recall([str(root)], _question(analysis, target, base.tree), now())
    if kept is not None:
        return from_text(kept[0][0][1])
    policy = policy_for(target, today())
    console.progress(f"reading the state of {base.name}")
    with laid_over(root, changes) as earlier, scanning(target, options, console, {"": earlier}) as scan:
        scanned = scan()
        outcome, graph = said_of(scanned, analysis.selection, target, options)
        judgement = judged(outcome, scanned, analysis.selection, load_rules(), target, policy)
        ties, inputs = ties_of(scanned.graph), scanned.inputs
    failed = tuple(failure.rule.code for failure in outcome.failures)
    paths = _paths(inputs, files_of_tree(root, base.tree) | changes.added)
    then = Then(judgement.findings, failed, ties, paths, graph)
    if not options.no_cache:
        _keep(analysis, target, base.tree, then, inputs.started, holds_until(policy))
    return then


def keep_state_of_now(analysis: Analysis, then: Then) -> None:
    """What is there now will be what there was, once it is committed: keep it by the tree that it will have."""
    target = analysis.target
    try:
        tree = tree_of_now(target.root, untracked=target.untracked)
        listed = run_git(target.root, "ls-files", "-z", "--cached")
    except GitError:
        return
    if tree is None or analysis.outcome.failures:
        return
    files = frozenset(os.fsdecode(name) for name in listed.split(b"\0"))
    graph = analysis.graph or GraphKey()
    ties = _the_same_ties(then, graph) or ties_of(analysis.result.graph)
    now = Then(tuple(analysis.all_findings), (), ties, _paths(analysis.inputs, files), graph)
    _keep(analysis, target, tree, now, analysis.inputs.started, analysis.until)


def _the_same_ties(then: Then, graph: GraphKey) -> Ties | None:
    """Those of then on the lines of now, where the graph is that of then."""
    if not graph.key or graph.key != then.graph.key:
        return None
    moves = {
        file: dict(zip(positions, graph.positions.get(file, ()), strict=False))
        for file, positions in then.graph.positions.items()
        if positions != graph.positions.get(file)
    }
    try:
        return [(source, target, tuple(_put(site, moves) for site in sites)) for source, target, sites in then.ties]
    except KeyError:
        return None


def _put(site: Site, moves: Mapping[str, Mapping[int, int]]) -> Site:
    return elsewhere(site, moves[site.file]) if site.file in moves else site


def config_before(config: Config, root: Path, changes: Changes) -> Config:
    """The configuration of now, but with what was accepted then: who stops accepting something has it as new debt.

    What else it says (rules, owners, roles) is what both states are judged by, so that nothing is new because somebody
    configures mldebt.
    """
    name, path = config.name(root), config.path
    old = next((old for old in changes.old if old.file == name), None)
    if path is None or (old is None and name not in changes.added):
        return config
    before = Config()
    if old is not None:
        try:
            text = run_git(root, "cat-file", "blob", old.blob).decode("utf-8-sig")
            before = read_config(path, text)
        except (GitError, UsageError, ValueError):
            return config
    return replace(
        config,
        consumers=before.consumers,
        waivers=before.waivers,
        per_file_ignores=before.per_file_ignores,
    )


def _keep(analysis: Analysis, target: Target, tree: str, then: Then, started: int, until: float) -> None:
    if then.paths is None or then.failed:
        return
    states = [state(path, started) for path in (*then.paths, *own_files(analysis.rules))]
    known = [each for each in states if each is not None]
    if len(known) == len(states):
        keep(str(target.root), _question(analysis, target, tree), known, [(False, as_text(then))], 0, until)


def _question(analysis: Analysis, target: Target, tree: str) -> str:
    """All that a state depends on, besides files that git doesn't have."""
    rules = [(rule.code, rule.origin) for rule in analysis.rules]
    everywhere = sorted(analysis.selection.everywhere)
    return question(["--diff-base"], (FORMAT, __version__, tree, rules, everywhere, target.config, target.untracked))


def _paths(inputs: Inputs, files: frozenset[str]) -> tuple[str, ...] | None:
    """What a scan depends on and is none of these files; None where it is too much to be told."""
    if inputs.boundless:
        return None
    return tuple(sorted(path for path in inputs.paths if _name(path, inputs.root) not in files))


def _name(path: str, root: Path) -> str:
    return Path(path).relative_to(root).as_posix() if Path(path).is_relative_to(root) else path
