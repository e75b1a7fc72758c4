"""Notebooks and scratch code that production runs."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from mldebt.graph.model import Graph
from mldebt.graph.questions.jobs import job_of
from mldebt.graph.questions.prototypes import Promoted, import_site, prototypes_in_production
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt.sites import Site
from mldebt_rules.wording import counted


class PrototypeOnProductionPath(Rule):
    code = "MLD409"
    name = "prototype-on-production-path"
    severity = "high"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for promoted in prototypes_in_production(graph):
            yield self._finding(graph, promoted)

    def _finding(self, graph: Graph, found: Promoted) -> Finding:
        unit, root = found.unit, _root(found)
        subject = job_of(graph, unit)
        return self.finding(
            f"Production depends on the prototype {unit.file}: {_what_runs_it(found)}. "
            f"It counts as a prototype because {found.nature}. {_why_it_hurts(found)}",
            subject=[subject],
            locations=dict.fromkeys([*found.roots, Site(unit.file, 1, 1, 0 if unit.kind == "notebook" else -1)]),
            path=_path(found, subject, root),
            help=_help(found),
            effort_minutes=60 if found.tested else 240,
            severity="low" if found.tested else None,
        )


def _root(found: Promoted) -> Site:
    return found.roots[0] if found.roots else Site(found.unit.file, 1, 1)


def _what_runs_it(found: Promoted) -> str:
    if found.importers:
        return f"{found.importers[-1].file} imports it" + (f" and runs from {found.roots[0]}" if found.roots else "")
    if not found.roots:
        return "a job runs it"
    more = f" and {counted(len(found.roots) - 1, 'other place')}" if len(found.roots) > 1 else ""
    return f"{found.roots[0]} runs it{more}"


def _why_it_hurts(found: Promoted) -> str:
    if found.tested:
        return "It is tested, so this is only a note."
    return "Such code grows by trial, is seldom reviewed or tested, and few but its author can run it."


def _path(found: Promoted, subject: str, root: Site) -> list[Step]:
    steps = [Step(subject, "started here", root)]
    steps += [
        Step(subject, f"imports {imported.file}", import_site(importer, imported))
        for importer, imported in pairwise((*found.importers, found.unit))
    ]
    return [*steps, Step(subject, f"{found.unit.file}: {found.nature}", Site(found.unit.file, 1, 1, _cell(found)))]


def _cell(found: Promoted) -> int:
    return 0 if found.unit.kind == "notebook" else -1


def _help(found: Promoted) -> str:
    stem = found.unit.file.rpartition("/")[2].rpartition(".")[0]
    if found.unit.kind == "notebook":
        return (
            f"Move the cells that production needs into a module (jupytext --to py {found.unit.file} gives a start), "
            f"run that from {_root(found).file}, and let the notebook import it."
        )
    return (
        f"Move what production needs of {stem} into the package beside its other jobs, with a test, under a name that "
        f"says what it does; run that from {_root(found).file}."
    )
