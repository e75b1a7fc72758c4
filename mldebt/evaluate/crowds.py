"""In how many ways a function is followed: each leaves its own nodes behind."""

from __future__ import annotations

from mldebt.evaluate.machine import Machine
from mldebt.evaluate.values import Function

MAX_CONTEXTS = 24
MAX_CONTEXTS_OF_SMALL = 200
MAX_CONTEXTS_ELSEWHERE = 12
MAX_CONTEXTS_OF_SMALL_ELSEWHERE = 50
MAX_CONTEXTS_IN_TESTS = 2
MAX_CONTEXTS_OF_SMALL_IN_TESTS = 8
SMALL = 6
CROWD, CROWD_ELSEWHERE = 4_000, 1_000
"""After so many nodes functions are followed in half as many ways, after twice as many in a quarter."""
FEW_NODES = 8
"""What a function may leave behind, each time that it is followed, however many nodes there are."""


def most_ways(machine: Machine, function: Function) -> int:
    """Small functions make names; those of other files are followed by every part that calls them, and tests call
    everything in every way. Where there are many nodes, functions that leave more behind are followed in fewer ways.
    """
    small = len(machine.body_of(function)) <= SMALL
    crowd = CROWD
    if machine.is_test:
        most = MAX_CONTEXTS_OF_SMALL_IN_TESTS if small else MAX_CONTEXTS_IN_TESTS
    elif function.file not in machine.own:
        most, crowd = MAX_CONTEXTS_OF_SMALL_ELSEWHERE if small else MAX_CONTEXTS_ELSEWHERE, CROWD_ELSEWHERE
    else:
        most = MAX_CONTEXTS_OF_SMALL if small else MAX_CONTEXTS
    return max(most >> len(machine.trace.nodes) // crowd, 1) if function.key in machine.crowding else most


def note_crowd(machine: Machine, function: str, nodes: int) -> None:
    """Remember which function left many nodes behind; before it ran there were so many."""
    if len(machine.trace.nodes) - nodes > FEW_NODES:
        machine.crowding.add(function)
