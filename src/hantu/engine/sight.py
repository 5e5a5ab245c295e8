"""What is known of a stock at this moment, and what is doubted; not recorded."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class Sight:
    """The last look at one stock; not recorded, gone after a restart."""

    price: int = 0
    ask: int = 0
    bid: int = 0
    day_low: int = 0
    """Lowest price of the day as of the last look; 0 before the first one of a connection."""
    day_high: int = 0
    seen_mono: float = -1e9
    quote_mono: float = -1e9
    streamed_mono: float = -1e9
    """When the line last told of a trade."""
    lower_limit: int = 0
    upper_limit: int = 0
    delayed: bool = False
    sure_price: int = 0
    """The last price that was acted upon, or could have been: what the next one is held against."""
    sure_mono: float = -1e9
    """When it came; long ago where the next price may be anywhere."""
    sure_low: int = 0
    """The day's extremes with it; 0 while not told."""
    sure_high: int = 0
    polled_volume: int = -1
    """Shares of the day as last asked for; -1 = never told."""
    polled_mono: float = -1e9
    """When that was asked for."""


@dataclass(slots=True)
class Doubt:
    """A price far from every other that nothing has confirmed yet."""

    fall: bool
    level: int
    """The level it would touch; 0 = none, and nobody is told."""
    price: int
    reference: int
    """The last accepted price."""
    volume: int
    """With ``traded_at``: which trade it was."""
    traded_at: datetime
    since_mono: float
    ends_mono: float
    asked_mono: float
    denied: bool = False
    """A price asked for after it shows otherwise."""
    passed: bool = False
    """So does a later trade."""
