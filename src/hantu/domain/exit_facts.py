"""Facts of an exit, from the level reached to the last share sold.

See ``hantu.domain.events`` for the rules all facts follow.
"""

from dataclasses import dataclass

from hantu.domain.account import Side
from hantu.domain.instrument import Symbol
from hantu.domain.order import IntentState, OrderType, Purpose
from hantu.domain.values import value


@value
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


@value
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
    """halt, kill, cooldown, unresolved, no_price, not_sellable, session, mandate, mismatch"""


@dataclass(frozen=True, slots=True)
class ExitSimulated:
    """Watch-only mode: what would have been sold."""

    flow: str
    symbol: Symbol
    name: str
    purpose: Purpose
    quantity: int
    limit_price: int


@value
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
    token_id: str = ""
    """``jti`` of the one-time token it spends, in the same transaction."""
    approval: str = ""
    """Approval it was ordered under; empty for exits."""
    mandate: str = ""
    """Standing approval of an exit; empty while none holds."""


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
