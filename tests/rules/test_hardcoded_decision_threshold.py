from mldebt_rules.config.hardcoded_decision_threshold import HardcodedDecisionThreshold
from tests.rules.sketch import Sketch


def test_one_number_that_is_held_against_several_models_is_one_finding():
    sketch = Sketch()
    sketch.unit("api.py", "serve")
    sketch.node("decision:high", threshold=0.83, written=True)
    for model in ("model:old", "model:new"):
        sketch.edge(model, "prediction:score", "PREDICTS", "api.py:8")
    sketch.edge("prediction:score", "decision:high", "DECIDES", "api.py:9")
    [finding] = sketch.ask(HardcodedDecisionThreshold)
    assert finding.headline == ("api.py compares what `new` and 1 more model predict with 0.83, written into the code.")
    assert finding.subject == ("model:new", "api.py")


def test_a_model_that_only_a_test_makes_is_not_named():
    sketch = Sketch()
    sketch.unit("predictor.py", "serve")
    sketch.unit("test_predictor.py", "test")
    sketch.node("decision:high", threshold=0.6, written=True)
    sketch.node("model:small", "test_predictor.py:3")
    sketch.edge("model:small", "prediction:risk", "PREDICTS", "predictor.py:8")
    sketch.edge("prediction:risk", "decision:high", "DECIDES", "predictor.py:9")
    [finding] = sketch.ask(HardcodedDecisionThreshold)
    assert finding.headline == "predictor.py compares what a model predicts with 0.6, written into the code."
