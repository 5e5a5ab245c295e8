"""Intents: what hantu means to do at the broker, and how far it got.

State machine 1 of hantu. An exit is stored as a target ("at most T shares
held"), never as an amount, so repeating it is harmless. The edges below are
the only ones; anything else is a bug and raises.
"""

import math
from dataclasses import dataclass, field
from enum import StrEnum

from hantu.domain.account import Side
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity
from hantu.domain.values import value


class Purpose(StrEnum):
    """Why an order exists (매도 사유)."""

    STOP_LOSS = "stop_loss"
    TAKE_PROFIT = "take_profit"
    TRAILING_STOP = "trailing_stop"
    PARTIAL_PROFIT = "partial_profit"
    MANUAL = "manual"
    FLATTEN = "flatten"

    @property
    def protective(self) -> bool:
        """Whether it cuts a loss; such orders pass the ``active`` kill level."""
        return self in (Purpose.STOP_LOSS, Purpose.TRAILING_STOP)

    @property
    def urgent(self) -> bool:
        """Whether being out matters more than the price: it goes to the best bid."""
        return self.protective or self is Purpose.FLATTEN


class IntentState(StrEnum):
    """How far an intent got; see ``EDGES``."""

    TRIGGERED = "triggered"
    PREPARED = "prepared"
    SENDING = "sending"
    WORKING = "working"
    PARTIAL = "partial"
    UNKNOWN = "unknown"
    # terminal
    FILLED = "filled"
    CANCELED = "canceled"
    EXPIRED = "expired"
    REFUSED = "refused"
    REJECTED_LATE = "rejected_late"
    """Taken by the broker first and rejected by the venue after."""
    NOT_SENT = "not_sent"
    ABSENT = "absent"
    VOID = "void"
    # needs a person
    ESCALATED = "escalated"


_S = IntentState
EDGES: dict[IntentState, frozenset[IntentState]] = {
    _S.TRIGGERED: frozenset({_S.PREPARED, _S.SENDING, _S.VOID}),
    _S.PREPARED: frozenset({_S.SENDING, _S.VOID}),
    # The last four are those of a doubt: the record that the doubt began may be the one a full disk lost.
    _S.SENDING: frozenset(
        {_S.WORKING, _S.REFUSED, _S.NOT_SENT, _S.UNKNOWN, _S.PARTIAL, _S.FILLED}
        | {_S.CANCELED, _S.EXPIRED, _S.ABSENT, _S.ESCALATED}
    ),
    _S.UNKNOWN: frozenset(
        {_S.WORKING, _S.PARTIAL, _S.FILLED, _S.CANCELED, _S.EXPIRED, _S.ABSENT, _S.ESCALATED, _S.REFUSED}
    ),
    _S.ESCALATED: frozenset({_S.WORKING, _S.PARTIAL, _S.FILLED, _S.CANCELED, _S.EXPIRED, _S.ABSENT, _S.REFUSED}),
    _S.WORKING: frozenset({_S.PARTIAL, _S.FILLED, _S.CANCELED, _S.EXPIRED, _S.REJECTED_LATE}),
    _S.PARTIAL: frozenset({_S.PARTIAL, _S.FILLED, _S.CANCELED, _S.EXPIRED}),
}
_CANCEL_ENDS = frozenset({_S.FILLED, _S.REFUSED, _S.NOT_SENT, _S.ABSENT})
CANCEL_EDGES: dict[IntentState, frozenset[IntentState]] = {
    _S.SENDING: _CANCEL_ENDS | {_S.WORKING, _S.UNKNOWN},
    _S.UNKNOWN: _CANCEL_ENDS | {_S.WORKING},
    _S.WORKING: _CANCEL_ENDS,
}
"""A cancel's own states: working = taken by the broker, filled = the cancelled quantity is confirmed."""
TERMINAL = frozenset(
    {_S.FILLED, _S.CANCELED, _S.EXPIRED, _S.REFUSED, _S.REJECTED_LATE, _S.NOT_SENT, _S.ABSENT, _S.VOID}
)
MAY_BE_LIVE = frozenset({_S.SENDING, _S.UNKNOWN, _S.ESCALATED, _S.WORKING, _S.PARTIAL})
"""States in which the broker may hold a live order; their remainder counts as sold."""


