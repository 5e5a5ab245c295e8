"""From a measured value to normal, warning or danger; one event for each crossing.

Pure. A value at a threshold belongs to the class above it. The numbers are the
defaults of the requirements; nothing here decides what happens to orders.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

WINDOW_S = 60.0
"""A time measure is judged by its worst value of this stretch, so that one fast answer does not close what is slow."""
FAILURE_WINDOW_S = 300.0
FAILURE_FLOOR = 10
"""Orders in the window below which their failures are no rate."""
MINUTE_S = 60.0


class Grade(StrEnum):
    """How a value is to be taken."""

    NORMAL = "normal"
    WARNING = "warning"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Threshold:
    """From where a measure is a warning, and from where a danger; in the measure's own unit."""

    name: str
    """In Korean, for people."""
    unit: str
    """s, share"""
    warning: float
    danger: float

    def grade(self, value: float) -> Grade:
        """Return the class of one value."""
        if value >= self.danger:
            return Grade.DANGER
        return Grade.WARNING if value >= self.warning else Grade.NORMAL


THRESHOLDS: Mapping[str, Threshold] = {
    "strategy_run": Threshold("판단 시간", "s", 1.0, 5.0),
    "order_send": Threshold("주문 생성→전송", "s", 0.5, 1.0),
    "fill_notice": Threshold("체결 통보 지연", "s", 5.0, 60.0),
    "api": Threshold("API 응답", "s", 1.0, 3.0),
    "data_delay": Threshold("시세 지연", "s", 1.0, 5.0),
    "order_failures": Threshold("주문 실패율", "share", 0.05, 0.20),
}
"""Rule of each measure, by name."""
DAY_LOSS = Threshold("하루 손실", "share", 0.02, 0.03)
MINUTE_CHANGE = 0.01
"""Share of the equity at the day's start that may not come or go within a minute."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """A measure went from one class to another."""

    measure: str
    before: Grade
    after: Grade
    value: float


class Crossings:
    """Remembers the class of every measure and says when it changes, once."""

    def __init__(self) -> None:
        self._grades: dict[str, Grade] = {}

    def note(self, measure: str, value: float) -> Crossing | None:
        """Take the present value of a measure; return the crossing, if it is one."""
        after = THRESHOLDS[measure].grade(value)
        before = self._grades.get(measure, Grade.NORMAL)
        self._grades[measure] = after
        return None if after is before else Crossing(measure, before, after, value)

    def grade(self, measure: str) -> Grade:
        """Return the class a measure is in."""
        return self._grades.get(measure, Grade.NORMAL)


class Recent:
    """Values of the last stretch, and the worst of them."""

    def __init__(self, window_s: float = WINDOW_S) -> None:
        self._window_s = window_s
        self._values: deque[tuple[float, float]] = deque()

    def add(self, now: float, value: float) -> None:
        """Take one value; a smaller one than a later one is forgotten at once."""
        while self._values and self._values[-1][1] <= value:
            self._values.pop()
        self._values.append((now, value))

    def worst(self, now: float) -> float:
        """Return the largest value of the window, 0 without any."""
        while self._values and self._values[0][0] <= now - self._window_s:
            self._values.popleft()
        return self._values[0][1] if self._values else 0.0


class FailureRate:
    """Share of orders that failed in the last five minutes."""

    def __init__(self) -> None:
        self._ended: deque[tuple[float, bool]] = deque()

    def add(self, now: float, *, failed: bool) -> None:
        """Take the end of one order."""
        self._ended.append((now, failed))

    def rate(self, now: float) -> float:
        """Return the share, 0 while there are too few orders to tell."""
        while self._ended and self._ended[0][0] <= now - FAILURE_WINDOW_S:
            self._ended.popleft()
        if len(self._ended) < FAILURE_FLOOR:
            return 0.0
        return sum(failed for _, failed in self._ended) / len(self._ended)


@dataclass(frozen=True, slots=True)
class Shock:
    """A sudden or large change of profit and loss; money in won."""

    rule: str
    """day_loss or minute_change"""
    grade: Grade
    result: int
    """Of the day so far, realised and not."""
    change: int
    """Within the minute; the day's result where the day's loss is meant."""
    limit: float
    """The threshold that was reached, a share of ``equity``."""
    equity: int
    """The account's worth at the day's first balance."""


class ProfitWatch:
    """Says once when the day's loss reaches a class, and once when a minute moves too much."""

    def __init__(self) -> None:
        self._grade = Grade.NORMAL
        self._shaken = False
        self._results: deque[tuple[float, int]] = deque()

    def note(self, now: float, result: int, equity: int) -> tuple[Shock, ...]:
        """Take the day's result at a moment; ``equity`` is that of the day's start, won."""
        if equity <= 0:
            return ()
        while self._results and self._results[0][0] < now - MINUTE_S:
            self._results.popleft()
        self._results.append((now, result))
        return (*self._day(result, equity), *self._minute(result, equity))

    def _day(self, result: int, equity: int) -> tuple[Shock, ...]:
        before, self._grade = self._grade, DAY_LOSS.grade(-result / equity)
        if self._grade is before or _milder(self._grade, before):
            return ()
        limit = DAY_LOSS.danger if self._grade is Grade.DANGER else DAY_LOSS.warning
        return (Shock("day_loss", self._grade, result, result, limit, equity),)

    def _minute(self, result: int, equity: int) -> tuple[Shock, ...]:
        farthest = max((earlier for _, earlier in self._results), key=lambda earlier: abs(result - earlier))
        shaken, before = abs(result - farthest) / equity >= MINUTE_CHANGE, self._shaken
        self._shaken = shaken
        if not shaken or before:
            return ()
        return (Shock("minute_change", Grade.WARNING, result, result - farthest, MINUTE_CHANGE, equity),)


def _milder(one: Grade, other: Grade) -> bool:
    order = list(Grade)
    return order.index(one) < order.index(other)
