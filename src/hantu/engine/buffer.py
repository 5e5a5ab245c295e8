"""The last minute of every watched stock in memory, bounded in age, size and stocks.

A snapshot per stock (last price, time, volume, best ask and bid) and a short
series of prices. Nothing here decides about orders; a snapshot of a held stock
older than a minute is shown as stale and never used.
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from hantu.domain.instrument import Symbol
from hantu.domain.quote import Trade
from hantu.domain.session import KST

KEEP_S = 60.0
"""Older points are deleted (market seconds)."""
STOCKS_MAX = 100
POINT_BYTES = 120
"""One point of a series: two numbers, a tuple and its place in the queue, measured."""
BYTES_MAX = 100 * 1024 * 1024
POINTS_MAX = BYTES_MAX // POINT_BYTES


@dataclass(slots=True)
class _Stock:
    trade: Trade
    points: deque[tuple[float, int]] = field(default_factory=deque)


class Buffer:
    """Snapshots and series by stock code."""

    def __init__(self, *, stocks_max: int = STOCKS_MAX, points_max: int = POINTS_MAX) -> None:
        self._stocks: dict[Symbol, _Stock] = {}
        self._stocks_max = stocks_max
        self._points_max = points_max
        self._points = 0

    def __len__(self) -> int:
        return len(self._stocks)

    @property
    def points(self) -> int:
        """Points held over all stocks."""
        return self._points

    def add(self, trade: Trade) -> bool:
        """Keep one trade; False if there is no room for another stock."""
        stock = self._stocks.get(trade.symbol)
        if stock is None:
            if len(self._stocks) >= self._stocks_max:
                return False
            stock = self._stocks[trade.symbol] = _Stock(trade)
        stock.trade = trade
        points = stock.points
        points.append((trade.received_at, trade.price))
        self._points += 1
        horizon = trade.received_at - KEEP_S
        while points[0][0] < horizon:
            points.popleft()
            self._points -= 1
        return True

    def purge(self, now_mono: float) -> int:
        """Delete what is older than a minute, and the oldest beyond the limit; return how many.

        Only deletions forced by the limit are worth a line in the log.
        """
        horizon = now_mono - KEEP_S
        for symbol in list(self._stocks):
            points = self._stocks[symbol].points
            while points and points[0][0] < horizon:
                points.popleft()
                self._points -= 1
            if not points:
                del self._stocks[symbol]
        return self._shrink()

    def _shrink(self) -> int:
        removed = 0
        while self._points > self._points_max:
            oldest = min((stock for stock in self._stocks.values() if stock.points), key=lambda one: one.points[0][0])
            oldest.points.popleft()
            self._points -= 1
            removed += 1
        return removed

    def snapshot(self, symbol: Symbol) -> dict[str, int | str] | None:
        """Return the documented entry of one stock, None if it has no trade of the last minute."""
        stock = self._stocks.get(symbol)
        if stock is None:
            return None
        trade = stock.trade
        return {
            "price": trade.price,
            "timestamp": _local(trade.traded_at),
            "volume": trade.volume,
            "ask_price": trade.ask,
            "bid_price": trade.bid,
        }

    def series(self, symbol: Symbol) -> tuple[tuple[float, int], ...]:
        """Return (monotonic seconds, price) of the last minute, oldest first."""
        stock = self._stocks.get(symbol)
        return tuple(stock.points) if stock is not None else ()

    def clear(self) -> None:
        """Forget everything, at the end of a day."""
        self._stocks.clear()
        self._points = 0


def _local(moment: datetime) -> str:
    return moment.astimezone(KST).strftime("%Y-%m-%dT%H:%M:%S")
