"""When a strategy is started again and when it is given up, to the second."""

import itertools

import pytest

from hantu.strategies.supervision import JobState, Limits, Start, Supervision

LIMITS = Limits()


def running(now: float = 0.0) -> Supervision:
    found = Supervision(LIMITS)
    found.begun(now, Start.BY_HAND)
    return found


@pytest.mark.requirement("REL-19", "REL-24")
@pytest.mark.parametrize(("waited", "hangs"), [(0.0, False), (299.0, False), (299.999, False), (300.0, True)])
def test_five_minutes_without_an_answer_are_a_hang_and_a_second_less_is_none(waited, hangs):
    found = running()
    found.asked(1_000.0)
    assert found.hangs(1_000.0 + waited) is hangs


def test_a_strategy_that_answers_never_hangs_however_long_it_lives():
    found = running()
    found.asked(10.0)
    found.answered()
    assert not found.hangs(1e9)


@pytest.mark.requirement("REL-20", "REL-22", "REL-26")
def test_one_that_always_fails_is_started_five_times_more_a_minute_apart_and_then_given_up():
    found, starts, now = running(), [0.0], 0.0
    while found.state is not JobState.FAILED:
        given_up = found.failed(now + 0.1, "crash")
        assert given_up is (found.state is JobState.FAILED)
        # A check every second: nothing may start before its minute is over.
        for second in range(1, 200):
            if found.due(now + second):
                now += second
                found.begun(now, Start.AUTOMATIC)
                starts.append(now)
                break
    assert len(starts) == 6
    assert [later - earlier for earlier, later in itertools.pairwise(starts)] == [60.0] * 5
    assert (found.errors, found.restarts, found.last_error) == (6, 5, "crash")
    assert not found.due(now + 1e9), "only a person starts it again"


@pytest.mark.requirement("REL-25", "REL-22")
def test_one_that_ran_for_long_is_started_at_the_next_look():
    found = running(0.0)
    found.failed(1_000.0, "hang")
    assert found.due(1_000.0)


def test_an_hour_of_health_clears_the_count():
    found = running()
    for number in range(3):
        found.failed(number * 60.0 + 1, "crash")
        found.begun(number * 60.0 + 60, Start.AUTOMATIC)
    assert found.restarts == 3
    found.settle(180.0 + 3_599)
    assert found.restarts == 3
    found.settle(180.0 + 3_600)
    assert found.restarts == 0


def test_a_failure_after_an_hour_of_health_is_the_first_of_a_new_count():
    found = running()
    for number in range(5):
        found.failed(number * 60.0 + 1, "crash")
        found.begun(number * 60.0 + 60, Start.AUTOMATIC)
    assert not found.failed(300.0 + 3_600, "crash")
    assert (found.restarts, found.state) == (0, JobState.WAITING)


@pytest.mark.requirement("REL-20")
def test_a_person_begins_the_count_anew_and_a_new_jobs_process_does_not():
    found = running()
    found.failed(1.0, "crash")
    found.begun(60.0, Start.AUTOMATIC)
    found.begun(61.0, Start.AGAIN)
    assert found.restarts == 1
    found.begun(62.0, Start.BY_HAND)
    assert found.restarts == 0


def test_what_was_ended_on_purpose_is_never_due():
    for state in (JobState.PAUSED, JobState.STOPPED):
        found = running()
        found.ended(state)
        assert not found.due(1e9)
        assert not found.hangs(1e9)
