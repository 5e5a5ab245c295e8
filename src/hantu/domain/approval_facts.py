"""Facts of order requests, their tokens and the standing mandate.

See ``hantu.domain.events`` for the rules all facts follow.
"""

from dataclasses import dataclass

from hantu.domain.account import Side
from hantu.domain.instrument import Symbol
from hantu.domain.order import Purpose


@dataclass(frozen=True, slots=True)
class OrderTokenIssued:
    """A one-time token was handed out for an approval."""

    request_id: str
    client: str
    approval_id: str
    jti: str
    approver: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class OrderRejectedInvalidSignature:
    """The token is not ours, was altered, or was signed with another secret."""

    request_id: str
    client: str
    symbol: Symbol
    side: Side
    quantity: int
    limit_price: int
    reason: str
    detail: str
    hint: str
    token_id: str = ""
    approval_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderRejectedExpired:
    """The token or its approval is too old, or not valid yet."""

    request_id: str
    client: str
    symbol: Symbol
    side: Side
    quantity: int
    limit_price: int
    reason: str
    detail: str
    hint: str
    token_id: str = ""
    approval_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderRejectedApprovalNotFound:
    """A valid token whose approval is not on record, or was never given."""

    request_id: str
    client: str
    symbol: Symbol
    side: Side
    quantity: int
    limit_price: int
    reason: str
    detail: str
    hint: str
    token_id: str = ""
    approval_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderRejectedHashMismatch:
    """The order is not the one that was approved; ``detail`` names the term."""

    request_id: str
    client: str
    symbol: Symbol
    side: Side
    quantity: int
    limit_price: int
    reason: str
    detail: str
    hint: str
    token_id: str = ""
    approval_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderRejectedAlreadyUsed:
    """The token, or its approval, has been spent."""

    request_id: str
    client: str
    symbol: Symbol
    side: Side
    quantity: int
    limit_price: int
    reason: str
    detail: str
    hint: str
    token_id: str = ""
    approval_id: str = ""


@dataclass(frozen=True, slots=True)
class OrderRejectedNotAllowed:
    """Approved, but the guard's own rules forbid it now; the token is not spent."""

    request_id: str
    client: str
    symbol: Symbol
    side: Side
    quantity: int
    limit_price: int
    reason: str
    detail: str
    hint: str
    token_id: str = ""
    approval_id: str = ""


@dataclass(frozen=True, slots=True)
class ManualSellFilled:
    """A sell ordered by a person is complete; fields as ``StopLossFilled``."""

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
class MandateInForce:
    """Exits run under this standing approval from now on."""

    mandate_id: str
    signed_by: str
    signed_at: str


@dataclass(frozen=True, slots=True)
class MandateLapsed:
    """No standing approval holds: take-profit waits, stop-loss goes on."""

    mandate_id: str
    reason: str
    """none, revoked, rules_changed, invalid_signature"""


@dataclass(frozen=True, slots=True)
class MandateReviewDue:
    """The standing approval is old enough to be looked at again."""

    mandate_id: str
    signed_by: str
    signed_at: str
    days: int


OrderRejected = (
    OrderRejectedInvalidSignature
    | OrderRejectedExpired
    | OrderRejectedApprovalNotFound
    | OrderRejectedHashMismatch
    | OrderRejectedAlreadyUsed
    | OrderRejectedNotAllowed
)
"""An order request that never reached the broker."""
