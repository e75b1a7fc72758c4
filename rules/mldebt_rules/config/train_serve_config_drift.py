"""MLD506: a setting that changes a feature differs between training and serving."""

from __future__ import annotations

from collections.abc import Iterable

from mldebt.graph.model import Graph
from mldebt.graph.questions.config_drift import Drift, Setting, drifting_settings
from mldebt.rules.model import Finding, Rule, Settings, Step
from mldebt_rules.wording import listed


class TrainServeConfigDrift(Rule):
    code = "MLD506"
    name = "train-serve-config-drift"
    severity = "critical"
    default = False

    def check(self, graph: Graph, settings: Settings) -> Iterable[Finding]:
        for drift in drifting_settings(graph):
            yield self._found(drift)

    def _found(self, drift: Drift) -> Finding:
        trained, asked = drift.trained, drift.asked
        name = trained.key.path.rpartition(".")[2]
        goes = f"It goes into {listed(drift.columns, 4)}" if drift.columns else "It goes into the features"
        return self.finding(
            f"`{name}` is {_value(trained)} in training ({_place(trained)}) and {_value(asked)} where the model is "
            f"asked ({_place(asked)}). {goes} at {trained.computes[0]} and {asked.computes[0]}, so the model is given "
            "another feature than the one it learned, under the same name.",
            subject=sorted(f"{one.config.id}#{one.key.path}" for one in (trained, asked)),
            locations=[asked.key.sites[0], trained.key.sites[0]],
            path=[*_steps(trained, "training"), *_steps(asked, "serving")],
            evidence="certain" if trained.key.path == asked.key.path else "likely",
            help=f"Keep `{name}` in one file that both read, or store it with the model in the job that trains and "
            "read it from there; until the next training, the value of the training is the right one.",
            effort_minutes=15,
            properties={"training": str(trained.key.value), "serving": str(asked.key.value)},
        )


def _value(setting: Setting) -> str:
    return f"{setting.key.value}"


def _place(setting: Setting) -> str:
    return str(setting.key.sites[0])


def _steps(setting: Setting, stage: str) -> list[Step]:
    node = f"{setting.config.id}#{setting.key.path}"
    return [
        Step(node, f"`{setting.key.path}` is {_value(setting)} for {stage}", setting.key.sites[0]),
        Step(node, f"used in {stage}", setting.computes[0]),
    ]
