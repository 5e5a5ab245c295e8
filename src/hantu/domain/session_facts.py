"""Facts of a monitoring session and of the market it watches.

See ``hantu.domain.events`` for the rules all facts follow.
"""

from dataclasses import dataclass

from hantu.domain.instrument import Symbol


@dataclass(frozen=True, slots=True)
class SessionStateChanged:
    before: str
    after: str
    cause: str


@dataclass(frozen=True, slots=True)
class TradingDayBegan:
    """A new Korean date: what belongs to one day only begins anew."""

    trade_date: str


@dataclass(frozen=True, slots=True)
class DayStartValued:
    """The day's first balance, from which its loss is counted whatever restarts in between."""

    trade_date: str
    equity: int
    """Won."""
    gain: int
    """Unrealised profit of all holdings, won."""


@dataclass(frozen=True, slots=True)
class MonitorStarted:
    """Every price that can be watched is; sent once a session."""

    subscribed: int
    total: int


@dataclass(frozen=True, slots=True)
class SubscribeDone:
    count: int


@dataclass(frozen=True, slots=True)
class SubscribeFailed:
    symbol: Symbol
    name: str
    tr_id: str
    code: str
    attempts: int
    held: bool
    """A held stock that is not watched is unguarded."""


@dataclass(frozen=True, slots=True)
class ConnectionLost:
    reason: str
    held: int


@dataclass(frozen=True, slots=True)
class ReconnectFailed:
    attempt: int
    limit: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reconnected:
    """The line that was told away is back."""

    attempt: int
    outage_s: float
    """Market seconds since the loss, or since a restart, of the process or by a person, began to restore the line."""


@dataclass(frozen=True, slots=True)
class ReconnectExhausted:
    attempts: int
    last_retry_at: str
    position_count: int
    sells_while_sleeping: bool


@dataclass(frozen=True, slots=True)
class ConnectionFlapping:
    outages: int
    window_s: int


@dataclass(frozen=True, slots=True)
class ServerMaintenance:
    reason: str


@dataclass(frozen=True, slots=True)
class AuthFailed:
    code: str
    message: str


@dataclass(frozen=True, slots=True)
class SessionInUse:
    """Another program holds the one stream session of this app key."""

    code: str


@dataclass(frozen=True, slots=True)
class SleepEntered:
    cause: str


@dataclass(frozen=True, slots=True)
class SleepLeft:
    actor: str


@dataclass(frozen=True, slots=True)
class MonitorStopped:
    actor: str
    open_orders: int


@dataclass(frozen=True, slots=True)
class MonitorFinished:
    next_opening_at: str
    stopped: bool = False
    """A person stopped it: it does not begin again by itself today."""


@dataclass(frozen=True, slots=True)
class BlindPeriodEnded:
    """Prices were not streamed for ``unprotected_s``; ``polled`` inquiries stood in for them."""

    unprotected_s: float
    polled: int


@dataclass(frozen=True, slots=True)
class MarketHalted:
    symbol: Symbol
    """Empty = the whole market."""
    name: str
    source: str
    """stream, trade, refusal, manual, vi"""
    code: str


@dataclass(frozen=True, slots=True)
class MarketResumed:
    symbol: Symbol
    name: str
    source: str
    code: str


@dataclass(frozen=True, slots=True)
class DataDelay:
    symbol: Symbol
    delay_ms: int
