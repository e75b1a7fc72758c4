"""What the day decides about findings."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from mldebt.cli.replay import now
from mldebt.rules.judge import Policy


def today() -> date:
    return date.fromtimestamp(now())


def holds_until(policy: Policy) -> float:
    """When the next waiver expires, in seconds since 1970: nothing that is said before that is wrong after it."""
    ends = [waiver.until for waiver, _ in policy.waivers if waiver.until and waiver.until >= policy.today]
    return datetime.combine(min(ends) + timedelta(days=1), time()).timestamp() if ends else float("inf")
