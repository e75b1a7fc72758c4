"""Sessions of TensorFlow 1: a run of the graph learns from what it is fed, or answers it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mldebt.evaluate.models import as_model, unnamed_model
from mldebt.evaluate.objects import load, save
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.predicting import predict_by
from mldebt.evaluate.provenance import derived, sources_of
from mldebt.evaluate.training import train
from mldebt.evaluate.values import NONE, Model, Object, Seq, Unknown, Value, options_of
from mldebt.read.facts import Expr

_LEARNS = re.compile(
    r"(?:.*_)?(?:train(?:ing)?|train(?:ing)?_?(?:ops?|steps?|operation)|opt|optim\w*|minimi\w*|solver|updates?|apply_grad\w*)"
)
_MEASURES = re.compile(
    r"\w*(?:loss|cost|acc(?:uracy)?|err(?:or)?|rmse|mse|mae|auc|summar\w*|merged?|metrics?|init|step|rate|lr|weights?"
    r"|bias|grads?|gradients?)\w*|\w+_[wWbB]"
)
"""What is asked of a graph that is no answer: a figure about it, or a part of it."""


def run(operation: Operation) -> Value:
    """`session.run([step, loss], feed_dict={x: rows})`."""
    fed = operation.given("X")
    names = [*_names(operation.call.label(operation.entry.selector("fetches")))]
    answer = derived("value of a graph", *operation.call.values(), label=operation.hint)
    if fed is None or not sources_of(fed):
        return answer
    if any(_LEARNS.fullmatch(name.lower()) for name in names):
        for model in _models(operation):
            train(operation, model)
        return _of_each(operation, answer)
    if (names and all(_MEASURES.fullmatch(name.lower()) for name in names)) or not _has_learned(operation):
        return _of_each(operation, answer)
    return _of_each(operation, predict_by(operation, _models(operation)))


def keep(operation: Operation) -> Value:
    """`saver.save(session, path)`: what is stored is a model, whoever has trained it."""
    for session in options_of(operation.data() or NONE):
        if isinstance(session, Object):
            _model_of(operation, session)
    return save(operation)


def restore(operation: Operation) -> Value:
    """`saver.restore(session, path)`: from here on the graph is what was stored."""
    stored = as_model(operation.machine, load(operation))
    for session in options_of(operation.given("model") or NONE):
        if isinstance(session, Object) and stored is not None:
            session.facts["model"] = stored
    return NONE


def _has_learned(operation: Operation) -> bool:
    """Whether the graph is a model, not a mere computation, as far as the session is known."""
    sessions = options_of(operation.receiver or Unknown("session"))
    return any(not isinstance(session, Object) or session.facts.get("model") is not None for session in sessions)


def _models(operation: Operation) -> list[Model]:
    return [_model_of(operation, session) for session in options_of(operation.receiver or Unknown("session"))]


def _model_of(operation: Operation, session: Value) -> Model:
    """A session runs one graph: the model is known by it."""
    if not isinstance(session, Object):
        return as_model(operation.machine, session) or unnamed_model(operation)
    known = session.facts.get("model")
    if isinstance(known, Model):
        return known
    session.facts["model"] = made = unnamed_model(operation, "tensorflow.Graph")
    return made


def _names(fetched: Expr | None) -> Iterator[str]:
    """What the things that are fetched are called."""
    if fetched is None:
        return
    if fetched[0] in ("list", "tuple"):
        for one in fetched[1]:
            yield from _names(one)
    elif fetched[0] in ("name", "attr"):
        yield str(fetched[-1])
    else:
        for part in fetched[1:]:
            yield from _names(part) if isinstance(part, tuple) and part else ()


def _of_each(operation: Operation, answer: Value) -> Value:
    """One value for each of the things that are fetched, where there are several."""
    fetched = operation.given("fetches")
    several = isinstance(fetched, Seq) and not fetched.open
    return Seq([answer for _ in fetched.items]) if several and isinstance(fetched, Seq) else answer
