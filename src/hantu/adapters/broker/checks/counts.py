"""How many requests a second and a day may have.

A full second is waited for. The day's counts are kept apart for protective
sells, other orders and cancels, so that none can use up another's.
"""

from datetime import UTC, datetime

from hantu.adapters.broker.checks.form import Bounds
from hantu.adapters.broker.checks.sessions import day_of
from hantu.adapters.broker.checks.verdict import Denied, Request, protective
from hantu.domain.account import Side
from hantu.domain.instant import Instant
from hantu.domain.order import CancelRequest
from hantu.kis.endpoints import Lane
from hantu.kis.throttle import Limits, Throttle


def second_free(wait_s: float, per_second: int) -> Denied | None:
    """Deny one request more than a second may have; ``wait_s`` is the time until one more fits."""
    return Denied("rate", f"1초에 {per_second}건을 넘는 주문입니다.") if wait_s > 0 else None


def day_free(count: int, per_day: int) -> Denied | None:
    """Deny one request more than a trading day may have; ``count`` have gone today."""
    return Denied("day_count", f"하루 {per_day}건을 넘는 주문입니다.") if count >= per_day else None


def lane_of(request: Request) -> Lane:
    """Return whose share of the calls a request uses: a buy must never take an exit's."""
    if isinstance(request, CancelRequest) or request.side is Side.SELL:
        return Lane.EXIT
    return Lane.OTHER


class DayCount:
    """Requests that went on the present trading day."""

    __slots__ = ("_count", "_from", "_until", "per_day")

    def __init__(self, per_day: int) -> None:
        self.per_day = per_day
        self._count = 0
        self._from = self._until = datetime.min.replace(tzinfo=UTC)

    def today(self, wall: datetime) -> int:
        """Return how many went on the Korean day of ``wall``."""
        return self._count if self._from <= wall < self._until else 0

    def count(self, wall: datetime) -> None:
        """Count one that goes now."""
        if not self._from <= wall < self._until:
            self._from, self._until = day_of(wall)
            self._count = 0
        self._count += 1


class Counts:
    """All counters of one door."""

    def __init__(self, bounds: Bounds) -> None:
        self._per_second = bounds.orders_per_second
        limits = Limits(self._per_second, self._per_second)
        # The counter of calls again: 40 % of a second's orders are out of a buy's reach.
        self._orders = Throttle(limits, second_s=1.0)
        self._cancels = Throttle(limits, second_s=1.0)
        self._exits_today = DayCount(bounds.exits_per_day)
        self._orders_today = DayCount(bounds.orders_per_day)
        self._cancels_today = DayCount(bounds.cancels_per_day)

    def wait_s(self, request: Request, now: Instant) -> float:
        """Return the market seconds until one more fits into a second."""
        return max(0.0, self._second(request).wait_s(lane_of(request), now.mono, ledger=False))

    def second_full(self, request: Request, now: Instant) -> Denied | None:
        """Deny a request that finds the second full."""
        return second_free(self.wait_s(request, now), self._per_second)

    def day_full(self, request: Request, now: Instant) -> Denied | None:
        """Deny a request that finds its day's count used up."""
        day = self._today(request)
        return day_free(day.today(now.wall), day.per_day)

    def count(self, request: Request, now: Instant) -> None:
        """Count a request whose bytes leave now."""
        self._second(request).take(lane_of(request), now.mono, ledger=False)
        self._today(request).count(now.wall)

    def recall(self, request: Request, wall: datetime) -> None:
        """Count a request that left on the day of ``wall`` in an earlier life."""
        self._today(request).count(wall)

    def _second(self, request: Request) -> Throttle:
        return self._cancels if isinstance(request, CancelRequest) else self._orders

    def _today(self, request: Request) -> DayCount:
        if isinstance(request, CancelRequest):
            return self._cancels_today
        return self._exits_today if protective(request) else self._orders_today
