"""Collar and age of the price: strict for buys, wide for what cuts a loss."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.adapters.broker.checks.form import PriceLimits
from hantu.adapters.broker.checks.prices import Collar, Freshness, price_collared, price_fresh, unreferenced
from hantu.domain.account import Side
from hantu.domain.instrument import Market
from hantu.domain.money import Price
from hantu.domain.order import OrderRequest, OrderType, Purpose
from tests.unit.adapters.broker.checks.cases import BUY, CANCEL, LIMITS, NOW, ORDERS, SELL, TARGET, code

COLLAR = Collar(last_bps=300, close_bps=2_000, exit_last_bps=1_500, exit_close_bps=4_000)
FRESH = Freshness(3.0, 120.0)
UNKNOWN = (None, PriceLimits(Market.KOSPI))


def at(order: OrderRequest, price: int) -> OrderRequest:
    return replace(order, limit_price=Price(price))


@pytest.mark.parametrize(
    ("order", "price", "last", "expected"),
    [
        (BUY, 71_500, 71_500, None),
        (BUY, 73_600, 71_500, None),
        (BUY, 73_700, 71_500, "collar_last"),
        (BUY, 69_300, 71_500, "collar_last"),
        (BUY, 85_200, 85_200, None),
        (BUY, 85_300, 85_300, "collar_close"),
        (TARGET, 69_400, 71_500, None),
        (TARGET, 69_300, 71_500, "collar_last"),
        (TARGET, 92_300, 71_500, None),
        (SELL, 60_800, 71_500, None),
        (SELL, 60_700, 71_500, "collar_last"),
        (SELL, 92_300, 71_500, None),
        (SELL, 42_600, 45_000, None),
        (SELL, 42_500, 45_000, "collar_close"),
        (TARGET, 44_500, 42_000, None),
    ],
)
def test_collar(order: OrderRequest, price: int, last: int, expected: str | None) -> None:
    assert code(price_collared(COLLAR, replace(LIMITS, last=last), at(order, price))) == expected


@pytest.mark.parametrize("limits", UNKNOWN)
def test_without_a_reference_only_protective_sells_and_cancels_pass(limits: PriceLimits | None) -> None:
    assert code(price_collared(COLLAR, limits, BUY)) == "no_reference"
    assert code(price_collared(COLLAR, limits, TARGET)) == "no_reference"
    assert price_collared(COLLAR, limits, SELL) is None
    assert price_collared(COLLAR, limits, replace(SELL, purpose=Purpose.TRAILING_STOP)) is None
    assert price_collared(COLLAR, limits, CANCEL) is None


def test_a_buy_needs_both_references() -> None:
    assert code(price_collared(COLLAR, replace(LIMITS, lower=0, upper=0), BUY)) == "no_reference"
    assert code(price_collared(COLLAR, replace(LIMITS, last=0), BUY)) == "no_reference"
    market = replace(BUY, order_type=OrderType.MARKET, limit_price=Price(0))
    assert code(price_collared(COLLAR, None, market)) == "no_reference"
    assert price_collared(COLLAR, LIMITS, market) is None


def test_what_could_not_be_compared_is_said_of_protective_sells() -> None:
    assert unreferenced(LIMITS, SELL) is None
    assert "현재가·전일 종가" in (unreferenced(None, SELL) or "")
    assert "현재가를" in (unreferenced(replace(LIMITS, last=0), SELL) or "")
    assert unreferenced(None, BUY) is None
    assert unreferenced(None, CANCEL) is None


@given(ORDERS, st.integers(1_000, 150_000))
def test_no_price_that_passes_is_far_away(order: OrderRequest, last: int) -> None:
    if price_collared(COLLAR, replace(LIMITS, last=last), order) is not None:
        return
    price, close = order.limit_price, LIMITS.previous_close
    if order.side is Side.BUY:
        assert abs(price / last - 1) <= 0.03 + 1e-9
        assert abs(price / close - 1) <= 0.2 + 1e-9
    else:
        assert price / last - 1 >= -0.15 - 1e-9
        assert price / close - 1 >= -0.4 - 1e-9


@pytest.mark.parametrize(
    ("order", "seen", "decided_on", "expected"),
    [
        (BUY, 97.0, -math.inf, None),
        (BUY, 96.9, -math.inf, "stale_price"),
        (BUY, 96.9, 99.0, "stale_price"),
        (SELL, -20.0, -math.inf, None),
        (SELL, -20.1, -math.inf, "stale_price"),
        (SELL, -math.inf, 99.0, None),
        (SELL, -math.inf, -math.inf, "stale_price"),
        (TARGET, -20.1, -math.inf, "stale_price"),
    ],
)
def test_age(order: OrderRequest, seen: float, decided_on: float, expected: str | None) -> None:
    limits = replace(LIMITS, seen_mono=seen)
    assert code(price_fresh(FRESH, limits, replace(order, price_mono=decided_on), NOW)) == expected


def test_without_any_price_nothing_is_fresh_but_a_protective_sell_may_bring_its_own() -> None:
    assert code(price_fresh(FRESH, None, BUY, NOW)) == "stale_price"
    assert code(price_fresh(FRESH, None, SELL, NOW)) == "stale_price"
    assert price_fresh(FRESH, None, replace(SELL, price_mono=99.0), NOW) is None
    assert price_fresh(FRESH, None, CANCEL, NOW) is None


@given(ORDERS, st.floats(-1e4, 100.0), st.floats(-1e4, 100.0))
def test_nothing_older_than_its_limit_passes(order: OrderRequest, seen: float, decided_on: float) -> None:
    if price_fresh(FRESH, replace(LIMITS, seen_mono=seen), replace(order, price_mono=decided_on), NOW) is None:
        if order.side is Side.BUY:
            assert NOW.mono - seen <= 3.0
        else:
            assert NOW.mono - max(seen, decided_on) <= 120.0
