"""Trading days and the phases of a day, in Korean time.

The only module besides rendering that knows Seoul time. Hours are data, since
the exchange opens late on some days (first trading day of a year, college
entrance exam day) and they change with every reform.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

KST = timezone(timedelta(hours=9), "KST")
"""Korea has kept UTC+9 without daylight saving since 1988."""

OPEN = time(9, 0)
CLOSE = time(15, 30)
CLOSING_AUCTION = time(15, 20)
SEARCH_LIMIT_DAYS = 30
"""The longest closure the calendar is willing to look past."""


class Phase(StrEnum):
    """Where a moment lies in the trading day of the regular market."""

    CLOSED_DAY = "closed_day"
    BEFORE_OPEN = "before_open"
    CONTINUOUS = "continuous"
    CLOSING_AUCTION = "closing_auction"
    AFTER_CLOSE = "after_close"


@dataclass(frozen=True, slots=True)
class Hours:
    """Regular session of one day, Korean time."""

    open: time = OPEN
    closing_auction: time = CLOSING_AUCTION
    close: time = CLOSE


_USUAL = Hours()


@dataclass(frozen=True, slots=True)
class Calendar:
    """Closed days and unusual hours; weekends are closed without being listed."""

    closed: frozenset[date] = frozenset()
    special: Mapping[date, Hours] | None = None
    always_open: bool = False
    """A practice exchange may trade on any day."""

    def is_trading_day(self, day: date) -> bool:
        """Tell whether the exchange opens on ``day``."""
        return self.always_open or (day.weekday() < 5 and day not in self.closed)

    def hours(self, day: date) -> Hours:
        """Return the regular session of ``day``."""
        return self.special.get(day, _USUAL) if self.special else _USUAL

    def opening(self, day: date) -> datetime:
        """Return the opening moment of ``day``, aware UTC."""
        return _utc(day, self.hours(day).open)

    def closing(self, day: date) -> datetime:
        """Return the closing moment of ``day``, aware UTC."""
        return _utc(day, self.hours(day).close)

    def phase(self, wall: datetime) -> Phase:
        """Return the phase of the regular market at ``wall`` (aware)."""
        local = wall.astimezone(KST)
        if not self.is_trading_day(local.date()):
            return Phase.CLOSED_DAY
        hours, clock = self.hours(local.date()), local.time()
        if clock < hours.open:
            return Phase.BEFORE_OPEN
        if clock < hours.closing_auction:
            return Phase.CONTINUOUS
        return Phase.CLOSING_AUCTION if clock < hours.close else Phase.AFTER_CLOSE

    def in_session(self, wall: datetime) -> bool:
        """Tell whether the regular session is running at ``wall``."""
        return self.phase(wall) in (Phase.CONTINUOUS, Phase.CLOSING_AUCTION)

    def next_opening(self, wall: datetime) -> datetime:
        """Return the next opening strictly after ``wall``, aware UTC.

        Raises:
            LookupError: No trading day within 30 days; the calendar is wrong.
        """
        day = trading_date(wall)
        for _ in range(SEARCH_LIMIT_DAYS):
            if self.is_trading_day(day) and self.opening(day) > wall:
                return self.opening(day)
            day += timedelta(days=1)
        raise LookupError(f"no trading day within {SEARCH_LIMIT_DAYS} days of {wall:%Y-%m-%d}")


def trading_date(wall: datetime) -> date:
    """Return the Korean calendar date of ``wall``; trading records are filed by it."""
    return wall.astimezone(KST).date()


def from_korean_clock(hhmmss: str, near: datetime) -> datetime:
    """Return the aware UTC moment of ``hhmmss`` on the Korean day of ``near``.

    Raises:
        ValueError: Not six digits of a clock time.
    """
    if len(hhmmss) != 6 or not hhmmss.isdigit():
        raise ValueError(f"not a clock time HHMMSS: {hhmmss!r}")
    clock = time(int(hhmmss[:2]), int(hhmmss[2:4]), int(hhmmss[4:]))
    return _utc(trading_date(near), clock)


def _utc(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, KST).astimezone(UTC)
