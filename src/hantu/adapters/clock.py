"""The only readers of the machine's clocks.

``SystemClock`` is real time. ``FollowedClock`` follows a practice exchange,
whose day may run faster and skip quiet stretches; both processes read the same
monotonic clock of one machine, so they agree without talking.
"""

import time
from datetime import UTC, datetime

from hantu.domain.instant import Instant
from hantu.domain.market_clock import MarketClock


class SystemClock:
    """Real time."""

    speed = 1.0

    def now(self) -> Instant:
        """Return the present moment."""
        return Instant(datetime.now(UTC), time.monotonic())

    def real_delay(self, market_s: float) -> float:
        """Return ``market_s`` unchanged."""
        return market_s


class FollowedClock:
    """The market time of a practice exchange on this machine."""

    def __init__(self, market: MarketClock) -> None:
        self._market = market
        self.speed = market.speed

    def now(self) -> Instant:
        """Return the present moment of the market."""
        return self._market.now(time.monotonic())

    def real_delay(self, market_s: float) -> float:
        """Return how many real seconds ``market_s`` of waiting take."""
        return self._market.real_delay(market_s)
