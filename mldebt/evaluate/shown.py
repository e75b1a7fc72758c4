"""Networks that come from where nothing can be seen: what is asked of them shows what they are."""

from __future__ import annotations

import re

from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.models import as_model
from mldebt.evaluate.values import Unknown, Value, options_of
from mldebt.read.facts import Expr

PLAIN = frozenset({"parameters", "named_parameters"})
"""What only a network is asked for."""
SHOWING = PLAIN | {"eval", "train", "state_dict", "load_state_dict"}
"""What a network is asked for, and what else has a state or trains, too."""
OTHERS = re.compile(r"optim|sched|scaler|trainer|engine|learner|solver|loader|warm|stop|track|^opts?$", re.IGNORECASE)
"""What something is called that has a state or trains, and is no network."""
ARGUMENTS = {"eval": 0, "train": 1, "state_dict": 0, "load_state_dict": 2}


def shown(machine: Machine, callee: Expr, given: int, base: Value) -> Value:
    """`model.parameters()`, `model.eval()` on something unknown: from here on it is a model, under its name, too."""
    unknown = [option for option in options_of(base) if isinstance(option, Unknown)]
    target, method = callee[1], callee[2]
    if not unknown or target[0] not in ("name", "attr") or not _is_asked_of_network(machine, target[-1], method, given):
        return base
    from mldebt.evaluate.statements import bind

    known = [option for option in options_of(base) if not isinstance(option, Unknown)]
    models = [model for option in unknown[:1] if (model := as_model(machine, option, target[-1])) is not None]
    made = join([*known, *models])
    bind(machine, target, made)
    return made


def _is_asked_of_network(machine: Machine, name: str, method: str, given: int) -> bool:
    if method not in PLAIN and (OTHERS.search(name) or given > ARGUMENTS[method]):
        return False
    facts = machine.workspace.facts.get(machine.scope.file)
    return facts is not None and b"torch" in facts.packed
