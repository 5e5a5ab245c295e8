"""KRX price steps (호가단위) and daily price limits.

Source: KRX Business Regulation, steps of 2023-01-25; ETF steps of 2023-12-11;
daily limit ±30 % of the base price, rounded inwards to a step.
"""

from hantu.domain.instrument import Market
from hantu.domain.money import BPS, Price

_STOCK_STEPS: tuple[tuple[int, int], ...] = (
    (2_000, 1),
    (5_000, 5),
    (20_000, 10),
    (50_000, 50),
    (200_000, 100),
    (500_000, 500),
)
_STOCK_STEP_MAX = 1_000
_ETF_STEP_LIMIT = 2_000
DAILY_LIMIT_BPS = 3_000
"""Widest move of one day against the base price, in basis points."""


def price_step(price: int, market: Market = Market.KOSPI) -> int:
    """Return the step, in won, that orders at ``price`` must lie on."""
    if market is Market.ETF:
        return 1 if price < _ETF_STEP_LIMIT else 5
    for below, step in _STOCK_STEPS:
        if price < below:
            return step
    return _STOCK_STEP_MAX


def round_down(price: int, market: Market = Market.KOSPI) -> Price:
    """Return the highest valid order price that is not above ``price``."""
    return Price(price - price % price_step(price, market))


def round_up(price: int, market: Market = Market.KOSPI) -> Price:
    """Return the lowest valid order price that is not below ``price``."""
    step = price_step(price, market)
    rounded = -(-price // step) * step
    # Rounding up may cross into a band with a wider step.
    wider = price_step(rounded, market)
    return Price(-(-rounded // wider) * wider)


def is_on_step(price: int, market: Market = Market.KOSPI) -> bool:
    """Tell whether an order may carry ``price``."""
    return price > 0 and price % price_step(price, market) == 0


def daily_limits(base_price: int, market: Market = Market.KOSPI) -> tuple[Price, Price]:
    """Return (lower, upper) limit of the day for ``base_price`` (기준가).

    The width is 30 % of the base price cut to the base price's own step; both
    limits are then rounded inwards.
    """
    step = price_step(base_price, market)
    width = base_price * DAILY_LIMIT_BPS // BPS // step * step
    return round_up(base_price - width, market), round_down(base_price + width, market)
