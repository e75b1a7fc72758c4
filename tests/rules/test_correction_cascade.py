from __future__ import annotations

import pytest

from mldebt.rules.model import Finding, Settings
from mldebt_rules.boundaries.correction_cascade import CorrectionCascade
from tests.rules.building import Building


def findings(building: Building) -> list[Finding]:
    return list(CorrectionCascade().check(building.graph(), Settings()))


def base_and_corrector(corrector_class: str = "sklearn.ensemble.GradientBoostingRegressor") -> Building:
    """base.py trains the base on eta; fix.py trains the fix on the base's prediction and eta."""
    return (
        Building()
        .edge("frame:orders", "TRAINS_ON", "model:base", "base.py:5")
        .edge("frame:orders", "LABELS", "model:base", "base.py:5", columns=("eta",))
        .use("dataset:orders.csv", "eta", "label", "base.py:5")
        .edge("model:base", "PERSISTS", "artifact:base.pkl", "base.py:6")
        .edge("artifact:base.pkl", "LOADS", "model:loaded", "fix.py:3")
        .edge("model:loaded", "PREDICTS", "prediction:p", "fix.py:4")
        .edge("prediction:p", "DERIVES", "frame:df", "fix.py:4", operation="assign")
        .edge("frame:df", "TRAINS_ON", "model:fix", "fix.py:6", columns=("p", "city"))
        .edge("frame:df", "LABELS", "model:fix", "fix.py:6", columns=("eta",))
        .node("model:fix", **{"class": corrector_class})
        .column("frame:df", "p", ("prediction:p", "prediction"))
        .use("frame:df", "p", "feature", "fix.py:6")
        .use("dataset:orders.csv", "city", "feature", "fix.py:6")
    )


def test_a_model_trained_on_anothers_prediction_of_the_same_column_is_certain() -> None:
    building = base_and_corrector().use("dataset:orders.csv", "eta", "label", "fix.py:6")
    (finding,) = findings(building)
    assert finding.headline == "`fix` learns to correct `base.pkl` on the same label, `eta`."
    assert (finding.evidence, finding.severity, str(finding.locations[0])) == ("certain", "high", "fix.py:6")
    assert [step.node for step in finding.path] == ["model:loaded", "prediction:p", "frame:df", "model:fix"]


def test_labels_that_only_share_a_name_make_it_likely() -> None:
    building = base_and_corrector().use("dataset:late.csv", "eta", "label", "fix.py:6")
    (finding,) = findings(building)
    assert finding.evidence == "likely"


def test_a_residual_is_the_same_label() -> None:
    building = (
        base_and_corrector()
        .column("frame:df", "residual", ("dataset:orders.csv", "eta"), ("prediction:p", "prediction"))
        .use("frame:df", "residual", "label", "fix.py:6")
    )
    (finding,) = findings(building)
    assert finding.evidence == "certain"


def test_another_target_is_silent() -> None:
    building = (
        Building()
        .edge("frame:a", "TRAINS_ON", "model:encoder", "a.py:1")
        .edge("frame:a", "LABELS", "model:encoder", "a.py:1", columns=("topic",))
        .edge("model:encoder", "PREDICTS", "prediction:p", "a.py:2")
        .edge("prediction:p", "DERIVES", "frame:df", "a.py:3")
        .edge("frame:df", "TRAINS_ON", "model:churn", "a.py:4")
        .edge("frame:df", "LABELS", "model:churn", "a.py:4", columns=("churned",))
        .column("frame:df", "p", ("prediction:p", "prediction"))
        .use("frame:df", "p", "feature", "a.py:4")
        .use("frame:df", "age", "feature", "a.py:4")
        .use("dataset:t.csv", "topic", "label", "a.py:1")
        .use("dataset:t.csv", "churned", "label", "a.py:4")
    )
    assert findings(building) == []


