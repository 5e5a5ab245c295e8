"""Each threshold at its border, each crossing once, and profit and loss that move too far."""

import pytest

from hantu.operations.thresholds import (
    DAY_LOSS,
    THRESHOLDS,
    Crossings,
    FailureRate,
    Grade,
    ProfitWatch,
    Recent,
)

EQUITY = 100_000_000
BORDERS = {
    "strategy_run": (1.0, 5.0),
    "order_send": (0.5, 1.0),
    "fill_notice": (5.0, 60.0),
    "api": (1.0, 3.0),
    "data_delay": (1.0, 5.0),
    "order_failures": (0.05, 0.20),
}


@pytest.mark.requirement("OPS-03-6")
@pytest.mark.parametrize("measure", BORDERS)
def test_each_border(measure: str) -> None:
    warning, danger = BORDERS[measure]
    grade = THRESHOLDS[measure].grade
    assert [grade(value) for value in (0.0, warning - 1e-9, warning, danger - 1e-9, danger, danger * 10)] == [
        Grade.NORMAL, Grade.NORMAL, Grade.WARNING, Grade.WARNING, Grade.DANGER, Grade.DANGER,
    ]  # fmt: skip
    assert set(BORDERS) == set(THRESHOLDS)


@pytest.mark.requirement("OPS-02-6", "OPS-03-6")
@pytest.mark.parametrize("measure", BORDERS)
def test_a_crossing_is_told_once(measure: str) -> None:
    warning, danger = BORDERS[measure]
    crossings = Crossings()
    values = [warning - 1e-9, warning, warning, danger, danger, 0.0, 0.0]
    told = [crossings.note(measure, value) for value in values]
    assert [one and (one.before.value, one.after.value) for one in told] == [
        None, ("normal", "warning"), None, ("warning", "danger"), None, ("danger", "normal"), None,
    ]  # fmt: skip


def test_a_time_is_judged_by_the_worst_of_the_last_minute() -> None:
    recent = Recent()
    recent.add(0.0, 2.0)
    recent.add(10.0, 0.1)
    recent.add(20.0, 0.3)
    assert [recent.worst(at) for at in (20.0, 59.9, 60.0, 79.9, 80.0)] == [2.0, 2.0, 0.3, 0.3, 0.0]


@pytest.mark.parametrize(
    ("orders", "failed", "rate"), [(9, 9, 0.0), (10, 0, 0.0), (10, 1, 0.1), (20, 1, 0.05), (10, 2, 0.2)]
)
def test_failures_are_a_rate_from_ten_orders_on(orders: int, failed: int, rate: float) -> None:
    failures = FailureRate()
    for number in range(orders):
        failures.add(0.0, failed=number < failed)
    assert failures.rate(299.9) == pytest.approx(rate)
    assert failures.rate(300.0) == 0.0


@pytest.mark.requirement("OPS-IF-3")
@pytest.mark.parametrize(
    ("results", "told"),
    [
        ([0, -1_999_999], []),
        ([0, -2_000_000], [("day_loss", "warning")]),
        ([0, -2_000_000, -2_000_000, -2_500_000], [("day_loss", "warning")]),
        ([0, -2_000_000, -3_000_000], [("day_loss", "warning"), ("day_loss", "danger")]),
        ([0, -3_000_000], [("day_loss", "danger")]),
        ([0, -3_000_000, -2_100_000, -1_000_000], [("day_loss", "danger")]),
        ([0, 5_000_000], []),
    ],
)
def test_loss_of_the_day(results: list[int], told: list[tuple[str, str]]) -> None:
    watch = ProfitWatch()
    shocks = [one for turn, result in enumerate(results) for one in watch.note(turn * 120.0, result, EQUITY)]
    assert [(one.rule, one.grade.value) for one in shocks if one.rule == "day_loss"] == told
    assert DAY_LOSS.grade(0.02) is Grade.WARNING


@pytest.mark.requirement("OPS-IF-3")
@pytest.mark.parametrize(
    ("moves", "changes"),
    [
        ([(0, 0), (59, -999_999)], []),
        ([(0, 0), (59, -1_000_000)], [-1_000_000]),
        ([(0, 0), (60, 1_000_000)], [1_000_000]),
        ([(0, 0), (61, -1_000_000)], []),
        ([(0, 0), (20, 600_000), (40, -500_000)], [-1_100_000]),
        ([(0, 0), (10, -1_500_000), (20, -1_600_000), (30, -1_500_000)], [-1_500_000]),
        ([(0, 0), (10, -1_500_000), (200, -1_500_000), (210, 0)], [-1_500_000, 1_500_000]),
    ],
)
def test_change_within_a_minute(moves: list[tuple[int, int]], changes: list[int]) -> None:
    watch = ProfitWatch()
    shocks = [one for at, result in moves for one in watch.note(float(at), result, EQUITY)]
    found = [one for one in shocks if one.rule == "minute_change"]
    assert [one.change for one in found] == changes
    assert all((one.limit, one.equity) == (0.01, EQUITY) for one in found)


def test_without_a_start_there_is_no_share() -> None:
    assert ProfitWatch().note(0.0, -5_000_000, 0) == ()
