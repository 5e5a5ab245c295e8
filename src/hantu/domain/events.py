"""Facts: what happened, in the past tense; recorded first, then acted upon.

The event type of a fact is its class name in snake case. Facts hold only
text, integers, booleans, floats, enumerations and tuples of these, so that any
of them survives a round trip through JSON and a book can be rebuilt from them.
Money is won, prices won per share, ``*_at`` UTC text as stored, ``*_s`` seconds.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState, OrderType, Purpose

_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def event_type(fact: type | object) -> str:
    """Return the catalogue name of a fact or fact class, for example ``order_filled``."""
    cls = fact if isinstance(fact, type) else type(fact)
    return _WORD.sub("_", cls.__name__).lower()


# --- the session ---------------------------------------------------------------


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
    attempt: int
    outage_s: float


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


@dataclass(frozen=True, slots=True)
class BlindPeriodEnded:
    """Prices were not streamed for ``unprotected_s`` (polled or not)."""

    unprotected_s: float
    polled: int


@dataclass(frozen=True, slots=True)
class RecoveryCompleted:
    """Start is recovery: what the guard believed was held against the broker."""

    open_intents: int
    adopted: int
    differences: tuple[str, ...]


# --- the market ----------------------------------------------------------------


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


# --- positions -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PositionGuarded:
    """A holding and the levels at which it will be left."""

    symbol: Symbol
    name: str
    quantity: int
    cost: int
    average_price: int
    stop_price: int
    target_price: int
    rule: str
    """fixed or atr"""
    reason: str
    """start, bought, rule, average_changed, reconcile"""
    selection_id: int = 0
    held_since: str = ""


@dataclass(frozen=True, slots=True)
class PositionUnguarded:
    """A holding nobody asked to guard; reported once a day."""

    symbol: Symbol
    name: str
    quantity: int
    reason: str


@dataclass(frozen=True, slots=True)
class PositionChanged:
    symbol: Symbol
    name: str
    before: int
    after: int
    cause: str


@dataclass(frozen=True, slots=True)
class PositionClosed:
    symbol: Symbol
    name: str
    cause: str


@dataclass(frozen=True, slots=True)
class ExitRuleFallback:
    """ATR could not be used; the fixed rule holds instead."""

    symbol: Symbol
    reason: str


@dataclass(frozen=True, slots=True)
class TrailingStopRaised:
    symbol: Symbol
    high: int
    stop_price: int


@dataclass(frozen=True, slots=True)
class AddBuyOpportunity:
    symbol: Symbol
    name: str
    price: int
    support_price: int
    score: float


# --- an exit ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StopLossReached:
    """A price at or below the stop; ``basis`` says which price it was."""

    flow: str
    symbol: Symbol
    name: str
    price: int
    level: int
    basis: str
    """trade, low (folded or day low), poll"""
    purpose: Purpose
    quantity: int
    average_price: int
    traded_at: str
    received_at: str
    """Wall time at which the bytes of the triggering trade were read."""


@dataclass(frozen=True, slots=True)
class TakeProfitReached:
    """A price at or above the target; fields as ``StopLossReached``."""

    flow: str
    symbol: Symbol
    name: str
    price: int
    level: int
    basis: str
    purpose: Purpose
    quantity: int
    average_price: int
    traded_at: str
    received_at: str


@dataclass(frozen=True, slots=True)
class ExitHeld:
    """A level is reached and nothing is sent; judged anew when the cause ends."""

    flow: str
    symbol: Symbol
    name: str
    reason: str
    """halt, kill, cooldown, unresolved, no_price, not_sellable, session"""


@dataclass(frozen=True, slots=True)
class ExitSimulated:
    """Watch-only mode: what would have been sold."""

    flow: str
    symbol: Symbol
    name: str
    purpose: Purpose
    quantity: int
    limit_price: int


@dataclass(frozen=True, slots=True)
class IntentRecorded:
    """The durable intent; it precedes the first byte of every order."""

    intent_id: str
    flow: str
    kind: str
    """order or cancel"""
    state: IntentState
    symbol: Symbol
    name: str
    side: Side
    purpose: Purpose
    target: int
    """Shares to be left; the order asks for what exceeds it."""
    quantity: int
    limit_price: int
    order_type: OrderType
    venue: str
    attempt: int
    parent: str
    """Cancel: the intent to be cancelled. Retry: the attempt before."""
    held: int
    average_price: int
    epoch: int
    baseline: tuple[str, ...] = ()
    """Order numbers of this symbol and side already known at the broker."""
    trade_date: str = ""


@dataclass(frozen=True, slots=True)
class IntentVoided:
    intent_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderAccepted:
    intent_id: str
    symbol: Symbol
    order_no: str
    branch_no: str
    ordered_at: str
    sent_at: str
    accepted_at: str
    how: str
    """answer, notice, inquiry"""


@dataclass(frozen=True, slots=True)
class OrderRejectedBroker:
    """A refusal that proves the order does not live."""

    intent_id: str
    symbol: Symbol
    name: str
    code: str
    reason: str
    retryable: bool
    sent_at: str


@dataclass(frozen=True, slots=True)
class OrderNotSent:
    """Provably no byte left this machine."""

    intent_id: str
    symbol: Symbol
    name: str
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderFailed:
    """Given up for now: a person is told, the stock rests, others go on."""

    intent_id: str
    flow: str
    symbol: Symbol
    name: str
    code: str
    reason: str
    next_try_s: float


@dataclass(frozen=True, slots=True)
class OrderUnresolved:
    """The order may live; nothing is sent for this stock until that is known."""

    intent_id: str
    flow: str
    symbol: Symbol
    name: str
    reason: str
    sent_at: str


@dataclass(frozen=True, slots=True)
class OrderAbsent:
    """Proved never to have reached the ledger."""

    intent_id: str
    symbol: Symbol
    evidence: str


@dataclass(frozen=True, slots=True)
class OrderEscalated:
    intent_id: str
    symbol: Symbol
    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderFilled:
    """One fill, or the difference an inquiry found; totals only move up."""

    intent_id: str
    order_no: str
    symbol: Symbol
    name: str
    side: Side
    quantity: int
    price: int
    cumulative: int
    ordered: int
    filled_at: str
    received_at: str
    source: str
    """notice or inquiry"""


@dataclass(frozen=True, slots=True)
class OrderCanceled:
    intent_id: str
    symbol: Symbol
    quantity: int
    how: str


@dataclass(frozen=True, slots=True)
class OrderExpired:
    intent_id: str
    symbol: Symbol
    quantity: int


@dataclass(frozen=True, slots=True)
class CancelResolved:
    """What became of a cancel request itself (not of the order it aims at)."""

    intent_id: str
    state: IntentState
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class FillUnconfirmed:
    intent_id: str
    symbol: Symbol
    name: str
    waited_s: float
    filled: int
    ordered: int


@dataclass(frozen=True, slots=True)
class ForeignFill:
    """A fill of an order hantu did not place (by hand or by another program)."""

    symbol: Symbol
    name: str
    side: Side
    quantity: int
    price: int
    order_no: str


@dataclass(frozen=True, slots=True)
class StopLossFilled:
    """The exit is complete; profit and loss after fees and tax."""

    flow: str
    symbol: Symbol
    name: str
    exit_price: int
    entry_price: int
    quantity: int
    pnl: int
    return_rate: float
    hold_days: int
    exit_at: str
    selection_id: int
    purpose: Purpose


@dataclass(frozen=True, slots=True)
class TakeProfitFilled:
    """The exit is complete; fields as ``StopLossFilled``."""

    flow: str
    symbol: Symbol
    name: str
    exit_price: int
    entry_price: int
    quantity: int
    pnl: int
    return_rate: float
    hold_days: int
    exit_at: str
    selection_id: int
    purpose: Purpose


# --- the switch and the day ------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KillswitchOn:
    level: KillLevel
    actor: str
    reason: str
    automatic: bool


@dataclass(frozen=True, slots=True)
class KillswitchOff:
    actor: str
    reason: str


@dataclass(frozen=True, slots=True)
class OrderBlockedKillswitch:
    symbol: Symbol
    name: str
    purpose: Purpose
    level: KillLevel
    sender: str


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


Fact: TypeAlias = (
    SessionStateChanged | TradingDayBegan | MonitorStarted | SubscribeDone | SubscribeFailed | ConnectionLost
    | ReconnectFailed | Reconnected | ReconnectExhausted | ConnectionFlapping | ServerMaintenance
    | AuthFailed | SessionInUse | SleepEntered | SleepLeft | MonitorStopped | MonitorFinished
    | BlindPeriodEnded | RecoveryCompleted | MarketHalted | MarketResumed | DataDelay
    | PositionGuarded | PositionUnguarded | PositionChanged | PositionClosed | ExitRuleFallback
    | TrailingStopRaised | AddBuyOpportunity | StopLossReached | TakeProfitReached | ExitHeld
    | ExitSimulated | IntentRecorded | IntentVoided | OrderAccepted | OrderRejectedBroker
    | OrderNotSent | OrderFailed | OrderUnresolved | OrderAbsent | OrderEscalated | OrderFilled
    | OrderCanceled | OrderExpired | CancelResolved | FillUnconfirmed | ForeignFill
    | StopLossFilled | TakeProfitFilled | KillswitchOn | KillswitchOff | OrderBlockedKillswitch
    | OrderAllowedProtective | DailySummary | TradeSaveFailed | EventLogFailed
)  # fmt: skip

FACTS: dict[str, type] = {event_type(cls): cls for cls in Fact.__args__}
"""Every fact class by its event type."""
