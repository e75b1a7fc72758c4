"""MLD402: the data of a model comes through more steps, joins, hand-offs and detours than can be kept in mind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar

from mldebt.graph.model import Graph
from mldebt.graph.questions.jungles import Preparation, preparations
from mldebt.rules.model import Count, Finding, Rule, Settings, Step
from mldebt.rules.witness import place
from mldebt.sites import Site
from mldebt_rules.wording import listed

LIMITS = {"stored": 8, "joins": 10, "depth": 7, "bypasses": 2, "undeclared": 3}
ENOUGH = 3


class PipelineJungle(Rule):
    code = "MLD402"
    name = "pipeline-jungle"
    severity = "medium"
    default = False
    options: ClassVar = {name: Count() for name in LIMITS}

    def check(self, graph: Graph, settings: Settings) -> Iterator[Finding]:
        limits = {**LIMITS, **settings.options.get(self.name, {})}
        told: set[str] = set()
        for preparation in sorted(preparations(graph), key=lambda one: -sum(_measured(one).values())):
            measured = _measured(preparation)
            beyond = [name for name, value in measured.items() if value > int(str(limits[name]))]
            known = sum(name in told for name in preparation.stored)
            if len(beyond) >= ENOUGH and 2 * known < len(preparation.stored):
                told |= set(preparation.stored)
                yield self.found(graph, preparation, measured, beyond)

    def found(self, graph: Graph, made: Preparation, measured: Mapping[str, int], beyond: list[str]) -> Finding:
        return self.finding(
            _message(graph, made, measured, beyond),
            subject=made.models,
            locations=dict.fromkeys((place(made.training), *(place(bypass.read) for bypass in made.bypasses))),
            path=_chain(graph, made),
            evidence="heuristic",
            help=_help(graph, made),
            effort_minutes=240 + 30 * len(made.stored),
            properties=dict(measured),
        )


def _measured(made: Preparation) -> dict[str, int]:
    return {
        "stored": len(made.stored),
        "joins": len(made.joins),
        "depth": len(made.longest),
        "bypasses": len(made.bypasses),
        "undeclared": len(made.handed),
    }


def _message(graph: Graph, made: Preparation, measured: Mapping[str, int], beyond: list[str]) -> str:
    names = list(dict.fromkeys(graph[model].name for model in made.models))
    told = [WORDS[name].format(measured[name]) for name in beyond]
    detours = [
        f"{bypass.file} reads `{graph[bypass.source].name}` although `{graph[bypass.holder].name}` is made of it"
        for bypass in made.bypasses[:3]
    ]
    return (
        f"The data for {listed(names, 3)} comes through {', '.join(told[:-1])} and {told[-1]}. "
        f"{'; '.join([*detours, ''])[:-2] + '. ' if detours else ''}"
        "Whoever changes a step has to know all the others, and errors in the middle show only in the model."
    )


def _help(graph: Graph, made: Preparation) -> str:
    once = [graph[name].name for name in made.read_once]
    cut = f"Cheapest first: make {listed(once, 4)} inside the only file that reads {_it(once)}" if once else ""
    detour = "; take what the later table holds instead of joining the earlier one again" if made.bypasses else ""
    declare = [graph[name].name for name in made.handed[:4]]
    rest = f" Declare what is handed on ({listed(declare)}) in a pipeline file (dvc.yaml, a DAG)." if declare else ""
    return (cut + detour + "." if cut or detour else "Merge steps that one file could do.") + rest


def _it(names: list[str]) -> str:
    return "it" if len(names) == 1 else "them"


def _chain(graph: Graph, made: Preparation) -> Iterator[Step]:
    """The longest chain of stored data, then the training."""
    for at, name in enumerate(made.longest):
        writes = [site for edge in graph.into(name, "WRITES") for site in edge.sites]
        first: Site | None = min(writes, default=None)
        yield Step(name, f"{'then ' if at else ''}`{graph[name].name}`", first, "WRITES" if at else "")
    yield Step(made.training.target, "trains the model", place(made.training), "TRAINS_ON")


WORDS = {
    "stored": "{} stored steps",
    "joins": "{} joins",
    "depth": "a chain of {} stored steps",
    "bypasses": "{} detours",
    "undeclared": "{} hand-offs that no manifest declares",
}