class IllegalEdge(AssertionError):
    """An intent was moved along an edge that does not exist: a bug of ours."""


def check_edge(before: IntentState, after: IntentState, *, cancel: bool = False) -> None:
    """Raise unless an intent, or a ``cancel``, may go from ``before`` to ``after``.

    Raises:
        IllegalEdge: The edge is not in ``EDGES`` (``CANCEL_EDGES``).
    """
    if after not in (CANCEL_EDGES if cancel else EDGES).get(before, frozenset()):
        raise IllegalEdge(f"{before} -> {after}")


class OrderType(StrEnum):
    """How an order is priced; hantu sends limits, the rest is for the wire."""

    LIMIT = "limit"
    MARKET = "market"


@value
class OrderRequest:
    """Exactly what goes to the broker for one attempt of one intent."""

    intent_id: str
    symbol: Symbol
    side: Side
    quantity: Quantity
    limit_price: Price
    order_type: OrderType = OrderType.LIMIT
    venue: str = "KRX"
    purpose: Purpose = Purpose.STOP_LOSS
    epoch: int = 0
    """Fencing number of the guard that decided it."""
    not_after: float = math.inf
    """Monotonic moment after which it must not leave any more: its price is old by then,
    and whether it ever lived will be judged from its intent's age."""
    account: str = ""
    """Alias of the account it was decided for; compared with the account the keys belong to."""
    environment: str = ""
    """real, paper or local: where it was meant to go."""
    replaces: str = ""
    """Intent id of the order like it whose end is confirmed; an earlier one may live, and makes this its double."""
    price_mono: float = -math.inf
    """When the price it rests on was seen, monotonic seconds: trade, quote or confirmed inquiry."""
    token: str = field(default="", repr=False)
    """One-time token it goes out under; exits get theirs from the mandate, in process."""
    token_id: str = ""
    mandate: str = ""


@dataclass(frozen=True, slots=True)
class CancelRequest:
    """Cancel everything that remains of one accepted order."""

    intent_id: str
    """Intent of the cancel itself."""
    target_intent_id: str
    symbol: Symbol
    order_no: str
    branch_no: str
    venue: str = "KRX"
    epoch: int = 0
    account: str = ""
    environment: str = ""
    not_after: float = math.inf
    """As for an order: a cancel that comes late may meet a decision that was taken without it."""


class OutcomeKind(StrEnum):
    """Three values, and the locally provable fourth: no byte ever left."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"


class Refusal(StrEnum):
    """Why the broker refused, as far as it changes what is done next."""

    INSUFFICIENT_QUANTITY = "insufficient_quantity"
    """Fewer shares can be sold than asked for (잔고 부족)."""
    HALTED = "halted"
    """The stock is halted; only cancels are taken."""
    MARKET_CLOSED = "market_closed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request at the broker, as far as this attempt can tell."""

    kind: OutcomeKind
    order_no: str = ""
    branch_no: str = ""
    ordered_at: str = ""
    code: str = ""
    """The broker's message code, or ours: timeout, reset, denied …"""
    message: str = ""
    retryable: bool = False
    """Only for REFUSED and NOT_SENT: a new attempt may be made after a pause."""
    sent_mono: float = 0.0
    """When the first byte left; 0 if none did."""
    answered_mono: float = 0.0
    refusal: Refusal = Refusal.OTHER
    """Only for REFUSED."""
    retry_s: float = 0.0
    """Only for NOT_SENT: before that, market seconds, another attempt would fail the same way; 0 = not known."""


class NoticeKind(StrEnum):
    """What an execution notice (체결 통보) reports."""

    ACCEPTED = "accepted"
    FILL = "fill"
    CANCELED = "canceled"
    AMENDED = "amended"
    REJECTED = "rejected"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Notice:
    """One execution notice; it carries no fill number and no running total."""

    kind: NoticeKind
    order_no: str
    original_order_no: str
    symbol: Symbol
    side: Side
    quantity: Quantity
    """Of this event only: filled, cancelled or ordered shares."""
    price: Price
    order_quantity: Quantity
    at: str
    """HHMMSS, Korean time."""
    branch_no: str = ""
    account_matches: bool = True
    name: str = ""
    received_at: float = 0.0
    order_price: Price | None = None
    """Limit of the order itself, 0 for a market order; None if the notice does not tell."""
