"""What has been traded of one stock today: extremes, volume and minutes."""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime

from hantu.domain.account import Side
from hantu.domain.session import KST

KEPT_TRADES = 30


@dataclass(slots=True)
class Bar:
    """Open, high, low, close, shares and won of a minute or a day."""

    open: int
    high: int
    low: int
    close: int
    volume: int = 0
    value: int = 0

    def add(self, price: int, quantity: int) -> None:
        """Take in one more trade."""
        self.high, self.low, self.close = max(self.high, price), min(self.low, price), price
        self.volume += quantity
        self.value += price * quantity


@dataclass(frozen=True, slots=True)
class Print:
    """One trade as the tape shows it."""

    hhmmss: str
    price: int
    quantity: int
    taker: Side
    volume: int
    strength: str


@dataclass(slots=True)
class DayRecord:
    """Running totals of one stock and one day; ``base`` is the previous close."""

    base: int
    price: int
    open: int = 0
    high: int = 0
    low: int = 0
    open_at: str = ""
    high_at: str = ""
    low_at: str = ""
    volume: int = 0
    value: int = 0
    buys: int = 0
    sells: int = 0
    buy_volume: int = 0
    sell_volume: int = 0
    auction_volume: int = 0
    """Shares of the opening auction; the book message repeats it all day."""
    minutes: dict[str, Bar] = field(default_factory=dict)
    trades: deque[Print] = field(default_factory=lambda: deque(maxlen=KEPT_TRADES))

    @property
    def strength(self) -> str:
        """Bought against sold volume in percent (체결강도)."""
        return f"{self.buy_volume / self.sell_volume * 100:.2f}" if self.sell_volume else "0.00"

    def add(self, hhmmss: str, price: int, quantity: int, taker: Side) -> None:
        """Take in one trade at a Korean time of day."""
        if not self.volume:
            self.open, self.high, self.low = price, price, price
            self.open_at = self.high_at = self.low_at = hhmmss
        if price > self.high:
            self.high, self.high_at = price, hhmmss
        if price < self.low:
            self.low, self.low_at = price, hhmmss
        self.price = price
        self.volume += quantity
        self.value += price * quantity
        if taker is Side.BUY:
            self.buys += 1
            self.buy_volume += quantity
        else:
            self.sells += 1
            self.sell_volume += quantity
        minute = self.minutes.get(hhmmss[:4])
        if minute is None:
            minute = self.minutes[hhmmss[:4]] = Bar(price, price, price, price)
        minute.add(price, quantity)
        self.trades.append(Print(hhmmss, price, quantity, taker, self.volume, self.strength))

    def bar(self) -> Bar:
        """Return the day so far as one bar."""
        return Bar(
            self.open or self.price,
            self.high or self.price,
            self.low or self.price,
            self.price,
            self.volume,
            self.value,
        )


def korean_clock(moment: float) -> str:
    """Return HHMMSS, Korean time, of seconds since the epoch."""
    seconds = int(moment + 32_400) % 86_400
    return f"{seconds // 3600:02d}{seconds // 60 % 60:02d}{seconds % 60:02d}"


def korean_day(moment: float) -> str:
    """Return YYYYMMDD, Korean time, of seconds since the epoch."""
    return datetime.fromtimestamp(moment, KST).strftime("%Y%m%d")
