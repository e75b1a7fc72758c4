"""Classes of the repository that are models because of their base class, and training loops written by hand."""

from __future__ import annotations

import re

from mldebt.evaluate.attributes import library_base
from mldebt.evaluate.calls import Call, use_frame
from mldebt.evaluate.computed_at import places_of
from mldebt.evaluate.framing import as_frame
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.origins import ground
from mldebt.evaluate.predicting import passed_on
from mldebt.evaluate.provenance import sources_of
from mldebt.evaluate.terms_of import expressions
from mldebt.evaluate.training import keep_logged
from mldebt.evaluate.values import NONE, Frame, Instance, Model, Unknown, Value, options_of
from mldebt.knowledge.entry import Entry

NETWORK = "<network>"
"""The field of an instance that holds it as a model."""
PASSING = frozenset({"forward", "call", "__call__"})
"""Methods of a network that say how its parts make its output."""
ITEMS = frozenset({"__getitem__", "__iter__"})
"""Methods of a data set that give its items one by one."""
MEASURE = re.compile(r"loss|criterion", re.IGNORECASE)
"""What a network is called that learns nothing: it measures how far another's output is from the truth."""
GRADIENTS = (b"backward_hook", b"register_hook", b"\x04grad")
"""What code that looks at gradients mentions, as it is packed: the last is the whole name of an attribute."""
STEPS = frozenset({"training_step", "train_step", "validation_step", "test_step"})
"""Methods that a trainer calls for each batch: what comes out is compared with the truth and forgotten."""


def as_network(machine: Machine, instance: Instance, call: Call) -> None:
    """`class Net(nn.Module)`, `class Mine(RandomForestClassifier)`: an instance is a model, too."""
    entry = _base(machine, instance)
    if entry is None or MEASURE.search(instance.cls.qualname.rpartition(".")[2]):
        return
    name = call.hint or instance.cls.qualname.rpartition(".")[2]
    node = machine.node_id("model", name, ("network", call.ordinal))
    scope = f"{machine.scope.file}::{machine.scope.qualname}"
    network = entry.flag("subclass")
    seed = "global" if _is_seeded(machine, entry) else "absent"
    task = entry.text("task", "unknown")
    machine.trace.node(
        node, "model", name, machine.site(call.line), variable=call.hint, family=entry.text("family"), scope=scope,
        task=task, stochastic=network, seed=seed if network else "unknown",
        base=library_base(machine, instance.cls), **{"class": instance.cls.qualname},
    )  # fmt: skip
    instance.fields[NETWORK] = Model(node, instance.cls.qualname, entry.text("family"), task)


def _is_seeded(machine: Machine, entry: Entry) -> bool:
    return bool(machine.root.seeded & {entry.text("scope", "torch"), "all"})


def note_seed(machine: Machine, instance: Instance) -> None:
    """A network whose constructor sets the seed starts from the same weights every time."""
    model, entry = network_of(instance), _base(machine, instance)
    known = machine.trace.nodes.get(model.node) if model is not None else None
    bare = known is not None and known.attributes.get("seed") == "absent"
    if known is not None and bare and entry is not None and _is_seeded(machine, entry):
        machine.trace.node(known.id, "model", known.name, seed="global")


def network_of(value: Value | None) -> Model | None:
    if isinstance(value, Instance):
        model = value.fields.get(NETWORK)
        return model if isinstance(model, Model) else None
    return None


def is_within(machine: Machine, methods: frozenset[str] = PASSING) -> bool:
    """Whether a network is at work: what its parts make of their inputs are no predictions yet."""
    function = machine.scope.function
    if function is None or not any(key.rpartition(".")[2] in methods for key in machine.active):
        return False
    return isinstance(function.this, Instance) and _passes_on(machine, function.this)


def predicts_nothing(machine: Machine, model: Model) -> bool:
    """Whether what a network gives is a step on the way: to the output of another one, to the items of a data set."""
    return is_within(machine) or _prepares_items(machine, model)


def _prepares_items(machine: Machine, model: Model) -> bool:
    """`self.transform(image)` where a data set gives an item: steps that are put together like a network."""
    function = machine.scope.function
    this = function.this if function is not None else None
    if model.loaded or not isinstance(this, Instance) or not any(k.rpartition(".")[2] in ITEMS for k in machine.active):
        return False
    return (library_base(machine, this.cls) or "").startswith("torch.utils.data.")


def _passes_on(machine: Machine, instance: Instance) -> bool:
    """A network of its own or a layer for one."""
    base = library_base(machine, instance.cls)
    entry = machine.knowledge.call(base) if base else None
    return entry is not None and (entry.op == "model" or entry.flag("subclass"))


def _is_part(machine: Machine) -> bool:
    """Whether a method of a network is being run, whichever: what it calls are parts of that network."""
    function = machine.scope.function
    return function is not None and isinstance(function.this, Instance) and _base(machine, function.this) is not None


