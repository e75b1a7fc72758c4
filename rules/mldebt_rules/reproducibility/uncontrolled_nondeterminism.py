"""Models and metrics that come out differently on every run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mldebt.graph.model import Graph, weakest
from mldebt.graph.questions.jobs import job_of
from mldebt.graph.questions.lineage import evidence_of, path_between
from mldebt.graph.questions.randomness import (
    Draw,
    Irreproducible,
    irreproducible_artifacts,
    irreproducible_metrics,
    told_together,
)
from mldebt.rules.fix import Seeding
from mldebt.rules.model import Finding, Fix, Rule, Settings, Step, certainty
from mldebt.rules.witness import witness
from mldebt_rules.wording import counted, listed

NETWORKS = {
    "keras": "keras.utils.set_random_seed(SEED)",
    "tensorflow": "tf.keras.utils.set_random_seed(SEED)",
    "torch": "torch.manual_seed(SEED)",
    "pytorch_lightning": "seed_everything(SEED)",
    "lightning": "seed_everything(SEED)",
    "pytorch_forecasting": "seed_everything(SEED)",
    "neuralforecast": "seed_everything(SEED)",
    "transformers": "transformers.set_seed(SEED)",
    "sentence_transformers": "torch.manual_seed(SEED)",
    "torchvision": "torch.manual_seed(SEED)",
    "timm": "torch.manual_seed(SEED)",
    "segmentation_models_pytorch": "torch.manual_seed(SEED)",
    "monai": "torch.manual_seed(SEED)",
}

SHOWN = 8

_TAKES_SEED = {
    "the train/test split": "train_test_split(..., random_state=SEED)",
    "the sample": ".sample(..., random_state=SEED)",
    "the shuffle": "shuffle(..., random_state=SEED), in numpy np.random.default_rng(SEED).shuffle(...)",
}


class UncontrolledNondeterminism(Rule):
    code = "MLD801"
    name = "uncontrolled-nondeterminism"
    severity = "medium"

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        artifacts = irreproducible_artifacts(graph)
        for stored in told_together(graph, artifacts):
            names = [artifact.name for artifact in stored.artifacts]
            verb = "comes" if len(names) == 1 else "come"
            place = f" of {stored.place}" if stored.place else ""
            models = listed(names, 2)
            what = f"{models[0].upper()}{models[1:]}{place} {verb} out differently on every run"
            subject = [stored.artifacts[0].id]
            if stored.place:
                subject.append(job_of(graph, graph.units[stored.place]))
            yield self._finding(graph, stored, what, subject)
        told = {site for stored in artifacts for site in stored.sites}
        for measured in told_together(graph, irreproducible_metrics(graph, told)):
            what = f"The figures that {_reported_by(measured.files)} come out differently on every run"
            yield self._finding(graph, measured, what, [job_of(graph, graph.units[measured.files[0]])])

    def _finding(self, graph: Graph, found: Irreproducible, what: str, subject: list[str]) -> Finding:
        calls = "; ".join(f"{draw.what} at {draw.site}" for draw in found.draws[:SHOWN])
        calls += f"; {len(found.draws) - SHOWN} more" if len(found.draws) > SHOWN else ""
        path, evidence = _path(graph, found)
        return self.finding(
            f"{what}: {_unseeded(found.draws)} no seed. {calls[0].upper()}{calls[1:]}. "
            "Nobody can rebuild the result from this commit, or tell an improvement from luck.",
            subject=subject,
            locations=[draw.site for draw in found.draws],
            path=path,
            evidence=evidence,
            help=_help(found.draws),
            effort_minutes=10 + 5 * len(found.draws),
            properties={"unseeded": [str(draw.site) for draw in found.draws]},
            fixes=[
                Fix("Give every random step a seed", tuple(Seeding(draw.site, draw.package) for draw in found.draws))
            ],
        )


def _reported_by(files: Sequence[str]) -> str:
    return f"{files[0]} reports" if len(files) == 1 else f"{listed(files, 2)} report"


def _path(graph: Graph, found: Irreproducible) -> tuple[list[Step], str]:
    """From the first draw to what it makes irreproducible, and how certain all draws together are."""
    first = found.draws[0]
    goals = [node.id for node in found.artifacts or found.models]
    way = path_between(graph, [first.node], goals) or ()
    start = Step(first.node, f"{first.what} without a seed", first.site)
    evidence = weakest([evidence_of(way), *(draw.evidence for draw in found.draws)])
    return [start, *witness(graph, way)[1:]], certainty(evidence)


def _unseeded(draws: Sequence[Draw]) -> str:
    if not all(draw.package in NETWORKS for draw in draws):
        return counted(len(draws), "random step has", "random steps have")
    names = list(dict.fromkeys(draw.what.removesuffix("()") for draw in draws))
    return f"{listed(names, 3)} {'starts' if len(names) == 1 else 'start'} from random weights that have"


def _seeded(what: str) -> str:
    """How a draw takes a seed."""
    if what.endswith("()"):
        return f"{what.removesuffix('()')}(..., random_state=SEED)"
    own = "rng = np.random.default_rng(SEED) in place of np.random, random.Random(SEED) in place of random"
    return _TAKES_SEED.get(what, own)


def _help(draws: Sequence[Draw]) -> str:
    """A network takes its seed from the library, not from an argument."""
    seeds = list(dict.fromkeys(NETWORKS[draw.package] for draw in draws if draw.package in NETWORKS))
    others = [draw for draw in draws if draw.package not in NETWORKS]
    told = [f"call {' and '.join(seeds)} before the network is built"] if seeds else []
    if others:
        told.append(f"pass it on: {', '.join(dict.fromkeys(_seeded(draw.what) for draw in others))}")
    return f"Define SEED once, in the configuration of the run, and {'; and '.join(told)}."
