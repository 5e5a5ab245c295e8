"""Is the price near the market, and is what we know of the market young enough.

Buys fail closed: without a reference nothing is bought. Protective sells fail
to a note: a position that stays unprotected is worse than a poor price.
"""

import math
from dataclasses import dataclass
from typing import Final

from hantu.adapters.broker.checks.form import PriceLimits
from hantu.adapters.broker.checks.verdict import Denied, Request, protective
from hantu.domain.account import Side
from hantu.domain.instant import Instant
from hantu.domain.order import CancelRequest, OrderRequest, OrderType

_BPS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Collar:
    """How far a price may lie from the last trade and from the previous close, basis points."""

    last_bps: int = 300
    """Buys on both sides, sells at a target below."""
    close_bps: int = 2_000
    """Buys."""
    exit_last_bps: int = 1_500
    """Protective sells, below the last trade; a price above it cannot be too cheap."""
    exit_close_bps: int = 6_500
    """All sells, below the previous close; doubled funds may fall by 60 %."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """How old the price may be that an order rests on, market seconds."""

    buy_s: float = 3.0
    sell_s: float = 120.0
    """Longer than an order waits for its fill in a stock nobody trades: what remains is sold once more."""


def price_collared(collar: Collar, limits: PriceLimits | None, request: Request) -> Denied | None:
    """Deny a price far from the last trade or the previous close; a buy needs both to be known."""
    if isinstance(request, CancelRequest):
        return None
    last, close = (limits.last, limits.previous_close) if limits else (0, 0)
    buy = request.side is Side.BUY
    if (not last and not protective(request)) or (buy and not close):
        return Denied("no_reference", "비교할 현재가나 전일 종가를 모릅니다.")
    if request.order_type is OrderType.MARKET:
        return None
    return _buy_far(collar, last, close, request) if buy else _sell_low(collar, last, close, request)


def _buy_far(collar: Collar, last: int, close: int, order: OrderRequest) -> Denied | None:
    price = order.limit_price
    if abs(price - last) * _BPS > last * collar.last_bps:
        return _far(price, "현재가", last, collar.last_bps, "collar_last")
    if abs(price - close) * _BPS > close * collar.close_bps:
        return _far(price, "전일 종가", close, collar.close_bps, "collar_close")
    return None


def _sell_low(collar: Collar, last: int, close: int, order: OrderRequest) -> Denied | None:
    """A reference that is not known (0) compares with nothing."""
    price = order.limit_price
    allowed = collar.exit_last_bps if protective(order) else collar.last_bps
    if (last - price) * _BPS > last * allowed:
        return _far(price, "현재가", last, allowed, "collar_last")
    if (close - price) * _BPS > close * collar.exit_close_bps:
        return _far(price, "전일 종가", close, collar.exit_close_bps, "collar_close")
    return None


def price_fresh(freshness: Freshness, limits: PriceLimits | None, request: Request, now: Instant) -> Denied | None:
    """Deny an order that rests on an old price.

    A sell counts from the frame or inquiry it was decided on, or from what has
    been seen since; a buy only from the last trade seen.
    """
    if isinstance(request, CancelRequest):
        return None
    if request.side is Side.BUY:
        seen, allowed = limits.seen_mono if limits else -math.inf, freshness.buy_s
    else:
        seen, allowed = request.price_mono, freshness.sell_s
        if limits is not None and limits.seen_mono > seen:
            seen = limits.seen_mono
    if now.mono - seen <= allowed:
        return None
    return Denied("stale_price", f"주문의 기준 가격이 {allowed:g}초보다 오래되었습니다.")


def unreferenced(limits: PriceLimits | None, request: Request) -> str | None:
    """Return what a protective sell could not be compared with, for the log; None if nothing is missing."""
    last, close = (limits.last, limits.previous_close) if limits else (0, 0)
    if (last and close) or isinstance(request, CancelRequest) or not protective(request):
        return None
    missing = [name for name, known in (("현재가", last), ("전일 종가", close)) if not known]
    return f"{'·'.join(missing)}를 몰라 가격 비교 없이 보냅니다."


def _far(price: int, name: str, reference: int, bps: int, code: str) -> Denied:
    return Denied(code, f"주문 가격 {price:,}원이 {name} {reference:,}원에서 {bps / 100:g}% 넘게 벗어났습니다.")
