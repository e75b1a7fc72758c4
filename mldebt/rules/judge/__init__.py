"""What becomes of the findings once every rule has spoken: suppressed, known from before, or reported."""

from mldebt.rules.judge.judging import Judgement, judge
from mldebt.rules.judge.paths import PathRules, PathRulesOfSeveral
from mldebt.rules.judge.policy import Policy, Suppressed, facts_of_config, facts_of_places, policy_of

__all__ = [
    "Judgement",
    "PathRules",
    "PathRulesOfSeveral",
    "Policy",
    "Suppressed",
    "facts_of_config",
    "facts_of_places",
    "judge",
    "policy_of",
]
