"""Ends of processes: which are final, how long the next start waits, when it is enough."""

import pytest

from hantu.operations.restarts import After, Limits, Restarts

SIGKILLED = -9


def test_ends_in_quick_succession_wait_longer_and_are_given_up():
    restarts = Restarts(Limits(waits_s=(1.0, 2.0, 5.0), ends_max=5, within_s=600.0))
    came = [restarts.ended(SIGKILLED, 10.0 * number) for number in range(5)]
    again = [(After.AGAIN, wait) for wait in (1.0, 2.0, 5.0, 5.0)]
    assert came == [*again, (After.GIVEN_UP, 0.0)]
    assert restarts.total == 4


def test_an_end_after_a_long_time_begins_the_count_anew():
    restarts = Restarts(Limits(ends_max=3, within_s=60.0))
    assert restarts.ended(1, 0.0) == (After.AGAIN, 1.0)
    assert restarts.ended(1, 30.0) == (After.AGAIN, 2.0)
    assert restarts.ended(1, 91.0) == (After.AGAIN, 1.0)
    assert restarts.ended(1, 100.0) == (After.AGAIN, 2.0)
    assert restarts.ended(1, 101.0)[0] is After.GIVEN_UP


@pytest.mark.parametrize("code", [2, 3])
@pytest.mark.parametrize("always", [True, False])
def test_a_process_that_says_no_is_asked_once(code, always):
    restarts = Restarts(always=always)
    assert restarts.ended(code, 0.0) == (After.REFUSED, 0.0)
    assert restarts.total == 0


def test_an_end_in_order_is_final_only_where_a_person_may_have_wanted_it():
    assert Restarts().ended(0, 0.0) == (After.ENDED, 0.0)
    assert Restarts(always=True).ended(0, 0.0) == (After.AGAIN, 1.0)
