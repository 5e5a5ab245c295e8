"""The market clock leaps on the wall and nowhere else."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from hantu.domain.market_clock import MarketClock

NINE = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
NOON = NINE + timedelta(hours=3)
CLOCK = MarketClock(
    start_real=100.0,
    start_wall=NINE,
    speed=15.0,
    segments=((NINE, NINE + timedelta(seconds=60)), (NOON, NOON + timedelta(seconds=30))),
)


def test_wall_runs_at_speed_inside_a_segment() -> None:
    assert CLOCK.wall(100.0) == NINE
    assert CLOCK.wall(102.0) == NINE + timedelta(seconds=30)


def test_wall_jumps_between_segments_and_mono_does_not() -> None:
    before, after = CLOCK.now(103.999), CLOCK.now(104.0)
    assert before.wall < NINE + timedelta(seconds=60)
    assert after.wall == NOON
    assert after.mono - before.mono == pytest.approx(0.015)


def test_wall_runs_on_after_the_last_segment() -> None:
    assert CLOCK.wall(108.0) == NOON + timedelta(seconds=60)
    assert CLOCK.mono(108.0) == 120.0


def test_without_segments_time_is_one_line() -> None:
    plain = MarketClock(start_real=5.0, start_wall=NINE, speed=2.0)
    assert plain.wall(10.0) == NINE + timedelta(seconds=10)
    assert plain.wall(4.0) == NINE - timedelta(seconds=2)
    assert plain.next_jump(5.0) is None


def test_jumps_are_listed_once_and_in_order() -> None:
    jump = CLOCK.next_jump(100.0)
    assert jump is not None
    assert (jump.real, jump.before, jump.after) == (104.0, NINE + timedelta(seconds=60), NOON)
    assert CLOCK.next_jump(104.0) is None


@pytest.mark.parametrize("real", [100.0, 101.5, 103.9, 104.0, 105.0, 120.0])
def test_real_at_is_the_inverse_of_wall(real: float) -> None:
    assert CLOCK.real_at(CLOCK.wall(real)) == pytest.approx(real, abs=1e-6)


def test_a_skipped_moment_is_reached_at_the_jump() -> None:
    assert CLOCK.real_at(NINE + timedelta(hours=1)) == 104.0


def test_real_delay_scales_a_wait() -> None:
    assert CLOCK.real_delay(30.0) == 2.0


def test_json_round_trip_gives_an_equal_clock() -> None:
    assert MarketClock.from_json(json.loads(json.dumps(CLOCK.to_json()))) == CLOCK


@pytest.mark.parametrize(
    ("speed", "segments"),
    [
        (0.0, ()),
        (1.0, ((NINE, NINE),)),
        (1.0, ((NINE, NOON), (NINE + timedelta(hours=1), NOON + timedelta(hours=1)))),
        (1.0, ((NINE.replace(tzinfo=None), NOON),)),
        (1.0, ((NOON, NOON + timedelta(hours=1)),)),
    ],
)
def test_impossible_clocks_are_refused(speed: float, segments: tuple[tuple[datetime, datetime], ...]) -> None:
    with pytest.raises(ValueError, match=r"."):
        MarketClock(start_real=0.0, start_wall=NINE, speed=speed, segments=segments)


def test_without_segments_a_wall_time_is_reached_at_speed() -> None:
    plain = MarketClock(start_real=5.0, start_wall=NINE, speed=2.0)
    assert plain.real_at(NINE + timedelta(seconds=10)) == 10.0
    assert plain.jumps() == ()


def test_segments_that_touch_are_no_leap() -> None:
    minute = timedelta(seconds=60)
    clock = MarketClock(
        start_real=0.0,
        start_wall=NINE,
        segments=((NINE, NINE + minute), (NINE + minute, NOON), (NOON + minute, NOON + 2 * minute)),
    )
    assert [(leap.before, leap.after) for leap in clock.jumps()] == [(NOON, NOON + minute)]
