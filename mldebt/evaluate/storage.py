"""Reads and writes of stored things: files, tables, topics, and open handles."""

from __future__ import annotations

import re

from msgspec.structs import replace

from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import PLACED, Identity, identify
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.provenance import derived
from mldebt.evaluate.scratch import TRANSIENT, origin
from mldebt.evaluate.strings import alternatives, concatenate, to_text
from mldebt.evaluate.values import (
    CONSTANT,
    Const,
    Frame,
    Handle,
    Hole,
    Method,
    Object,
    Seq,
    Symbol,
    Text,
    Unknown,
    Value,
    hole,
    is_none,
    options_of,
    text,
)
from mldebt.sites import Site

STORED = "stored"
"""The fact of a library object that names what it stands for."""
SESSIONS = frozenset({"spark", "session"})
"""Kinds of objects that a call is made in; none of them is a name."""
FOLDER = "folder"
"""The fact of a trainer that says where it keeps its model."""
SETTINGS = "set before"
"""The fact of a builder that holds what it was told before it does its work."""
OF_TABLES = re.compile(
    r"bigquery|snowflake|redshift|cassandra|clickhouse|iceberg|sqldw|sqlserver|singlestore", re.IGNORECASE
)
"""Formats of Spark that are databases: what is named is a table, not a path."""
FEED = "feed"
"""Where prices, weather and the like come from that a library asks a service of its own for."""
OWN_STORE = "store"
"""The fact of a library object that says in which store it looks for things."""


def dataset_node(machine: Machine, identity: Identity, site: Site, kind: str = "dataset") -> str:
    node = machine.trace.node(
        f"{kind}:{identity.name}",
        kind,
        identity.name,
        site,
        store=identity.store,
        format=identity.format or None,
        template=identity.template or None,
        **({"reason": _OPEN["cli"], "blocks": "READS"} if identity.asked else {}),
    )
    machine.note_touch(node, site)
    return node


def gap(machine: Machine, reason: str, detail: str, site: Site, blocks: str, **facts: object) -> str:
    """A place where lineage stops, and why."""
    name = f"{machine.scope.file}::{machine.scope.qualname or 'module'}"
    node = machine.node_id("gap", blocks.lower(), (site.line, site.cell, blocks))
    return machine.trace.node(node, "gap", name, site, reason=reason, detail=detail, blocks=blocks, **facts)


def stored_names(operation: Operation, field: str = "name") -> list[tuple[Text | Handle | None, Value | None]]:
    """The alternatives for the stored thing that a call names."""
    value = _behind_context(operation, field)
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
            found += [(one, one) for one in names_of_object(option)]
        elif isinstance(option, Frame) and option.spelled is not None:
            found.append((option.spelled, option))
        else:
            found.append((to_text(option if option is value else _as_unknown(option), expression), option))
    located = [(_located(operation, one, field) if isinstance(one, Text) else one, option) for one, option in found]
    return located or [(None, None)]


def _as_unknown(value: Value) -> Value:
    """A constant that is not there, beside names that are known: an import that failed, say."""
    return Unknown("computed name", value.dotted.rpartition(".")[2]) if isinstance(value, Symbol) else value


def _behind_context(operation: Operation, field: str) -> Value | None:
    """What is given as a name; behind the session that older interfaces want first: `model.save(sc, path)`."""
    value = operation.given(field)
    if isinstance(value, Object) and value.kind in SESSIONS and operation.call.args[:1] == [value]:
        return operation.call.pick((1, *operation.entry.selector(field)[1:]))
    return value


def named(operation: Operation) -> dict[str, Value]:
    """The name of what an object of a library stands for (a blob, a feature view), behind that of what holds it."""
    holder = _holder(operation)
    value = operation.given("name")
    if value is None or is_none(value):
        same = isinstance(operation.receiver, Object) and operation.receiver.kind == operation.entry.text("returns")
        return {STORED: holder} if holder is not None and same else {}
    names = alternatives(value, operation.call.label(operation.entry.selector("name")))
    scheme, joint = operation.entry.text("store"), operation.entry.text("joint", "/")
    if holder is not None:
        return {STORED: join(concatenate([holder, text(joint), name]) for name in names)}
    return {STORED: join(concatenate([text(f"{scheme}://"), name]) if scheme else name for name in names)}


def _holder(operation: Operation) -> Text | None:
    """The name of the bucket or store that a thing is in: an argument, or what the method is called on."""
    given = operation.given("bucket") if operation.entry.selector("bucket") else operation.receiver
    if isinstance(given, Object):
        return next(iter(names_of_object(given)), None)
    if given is None or given is operation.receiver:
        return None
    scheme = operation.entry.text("store")
    return concatenate([text(f"{scheme}://" if scheme else ""), to_text(given, ("name", "bucket"))])


