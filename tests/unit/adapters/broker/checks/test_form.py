"""Shares, price step, limits of the day, value."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.adapters.broker.checks.form import Bounds, PriceLimits, price_valid, quantity_sane, value_sane
from hantu.domain.instrument import Market
from hantu.domain.money import Price, Quantity
from hantu.domain.order import OrderRequest, OrderType
from hantu.domain.price_step import daily_limits, is_on_step, price_step
from tests.unit.adapters.broker.checks.cases import BUY, CANCEL, LIMITS, ORDERS, SELL, code

BOUNDS = Bounds(quantity_max=100, value_max=10_000_000)


@pytest.mark.parametrize(
    ("quantity", "expected"), [(1, None), (100, None), (101, "quantity_max"), (0, "quantity"), (-1, "quantity")]
)
def test_quantity(quantity: int, expected: str | None) -> None:
    assert code(quantity_sane(BOUNDS, replace(SELL, quantity=Quantity(quantity)))) == expected
    assert quantity_sane(BOUNDS, CANCEL) is None


@pytest.mark.parametrize(
    ("price", "expected"),
    [
        (71_500, None),
        (49_700, None),
        (92_300, None),
        (71_550, "price_step"),
        (71_501, "price_step"),
        (0, "price_step"),
        (-100, "price_step"),
        (49_650, "price_limits"),
        (92_400, "price_limits"),
    ],
)
def test_price(price: int, expected: str | None) -> None:
    assert code(price_valid(LIMITS, replace(SELL, limit_price=Price(price)))) == expected


def test_unknown_limits_stop_a_buy_but_not_a_sell() -> None:
    for limits in (None, PriceLimits(Market.KOSPI)):
        assert price_valid(limits, SELL) is None
        assert code(price_valid(limits, BUY)) == "price_limits"
    assert price_valid(None, replace(SELL, limit_price=Price(71_501))) is not None


def test_market_order_has_no_price() -> None:
    assert price_valid(LIMITS, replace(SELL, order_type=OrderType.MARKET, limit_price=Price(0))) is None
    assert code(price_valid(LIMITS, replace(SELL, order_type=OrderType.MARKET))) == "price"


def test_value() -> None:
    assert value_sane(BOUNDS, LIMITS, SELL) is None
    assert code(value_sane(replace(BOUNDS, value_max=714_999), LIMITS, SELL)) == "value_max"
    market = replace(SELL, order_type=OrderType.MARKET, limit_price=Price(0))
    assert value_sane(replace(BOUNDS, value_max=922_999), LIMITS, market) is not None
    assert value_sane(replace(BOUNDS, value_max=923_000), LIMITS, market) is None


@given(ORDERS)
def test_nothing_insane_passes(order: OrderRequest) -> None:
    if quantity_sane(BOUNDS, order) or price_valid(LIMITS, order) or value_sane(BOUNDS, LIMITS, order):
        return
    assert 0 < order.quantity <= 100
    assert is_on_step(order.limit_price)
    assert 49_700 <= order.limit_price <= 92_300
    assert order.limit_price * order.quantity <= 10_000_000


@given(st.integers(1_000, 1_000_000), st.sampled_from(Market))
def test_previous_close_is_read_from_the_limits(close: int, market: Market) -> None:
    lower, upper = daily_limits(close, market)
    read = PriceLimits(market, lower, upper).previous_close
    assert abs(read - close) <= price_step(int(upper), market)


def test_first_day_of_listing_has_no_previous_close() -> None:
    assert PriceLimits(Market.KOSPI, 6_000, 40_000).previous_close == 0
    assert PriceLimits(Market.ETF, 4_000, 16_000).previous_close == 10_000
    assert PriceLimits(Market.KOSPI).previous_close == 0
