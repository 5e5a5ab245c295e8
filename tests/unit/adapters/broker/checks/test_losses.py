"""The day's loss stops buys and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.adapters.broker.checks.losses import DayResult, day_lost, loss_bearable
from tests.unit.adapters.broker.checks.cases import BUY, CANCEL, SELL, TARGET, code


@pytest.mark.parametrize(
    ("now", "expected"),
    [(10_000_000, None), (9_700_001, None), (9_700_000, "day_loss"), (0, "day_loss"), (12_000_000, None)],
)
def test_a_buy_ends_at_the_limit(now: int, expected: str | None) -> None:
    assert code(loss_bearable(300, DayResult(10_000_000, now), BUY)) == expected


@pytest.mark.parametrize("result", [None, DayResult(0, 0)])
def test_an_unknown_result_stops_a_buy(result: DayResult | None) -> None:
    assert code(loss_bearable(300, result, BUY)) == "day_result"
    assert loss_bearable(300, result, SELL) is None
    assert day_lost(300, result) is None


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.integers(1, 9_999))
def test_sells_and_cancels_never_ask_and_no_buy_passes_beyond_it(start: int, now: int, bps: int) -> None:
    result = DayResult(start, now)
    for request in (SELL, TARGET, CANCEL):
        assert loss_bearable(bps, result, request) is None
    beyond = (start - now) * 10_000 >= start * bps
    assert (day_lost(bps, result) is not None) is beyond
    assert (loss_bearable(bps, result, BUY) is not None) is beyond
