"""What a finished exit leaves for the day's summary."""

from dataclasses import dataclass

from hantu.domain.instrument import Symbol


@dataclass(slots=True)
class Closed:
    """Result of one finished exit, for the day's summary."""

    symbol: Symbol
    pnl: int
