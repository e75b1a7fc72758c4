"""Reads and writes of stored things: files, tables, topics, and open handles."""

from __future__ import annotations

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import Identity, identify
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.strings import concatenate, to_text
from mldebt.evaluate.values import (
    Const,
    Frame,
    Handle,
    Method,
    Object,
    Seq,
    Text,
    Unknown,
    Value,
    derived,
    options_of,
    text,
)
from mldebt.sites import Site

TRANSIENT = ("memory", "temp")
STORED = "stored"
"""The fact of a library object that names what it stands for."""


def dataset_node(machine: Machine, identity: Identity, site: Site, kind: str = "dataset") -> str:
    return machine.trace.node(
        f"{kind}:{identity.name}",
        kind,
        identity.name,
        site,
        store=identity.store,
        format=identity.format or None,
        template=identity.template or None,
    )


def gap(machine: Machine, reason: str, detail: str, site: Site, blocks: str, **facts: object) -> str:
    """A place where lineage stops, and why."""
    name = f"{machine.scope.file}::{machine.scope.qualname or 'module'}"
    node = machine.node_id("gap", blocks.lower(), (site.line, site.cell, blocks))
    return machine.trace.node(node, "gap", name, site, reason=reason, detail=detail, blocks=blocks, **facts)


def stored_names(operation: Operation, field: str = "name") -> list[tuple[Text | Handle | None, Value | None]]:
    """The alternatives for the stored thing that a call names."""
    value = operation.given(field)
    if value is None and operation.call.spread:
        value = derived("argument passed through * or **", *operation.call.spread)
    expression = operation.call.label(operation.entry.selector(field))
    found: list[tuple[Text | Handle | None, Value | None]] = []
    for option in options_of(value) if value is not None else ():
        if isinstance(option, Seq) and option.items and not isinstance(option.items[0], (Const, Frame)):
            found += [(to_text(item), item) for item in option.items]
        elif isinstance(option, (Text, Handle)):
            found.append((option, option))
        elif isinstance(option, Object) and STORED in option.facts:
            found.append((option.facts[STORED], option.facts[STORED]))
        else:
            found.append((to_text(option, expression), option))
    return found or [(None, None)]


def named(operation: Operation) -> dict[str, Text]:
    """The name of what an object of a library stands for (a blob, a feature view), behind that of what holds it."""
    holder = _holder(operation)
    value = operation.given("name")
    if value is None:
        return {}
    name = to_text(value, operation.call.label(operation.entry.selector("name")))
    if holder is not None:
        return {STORED: concatenate([holder, text("/"), name])}
    scheme = operation.entry.text("store")
    return {STORED: concatenate([text(f"{scheme}://"), name]) if scheme else name}


def _holder(operation: Operation) -> Text | None:
    """The name of the bucket or store that a thing is in: an argument, or what the method is called on."""
    given = operation.given("bucket") or operation.receiver
    if isinstance(given, Object):
        kept = given.facts.get(STORED)
        return kept if isinstance(kept, Text) else None
    if given is None or given is operation.receiver:
        return None
    scheme = operation.entry.text("store")
    return concatenate([text(f"{scheme}://" if scheme else ""), to_text(given, ("name", "bucket"))])


def resolve(operation: Operation, field: str, blocks: str) -> list[Identity | Handle | str]:
    """Identities of what a call reads or writes; a string is the id of a gap."""
    machine, entry, site = operation.machine, operation.entry, operation.site
    store = entry.text(f"{field}_store") or entry.text("store", "topic" if field == "topic" else "file")
    if store == "builtin":
        shipped = entry.text("dataset") or operation.dotted.rpartition(".")[2]
        return [Identity(f"{operation.dotted.partition('.')[0]}::{shipped}", "builtin")]
    if store in TRANSIENT:
        return [Identity(f"{store}", store)]
    results: list[Identity | Handle | str] = []
    for stored, value in stored_names(operation, field):
        if isinstance(stored, Handle):
            results.append(stored)
            continue
        name = stored
        if name is not None and store == "s3":
            name = in_bucket(operation, name)
        if name is not None and (schema := entry.text("within")):
            name = concatenate([text(f"{schema}."), name])
        identity = identify(machine, name, store, entry.text("format")) if name is not None else None
        if identity is not None and identity.known:
            results.append(identity)
        else:
            facts = {"store": store, "format": entry.text("format") or None}
            results.append(gap(machine, reason_of(value), _detail(operation, value), site, blocks, **facts))
    return results


def in_bucket(operation: Operation, name: Text) -> Text:
    """The key of an object, behind its bucket."""
    bucket = operation.given("bucket")
    if bucket is None or name.template.startswith("s3://"):
        return name
    if isinstance(bucket, Object) and isinstance(bucket.facts.get(STORED), Text):
        return concatenate([bucket.facts[STORED], text("/"), name])
    return concatenate([text("s3://"), to_text(bucket, ("name", "bucket")), text("/"), name])


def reason_of(value: Value | None) -> str:
    if value is None:
        return "no name given"
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, Method):
        return value.receiver.reason if isinstance(value.receiver, Unknown) else "attribute of an unknown value"
    return "name with unknown parts" if isinstance(value, Text) else "computed name"


def _detail(operation: Operation, value: Value | None) -> str:
    what = operation.dotted.rpartition(".")[2]
    label = value.label if isinstance(value, Unknown) and value.label else ""
    named = f"`{label}`" if label else "its name"
    return f"{what}() names its file through {named}: {reason_of(value)}"


def outcome(machine: Machine, target: Identity | Handle | str, site: Site, kind: str) -> None:
    """Count the access in the coverage."""
    if isinstance(target, str):
        reason = str(machine.trace.nodes[target].attributes["reason"])
        machine.trace.access(site, kind, "unresolved", reason)
    elif isinstance(target, Handle):
        known = "transient" if target.store in TRANSIENT else "resolved" if target.name.known else "unresolved"
        machine.trace.access(site, kind, known, "handle of an unknown file")
    else:
        machine.trace.access(site, kind, "transient" if target.store in TRANSIENT else "resolved")


def node_of(machine: Machine, target: Identity | Handle | str, site: Site, kind: str = "dataset") -> tuple[str, str]:
    """(node id, evidence) of a resolved target; "" for what only lives in memory or in a temporary file."""
    if isinstance(target, str):
        return target, "guessed"
    if isinstance(target, Handle):
        target.touched = True
        if target.store in TRANSIENT:
            return "", "resolved"
        identity = identify(machine, target.name, target.store, target.format)
        if not identity.known:
            return gap(
                machine, "handle of an unknown file", "an open file whose name is not known", site, "READS"
            ), "guessed"
    else:
        identity = target
    if identity.store in TRANSIENT:
        return "", "resolved"
    return dataset_node(machine, identity, site, kind), identity.evidence