def names_of_object(value: Object) -> list[Text]:
    """What a library object stands for that was made with a name."""
    kept = value.facts.get(STORED)
    return [one for one in options_of(kept) if isinstance(one, Text)] if kept is not None else []


def key_of(blob: Object) -> Value | None:
    """The name of a thing inside its bucket, where the place is known."""
    inside = [_behind_bucket(name) for name in names_of_object(blob)]
    return join(inside) if inside else None


def _behind_bucket(name: Text) -> Text:
    """`gs://bucket/a/b` → `a/b`."""
    for number, part in enumerate(name.parts):
        begin = part.find("://") + 3 if isinstance(part, str) and "://" in part else 0
        slash = part.find("/", begin) if isinstance(part, str) else -1
        if isinstance(part, str) and slash >= 0:
            return replace(name, parts=(part[slash + 1 :], *name.parts[number + 1 :]))
    return name


def resolve(operation: Operation, field: str, blocks: str) -> list[Identity | Handle | str]:
    """Identities of what a call reads or writes; a string is the id of a gap."""
    machine, entry, site = operation.machine, operation.entry, operation.site
    store = _store(operation, field)
    if store == "builtin":
        shipped = entry.text("dataset") or operation.dotted.rpartition(".")[2]
        return [Identity(f"{operation.dotted.partition('.')[0]}::{shipped}", "builtin")]
    if store in TRANSIENT:
        return [Identity(f"{store}", store)]
    if store == FEED:
        return _of_feed(operation, field)
    results: list[Identity | Handle | str] = []
    for stored, value in stored_names(operation, field):
        if isinstance(stored, Handle):
            results.append(stored)
            continue
        name = stored
        if name is not None and (schema := entry.text("within")):
            name = concatenate([text(f"{schema}."), name])
        identity = identify(machine, name, store, entry.text("format")) if name is not None else None
        if identity is not None and (identity.known or (identity.asked and blocks == "READS")):
            results.append(identity)
        elif blocks != "WRITES" and store != "http" and is_content(value):
            results.append("")  # data in memory, not a name: what is asked for by HTTP always is an address
        else:
            facts = {"store": store, "format": entry.text("format") or None}
            results.append(gap(machine, reason_of(value), _detail(operation, value), site, blocks, **facts))
    return _without_asked(results)


def _without_asked(results: list[Identity | Handle | str]) -> list[Identity | Handle | str]:
    """`sys.argv[1] if len(sys.argv) > 1 else "orders.csv"`: what is read unless somebody says else."""
    asked = [one for one in results if isinstance(one, Identity) and one.asked]
    usual = [one for one in results if one not in asked]
    return results if not asked or all(isinstance(one, str) for one in usual) else usual


def _of_feed(operation: Operation, field: str) -> list[Identity | Handle | str]:
    """What a service sends that has no other source: it is known which, even where it isn't known of what."""
    service = operation.receiver.dotted if isinstance(operation.receiver, Object) else operation.dotted
    unnamed = operation.given(field) is None
    asked = text(service.rpartition(".")[2]) if unnamed else hole("item")
    names = [name if isinstance(name, Text) else asked for name, _ in stored_names(operation, field)]
    found = {f"{service.partition('.')[0]}://{name.template}": name.literal is None for name in names}
    return [Identity(name, "http", template=open_) for name, open_ in found.items()]


def revision_of(operation: Operation, target: Identity | Handle | str) -> str | None:
    """Whether the state is named that is asked for; None where a folder of the repository is meant."""
    status = operation.revision_status()
    if status != "absent" or not isinstance(target, Identity):
        return status
    name = target.name.rpartition("://")[2]
    workspace = operation.machine.workspace
    near = workspace.place(name, operation.machine.scope.file)
    return None if workspace.exists(name) or workspace.exists(near) else status


def is_content(value: Value | None) -> bool:
    """Whether something is data that was fetched, where a name might stand as well."""
    return isinstance(value, Frame) and value.form in ("records", "response") and value.spelled is None


def _located(operation: Operation, name: Text, field: str) -> Text:
    """A key behind its bucket, an address behind its host, a path in the store that a file system object is for."""
    store = _store(operation, field)
    bucket = operation.given("bucket")
    if bucket is None and store == "object" and isinstance(operation.receiver, Object):
        own = operation.receiver.facts.get(OWN_STORE)
        return concatenate([text(f"{own}://"), name]) if own and "://" not in name.template and name.known else name
    if bucket is None or store == "file" or "://" in name.template:
        return name
    outer = names_of_object(bucket) if isinstance(bucket, Object) else [to_text(bucket, ("name", "bucket"))]
    if not outer:
        return name
    scheme = "" if store in PLACED or "://" in outer[0].template else f"{store}://"
    return concatenate([text(scheme), _without_slash(outer[0]), text("/"), _without_slash(name, first=True)])


