"""Minutes of what the stream showed: open, high, low, close and shares of every stock, for people to look at.

Nothing is decided by them. ``add`` costs a few comparisons, after whatever the
trade itself set off; rows are made when somebody takes them, beside the loop's work.
"""

from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from hantu.domain.instant import utc_text
from hantu.domain.instrument import Symbol
from hantu.domain.quote import Trade
from hantu.ports import BarRow

MINUTE: Final = timedelta(minutes=1)
GRACE: Final = timedelta(seconds=2)
"""Trades of a minute may arrive that much after it."""
STOCKS_MAX: Final = 100
WAITING_MAX: Final = 5_000
"""Ended minutes that wait to be taken; the oldest are lost."""
_NEVER: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Stock:
    """One stock: where its day stands, and the minute that grows, if one does (``ends`` is not ``_NEVER``)."""

    volume: int = 0
    """Shares of the day as last told."""
    day_low: int = 0
    day_high: int = 0
    known: bool = False
    """Whether nothing was missed since ``volume`` was told."""
    ends: datetime = _NEVER
    open: int = 0
    high: int = 0
    low: int = 0
    close: int = 0
    before: int = 0
    """Shares of the day before this minute."""
    whole: bool = False


class MinuteBars:
    """Collects trades of the regular session; each minute is given out once, when it is over."""

    def __init__(self) -> None:
        self._stocks: dict[Symbol, _Stock] = {}
        self._waiting: deque[BarRow] = deque(maxlen=WAITING_MAX)

    def add(self, trade: Trade) -> None:
        """Take one trade; expected prices of an auction and prices outside the session make no minute."""
        one = self._stocks.get(trade.symbol)
        if one is None or trade.traded_at >= one.ends or trade.auction or not trade.regular:
            self._turn(trade, one)
            return
        # Two calls less on the way of every trade than max and min.
        if trade.high > one.high:  # noqa: PLR1730
            one.high = trade.high
        if trade.low < one.low:  # noqa: PLR1730
            one.low = trade.low
        self._extremes(trade, one)
        one.close = trade.price
        one.volume = trade.volume

    def broken(self) -> None:
        """Say that trades may be missing from now on: the minutes this touches are not whole.

        Each is given out as far as it came; what comes of it after the gap is a second part of the same minute.
        """
        for symbol, one in self._stocks.items():
            if one.ends is not _NEVER:
                one.whole = False
                self._end(symbol, one)
            one.known = False

    def take(self, now: datetime | None) -> list[BarRow]:
        """Return the minutes that are over at ``now``, and no longer keep them; None: what still grows, too."""
        for symbol, one in self._stocks.items():
            if one.ends is not _NEVER and (now is None or one.ends + GRACE <= now):
                one.whole = one.whole and now is not None
                self._end(symbol, one)
        rows = list(self._waiting)
        self._waiting.clear()
        return rows

    # --- leaves --------------------------------------------------------------------

    def _turn(self, trade: Trade, one: _Stock | None) -> None:
        """Take a trade that begins a minute, or belongs to none."""
        counts = trade.regular and not trade.auction
        if one is None:
            one = self._new(trade)
            if one is None:
                return
        elif one.ends is not _NEVER and counts:
            self._end(trade.symbol, one)
        if counts:
            # Fewer shares than before are those of another day.
            one.whole = one.known and one.volume <= trade.volume
            if not one.whole:
                one.volume = max(0, trade.volume - trade.quantity)
                one.day_low, one.day_high = trade.day_low, trade.day_high
            one.before = one.volume
            one.ends = trade.traded_at.replace(second=0, microsecond=0) + MINUTE
            one.open, one.high, one.low, one.close = trade.price, trade.high, trade.low, trade.price
            self._extremes(trade, one)
        one.known = True
        one.volume = trade.volume

    def _new(self, trade: Trade) -> _Stock | None:
        if len(self._stocks) >= STOCKS_MAX:
            # Stocks of other days make room; those with a minute under way stay.
            self._stocks = {symbol: one for symbol, one in self._stocks.items() if one.ends is not _NEVER}
            if len(self._stocks) >= STOCKS_MAX:
                return None
        one = self._stocks[trade.symbol] = _Stock()
        return one

    def _extremes(self, trade: Trade, one: _Stock) -> None:
        """The exchange joins executions: an extreme that moved since the last look belongs to this minute."""
        if trade.day_high > one.day_high:
            if one.day_high and trade.day_high > one.high:
                one.high = trade.day_high
            one.day_high = trade.day_high
        if trade.day_low != one.day_low:
            if 0 < trade.day_low < one.day_low and trade.day_low < one.low:
                one.low = trade.day_low
            one.day_low = trade.day_low

    def _end(self, symbol: Symbol, one: _Stock) -> None:
        self._waiting.append(
            BarRow(
                symbol, utc_text(one.ends - MINUTE), one.open, one.high, one.low, one.close, one.before, one.volume,
                one.whole,
            )
        )  # fmt: skip
        one.ends = _NEVER
