"""When `check` ends with 1: findings that are bad enough, and more of them than one is prepared to take."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from mldebt.cli.arguments import one_of
from mldebt.cli.console import Console
from mldebt.levels import NEVER, SEVERITIES

if TYPE_CHECKING:
    from mldebt.config import Config
    from mldebt.rules.model import Finding


class Gate(Struct, frozen=True):
    """`fail_on`: the least severity that counts; `budget`: minutes of work that those may take together."""

    fail_on: str = SEVERITIES[-1]
    budget: int = 0

    def counted(self, findings: Iterable[Finding]) -> list[Finding]:
        if self.fail_on == NEVER:
            return []
        enough = SEVERITIES[: SEVERITIES.index(self.fail_on) + 1]
        return [finding for finding in findings if finding.severity in enough]

    def holds(self, findings: Sequence[Finding]) -> bool:
        counted = self.counted(findings)
        return not counted or (self.budget > 0 and _minutes(counted) <= self.budget)


def add_gate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--fail-on",
        metavar="SEVERITY",
        type=one_of(*SEVERITIES, NEVER),
        help=f"exit 1 only for findings at least so bad [{'|'.join((*SEVERITIES, NEVER))}, default {SEVERITIES[-1]}]",
    )
    parser.add_argument(
        "--budget",
        metavar="MINUTES",
        type=_minutes_given,
        help="exit 0 as long as the findings that count take no more work than this; with a baseline or --diff-base, "
        "as long as the new ones do",
    )
    parser.add_argument("--exit-zero", action="store_true", help="exit 0 although there are findings")


def gate_of(options: argparse.Namespace, config: Config) -> Gate:
    fail_on = options.fail_on or config.fail_on
    budget = config.budget if options.budget is None else options.budget
    return Gate(NEVER if options.exit_zero else fail_on, budget)


def tell_budget(gate: Gate, findings: Sequence[Finding], console: Console) -> None:
    """Where a budget decides, say how much of it is used."""
    counted = gate.counted(findings)
    if gate.budget and counted:
        word = "within" if gate.holds(findings) else "over"
        console.problem(f"{word} the budget: about {_minutes(counted):,} of {gate.budget:,} minutes of work")


def _minutes(findings: Iterable[Finding]) -> int:
    return sum(finding.effort_minutes for finding in findings)


def _minutes_given(value: str) -> int:
    if not value.isdecimal():
        raise argparse.ArgumentTypeError(f'"{value}" is not a number of minutes (0 or more)')
    return int(value)
