"""Price steps and daily limits, against the published table and by property."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.domain.instrument import Market
from hantu.domain.price_step import daily_limits, is_on_step, price_step, round_down, round_up

PRICES = st.integers(1, 3_000_000)


@pytest.mark.requirement("MON-4.09")
@pytest.mark.parametrize(
    ("price", "step"),
    [
        (1, 1), (1_999, 1), (2_000, 5), (4_995, 5), (5_000, 10), (19_990, 10), (20_000, 50), (49_950, 50),
        (50_000, 100), (199_900, 100), (200_000, 500), (499_500, 500), (500_000, 1_000), (1_500_000, 1_000),
    ],
)  # fmt: skip
def test_step_at_each_border_of_the_table(price: int, step: int) -> None:
    assert price_step(price) == step


@pytest.mark.parametrize(("price", "step"), [(1_999, 1), (2_000, 5), (300_000, 5)])
def test_step_of_a_fund(price: int, step: int) -> None:
    assert price_step(price, Market.ETF) == step


@given(PRICES)
def test_rounding_stays_on_the_nearest_valid_price(price: int) -> None:
    low, high = round_down(price), round_up(price)
    assert low <= price <= high
    assert is_on_step(high)
    assert low == 0 or is_on_step(low)
    if is_on_step(price):
        assert low == high == price
    assert price - low < price_step(price)


@given(PRICES)
def test_limits_lie_on_steps_within_thirty_percent(base: int) -> None:
    lower, upper = daily_limits(base)
    assert lower <= base <= upper
    assert base - lower <= base * 0.3
    assert upper - base <= base * 0.3


@pytest.mark.parametrize(("base", "limits"), [(71_000, (49_700, 92_300)), (208_000, (146_000, 270_000))])
def test_limits_of_known_prices(base: int, limits: tuple[int, int]) -> None:
    assert daily_limits(base) == limits