@pytest.mark.parametrize(
    "calibrator", ["sklearn.calibration.CalibratedClassifierCV", "sklearn.isotonic.IsotonicRegression"]
)
def test_calibration_is_silent(calibrator: str) -> None:
    building = base_and_corrector(calibrator).use("dataset:orders.csv", "eta", "label", "fix.py:6")
    assert findings(building) == []


def test_partitions_of_one_model_are_no_cascade() -> None:
    building = (
        base_and_corrector()
        .use("dataset:orders.csv", "eta", "label", "fix.py:6")
        .edge("frame:orders", "TRAINS_ON", "model:base", "fix.py:6")
    )
    assert findings(building) == []


def test_generic_label_names_say_nothing() -> None:
    building = (
        Building()
        .edge("frame:a", "TRAINS_ON", "model:one", "a.py:1")
        .edge("frame:a", "LABELS", "model:one", "a.py:1", columns=("y",))
        .edge("model:one", "PREDICTS", "prediction:p", "a.py:2")
        .edge("prediction:p", "DERIVES", "frame:df", "a.py:3")
        .edge("frame:df", "TRAINS_ON", "model:two", "b.py:4")
        .edge("frame:df", "LABELS", "model:two", "b.py:4", columns=("y",))
        .column("frame:df", "p", ("prediction:p", "prediction"))
        .use("frame:df", "p", "feature", "b.py:4")
        .use("frame:df", "age", "feature", "b.py:4")
    )
    assert findings(building) == []


def stacking(*, out_of_fold: bool, saved: bool = True) -> Building:
    building = Building()
    if saved:
        building.edge("model:top", "PERSISTS", "artifact:top.pkl", "stack.py:20")
    return (
        building.edge("frame:fit", "TRAINS_ON", "model:base", "stack.py:5")
        .use("dataset:orders.csv", "eta", "label", "stack.py:5")
        .edge("model:base", "PREDICTS", "prediction:p", "stack.py:6")
        .rows("frame:fit", "part", split="folds", part="train")
        .rows("prediction:p", "part", split="folds", part="test" if out_of_fold else "train")
        .edge("prediction:p", "DERIVES", "frame:meta", "stack.py:7")
        .edge("frame:meta", "TRAINS_ON", "model:top", "stack.py:9")
        .use("dataset:orders.csv", "eta", "label", "stack.py:9")
        .column("frame:meta", "p", ("prediction:p", "prediction"))
        .use("frame:meta", "p", "feature", "stack.py:9")
        .use("dataset:orders.csv", "city", "feature", "stack.py:9")
    )


def test_stacking_on_out_of_fold_predictions_is_silent() -> None:
    assert findings(stacking(out_of_fold=True)) == []


def test_stacking_on_predictions_for_rows_that_the_base_has_seen_is_found() -> None:
    assert len(findings(stacking(out_of_fold=False))) == 1


def test_three_models_in_a_row_are_critical() -> None:
    building = (
        base_and_corrector()
        .use("dataset:orders.csv", "eta", "label", "fix.py:6")
        .edge("model:fix", "PERSISTS", "artifact:fix.pkl", "fix.py:7")
        .edge("model:fix", "PREDICTS", "prediction:q", "fix.py:8")
        .edge("prediction:q", "DERIVES", "frame:again", "fix.py:9")
        .edge("frame:again", "TRAINS_ON", "model:patch", "fix.py:10")
        .column("frame:again", "q", ("prediction:q", "prediction"))
        .use("frame:again", "q", "feature", "fix.py:10")
        .use("dataset:orders.csv", "rain", "feature", "fix.py:10")
        .use("dataset:orders.csv", "eta", "label", "fix.py:10")
    )
    assert [(finding.severity, finding.properties["depth"]) for finding in findings(building)] == [
        ("critical", 3), ("critical", 3),
    ]  # fmt: skip


def test_models_that_are_stored_nowhere_are_an_experiment() -> None:
    building = stacking(out_of_fold=False)
    assert len(findings(building)) == 1
    unsaved = stacking(out_of_fold=False, saved=False)
    assert findings(unsaved) == []
