"""Approvals: what a person has allowed to be ordered, and the reasons why an order is rejected.

An approval covers one order up to its terms: at most so many shares, inside a
price band, of one stock and side. Its hash is what a token carries, so that a
token can be used for nothing else.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from hantu.domain.account import Side
from hantu.domain.order import OrderType, Purpose

_to_json = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode
"""Made once: an exit's token is on the way of its order."""


class ApprovalStatus(StrEnum):
    """How far an approval got; only ``approved`` allows anything."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    USED = "used"
    EXPIRED = "expired"


class Rejection(StrEnum):
    """Why an order request was rejected before it reached the broker.

    The value is the tail of its event type; ``REASONS`` has the documented text.
    """

    INVALID_SIGNATURE = "invalid_signature"
    EXPIRED = "expired"
    APPROVAL_NOT_FOUND = "approval_not_found"
    HASH_MISMATCH = "hash_mismatch"
    ALREADY_USED = "already_used"
    NOT_ALLOWED = "not_allowed"


REASONS: Mapping[Rejection, str] = {
    Rejection.INVALID_SIGNATURE: "invalid_signature",
    Rejection.EXPIRED: "expired",
    Rejection.APPROVAL_NOT_FOUND: "Approval record not found",
    Rejection.HASH_MISMATCH: "order hash mismatch",
    Rejection.ALREADY_USED: "already used",
    Rejection.NOT_ALLOWED: "not allowed",
}
"""What stands in ``reason`` of the event; programs compare it, so it never changes."""


@dataclass(frozen=True, slots=True)
class OrderTerms:
    """What one approval covers; prices in won, both ends of the band included."""

    environment: str
    account: str
    """Alias, never the number."""
    symbol: str
    side: Side
    quantity_max: int
    price_low: int
    price_high: int
    venues: tuple[str, ...] = ("KRX",)
    order_type: OrderType = OrderType.LIMIT
    purpose: Purpose = Purpose.MANUAL


@dataclass(frozen=True, slots=True)
class OrderAsked:
    """One order as a client asks for it."""

    environment: str
    account: str
    symbol: str
    side: Side
    quantity: int
    limit_price: int
    venue: str = "KRX"
    order_type: OrderType = OrderType.LIMIT
    purpose: Purpose = Purpose.MANUAL


@dataclass(frozen=True, slots=True)
class Approval:
    """One approval as recorded; moments are UTC text as stored."""

    approval_id: str
    status: ApprovalStatus
    terms: OrderTerms
    order_hash: str
    proposed_by: str
    proposed_at: str
    decided_by: str = ""
    decided_at: str = ""
    expires_at: str = ""
    used_at: str = ""
    intent_id: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Mandate:
    """The standing approval of exits: limits in shares of one order, per stock.

    It holds as long as the exit rules it was signed for are in force and nobody
    has revoked it.
    """

    mandate_id: str
    signed_by: str
    signed_at: str
    rules_hash: str
    default_limit: int
    limits: tuple[tuple[str, int], ...] = ()
    """(stock, shares) where they differ from the default."""

    def covers(self, symbol: str, quantity: int) -> bool:
        """Whether one exit order of ``quantity`` shares is inside its limits."""
        return quantity <= dict(self.limits).get(symbol, self.default_limit)


def canonical(terms: OrderTerms) -> bytes:
    """Return the one byte string that stands for ``terms``; equal terms give equal bytes."""
    parts = [
        "hantu-order/1", terms.environment, terms.account, terms.symbol, terms.side, terms.quantity_max,
        terms.price_low, terms.price_high, sorted(set(terms.venues)), terms.order_type, terms.purpose,
    ]  # fmt: skip
    return _to_json(parts).encode("ascii")


def order_hash(terms: OrderTerms) -> str:
    """Return the SHA-256 of the canonical terms, hexadecimal."""
    return hashlib.sha256(canonical(terms)).hexdigest()


def outside(terms: OrderTerms, asked: OrderAsked) -> str:
    """Return which term an order breaks, empty if it lies inside all of them."""
    broken = (
        ("environment", asked.environment != terms.environment),
        ("account", asked.account != terms.account),
        ("symbol", asked.symbol != terms.symbol),
        ("side", asked.side is not terms.side),
        ("quantity", not 0 < asked.quantity <= terms.quantity_max),
        ("limit_price", not terms.price_low <= asked.limit_price <= terms.price_high),
        ("venue", asked.venue not in terms.venues),
        ("order_type", asked.order_type is not terms.order_type),
        ("purpose", asked.purpose is not terms.purpose),
    )
    return next((name for name, is_broken in broken if is_broken), "")


@dataclass(frozen=True, slots=True)
class ApprovalFound:
    """What the records say about an approval and a token."""

    approval: Approval | None
    left_s: float
    """Seconds the approval still holds."""
    spent: bool
    """The token, or another one of the approval, has been used."""
    paused: str = ""
    """Since when orders by hand are paused; empty while they go."""


@dataclass(frozen=True, slots=True)
class MandateRow:
    """The newest standing approval as recorded; its document is not verified yet."""

    document: str
    revoked_by: str
    revoked_at: str
    uses: int
    last_used_at: str
    days: int
    """Since it was signed, or people were last reminded of it."""
