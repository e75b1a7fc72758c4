"""What is printed: shown to a person, or written into an open file."""

from __future__ import annotations

from mldebt.evaluate.calls import Call, use_frame
from mldebt.evaluate.joins import join
from mldebt.evaluate.machine import Machine
from mldebt.evaluate.provenance import columns_of, frames_in
from mldebt.evaluate.values import NONE, Handle, Value, options_of, text


def into_files(call: Call) -> list[Handle]:
    """The open files that a call is told to show things in."""
    told = [call.kwargs[name] for name in ("file", "stream") if name in call.kwargs]
    return [one for value in told for one in options_of(value) if isinstance(one, Handle)]


def printed(machine: Machine, call: Call) -> Value:
    if opened := into_files(call):
        return _written(machine, call, opened)
    for value in call.values():
        shown = frames_in(value)
        for frame in shown:
            use_frame(machine, frame, "check", machine.site(call.line))
        for ref in () if shown else sorted(columns_of(value)):
            machine.trace.use(ref, "check", machine.site(call.line))
    return NONE


def _written(machine: Machine, call: Call, opened: list[Handle]) -> Value:
    """`print(…, file=opened)`: what holds data, or else the text."""
    from mldebt.evaluate.handles import store_item
    from mldebt.evaluate.writing import of_piece

    telling = [value for value in call.args if frames_in(value)] or call.args[:1]
    for handle in opened:
        store_item(machine, handle, join(telling) if telling else text(""), of_piece(handle, machine.site()))
    return NONE
