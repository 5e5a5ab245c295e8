"""Where a stock's price wants to go: drawn by chance, scripted or replayed.

Moments are seconds since the epoch; a path may be asked only forwards in time.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from math import exp, log, sqrt
from random import Random
from typing import Protocol

from hantu.domain.errors import UsageError
from hantu.domain.session import KST
from hantu.simulator.scenario import Drawn, PathSpec, Replay, Waypoints

SESSION_SECONDS = 23_400
_LONGEST_STEP = 60.0
"""A walk does not run on over a stretch that nobody sees."""


@dataclass(frozen=True, slots=True)
class Appointment:
    """A trade that must happen at a time; ``quantity`` 0 leaves the size to chance."""

    at: float
    price: int
    quantity: int = 0


class Path(Protocol):
    """A source of target prices."""

    @property
    def appointments(self) -> Sequence[Appointment]:
        """Trades that must happen, in order."""
        ...

    @property
    def only_appointments(self) -> bool:
        """Whether nothing is traded between the appointments."""
        ...

    def price_at(self, moment: float) -> float:
        """Return the target price, not yet on a step."""
        ...


class Walk:
    """A random walk with a reflecting band around its start."""

    appointments: Sequence[Appointment] = ()
    only_appointments = False

    def __init__(self, spec: Drawn, start: int, rng: Random) -> None:
        self._start, self._rng = start, rng
        self._scale = spec.volatility / sqrt(SESSION_SECONDS)
        self._width = log(1 + spec.band) if spec.band > 0 else 0.0
        self._offset = 0.0
        self._before: float | None = None

    def price_at(self, moment: float) -> float:
        """Return the walk's price, moved by the time since the last look."""
        passed = 0.0 if self._before is None else min(max(moment - self._before, 0.0), _LONGEST_STEP)
        self._before = moment
        moved = self._offset + self._scale * sqrt(passed) * self._rng.gauss(0.0, 1.0)
        if abs(moved) > self._width:
            moved = max(-self._width, min(self._width, 2 * self._offset - moved))
        self._offset = moved
        return self._start * exp(moved)


class Line:
    """Straight lines between waypoints, flat before the first and after the last."""

    only_appointments = False

    def __init__(self, spec: Waypoints, day: date) -> None:
        points = sorted((_moment(day, point.at), point.price) for point in spec.points)
        if not points:
            raise UsageError("a waypoint path needs at least one point")
        self._times = [moment for moment, _ in points]
        self._prices = [price for _, price in points]
        self.appointments: Sequence[Appointment] = tuple(Appointment(*point) for point in points)

    def price_at(self, moment: float) -> float:
        """Return the interpolated price."""
        after = bisect_right(self._times, moment)
        if after == 0:
            return self._prices[0]
        if after == len(self._times):
            return self._prices[-1]
        begin, end = self._times[after - 1], self._times[after]
        share = (moment - begin) / (end - begin)
        return self._prices[after - 1] + share * (self._prices[after] - self._prices[after - 1])


class Tape:
    """The trades of captured frames, one second's trades spread over that second."""

    only_appointments = True

    def __init__(self, spec: Replay, symbol: str, day: date) -> None:
        by_second: dict[str, list[tuple[int, int]]] = {}
        for line in spec.frames.splitlines():
            for record in _records(line.strip()):
                if record[0] == symbol:
                    by_second.setdefault(record[1], []).append((int(record[2]), int(record[12])))
        found: list[Appointment] = []
        for second in sorted(by_second):
            clock = time(int(second[:2]), int(second[2:4]), int(second[4:6]))
            trades = by_second[second]
            found += [
                Appointment(_moment(day, clock) + index / len(trades), price, quantity)
                for index, (price, quantity) in enumerate(trades)
            ]
        if not found:
            raise UsageError(f"the captured frames hold no trade of {symbol}")
        self.appointments: Sequence[Appointment] = tuple(found)
        self._times = [trade.at for trade in found]

    def price_at(self, moment: float) -> float:
        """Return the price of the newest captured trade."""
        return self.appointments[max(bisect_right(self._times, moment) - 1, 0)].price


class Shifted:
    """A path moved by a fixed amount, after somebody set the price by hand."""

    def __init__(self, path: Path, price: int, moment: float) -> None:
        self._path = path
        self._by = price - path.price_at(moment)
        self.appointments = path.appointments
        self.only_appointments = path.only_appointments

    def price_at(self, moment: float) -> float:
        """Return the moved target price."""
        return self._path.price_at(moment) + self._by


def build_path(spec: PathSpec, symbol: str, base_price: int, day: date, rng: Random) -> Path:
    """Return the path a stock follows on ``day``.

    Raises:
        UsageError: A script without points or a capture without trades.
    """
    match spec:
        case Drawn():
            return Walk(spec, base_price, rng)
        case Waypoints():
            return Line(spec, day)
        case Replay():
            return Tape(spec, symbol, day)


def _moment(day: date, clock: time) -> float:
    return datetime.combine(day, clock, KST).timestamp()


def _records(line: str) -> list[list[str]]:
    parts = line.split("|", 3)
    if len(parts) != 4 or parts[1] != "H0STCNT0" or not parts[2].isdigit() or int(parts[2]) == 0:
        return []
    fields = parts[3].split("^")
    width = len(fields) // int(parts[2])
    if width < 13:
        return []
    return [fields[index * width : (index + 1) * width] for index in range(int(parts[2]))]
