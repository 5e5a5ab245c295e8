"""Words shared by the exchange (pure) and the servers that put it on sockets.

The exchange never sees a socket, a clock or a random source of its own: time is
given to every call, chance comes from the seeded generator it was built with.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from hantu.domain.account import Side
from hantu.domain.instrument import Symbol


@dataclass(frozen=True, slots=True)
class NewOrder:
    """An order as it reaches the exchange; prices in won, 0 for market."""

    account: str
    """Account number, eight digits, and product code, two digits."""
    symbol: Symbol
    side: Side
    order_type: str
    """ORD_DVSN of the wire: 00 limit, 01 market, 11 IOC …"""
    quantity: int
    price: int
    venue: str = "KRX"
    sell_type: str = ""
    condition_price: int = 0


@dataclass(frozen=True, slots=True)
class Revision:
    """An amend (price or quantity) or a cancel of an earlier order."""

    account: str
    original_order_no: str
    cancel: bool
    quantity: int
    """0 together with ``all_remaining``."""
    price: int
    all_remaining: bool
    order_type: str = "00"
    venue: str = "KRX"


@dataclass(frozen=True, slots=True)
class Accepted:
    """The ledger took the order; the exchange may still reject it by notice."""

    order_no: str
    branch_no: str
    ordered_at: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The ledger refused: one of the codes of the KIS tables."""

    code: str
    message: str
    rt_cd: str = "1"


@dataclass(frozen=True, slots=True)
class TradePrinted:
    """An execution in the market, with everything a trade frame needs."""

    symbol: Symbol
    at: datetime
    columns: dict[str, str]
    """Wire column name → text, without the issue code's neighbours left out."""


@dataclass(frozen=True, slots=True)
class BookChanged:
    """The visible ten levels of a stock changed."""

    symbol: Symbol
    at: datetime
    columns: dict[str, str]


@dataclass(frozen=True, slots=True)
class NoticeIssued:
    """Something happened to an order of an account."""

    account: str
    at: datetime
    columns: dict[str, str]
    """Columns of the 26-wide notice; the server renders narrower layouts."""


@dataclass(frozen=True, slots=True)
class OperationIssued:
    """A market-operation message; ``symbol`` empty = whole market."""

    symbol: Symbol
    at: datetime
    columns: dict[str, str]


ExchangeEvent: TypeAlias = TradePrinted | BookChanged | NoticeIssued | OperationIssued


@dataclass(slots=True)
class Anomaly:
    """Something a well-behaved client would not have done."""

    at: datetime
    kind: str
    """For example: pong_missing, subscribe_too_fast, unknown_json_key, rate_exceeded."""
    detail: str
    client: str = ""
    data: dict[str, str] = field(default_factory=dict)
