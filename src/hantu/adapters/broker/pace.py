"""Waiting for a place among the broker's calls per second, by lane."""

import asyncio
from collections.abc import Mapping
from typing import Final

from hantu.kis.endpoints import Lane
from hantu.kis.throttle import Limits, Throttle
from hantu.ports import Clock

_YIELD_S: Final = 0.05
"""Market seconds between two looks while a more urgent call waits."""
_BEFORE: Final[Mapping[Lane, tuple[Lane, ...]]] = {
    Lane.EXIT: (),
    Lane.RECONCILE: (Lane.EXIT,),
    Lane.OTHER: (Lane.EXIT, Lane.RECONCILE),
}
"""Whose waiting calls go first."""


class Pacer:
    """Turns the call counter into waiting; a more urgent lane goes first."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._throttle = Throttle(limits)
        self._clock = clock
        self._waiting = dict.fromkeys(Lane, 0)

    async def enter(self, lane: Lane, *, ledger: bool, max_wait_s: float) -> bool:
        """Wait for a place and take it.

        Args:
            lane: How urgent the call is.
            ledger: Whether the ledger's own limit counts too.
            max_wait_s: Market seconds; beyond them nothing is taken.

        Returns:
            Whether the call may go now.
        """
        if self.enter_now(lane, ledger=ledger):
            return True
        give_up = self._clock.now().mono + max_wait_s
        self._waiting[lane] += 1
        try:
            while (now := self._clock.now().mono) < give_up:
                wait = max(self._throttle.wait_s(lane, now, ledger=ledger), _YIELD_S)
                await asyncio.sleep(self._clock.real_delay(min(wait, give_up - now)))
                if self.enter_now(lane, ledger=ledger):
                    return True
            return False
        finally:
            self._waiting[lane] -= 1

    def enter_now(self, lane: Lane, *, ledger: bool) -> bool:
        """Take a place if there is one at once."""
        return self._may_go(lane, self._clock.now().mono, ledger=ledger)

    def pushed_back(self) -> None:
        """Note that the broker counted too many calls."""
        self._throttle.pushed_back(self._clock.now().mono)

    def _may_go(self, lane: Lane, now: float, *, ledger: bool) -> bool:
        if any(self._waiting[other] for other in _BEFORE[lane]):
            return False
        return self._throttle.take(lane, now, ledger=ledger)
