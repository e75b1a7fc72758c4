"""Times and durations as expressions compute with them: the clock of a zone, or one that isn't told."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import Struct

from mldebt.terms.outcomes import UNDEFINED, UntoldError

LOCAL: Final = timezone(timedelta(hours=-9, minutes=-30))
"""Stands for the zone of whichever machine the code runs on."""
DAY: Final = 86400.0
LATEST: Final = 7e9
"""A second beyond which there are no times here: who takes milliseconds for seconds gets another time, not an error."""


class Duration(Struct, frozen=True, order=True):
    seconds: float

    def __str__(self) -> str:
        return f"{self.seconds:g} s"


class Moment(Struct, frozen=True):
    """What the clock says, and where; nothing told of the zone is as good as UTC."""

    clock: datetime
    zone: str | None = None

    def __str__(self) -> str:
        return self.clock.isoformat(" ", "seconds")

    @property
    def seconds(self) -> float:
        return self.clock.replace(tzinfo=zone_of(self.zone)).timestamp()


def zone_of(name: str | None) -> tzinfo:
    plain = (name or "UTC").strip('"')
    if plain.lower() in ("utc", "z", "none", "null", "etc/utc"):
        return UTC
    if plain.lower() == "local":
        return LOCAL
    found = re.search(r"[A-Z][A-Za-z]+/[A-Za-z_/]+", plain)
    try:
        return ZoneInfo(found[0] if found else plain)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise UntoldError(plain) from error


def in_zone(moment: Moment, zone: str | None) -> Moment:
    there = datetime.fromtimestamp(moment.seconds, zone_of(zone))
    return Moment(there.replace(tzinfo=None), zone)


UNITS: Final[Mapping[str, float]] = MappingProxyType({
    "s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "m": 60, "min": 60, "t": 60, "h": 3600, "d": DAY, "w": 7 * DAY,
    "week": 7 * DAY, "weeks": 7 * DAY, "day": DAY, "days": DAY, "hours": 3600, "hour": 3600, "minutes": 60,
    "seconds": 1,
})  # fmt: skip


def length_of(text: str) -> float:
    """The seconds of `"30D"`, `"15min"`."""
    found = re.fullmatch(r'"?(\d*)\s*([A-Za-z]+)"?', text.strip())
    if found is None or found[2].lower() not in UNITS:
        raise UntoldError(text)
    return float(found[1] or 1) * UNITS[found[2].lower()]


def from_epoch(value: float, unit: str, zone: str | None) -> Moment:
    try:
        seconds = value * UNITS[unit.strip('"').lower()]
        there = datetime.fromtimestamp(seconds if abs(seconds) < LATEST else seconds % LATEST, zone_of(zone))
    except (KeyError, ValueError, OverflowError, OSError) as error:
        raise UntoldError(unit) from error
    return Moment(there.replace(tzinfo=None), zone)


def written(text: str) -> Moment:
    try:
        return Moment(datetime.fromisoformat(text).replace(tzinfo=None))
    except ValueError as error:
        raise UntoldError(text) from error


def swapped(moment: Moment) -> Moment:
    """What is read of a date whose day is taken for its month; one without such a month raises an error."""
    clock = moment.clock
    if clock.day > 12:
        return moment
    return Moment(clock.replace(month=clock.day, day=clock.month), moment.zone)


def floor_to(moment: Moment, unit: str) -> Moment:
    step = length_of(unit)
    base = datetime(1970, 1, 1)
    return Moment(
        base + timedelta(seconds=math.floor((moment.clock - base).total_seconds() / step) * step), moment.zone
    )


OF_MOMENT: Final[Mapping[str, Callable[[datetime], object]]] = MappingProxyType({
    "year": lambda at: at.year, "month": lambda at: at.month, "day": lambda at: at.day, "hour": lambda at: at.hour,
    "minute": lambda at: at.minute, "second": lambda at: at.second, "weekday": lambda at: at.weekday(),
    "dayofyear": lambda at: at.timetuple().tm_yday, "week": lambda at: at.isocalendar()[1],
    "quarter": lambda at: (at.month - 1) // 3 + 1, "is_month_start": lambda at: at.day == 1,
    "is_month_end": lambda at: (at + timedelta(days=1)).day == 1,
    "day_name": lambda at: at.strftime("%A"), "month_name": lambda at: at.strftime("%B"),
})  # fmt: skip
OF_DURATION: Final[Mapping[str, Callable[[float], object]]] = MappingProxyType({
    "days": lambda value: math.floor(value / DAY), "total_seconds": lambda value: value,
    "seconds": lambda value: math.floor(value % DAY),
})  # fmt: skip


def part(op: str, value: object) -> object:
    """`hour(t)`, `days(d)`."""
    if isinstance(value, Moment) and op in OF_MOMENT:
        return OF_MOMENT[op](value.clock)
    if isinstance(value, Moment) and op in ("date", "normalize"):
        return floor_to(value, "D")
    if isinstance(value, Duration) and op in OF_DURATION:
        return OF_DURATION[op](value.seconds)
    return None if value is None else UNDEFINED if value is UNDEFINED else _refuse(op)


def _refuse(op: str) -> object:
    raise UntoldError(op)
