"""Is the order itself sane: shares, price step, the day's limits, value."""

import math
from dataclasses import dataclass
from typing import Final

from hantu.adapters.broker.checks.verdict import Denied, Request
from hantu.domain.account import Side
from hantu.domain.instrument import Market
from hantu.domain.order import CancelRequest, OrderRequest, OrderType
from hantu.domain.price_step import is_on_step

WIDEST_BAND: Final = 5
"""Upper over lower limit where both lie evenly around the previous close: 4 for a doubled fund, 6.7 on a first day."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Largest order and fastest pace; won, shares, market seconds."""

    quantity_max: int = 100_000
    value_max: int = 1_000_000_000
    orders_per_second: int = 10
    """Exits of one moment wait for each other; beyond the caller's patience they are denied."""
    orders_per_day: int = 500
    """Buys and sells at a target."""
    cancels_per_day: int = 1_000
    exits_per_day: int = 2_000
    """Protective sells, counted apart: a busy day of other orders takes nothing from them."""


@dataclass(frozen=True, slots=True)
class PriceLimits:
    """What is known of a stock's price: today's limits and the last look; 0 where not known."""

    market: Market
    lower: int = 0
    upper: int = 0
    last: int = 0
    """Price of the last trade seen or asked for."""
    seen_mono: float = -math.inf
    """When it was seen, monotonic market seconds."""

    @property
    def previous_close(self) -> int:
        """Return the base price (기준가), the middle of the day's limits; 0 if they do not tell.

        Limits lie evenly around it, each rounded inwards by less than a step; only
        on its first day of listing has a stock uneven ones.
        """
        if not self.lower or self.upper >= WIDEST_BAND * self.lower:
            return 0
        return (self.lower + self.upper) // 2


def quantity_sane(bounds: Bounds, request: Request) -> Denied | None:
    """Deny an order of no shares or of more than an order may have."""
    if isinstance(request, CancelRequest):
        return None
    if request.quantity <= 0:
        return Denied("quantity", "주문 수량이 0 이하입니다.")
    if request.quantity > bounds.quantity_max:
        return Denied("quantity_max", f"주문 수량이 한도 {bounds.quantity_max:,}주를 넘습니다.")
    return None


def price_valid(limits: PriceLimits | None, request: Request) -> Denied | None:
    """Deny a price off the step grid or outside the day's limits.

    A buy needs known limits; a sell whose limits are unknown still goes, since a
    position left unprotected is worse than a refusal by the broker.
    """
    if isinstance(request, CancelRequest):
        return None
    if request.order_type is OrderType.MARKET:
        return None if request.limit_price == 0 else Denied("price", "시장가 주문에 가격이 있습니다.")
    price = request.limit_price
    # The exchange-traded funds' grid is the finest; an unknown issue must be at least on that.
    if not is_on_step(price, limits.market if limits else Market.ETF):
        return Denied("price_step", f"주문 가격 {price:,}원이 호가단위에 맞지 않습니다.")
    if limits is None or not limits.lower or not limits.upper:
        return None if request.side is Side.SELL else Denied("price_limits", "상·하한가를 모릅니다.")
    if not limits.lower <= price <= limits.upper:
        return Denied("price_limits", f"주문 가격 {price:,}원이 상·하한가를 벗어났습니다.")
    return None


def value_of(limits: PriceLimits | None, order: OrderRequest) -> int:
    """Return what an order is worth, won; a market order counts at the upper limit, 0 if that is not known."""
    return (order.limit_price or (limits.upper if limits else 0)) * order.quantity


def value_sane(bounds: Bounds, limits: PriceLimits | None, request: Request) -> Denied | None:
    """Deny an order worth more than an order may be."""
    if isinstance(request, CancelRequest):
        return None
    if value_of(limits, request) > bounds.value_max:
        return Denied("value_max", f"주문 금액이 한도 {bounds.value_max:,}원을 넘습니다.")
    return None
