"""Market-wide and per-stock events: halts, resumptions, phases."""

from dataclasses import dataclass
from enum import StrEnum

from hantu.domain.instrument import Symbol


class OperationKind(StrEnum):
    """What a market-operation message means for orders."""

    HALT = "halt"
    RESUME = "resume"
    VI_ON = "vi_on"
    VI_OFF = "vi_off"
    OPEN = "open"
    CLOSE = "close"
    EARLY_CLOSE = "early_close"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class MarketOperation:
    """One market-operation message (장운영정보).

    ``market_wide`` events arrive through any subscribed issue; ``symbol`` is
    then only the messenger.
    """

    symbol: Symbol
    kind: OperationKind
    market_wide: bool
    code: str
