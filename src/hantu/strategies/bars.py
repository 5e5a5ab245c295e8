"""Minutes of trades: open, high, low, close, made the same way live and in a backtest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from hantu.strategies.sdk import Bar, Trade

MINUTE = timedelta(minutes=1)
GRACE = timedelta(seconds=2)
"""Trades of a minute may arrive that much after it."""


@dataclass(slots=True)
class _Growing:
    at: datetime
    open: int
    high: int
    low: int
    close: int
    quantity: int
    whole: bool

    def bar(self, symbol: str) -> Bar:
        return Bar(symbol, self.at, self.open, self.high, self.low, self.close, self.quantity, self.whole)


class Bars:
    """Collects trades; gives each minute out once, when it is over."""

    def __init__(self) -> None:
        self._growing: dict[str, _Growing] = {}
        self._broken: datetime | None = None

    def broken(self, now: datetime) -> None:
        """Say that trades up to ``now`` may be missing: the minutes it touches are not whole."""
        self._broken = now
        for growing in self._growing.values():
            growing.whole = False

    def add(self, trade: Trade) -> Bar | None:
        """Take one trade; return the stock's minute it ends. One that is older than the present minute changes nothing."""
        at = trade.at.replace(second=0, microsecond=0)
        now = self._growing.get(trade.symbol)
        ended = None
        if now is not None and at < now.at:
            return None
        if now is None or at > now.at:
            ended = now.bar(trade.symbol) if now else None
            whole = self._broken is None or self._broken < at
            low, high = trade.low or trade.price, trade.high or trade.price
            self._growing[trade.symbol] = _Growing(at, trade.price, high, low, trade.price, trade.quantity, whole)
            return ended
        now.high, now.low = max(now.high, trade.high, trade.price), min(now.low, trade.low or trade.price, trade.price)
        now.close, now.quantity = trade.price, now.quantity + trade.quantity
        return None

    def due(self, now: datetime) -> Iterator[Bar]:
        """Yield the minutes that are over at ``now``, though no later trade has come."""
        for symbol in [name for name, one in self._growing.items() if one.at + MINUTE + GRACE <= now]:
            yield self._growing.pop(symbol).bar(symbol)
