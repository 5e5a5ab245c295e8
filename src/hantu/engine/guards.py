"""When a position must be left: one function a rule, each a plain comparison.

Source: requirements DEC-4. Levels are whole won derived from the exact cost,
so ``price <= stop_price`` equals comparing with the unrounded level.
"""

from dataclasses import dataclass

from hantu.domain.money import BPS
from hantu.domain.order import Purpose
from hantu.engine.config import ExitRule, RuleKind, Trailing
from hantu.engine.records import Position

MILLI = 1_000
ATR_SANE_BPS = 2_000
"""An average true range above 20 % of the price is not believed."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Stop and target of a position, won; ``rule`` names the rule that made them."""

    stop_price: int
    target_price: int
    rule: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A level was reached: by which price, and what that price was."""

    purpose: Purpose
    level: int
    price: int
    basis: str
    target: int
    """Shares to be left."""


def fixed_levels(cost: int, quantity: int, rule: ExitRule) -> Levels:
    """Return levels at fixed distances from the average price (or fixed prices).

    The stop is rounded down and the target up to a won: a price touches the
    level exactly when it touches the unrounded one.
    """
    stop = cost * (BPS - rule.stop_bps) // (quantity * BPS)
    target = -(-cost * (BPS + rule.target_bps) // (quantity * BPS))
    return Levels(rule.stop_price or stop, rule.target_price or target, RuleKind.FIXED.value)


def atr_levels(cost: int, quantity: int, rule: ExitRule, average_range: int) -> Levels | None:
    """Return levels at multiples of the average true range, or None if it is not usable."""
    average = cost // quantity
    if not 0 < average_range <= average * ATR_SANE_BPS // BPS:
        return None
    stop = average - average_range * rule.atr_stop_milli // MILLI
    target = average + -(-average_range * rule.atr_target_milli // MILLI)
    if stop <= 0:
        return None
    return Levels(rule.stop_price or stop, rule.target_price or target, RuleKind.ATR.value)


def stop_hit(position: Position, price: int, low: int, basis: str) -> Hit | None:
    """Return the stop if ``price``, or a ``low`` since the last look, touched it."""
    stop = position.stop_price
    if stop <= 0:
        return None
    purpose = Purpose.TRAILING_STOP if position.trailing else Purpose.STOP_LOSS
    if price <= stop:
        return Hit(purpose, stop, price, basis, 0)
    if 0 < low <= stop:
        return Hit(purpose, stop, low, "low", 0)
    return None


def target_hit(position: Position, price: int, high: int, basis: str) -> Hit | None:
    """Return the target if ``price``, or a ``high`` since the last look, touched it."""
    target = position.target_price
    if target <= 0:
        return None
    if price >= target:
        return Hit(Purpose.TAKE_PROFIT, target, price, basis, 0)
    if high >= target:
        return Hit(Purpose.TAKE_PROFIT, target, high, "high", 0)
    return None


def partial_hit(position: Position, price: int, rule: ExitRule, basis: str) -> Hit | None:
    """Return the first profit-taking step if it is due and not done."""
    partial = rule.partial
    if not partial.enabled or position.partial_done:
        return None
    level = -(-position.cost * (BPS + partial.at_bps) // (position.quantity * BPS))
    sold = position.quantity * partial.share_bps // BPS
    if price < level or sold <= 0:
        return None
    return Hit(Purpose.PARTIAL_PROFIT, level, price, basis, position.quantity - sold)


def trailed_stop(position: Position, price: int, trailing: Trailing) -> tuple[int, int] | None:
    """Return (new high, new stop) when the trailing rule raises the stop, else None.

    The stop only ever rises.
    """
    if not trailing.enabled or price <= position.high:
        return None
    activation = -(-position.cost * (BPS + trailing.activation_bps) // (position.quantity * BPS))
    if price < activation:
        return None
    stop = price * (BPS - trailing.distance_bps) // BPS
    return (price, stop) if stop > position.stop_price else None
