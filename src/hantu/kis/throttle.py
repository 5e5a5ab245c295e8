"""How many REST calls may go, and who goes first.

Calls are counted in sliding windows, so no second ever holds more than the
limit. A share of every window is kept for exits, cancels and reconciling reads:
other calls cannot use it even when nobody else wants it.
"""

import math
from collections import deque
from dataclasses import dataclass
from typing import Final

from hantu.kis.endpoints import Lane

SECOND_S: Final = 1.05
"""Length of the broker's "second" as kept here; calls bunch up on their way."""
RESERVED_BPS: Final = 4_000
"""Share of all calls that only exits, cancels and reconciling reads may use."""
PUSHED_BACK_S: Final = 1.0
"""How long other calls stay away after the broker said there were too many."""
_BPS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Limits:
    """Calls per second of one app key; ``ledger`` counts orders and account reads."""

    total: int
    ledger: int

    def __post_init__(self) -> None:
        if self.total < 1 or not 1 <= self.ledger <= self.total:
            raise ValueError(f"no such limits: {self}")


REAL_LIMITS: Final = Limits(total=18, ledger=10)
"""Broker's notice of 2026-04 for the total; the ledger's own limit is not published."""
PAPER_LIMITS: Final = Limits(total=1, ledger=1)


class _Window:
    """At most ``limit`` calls in any ``length_s`` seconds."""

    __slots__ = ("_length_s", "_limit", "_times")

    def __init__(self, limit: int, length_s: float) -> None:
        self._limit = limit
        self._length_s = length_s
        self._times: deque[float] = deque(maxlen=limit)

    def wait_s(self, now: float) -> float:
        if len(self._times) < self._limit:
            return 0.0
        return max(0.0, self._times[0] + self._length_s - now)

    def take(self, now: float) -> None:
        self._times.append(now)


class Throttle:
    """Counter of one app key's calls; ``now`` is monotonic seconds and never falls."""

    __slots__ = ("_ledger", "_others", "_others_ledger", "_paused_until", "_total")

    def __init__(self, limits: Limits, *, second_s: float = SECOND_S) -> None:
        self._total = _Window(limits.total, second_s)
        self._ledger = _Window(limits.ledger, second_s)
        self._others = _share(limits.total, second_s)
        self._others_ledger = _share(limits.ledger, second_s)
        self._paused_until = -math.inf

    def wait_s(self, lane: Lane, now: float, *, ledger: bool) -> float:
        """Return the seconds until a call may go; 0 = now."""
        wait = self._total.wait_s(now)
        if ledger:
            wait = max(wait, self._ledger.wait_s(now))
        if lane is Lane.OTHER:
            wait = max(wait, self._others.wait_s(now), self._paused_until - now)
            if ledger:
                wait = max(wait, self._others_ledger.wait_s(now))
        return wait

    def take(self, lane: Lane, now: float, *, ledger: bool) -> bool:
        """Count a call that goes now; False = it may not go, nothing was counted."""
        if self.wait_s(lane, now, ledger=ledger) > 0:
            return False
        self._total.take(now)
        if ledger:
            self._ledger.take(now)
        if lane is Lane.OTHER:
            self._others.take(now)
            if ledger:
                self._others_ledger.take(now)
        return True

    def pushed_back(self, now: float) -> None:
        """Note that the broker counted too many; other calls pause, exits do not."""
        self._paused_until = now + PUSHED_BACK_S


def _share(limit: int, second_s: float) -> _Window:
    # With one call a second the share is counted over five: three of five for the others.
    seconds = math.ceil(5 / limit)
    allowed = limit * seconds * (_BPS - RESERVED_BPS) // _BPS
    return _Window(allowed, seconds * second_s)