def _base(machine: Machine, instance: Instance) -> Entry | None:
    """What is known of the base class that makes an instance a model."""
    base = library_base(machine, instance.cls)
    entry = machine.knowledge.call(base) if base else None
    return entry if entry is not None and entry.op == "model" else None


def forward(machine: Machine, model: Model, call: Call) -> Frame | None:
    """`net(x)`: what the network makes of its input. Whether it predicts or trains shows later."""
    if predicts_nothing(machine, model):
        return None
    inputs = [as_frame(machine, value) for value in call.values() if sources_of(value)][:1]
    if not inputs and not _is_part(machine):
        inputs = [as_frame(machine, value) for value in call.args[:1] if isinstance(value, Unknown)]
    if not inputs:
        return None
    site = machine.site(call.line)
    node = machine.node_id("prediction", call.hint or "output", call.ordinal)
    scope = f"{machine.scope.file}::{machine.scope.qualname}"
    name = call.hint or "output"
    machine.trace.node(node, "prediction", name, site, method="forward", scope=scope, variable=call.hint,
                       rows=inputs[0].rows)  # fmt: skip
    ground(machine, inputs[0].node)
    machine.asked_models += 1
    columns = inputs[0].names()
    computed = expressions(machine, inputs[0], columns)
    machine.trace.edge(
        model.node, node, "PREDICTS", site, named=False, columns=columns, expressions=computed,
        places=places_of(machine, computed),
    )  # fmt: skip
    machine.trace.edge(inputs[0].node, node, "DERIVES", site, operation="predict")
    passed_on(machine, node, model, inputs[0])
    use_frame(machine, inputs[0], "feature", site)
    machine.trace.column((node, "prediction"), "derived", site)
    return Frame(node, {"": frozenset(((node, "prediction"),))}, rows=inputs[0].rows, form="array", named=False)


def note_parts(machine: Machine, whole: Instance, model: Model, call: Call) -> None:
    """A network around another one that was stored: what it gives comes of that one."""
    fields = [] if model.loaded else whole.fields.values()
    parts = [value if isinstance(value, Model) else network_of(value) for value in fields]
    for part in parts:
        if part is not None and part.loaded:
            machine.trace.edge(part.node, model.node, "DERIVES", machine.site(call.line), operation="step")


def backward(operation: Operation) -> Value:
    """`loss.backward()`: whatever the loss was made of trains the networks that it went through."""
    machine, site = operation.machine, operation.site
    if not machine.trace.forwards:
        return NONE
    sources = {source for option in options_of(operation.data() or NONE) for source in sources_of(option)}
    behind = upstream(machine, sources)
    passed = {source: machine.trace.forwards[source] for source in behind & set(machine.trace.forwards)}
    if not _compares(machine, behind) and _only_looks(machine):
        return NONE
    machine.trained += 1
    for prediction, (model, data) in sorted(passed.items()):
        ground(machine, data)
        machine.trace.edge(data, model, "TRAINS_ON", site, named=False, **_inputs(machine, prediction))
        machine.trace.trained_through.add(prediction)
        keep_logged(machine, Model(model))
        for label in sorted(sources - {prediction}):
            machine.trace.edge(label, model, "LABELS", site)
    return NONE


def _inputs(machine: Machine, prediction: str) -> dict[str, object]:
    """What a network was given, and how it was computed, where it made an output that it learns by."""
    asked = [edge for edge in machine.trace.into.get(prediction, ()) if edge.kind == "PREDICTS"]
    return {name: asked[0].attributes.get(name) for name in ("columns", "expressions")} if len(asked) == 1 else {}


def _compares(machine: Machine, behind: set[str]) -> bool:
    """Whether a loss is made of something besides what networks put out."""
    made = {node for node in behind if any(edge.kind == "DERIVES" for edge in machine.trace.into.get(node, ()))}
    return bool(behind - made - set(machine.trace.forwards))


def _only_looks(machine: Machine) -> bool:
    """Whether the file looks at gradients and takes no step along them: it shows what a network pays heed to."""
    file = machine.scope.file
    facts = machine.workspace.facts.get(file) if file in machine.own else None
    if facts is None or b"step" in facts.packed:
        return False
    return any(mention in facts.packed for mention in GRADIENTS)


def upstream(machine: Machine, sources: set[str]) -> set[str]:
    """The sources and, behind values computed from several of them, what those were computed from."""
    found, waiting = set(sources), list(sources)
    while waiting:
        here = waiting.pop()
        if here in machine.trace.forwards:
            continue
        for source in (edge.source for edge in machine.trace.into.get(here, ()) if edge.kind == "DERIVES"):
            if source not in found:
                found.add(source)
                waiting.append(source)
    return found