def _without_slash(one: Text, first: bool = False) -> Text:
    """A text without the slash at its end, or at its beginning."""
    at = 0 if first else -1
    part = one.parts[at]
    if not isinstance(part, str):
        return one
    trimmed = part.lstrip("/") if first else part.rstrip("/")
    rest = one.parts[1:] if first else one.parts[:-1]
    return Text((trimmed, *rest) if first else (*rest, trimmed), one.path, one.assumed, one.sources)


def _store(operation: Operation, field: str) -> str:
    entry, receiver = operation.entry, operation.receiver
    told = receiver.facts.get(SETTINGS, {}) if isinstance(receiver, Object) else {}
    form = told.get("format")
    if field == "name" and isinstance(form, Text) and OF_TABLES.search(form.template):
        return "table"
    return entry.text(f"{field}_store") or entry.text("store", "topic" if field == "topic" else "file")


def reason_of(value: Value | None) -> str:
    if value is None:
        return "no name given"
    if isinstance(value, Unknown):
        return value.reason
    if isinstance(value, Method):
        return value.receiver.reason if isinstance(value.receiver, Unknown) else "attribute of an unknown value"
    return _what_is_open(value) if isinstance(value, Text) else "computed name"


_OPEN = {
    "cli": "command-line option without a default",
    CONSTANT: "constant of a module that is not there",
    "env": "environment variable without a default",
    "loop": "item of a listing",
    "param": "parameter that no call in the repository binds",
}


def _what_is_open(name: Text) -> str:
    """Where the unknown parts of a name would come from, where it is the same for all of them."""
    kinds = {part.kind for part in name.parts if isinstance(part, Hole)}
    if not kinds:
        return "handle of an unknown file"
    return _OPEN.get(kinds.pop(), "name with unknown parts") if len(kinds) == 1 else "name with unknown parts"


def _detail(operation: Operation, value: Value | None) -> str:
    what = operation.dotted.rpartition(".")[2]
    label = value.label if isinstance(value, Unknown) and value.label else ""
    named = f"`{label}`" if label else "its name"
    return f"{what}() names its file through {named}: {reason_of(value)}"


def outcome(machine: Machine, target: Identity | Handle | str, site: Site, kind: str) -> None:
    """Count the access in the coverage."""
    if target == "":
        machine.trace.access(site, kind, "transient")
    elif isinstance(target, str):
        reason = str(machine.trace.nodes[target].attributes["reason"])
        machine.trace.access(site, kind, "unresolved", reason)
    elif isinstance(target, Handle):
        named = target.name.known or identify(machine, target.name, target.store, target.format).known
        known = "transient" if target.store in TRANSIENT else "resolved" if named else "unresolved"
        machine.trace.access(site, kind, known, target.reason or _what_is_open(target.name))
    elif target.asked:
        machine.trace.access(site, kind, "unresolved", _OPEN["cli"])
    else:
        machine.trace.access(site, kind, "transient" if target.store in TRANSIENT else "resolved")


def settled(machine: Machine, target: Identity | Handle | str) -> Identity | Handle | str:
    """An open file of a temporary name is that temporary file."""
    if not isinstance(target, Handle) or target.store in TRANSIENT:
        return target
    identity = identify(machine, target.name, target.store, target.format)
    return identity if identity.store in TRANSIENT else target


def _is_asked_for(identity: Identity, handle: Handle) -> bool:
    """An open file of data that is read, which whoever starts the program names."""
    return identity.asked and not set("wax+") & set(handle.mode) and handle.format not in ("yaml", "toml", "ini")


def node_of(machine: Machine, target: Identity | Handle | str, site: Site, kind: str = "dataset") -> tuple[str, str]:
    """(node id, evidence) of a resolved target; "" for what only lives in memory or in a temporary file."""
    if isinstance(target, str):
        return target, "guessed"
    if isinstance(target, Handle):
        target.touched = True
        identity = identify(machine, target.name, target.store, target.format)
        if not identity.known and target.store not in TRANSIENT and not _is_asked_for(identity, target):
            reason = target.reason or _what_is_open(target.name)
            facts = {"format": target.format or None}
            return gap(machine, reason, "an open file whose name is not known", site, "READS", **facts), "guessed"
    else:
        identity = target
    if target.store in TRANSIENT or identity.store in TRANSIENT:
        source = origin(machine, target if target.store in TRANSIENT else identity)
        if source is None:
            return "", "resolved"
        identity = source
    return dataset_node(machine, identity, site, kind), identity.evidence
