"""The clock of a simulated market: real seconds to market time, piecewise linear.

A simulated day is played faster than real time and only in parts. The wall
clock jumps over the stretches nobody wants to see; the stopwatch does not, so
no timeout ever fires because a lunch hour was skipped. The mapping is plain
data, so that a guard in another process can follow the exchange's clock (both
read ``CLOCK_MONOTONIC`` of the same machine).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Self

from hantu.domain.instant import Instant


@dataclass(frozen=True, slots=True)
class Jump:
    """A moment at which the wall clock leaps over a stretch of market time."""

    real: float
    """Real monotonic seconds."""
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class MarketClock:
    """Maps real monotonic seconds to market time; immutable.

    ``segments`` are the stretches of market time that are played, in order and
    disjoint; empty means one that starts at ``start_wall`` and never ends. Time
    runs on after the end of the last one. All moments are aware UTC.

    Raises:
        ValueError: Speed not positive, segments empty, unordered or naive.
    """

    start_real: float
    start_wall: datetime
    speed: float = 1.0
    segments: tuple[tuple[datetime, datetime], ...] = ()

    def __post_init__(self) -> None:
        """Check that the mapping is a function of real time."""
        if self.speed <= 0:
            raise ValueError(f"speed must be above zero: {self.speed}")
        if self.start_wall.tzinfo is None or any(moment.tzinfo is None for pair in self.segments for moment in pair):
            raise ValueError("market times need a time zone")
        if any(begin >= end for begin, end in self.segments):
            raise ValueError("a segment must end after it begins")
        if any(earlier[1] > later[0] for earlier, later in pairwise(self.segments)):
            raise ValueError("segments must be in order and must not overlap")
        if self.segments and self.segments[0][0] != self.start_wall:
            raise ValueError("the first segment must begin at the start of the clock")

    def mono(self, real: float) -> float:
        """Return market seconds played since the start; continuous, no jumps."""
        return (real - self.start_real) * self.speed

    def wall(self, real: float) -> datetime:
        """Return the market's time of day at ``real``, aware UTC."""
        rest = self.mono(real)
        begin = self.start_wall
        for index, (begin, end) in enumerate(self.segments):
            length = (end - begin).total_seconds()
            if rest < length or index == len(self.segments) - 1:
                break
            rest -= length
        return begin + timedelta(seconds=rest)

    def now(self, real: float) -> Instant:
        """Return both clocks at ``real``."""
        return Instant(self.wall(real), self.mono(real))

    def real_delay(self, market_seconds: float) -> float:
        """Return how many real seconds ``market_seconds`` of waiting take."""
        return market_seconds / self.speed

    def real_at(self, wall: datetime) -> float:
        """Return when ``wall`` is first reached or jumped over, in real seconds."""
        played = 0.0
        begin = self.start_wall
        for index, (begin, end) in enumerate(self.segments):
            if wall < end or index == len(self.segments) - 1:
                break
            played += (end - begin).total_seconds()
        played += (wall - begin).total_seconds() if wall > begin or played == 0.0 else 0.0
        return self.start_real + played / self.speed

    def jumps(self) -> tuple[Jump, ...]:
        """Return every leap of the wall clock, in order."""
        found: list[Jump] = []
        played = 0.0
        for (begin, end), (after, _) in pairwise(self.segments):
            played += (end - begin).total_seconds()
            if after > end:
                found.append(Jump(self.start_real + played / self.speed, end, after))
        return tuple(found)

    def next_jump(self, real: float) -> Jump | None:
        """Return the first leap after ``real``, if any."""
        return next((jump for jump in self.jumps() if jump.real > real), None)

    def to_json(self) -> dict[str, Any]:
        """Return plain data that ``from_json`` turns into an equal clock."""
        return {
            "start_real": self.start_real,
            "start_wall": self.start_wall.astimezone(UTC).isoformat(),
            "speed": self.speed,
            "segments": [[moment.astimezone(UTC).isoformat() for moment in pair] for pair in self.segments],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Build the clock that ``to_json`` described.

        Raises:
            KeyError: A part is missing.
            ValueError: A part is malformed.
        """
        pairs = tuple((datetime.fromisoformat(begin), datetime.fromisoformat(end)) for begin, end in data["segments"])
        return cls(
            start_real=float(data["start_real"]),
            start_wall=datetime.fromisoformat(data["start_wall"]),
            speed=float(data["speed"]),
            segments=pairs,
        )
