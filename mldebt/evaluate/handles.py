"""Open files: what is read from them and written to them."""

from __future__ import annotations

import re

from mldebt.evaluate.calls import Call
from mldebt.evaluate.frames import new_frame
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.naming import identify
from mldebt.evaluate.operation import Operation
from mldebt.evaluate.scratch import TRANSIENT, held, hold, is_transient
from mldebt.evaluate.storage import is_content, node_of, outcome, reason_of, settled, stored_names
from mldebt.evaluate.values import Const, Frame, Handle, Hole, Seq, Text, Unknown, Value, options_of
from mldebt.evaluate.writing import write_target
from mldebt.sites import Site


def open_(operation: Operation) -> Value:
    mode = operation.given("mode")
    literal = mode.literal if isinstance(mode, Text) and mode.literal else operation.entry.text("default_mode", "r")
    store = operation.entry.text("store", "file")
    handles: list[Value] = []
    for name, value in stored_names(operation):
        if isinstance(name, Handle):
            handles.append(name)
        elif is_content(value):
            handles.append(Handle(Text(("",)), literal, "memory", held=value))
        else:
            form, reason = operation.entry.text("format"), "" if isinstance(value, Text) else reason_of(value)
            handles.append(Handle(name or Text(("",)), literal, store, format=form, reason=reason))
    return join(handles)


def is_opening(call: Call) -> bool:
    """`open(path, "rb")` as a method of whatever: what it is given tells that it opens a file."""
    mode = call.pick((1, "mode"))
    literal = mode.literal if isinstance(mode, Text) and isinstance(call.pick((0, "path")), Text) else None
    return literal is not None and re.fullmatch(r"[rwax][bt+]{0,2}", literal) is not None


def transient(operation: Operation) -> Value:
    """Temporary files, folders and buffers in memory."""
    store = "memory" if operation.entry.op == "memory" else "temp"
    ordinal = operation.call.ordinal
    operation.machine.asked.add(("content", (operation.machine.scope.file,)))  # the number is one of the whole file
    name = Text((Hole(f"temporary {ordinal}" if ordinal else "temporary", "tmp"),), True)
    if operation.entry.text("returns") in ("str", "path"):
        return name
    data = operation.given("data")
    if store == "memory" and isinstance(data, Handle):
        return data  # the text of an included file is read like the file
    handle = Handle(name if store == "temp" else Text(("",)), "r+", store, held=data)
    return Seq([handle, name], kind="tuple") if operation.entry.text("returns") == "tuple" else handle


def touch(machine: Machine, handle: Handle, site: Site) -> None:
    """An open file that goes where it can't be followed counts as read or written."""
    if handle.touched or handle.store in TRANSIENT or not handle.name.known:
        return
    if any(letter in handle.mode for letter in "wax"):
        node, _ = node_of(machine, handle, site)
        if not node:
            return  # a temporary file after all
        made = new_frame(machine, "value", ("touched", site.line, node), site, operation="made")
        machine.trace.edge(
            made.node, node, "WRITES", site, "inferred", mode="append" if "a" in handle.mode else "replace"
        )
    else:
        read_handle(machine, handle, site, "records")


def read_handle(machine: Machine, handle: Handle, site: Site, form: str) -> Value:
    """The contents of an open file."""
    outcome(machine, handle, site, "read")
    place = settled(machine, handle)
    kept = held(machine, place) if is_transient(place) else None
    if kept is not None and all(isinstance(one, (Frame, Unknown, Text)) for one in options_of(kept)):
        return kept
    node, evidence = node_of(machine, handle, site)
    known = handle.name.literal
    frame = new_frame(
        machine, machine.scope.hint or "contents", ("contents", site.line, site.cell, node), site, operation="read"
    )
    if node and not _is_code(known):
        machine.trace.edge(node, frame.node, "READS", site, evidence)
        frame.open = (node,)
    frame.form = form
    return frame


SETTINGS = (".yaml", ".yml", ".toml", ".ini", ".cfg", ".env", ".json")


def _is_code(name: str | None) -> bool:
    return bool(name) and str(name).endswith((".py", ".sql", ".md", ".html", ".j2", ".jinja", ".css", ".js"))


def handle_contents(machine: Machine, handle: Handle, site: Site) -> Value:
    """`handle.read()`: the text itself where it is a small query or template of the repository."""
    if handle.name.literal and _is_code(handle.name.literal):
        identity = identify(machine, handle.name)
        found = machine.workspace.text(identity.name)
        if found is not None:
            handle.touched = True
            return Text((found,))
        return Unknown("text of a file that is not there", handle.name.literal)
    if handle.name.template.endswith(SETTINGS):
        handle.at = site  # what parses it knows whether it is data
        return handle
    if handle.name.template.endswith(".sql"):
        return Unknown("text of a file whose name is not known")
    return read_handle(machine, handle, site, "records")


def code_lines(machine: Machine, value: Value | None) -> Seq | None:
    """`handle.readlines()` of a query or template of the repository."""
    if not isinstance(value, Handle) or not _is_code(value.name.literal):
        return None
    contents = handle_contents(machine, value, machine.site())
    literal = contents.literal if isinstance(contents, Text) else None
    return Seq([Text((line,)) for line in literal.splitlines(keepends=True)]) if literal else None


def store_item(machine: Machine, handle: Handle, value: Value, site: Site | None = None) -> None:
    """`file["data"] = array`: part of an open file is written."""
    from mldebt.evaluate.writing import write_data

    site = site or machine.site()
    outcome(machine, handle, site, "write")
    if is_transient(place := settled(machine, handle)):
        hold(machine, place, value)
        return
    node, evidence = node_of(machine, handle, site)
    write_data(machine, value, node, site, evidence, "append" if "a" in handle.mode else "replace")


def write_handle(operation: Operation) -> Value:
    """`handle.write(data)`, and writers built on a handle."""
    machine, site = operation.machine, operation.site
    data = operation.given("data")
    for option in options_of(operation.receiver) if operation.receiver else ():
        if isinstance(option, Handle):
            outcome(machine, option, site, "write")
            write_target(operation, data, option)
    return Const(None)
