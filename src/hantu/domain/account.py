"""What the broker says an account holds and has ordered."""

from dataclasses import dataclass
from enum import StrEnum

from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won


class Side(StrEnum):
    """Side of an order."""

    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True, slots=True)
class Holding:
    """One line of the broker's balance (잔고).

    ``cost`` is the total paid for the held shares (매입금액); the average price
    is derived from it. ``sellable`` excludes shares locked in working sells.
    """

    symbol: Symbol
    name: str
    quantity: Quantity
    sellable: Quantity
    average_price: Price
    cost: Won
    price: Price


@dataclass(frozen=True, slots=True)
class Balance:
    """Every holding of the account and its cash, read completely (all pages)."""

    holdings: tuple[Holding, ...]
    cash: Won
    """Usable cash, D+2 view."""
    equity: Won
    """Cash plus market value."""


@dataclass(frozen=True, slots=True)
class BrokerOrder:
    """One line of the broker's list of today's orders; totals only move up."""

    order_no: str
    """Number without leading zeros."""
    original_order_no: str
    """Number of the order this one amends or cancels; empty for a new order."""
    branch_no: str
    symbol: Symbol
    side: Side
    quantity: Quantity
    limit_price: Price
    """0 for a market order."""
    filled: Quantity
    average_fill_price: Price
    remaining: Quantity
    canceled: Quantity
    rejected: Quantity
    ordered_at: str
    """HHMMSS, Korean time."""
    is_cancel: bool = False
    venue: str = "KRX"
