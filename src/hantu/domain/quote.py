"""What the market says about one stock: trades (체결) and best quotes (호가)."""

from dataclasses import dataclass
from datetime import datetime

from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.values import value


@value
class Trade:
    """One or more merged executions of a stock, newest price last.

    ``low`` and ``high`` span every execution folded into this value since the
    engine looked last, so a level touched between two looks is not lost.
    ``day_low`` and ``day_high`` are the exchange's own extremes of the session
    (0 = not told); the KIS stream conflates executions and may show a crossing
    nowhere else.
    """

    symbol: Symbol
    price: Price
    quantity: Quantity
    low: Price
    high: Price
    day_low: Price
    day_high: Price
    ask: Price
    bid: Price
    volume: Quantity
    """Accumulated volume of the day."""
    traded_at: datetime
    """Exchange time, aware UTC, whole seconds on the KIS wire."""
    received_at: float
    """Monotonic seconds when the frame's bytes were read."""
    halted: bool = False
    regular: bool = True
    """False for a trade outside the regular session (pre-open, after-market)."""
    auction: bool = False
    """True while the price is an expected one of a call auction or VI."""
    count: int = 1
    """Executions folded into this value."""


@dataclass(frozen=True, slots=True)
class BookTop:
    """Best ask and bid of a stock; 0 where a side is empty."""

    symbol: Symbol
    ask: Price
    bid: Price
    received_at: float


@dataclass(frozen=True, slots=True)
class PolledPrice:
    """A price asked for over REST, with the day's range and limits (0 = not told)."""

    symbol: Symbol
    price: Price
    day_low: Price
    day_high: Price
    ask: Price
    bid: Price
    lower_limit: Price
    upper_limit: Price
    halted: bool = False
    vi_active: bool = False
    untraded: bool = False
    """Nobody has traded it today: ``price`` is the base price, which no market of today has reached."""
    flags_told: bool = True
    """Whether the answer names halts at all; where it does not, ``halted`` false means nothing."""
    volume: Quantity = Quantity(-1)
    """Shares traded today; -1 = not told."""
