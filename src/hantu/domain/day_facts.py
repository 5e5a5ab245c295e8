"""Facts of the kill switch, the trading day and the records.

See ``hantu.domain.events`` for the rules all facts follow.
"""

from dataclasses import dataclass

from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.order import Purpose


@dataclass(frozen=True, slots=True)
class KillswitchOn:
    level: KillLevel
    actor: str
    reason: str
    automatic: bool
    cause: str = ""
    """Which check set it; empty for a person."""
    at: str = ""


@dataclass(frozen=True, slots=True)
class KillswitchOff:
    actor: str
    reason: str
    second: str = ""
    until_at: str = ""
    """End of a temporary release; empty = it lasts."""
    before: KillLevel = KillLevel.ACTIVE
    """The level that was released, and comes back at ``until_at``."""
    at: str = ""


@dataclass(frozen=True, slots=True)
class OrderBlockedKillswitch:
    symbol: Symbol
    name: str
    purpose: Purpose
    level: KillLevel
    sender: str
    request_id: str = ""
    """Of an order a client asked for; empty for the guard's own."""


@dataclass(frozen=True, slots=True)
class OrderAllowedProtective:
    intent_id: str
    symbol: Symbol
    level: KillLevel


@dataclass(frozen=True, slots=True)
class DailySummary:
    trade_date: str
    total_trades: int
    wins: int
    losses: int
    total_pnl: int
    average_win: int
    average_loss: int
    day_return: float
    position_count: int
    positions: tuple[str, ...]
    """One line a holding: name, code, shares."""
    next_opening_at: str
    unsaved: int = 0


@dataclass(frozen=True, slots=True)
class TradeSaveFailed:
    attempts: int
    reason: str


@dataclass(frozen=True, slots=True)
class EventLogFailed:
    reason: str


@dataclass(frozen=True, slots=True)
class EventLogResumed:
    """The database takes records again, and everything that waited is in it."""

    lasted_s: float
    """Market seconds since it stopped; 0: it stopped in an earlier life."""
