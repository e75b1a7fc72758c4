from mldebt.graph.questions.feature_lists import CopiedLists, Written
from mldebt.sites import Site
from mldebt_rules.config.copied_feature_list import CopiedFeatureList

FEATURES = ("tenure", "contract", "charges")
LISTS = ((Written(Site("train.py", 3, 1), FEATURES), Written(Site("check.py", 5, 1), (*FEATURES, "churned"))),)


def test_a_label_that_only_one_copy_names_parts_no_features():
    copied = CopiedLists(None, ("check.py", "train.py"), LISTS, frozenset({"churned"}))
    finding = CopiedFeatureList()._found(copied)
    assert finding.severity == "low"
    assert "The features among them are still the same" in finding.message


def test_a_feature_that_only_one_copy_names_parts_them():
    finding = CopiedFeatureList()._found(CopiedLists(None, ("check.py", "train.py"), LISTS))
    assert finding.severity == "medium"
    assert "The copies are no longer the same: `churned` is in some of them only." in finding.message
