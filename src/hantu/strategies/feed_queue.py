"""Trades on their way to one strategy: bounded, oldest lost first, every loss told where it happened."""

from collections import deque

from hantu.strategies.market import UNKNOWN
from hantu.strategies.protocol import Trades
from hantu.strategies.sdk import Trade

TRADES_MAX = 10_000
"""What a strategy may be behind."""
BATCH = 200


class FeedQueue:
    """Pieces of trades, each with the frames missed before it."""

    def __init__(self, most: int = TRADES_MAX) -> None:
        self._pieces: deque[tuple[int, tuple[Trade, ...]]] = deque()
        self._most = most
        self._count = 0
        self._owed = 0
        self.dropped = 0
        """Trades this strategy was too slow for."""

    def __len__(self) -> int:
        return self._count

    def put(self, trades: tuple[Trade, ...], missed: int) -> None:
        """Take trades that follow a gap of ``missed`` frames."""
        self._pieces.append((missed, trades))
        self._count += len(trades)
        while self._count > self._most:
            gap, lost = self._pieces.popleft()
            self._count -= len(lost)
            self.dropped += len(lost)
            self._owed = _sum(self._owed, gap, len(lost))

    def forget(self, missed: int) -> None:
        """Drop everything; what comes next follows a gap."""
        self._pieces.clear()
        self._count, self._owed = 0, missed

    def take(self) -> Trades | None:
        """Return the next trades up to the next gap; None when there are none."""
        if not self._pieces:
            return None
        gap, first = self._pieces.popleft()
        missed, self._owed = _sum(self._owed, gap), 0
        found = list(first)
        while self._pieces and self._pieces[0][0] == 0 and len(found) + len(self._pieces[0][1]) <= BATCH:
            found += self._pieces.popleft()[1]
        self._count -= len(found)
        return Trades(tuple(found), missed)


def _sum(*gaps: int) -> int:
    return UNKNOWN if UNKNOWN in gaps else sum(gaps)
