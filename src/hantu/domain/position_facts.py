"""Facts about holdings: guarded, changed, closed, worth a look.

See ``hantu.domain.events`` for the rules all facts follow.
"""

from dataclasses import dataclass

from hantu.domain.instrument import Symbol


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
    trailing: bool = False
    """The stop was raised by the trailing rule on an earlier day."""
    high: int = 0
    partial_done: bool = False


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
