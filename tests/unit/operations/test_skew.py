"""The clock beside the broker's: only what the answers prove is told."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.operations.skew import Stamp, sure_skew


def stamps(offset: float, moments: list[float], delay: float = 0.05) -> "deque[Stamp]":
    """Answers of a server whose clock is ``offset`` ahead of ours."""
    return deque(Stamp(at, at + delay, float(int(at + delay / 2 + offset))) for at in moments)


@pytest.mark.parametrize("offset", [0.0, 0.4, -0.4])
def test_a_clock_that_is_right_is_never_called_wrong(offset: float) -> None:
    found = sure_skew(stamps(offset, [1000.0 + 7.3 * turn for turn in range(20)]), 1140.0)
    assert found is not None
    assert abs(found) <= abs(offset) + 0.03


@pytest.mark.parametrize(("offset", "wrong"), [(1.5, True), (-1.5, True), (0.9, False), (-0.9, False), (30.0, True)])
def test_more_than_a_second_is_found_and_less_is_not(offset: float, wrong: bool) -> None:
    found = sure_skew(stamps(offset, [1000.0 + 7.37 * turn for turn in range(20)]), 1140.0)
    assert found is not None
    assert (abs(found) > 1.0) is wrong
    assert found == pytest.approx(offset, abs=0.2)


@given(st.floats(-5, 5), st.lists(st.floats(0, 800), min_size=1, max_size=20), st.floats(0.001, 2.0))
def test_what_is_told_is_never_more_than_the_truth(offset: float, moments: list[float], delay: float) -> None:
    found = sure_skew(stamps(offset, sorted(1_000.0 + at for at in moments), delay), 1_805.0)
    assert found is not None
    assert abs(found) <= abs(offset) + 1e-6


def test_old_answers_say_nothing_and_a_clock_that_was_set_begins_anew() -> None:
    assert sure_skew(stamps(3.0, [1000.0]), 2000.0) is None
    assert sure_skew(deque(), 0.0) is None
    jumped = stamps(0.0, [1000.0, 1010.0]) + stamps(30.0, [1020.0])
    assert sure_skew(jumped, 1030.0) == pytest.approx(29.5, abs=0.6)
