"""What the read-only queries answer; money is won, times UTC text as stored."""

from dataclasses import dataclass
from typing import Any

import msgspec

from hantu.domain.commands import KillLevel


@dataclass(frozen=True, slots=True)
class PositionRow:
    """A holding as the guard last knew it."""

    environment: str
    account: str
    symbol: str
    name: str
    quantity: int
    cost: int
    average_price: int
    stop_price: int
    target_price: int
    rule: str
    guarded: int
    """1 while a rule holds."""
    selection_id: int
    held_since: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    """One attempt at an order or cancel, with what the broker made of it."""

    intent_id: str
    flow: str
    kind: str
    state: str
    symbol: str
    name: str
    side: str
    purpose: str
    quantity: int
    limit_price: int
    filled: int
    canceled: int
    average_fill_price: int
    order_no: str
    branch_no: str
    attempt: int
    parent: str
    code: str
    reason: str
    trade_date: str
    recorded_at: str
    sent_at: str
    accepted_at: str
    updated_at: str


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One row of event_log."""

    event_id: str
    event_type: str
    timestamp: str
    payload_json: str
    produced_by: str
    correlation_id: str
    causation_id: str
    environment: str
    account: str
    category: str

    @property
    def payload(self) -> dict[str, Any]:
        """The fields of the fact."""
        return msgspec.json.decode(self.payload_json, type=dict[str, Any])


@dataclass(frozen=True, slots=True)
class AlertRecord:
    """One alert on one channel; ``sent_at`` empty = not delivered there."""

    alert_id: int
    severity: str
    priority: str
    category: str
    message: str
    channel: str
    sent_at: str
    event_id: str
    event_type: str
    event_at: str
    attempts: int
    given_up: int
    """1 when this channel will not be tried again."""
    last_error: str


@dataclass(frozen=True, slots=True)
class ChainLink:
    """One step of a flow: the event and whom it was told."""

    event_id: str
    event_type: str
    timestamp: str
    correlation_id: str
    causation_id: str
    payload: dict[str, Any]
    alerts: tuple[AlertRecord, ...]


@dataclass(frozen=True, slots=True)
class ExitRow:
    """One exit from the trade that triggered it to its last fill; empty = not yet."""

    flow: str
    symbol: str
    name: str
    purpose: str
    basis: str
    level: int
    trigger_price: int
    traded_at: str
    """Exchange time of the triggering trade."""
    received_at: str
    """When its bytes were read."""
    decided_at: str
    sent_at: str
    accepted_at: str
    first_fill_at: str
    last_fill_at: str
    quantity: int
    """Shares held at the trigger."""
    filled: int
    average_fill_price: int
    """Rounded down; 0 without a fill."""
    slippage: int
    """Average fill minus level, won per share; negative: sold below the level."""
    slippage_bps: int
    attempts: int
    pnl: int | None
    return_rate: float | None


@dataclass(frozen=True, slots=True)
class KillState:
    """The newest kill switch state; ``known`` is false when it could not be read."""

    level: KillLevel
    reason: str = ""
    actor: str = ""
    timestamp: str = ""
    automatic: bool = False
    known: bool = True


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One day's result."""

    trade_date: str
    account: str
    total_trades: int
    wins: int
    losses: int
    total_pnl: int
    average_win: int
    average_loss: int
    day_return: float
    position_count: int
    positions: tuple[str, ...]
    next_opening_at: str
    unsaved: int
    recorded_at: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One act of a person or of the guard in somebody's name."""

    audit_id: int
    event_type: str
    actor: str
    event_ts: str
    details_json: str
    event_id: str
    correlation_id: str
