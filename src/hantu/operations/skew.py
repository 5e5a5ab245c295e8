"""How far this machine's clock is off the broker's, from answers that say the second they were made in.

Pure. An answer's ``Date`` names a whole second: the broker's clock stood somewhere in
it while the answer was on its way. Each answer so bounds the difference, and the
bounds of several together are much narrower than a second.
"""

from collections import deque
from dataclasses import dataclass

KEPT = 20
OLDEST_S = 900.0
"""Answers older than this say nothing of the clock now."""
LIMIT_S = 1.0
"""From here a person is told."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """One answer; times in seconds since 1970."""

    sent: float
    received: float
    served: float
    """Whole second of the broker's clock."""


def sure_skew(stamps: "deque[Stamp]", now: float) -> float | None:
    """Return by how many seconds our clock is behind (+) or ahead (-) at least; None without a usable answer.

    Bounds that contradict each other (a clock was set) leave the newest alone.
    """
    low, high = float("-inf"), float("inf")
    for stamp in reversed(stamps):
        if now - stamp.received > OLDEST_S:
            break
        lower, upper = stamp.served - stamp.received, stamp.served + 1.0 - stamp.sent
        if lower > high or upper < low:
            break
        low, high = max(low, lower), min(high, upper)
    if high == float("inf"):
        return None
    if low > 0:
        return low
    return high if high < 0 else 0.0
