"""Call-rate counter: the limit holds in every window, exits keep their share."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hantu.kis.endpoints import Lane
from hantu.kis.throttle import PAPER_LIMITS, REAL_LIMITS, SECOND_S, Limits, Throttle

LIMITS = st.builds(lambda total, ledger: Limits(total, min(total, ledger)), st.integers(1, 20), st.integers(1, 20))
CALLS = st.lists(st.tuples(st.floats(0, 0.4), st.sampled_from(list(Lane)), st.booleans()), min_size=1, max_size=200)


def most_in_a_window(times: list[float], length: float) -> int:
    return max((sum(1 for t in times if start <= t < start + length) for start in times), default=0)


@settings(max_examples=150, deadline=None)
@given(LIMITS, CALLS)
def test_no_second_holds_more_than_the_limit(limits: Limits, calls: list[tuple[float, Lane, bool]]) -> None:
    throttle, now = Throttle(limits), 100.0
    total: list[float] = []
    ledgers: list[float] = []
    for pause, lane, ledger in calls:
        now += pause
        if throttle.take(lane, now, ledger=ledger):
            total.append(now)
            if ledger:
                ledgers.append(now)
    assert most_in_a_window(total, 1.0) <= limits.total
    assert most_in_a_window(ledgers, 1.0) <= limits.ledger


@settings(max_examples=150, deadline=None)
@given(LIMITS, st.lists(st.floats(0, 0.4), min_size=1, max_size=200))
def test_exits_always_find_forty_per_cent(limits: Limits, pauses: list[float]) -> None:
    """However greedy other calls are, every window of at least five calls leaves 40 % of them."""
    throttle, now = Throttle(limits), 0.0
    others: list[float] = []
    for pause in pauses:
        now += pause
        while throttle.take(Lane.OTHER, now, ledger=True):
            others.append(now)
    seconds = math.ceil(5 / limits.ledger)
    assert most_in_a_window(others, float(seconds)) <= 0.6 * limits.ledger * seconds
    # A small limit is counted over several seconds, so a single slot may be a second away.
    assert throttle.wait_s(Lane.EXIT, now, ledger=True) <= (0 if limits.ledger >= 5 else SECOND_S + 1e-9)


@settings(max_examples=100, deadline=None)
@given(
    st.one_of(st.sampled_from([REAL_LIMITS, PAPER_LIMITS, Limits(3, 3)]), LIMITS),
    st.sampled_from([Lane.EXIT, Lane.RECONCILE]),
    st.booleans(),
    st.floats(0.01, 0.3),
)
def test_of_all_calls_at_least_forty_per_cent_go_to_exits_that_want_them(
    limits: Limits, lane: Lane, ledger: bool, pause: float
) -> None:
    """Others ask first, always and for everything; over half a minute exits still get their share."""
    throttle, now = Throttle(limits), 0.0
    went = {Lane.OTHER: 0, lane: 0}
    while now < 30.0:
        for asking in (Lane.OTHER, lane):
            while throttle.take(asking, now, ledger=ledger):
                went[asking] += 1
        now += pause
    # The window in which it begins and the one in which it ends may be cut anywhere.
    cut = 2 * max(5, limits.ledger if ledger else limits.total)
    assert went[lane] >= 0.4 * (went[lane] + went[Lane.OTHER]) - cut


def test_real_limit_leaves_eight_calls_of_eighteen_for_exits() -> None:
    throttle = Throttle(REAL_LIMITS)
    others = sum(throttle.take(Lane.OTHER, 0.0, ledger=False) for _ in range(50))
    exits = sum(throttle.take(Lane.EXIT, 0.0, ledger=False) for _ in range(50))
    assert (others, exits) == (10, 8)


def test_exits_may_use_everything() -> None:
    throttle = Throttle(REAL_LIMITS)
    assert sum(throttle.take(Lane.EXIT, 0.0, ledger=False) for _ in range(50)) == 18
    assert throttle.wait_s(Lane.OTHER, 0.5, ledger=False) == pytest.approx(SECOND_S - 0.5)


def test_reconcile_is_not_held_back_by_other_calls() -> None:
    throttle = Throttle(REAL_LIMITS)
    while throttle.take(Lane.OTHER, 0.0, ledger=True):
        pass
    assert throttle.wait_s(Lane.RECONCILE, 0.0, ledger=True) == 0


def test_one_call_a_second_gives_others_three_of_five() -> None:
    throttle = Throttle(PAPER_LIMITS)
    went = [second for second in range(10) if throttle.take(Lane.OTHER, second * 1.1, ledger=False)]
    assert went == [0, 1, 2, 5, 6, 7]
    assert throttle.take(Lane.EXIT, 8 * 1.1 + 0.5, ledger=True)


def test_waiting_as_told_is_enough() -> None:
    throttle, now = Throttle(Limits(3, 2)), 0.0
    for _ in range(30):
        now += throttle.wait_s(Lane.OTHER, now, ledger=True)
        assert throttle.take(Lane.OTHER, now + 1e-9, ledger=True)
        now += 1e-9


def test_asking_counts_nothing_and_refusing_counts_nothing() -> None:
    throttle = Throttle(Limits(1, 1))
    assert throttle.wait_s(Lane.EXIT, 0.0, ledger=True) == 0
    assert throttle.take(Lane.EXIT, 0.0, ledger=True)
    assert not throttle.take(Lane.EXIT, 1.0, ledger=True)
    assert throttle.take(Lane.EXIT, SECOND_S, ledger=True)


def test_push_back_pauses_others_only() -> None:
    throttle = Throttle(REAL_LIMITS)
    throttle.pushed_back(10.0)
    assert throttle.wait_s(Lane.OTHER, 10.4, ledger=False) == pytest.approx(0.6)
    assert throttle.wait_s(Lane.EXIT, 10.4, ledger=True) == 0
    assert throttle.wait_s(Lane.OTHER, 11.0, ledger=False) == 0


@pytest.mark.parametrize(("total", "ledger"), [(0, 0), (1, 0), (5, 6)])
def test_impossible_limits_are_refused(total: int, ledger: int) -> None:
    with pytest.raises(ValueError):
        Limits(total, ledger)
