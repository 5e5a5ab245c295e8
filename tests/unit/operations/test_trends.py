"""A straight line, how sure it is, and that its intervals hold what they promise."""

import statistics
from random import Random

import pytest

from hantu.operations.trends import AHEAD, DAYS_MIN, Trend, outlook_of, trend_of


def known(values: list[float]) -> Trend:
    found = trend_of(values)
    assert found is not None
    return found


@pytest.mark.requirement("ALR-70")
def test_a_known_series_is_forecast_exactly_and_its_slope_agrees_with_another_program() -> None:
    exact = known([10.0 + 3.0 * day for day in range(8)])
    assert (exact.slope, exact.low, exact.high) == pytest.approx((3.0, 3.0, 3.0))
    assert (exact.forecast, exact.forecast_low, exact.forecast_high) == pytest.approx((10.0 + 3.0 * (7 + AHEAD),) * 3)
    values = [2.0, 4.0, 3.0, 7.0, 5.0, 9.0]
    found = known(values)
    line = statistics.linear_regression(range(6), values)
    assert found.slope == pytest.approx(line.slope)
    assert found.forecast == pytest.approx(line.intercept + line.slope * (5 + AHEAD))
    # By hand: residual scatter 1.3452, sum of squared days 17.5, t of four degrees of freedom 2.776.
    left = sum((value - line.intercept - line.slope * day) ** 2 for day, value in enumerate(values))
    half = 2.776 * (left / 4) ** 0.5 / 17.5**0.5
    assert (found.low, found.high) == pytest.approx((line.slope - half, line.slope + half))


@pytest.mark.requirement("ALR-70")
def test_the_days_to_come_lie_on_the_line_and_are_less_and_less_sure() -> None:
    values = [2.0, 4.0, 3.0, 7.0, 5.0, 9.0]
    found, days = known(values), outlook_of(values)
    assert [day.ahead for day in days] == list(range(1, AHEAD + 1))
    assert (days[-1].value, days[-1].low, days[-1].high) == (found.forecast, found.forecast_low, found.forecast_high)
    line = statistics.linear_regression(range(6), values)
    assert [day.value for day in days] == pytest.approx([line.intercept + line.slope * (5 + day.ahead) for day in days])
    widths = [day.high - day.low for day in days]
    assert widths == sorted(widths)
    assert widths[0] < widths[-1]
    assert outlook_of([1.0] * (DAYS_MIN - 1)) == ()


def test_too_few_days_are_no_trend() -> None:
    assert trend_of([]) is None
    assert trend_of([1.0] * (DAYS_MIN - 1)) is None
    level = known([1.0] * DAYS_MIN)
    assert (level.slope, level.moves) == (0.0, False)


@pytest.mark.requirement("ALR-70")
@pytest.mark.parametrize("days", [5, 12, 60])
def test_intervals_hold_as_often_as_they_say(days: int) -> None:
    draw, inside, forecast, rounds = Random(f"trend {days}"), 0, 0, 2_000
    for _ in range(rounds):
        found = known([100.0 + 2.0 * day + draw.gauss(0, 15) for day in range(days)])
        inside += found.low <= 2.0 <= found.high
        later = 100.0 + 2.0 * (days - 1 + AHEAD) + draw.gauss(0, 15)
        forecast += found.forecast_low <= later <= found.forecast_high
    # 95 % of 2,000 scatter by 0.5 %; four times that is one seed in ten thousand.
    assert inside / rounds == pytest.approx(0.95, abs=0.02)
    assert forecast / rounds == pytest.approx(0.95, abs=0.02)


def test_a_trend_is_called_one_only_where_a_level_line_is_out() -> None:
    draw, called = Random("level"), 0
    for _ in range(1_000):
        called += known([draw.gauss(50, 10) for _ in range(20)]).moves
    assert called <= 80
    assert known([10.0 * day + draw.gauss(0, 5) for day in range(20)]).moves
