"""Orders per second and per day, and whose they are."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hantu.adapters.broker.checks.counts import Counts, day_free, lane_of, second_free
from hantu.adapters.broker.checks.form import Bounds
from hantu.domain.instant import Instant
from hantu.kis.endpoints import Lane
from tests.unit.adapters.broker.checks.cases import BUY, CANCEL, NOW, SELL, TARGET, code

KINDS = (SELL, TARGET, BUY, CANCEL)
BOUNDS = Bounds(orders_per_second=10, orders_per_day=5, cancels_per_day=3, exits_per_day=8)


def later(seconds: float) -> Instant:
    return NOW.after(seconds)


@given(st.floats(-1, 10), st.integers(1, 100))
def test_a_second_is_free_or_waited_for(wait_s: float, per_second: int) -> None:
    assert (second_free(wait_s, per_second) is None) is (wait_s <= 0)


@given(st.integers(0, 100), st.integers(1, 100))
def test_a_day_is_free_below_its_count(count: int, per_day: int) -> None:
    assert code(day_free(count, per_day)) == (None if count < per_day else "day_count")


def test_a_full_second_is_denied_so_that_it_is_tried_again() -> None:
    denied = second_free(0.4, 10)
    assert denied is not None
    assert denied.outcome().retryable


def test_only_buys_use_the_open_share_of_the_calls() -> None:
    assert [lane_of(request) for request in KINDS] == [Lane.EXIT, Lane.EXIT, Lane.OTHER, Lane.EXIT]


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 12), st.lists(st.tuples(st.floats(0, 0.4), st.sampled_from(KINDS)), max_size=100))
def test_no_second_holds_more_than_the_limit(per_second: int, sends: list[tuple[float, object]]) -> None:
    counts = Counts(Bounds(orders_per_second=per_second, orders_per_day=500, cancels_per_day=500, exits_per_day=500))
    now, sent = 0.0, {"orders": [], "buys": [], "cancels": []}  # type: ignore[var-annotated]
    for pause, request in sends:
        now += pause
        if counts.second_full(request, later(now)) is None:  # type: ignore[arg-type]
            counts.count(request, later(now))  # type: ignore[arg-type]
            sent["cancels" if request is CANCEL else "orders"].append(now)
            if request is BUY:
                sent["buys"].append(now)
    for times in (sent["orders"], sent["cancels"]):
        for start in times:
            assert sum(1 for at in times if start <= at < start + 1.0 - 1e-6) <= per_second
    if per_second >= 5:
        for start in sent["buys"]:
            assert sum(1 for at in sent["buys"] if start <= at < start + 1.0 - 1e-6) <= 0.6 * per_second


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(KINDS), max_size=60))
def test_no_day_holds_more_than_its_count_and_none_uses_up_anothers(sends: list[object]) -> None:
    counts, sent = Counts(BOUNDS), {"exits": 0, "others": 0, "cancels": 0}
    for number, request in enumerate(sends):
        name = "exits" if request is SELL else "cancels" if request is CANCEL else "others"
        allowed = {"exits": 8, "others": 5, "cancels": 3}[name]
        denied = counts.day_full(request, later(number))  # type: ignore[arg-type]
        assert (denied is None) is (sent[name] < allowed)
        if denied is None:
            counts.count(request, later(number))  # type: ignore[arg-type]
            sent[name] += 1


def test_a_days_count_ends_with_the_korean_day() -> None:
    counts = Counts(BOUNDS)
    for number in range(5):
        counts.count(replace(TARGET, intent_id=f"i{number}"), later(number))
    assert code(counts.day_full(TARGET, later(60))) == "day_count"
    # 15:00 UTC is midnight in Korea.
    assert counts.day_full(TARGET, Instant(NOW.wall + timedelta(hours=14), NOW.mono + 50_400)) is None


def test_the_wait_is_to_the_end_of_the_second() -> None:
    counts = Counts(replace(BOUNDS, orders_per_second=2))
    counts.count(SELL, NOW)
    assert counts.wait_s(SELL, later(0.2)) == 0
    counts.count(SELL, later(0.2))
    assert counts.wait_s(SELL, later(0.5)) == pytest.approx(0.5)
    assert counts.wait_s(CANCEL, later(0.5)) == 0
    assert counts.second_full(SELL, later(0.999)) is not None
    assert counts.second_full(SELL, later(1.0)) is None
