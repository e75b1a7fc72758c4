from __future__ import annotations

from mldebt.graph.model import Graph
from mldebt.rules.model import Finding, Settings
from mldebt_rules.feedback.cross_model_feedback_loop import CrossModelFeedbackLoop
from mldebt_rules.feedback.direct_feedback_loop import DirectFeedbackLoop
from mldebt_rules.feedback.loop_without_exposure_log import LoopWithoutExposureLog
from tests.rules.building import Building


def findings(building: Building) -> list[Finding]:
    return list(CrossModelFeedbackLoop().check(building.graph(), Settings()))


def passes_on(building: Building, model: str, into: str, *, evidence: str = "resolved") -> Building:
    """A model's stored predictions are a feature of another, which one file trains and saves."""
    score, train = f"{model}_score.py", f"{into}_train.py"
    return (
        building.edge(f"artifact:{model}.pkl", "LOADS", f"model:{model}_loaded", f"{score}:1")
        .edge(f"model:{model}_loaded", "PREDICTS", f"prediction:{model}", f"{score}:2")
        .edge(f"prediction:{model}", "DERIVES", f"frame:{model}", f"{score}:3", operation="assign")
        .edge(f"frame:{model}", "WRITES", f"dataset:{model}.csv", f"{score}:4", columns=("id", model))
        .edge(f"dataset:{model}.csv", "READS", f"frame:{into}_table", f"{train}:1", evidence)
        .edge(f"frame:{into}_table", "TRAINS_ON", f"model:{into}", f"{train}:2")
        .edge(f"model:{into}", "PERSISTS", f"artifact:{into}.pkl", f"{train}:3")
        .column(f"dataset:{model}.csv", model, (f"prediction:{model}", "prediction"))
        .use(f"dataset:{model}.csv", model, "feature", f"{train}:2")
    )


def two_models() -> Building:
    return passes_on(passes_on(Building(), "orders", "couriers"), "couriers", "orders")


def test_two_models_that_feed_each_other_are_one_finding_with_the_whole_way_round() -> None:
    (finding,) = findings(two_models())
    assert finding.headline == "`orders.pkl` and `couriers.pkl` learn from each other's predictions."
    assert [str(place) for place in finding.locations] == [
        "couriers_train.py:1", "orders_score.py:4", "orders_train.py:1", "couriers_score.py:4",
    ]  # fmt: skip
    assert finding.path[0].node == finding.path[-1].node == "model:orders_loaded"


def test_models_that_are_tied_by_a_longer_way_are_named_not_found_again() -> None:
    building = passes_on(passes_on(two_models(), "couriers", "fees"), "fees", "orders")
    (finding,) = findings(building)
    assert "`fees.pkl` is tied into the same circle." in finding.message
    assert finding.properties["models"] == 3


def test_two_circles_that_have_nothing_in_common_are_two_findings() -> None:
    building = passes_on(passes_on(two_models(), "rain", "snow"), "snow", "rain")
    assert len(findings(building)) == 2


def test_a_guessed_edge_makes_no_circle() -> None:
    building = passes_on(passes_on(Building(), "orders", "couriers"), "couriers", "orders", evidence="guessed")
    assert findings(building) == []


def test_a_circle_of_tests_is_none() -> None:
    building = two_models()
    for file in ("orders_score.py", "orders_train.py", "couriers_score.py", "couriers_train.py"):
        building.unit(file, ["test"])
    assert findings(building) == []


def test_every_log_of_the_circle_that_says_nothing_is_found_and_neither_model_feeds_itself() -> None:
    graph: Graph = two_models().graph()
    logs = list(LoopWithoutExposureLog().check(graph, Settings()))
    assert [finding.subject for finding in logs] == [("dataset:couriers.csv",), ("dataset:orders.csv",)]
    assert {finding.properties["follows"] for finding in logs} == {"MLD302"}
    assert list(DirectFeedbackLoop().check(graph, Settings())) == []
