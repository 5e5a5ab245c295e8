"""How often somebody may ask: a bucket for each name that fills with time; bounded in number."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from hantu.api.policy import Pace

NAMES_MAX: Final = 10_000
"""Buckets kept; the one that was not asked for longest goes first, full or not."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many at once, and so many more every second."""

    burst: float
    per_s: float


ALLOWANCES: Final = {
    Pace.READ: Allowance(120, 40),
    Pace.HEAVY: Allowance(5, 1 / 12),
    Pace.COMMAND: Allowance(20, 2),
    Pace.SAFETY: Allowance(30, 10),
    Pace.SIGN_IN: Allowance(20, 1 / 3),
}  # fmt: skip
"""For each session or program, ``SIGN_IN`` for each source address."""


class Buckets:
    """Counts for one process."""

    def __init__(self, mono_s: Callable[[], float]) -> None:
        self._mono_s = mono_s
        self._left: OrderedDict[tuple[Pace, str], tuple[float, float]] = OrderedDict()

    def wait_s(self, pace: Pace, name: str) -> float:
        """Take one; return 0, or the seconds after which it may be tried again."""
        allowance = ALLOWANCES.get(pace)
        if allowance is None:
            return 0.0
        now = self._mono_s()
        left, at = self._left.pop((pace, name), (allowance.burst, now))
        left = min(allowance.burst, left + (now - at) * allowance.per_s)
        taken = left >= 1.0
        self._left[pace, name] = (left - 1.0 if taken else left, now)
        while len(self._left) > NAMES_MAX:
            self._left.popitem(last=False)
        return 0.0 if taken else (1.0 - left) / allowance.per_s
