"""Who is heard, how old a message may be, how often somebody may ask, what a code is worth."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hantu.alerting.phone.policy import (
    AGE_S,
    LOCK_MAX_S,
    LOCK_S,
    TRIES,
    Bucket,
    Came,
    Factor,
    Incoming,
    Kind,
    Refused,
    drawn,
    judged,
    lock_s,
    refusal,
    steps_at,
)

NOW = 1_790_000_000.0
LISTED = {101: "kim"}
FINE = Incoming(1, Kind.MESSAGE, 101, 101, private=True, text="/kill", sent_s=NOW - 2)


@pytest.mark.requirement("DEC-36", "SVC-40")
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"user_id": 666, "chat_id": 666}, Refused.UNLISTED),
        ({"private": False, "chat_id": -5}, Refused.GROUP),
        ({"private": False}, Refused.GROUP),
        ({"chat_id": 102}, Refused.GROUP),
        ({"bot": True}, Refused.BOT),
        ({"forwarded": True}, Refused.FORWARDED),
        ({"edited": True}, Refused.EDITED),
        ({"kind": Kind.OTHER, "edited": True}, Refused.EDITED),
        ({"kind": Kind.OTHER}, Refused.OTHER),
        ({"sent_s": NOW - AGE_S}, None),
        ({"sent_s": NOW - AGE_S - 1}, Refused.OLD),
        ({"sent_s": NOW + 61}, Refused.OLD),
        ({"sent_s": 0.0}, Refused.OLD),
        ({"kind": Kind.BUTTON, "sent_s": None}, None),
        ({"kind": Kind.BUTTON, "sent_s": None, "waited": True}, Refused.OLD),
    ],
)
def test_who_is_heard(changes, why):
    assert refusal(replace(FINE, **changes), LISTED, NOW) == why


def test_a_rate_gives_a_burst_and_then_one_at_a_time():
    bucket = Bucket(3.0, 10.0, 3.0, NOW)
    answers = []
    for at in (0, 0, 0, 0, 9, 10, 10, 1_000, 1_000, 1_000, 1_000):
        bucket, room = drawn(bucket, NOW + at)
        answers.append(room)
    assert answers == [True, True, True, False, False, True, False, True, True, True, False]


def test_a_clock_set_back_gives_nothing():
    bucket, _ = drawn(Bucket(1.0, 10.0, 1.0, NOW), NOW)
    bucket, room = drawn(bucket, NOW - 1_000)
    assert not room
    assert bucket.left == 0


@pytest.mark.requirement("SVC-42")
def test_only_the_current_step_counts_unless_one_back_is_allowed():
    assert steps_at(90.0, previous=False) == (3,)
    assert steps_at(119.9, previous=False) == (3,)
    assert steps_at(120.0, previous=True) == (4, 3)


@pytest.mark.requirement("SVC-42")
def test_each_step_counts_once_and_older_ones_never_again():
    factor, came = judged(Factor(), NOW, 100)
    assert (factor, came) == (Factor(last_step=100), Came.RIGHT)
    factor, came = judged(factor, NOW, 100)
    assert (factor.failures, came) == (1, Came.USED)
    factor, came = judged(factor, NOW, 99)
    assert (factor.failures, came) == (2, Came.USED)
    factor, came = judged(factor, NOW, 101)
    assert (factor, came) == (Factor(last_step=101), Came.RIGHT)


@pytest.mark.requirement("SVC-42")
def test_wrong_codes_lock_longer_each_time_and_a_lock_is_no_try():
    factor, now, locks = Factor(), NOW, []
    for _ in range(4 * TRIES):
        factor, came = judged(factor, now, None)
        assert came is Came.WRONG
        if factor.locked_until_s:
            locks.append(factor.locked_until_s - now)
            same, locked = judged(factor, now + 1, 10**9)
            assert (same, locked) == (factor, Came.LOCKED)
            now = factor.locked_until_s
    assert locks == [LOCK_S, 2 * LOCK_S, 4 * LOCK_S, 8 * LOCK_S]
    assert lock_s(10_000) == LOCK_MAX_S


@given(st.lists(st.one_of(st.none(), st.integers(1, 50)), max_size=40))
def test_no_step_is_ever_right_twice(steps):
    factor, right = Factor(), []
    for number, step in enumerate(steps):
        factor, came = judged(factor, NOW + number * 100_000, step)
        if came is Came.RIGHT:
            right.append(step)
    assert right == sorted(set(right))
