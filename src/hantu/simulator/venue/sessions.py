"""When the exchange does what: phases of a day, and when it keeps silent."""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from hantu.domain.session import KST, Calendar, trading_date
from hantu.simulator.scenario import Scenario

HUSH_BEFORE_JUMP = 3.0
"""No market data in the last market seconds before the clock jumps."""
OPENING_AUCTION = timedelta(minutes=30)
_NEVER = float("inf")


class DayPhase(StrEnum):
    """Phases of the exchange's day."""

    CLOSED = "closed"
    OPENING_AUCTION = "opening_auction"
    CONTINUOUS = "continuous"
    CLOSING_AUCTION = "closing_auction"


OPERATION_CODES = {
    DayPhase.OPENING_AUCTION: "110",
    DayPhase.CONTINUOUS: "112",
    DayPhase.CLOSING_AUCTION: "121",
    DayPhase.CLOSED: "129",
}
"""MKOP_CLS_CODE announced when a phase begins."""


@dataclass(frozen=True, slots=True)
class PhaseChange:
    """A phase that begins at ``at``, seconds since the epoch."""

    at: float
    phase: DayPhase


class Timetable:
    """The calendar and the played stretches of a scenario, in epoch seconds."""

    def __init__(self, scenario: Scenario) -> None:
        first = scenario.clock.day
        days = tuple(first + timedelta(days=offset) for offset in range(31))
        self.calendar: Calendar = scenario.calendar.calendar(days)
        self.begin = scenario.clock.begin().timestamp()
        silent = [(-_NEVER, self.begin)]
        played = scenario.clock.moments()
        for (_, end), (after, _) in pairwise(played):
            if after > end:
                silent.append((end.timestamp() - HUSH_BEFORE_JUMP, after.timestamp()))
        self._starts = [start for start, _ in silent]
        self._ends = [end for _, end in silent]

    def audible_from(self, moment: float) -> float:
        """Return ``moment``, or the end of the silence it lies in."""
        return max(moment, self._ends[bisect_right(self._starts, moment) - 1])

    def changes(self, day: date) -> list[PhaseChange]:
        """Return the phases of a trading day; none on a closed day."""
        if not self.calendar.is_trading_day(day):
            return []
        opening = self.calendar.opening(day)
        auction = datetime.combine(day, self.calendar.hours(day).closing_auction, KST)
        return [
            PhaseChange((opening - OPENING_AUCTION).timestamp(), DayPhase.OPENING_AUCTION),
            PhaseChange(opening.timestamp(), DayPhase.CONTINUOUS),
            PhaseChange(auction.timestamp(), DayPhase.CLOSING_AUCTION),
            PhaseChange(self.calendar.closing(day).timestamp(), DayPhase.CLOSED),
        ]

    def is_trading_day(self, moment: float) -> bool:
        """Tell whether the Korean day of ``moment`` is a trading day."""
        return self.calendar.is_trading_day(day_of(moment))


def day_of(moment: float) -> date:
    """Return the Korean date of epoch seconds."""
    return trading_date(datetime.fromtimestamp(moment, UTC))


def midnight_after(moment: float) -> float:
    """Return the next Korean midnight, epoch seconds."""
    return datetime.combine(day_of(moment) + timedelta(days=1), time(), KST).timestamp()
