"""What the alert policy decided outlives the process, and so does what people were told."""

import pytest

from hantu.domain import events as ev
from hantu.domain.alert import Priority
from hantu.ports import JudgedAlert
from tests.contract.lives import HandClock, Lives, alert, batch


async def raised(store, clock: HandClock, *alerts) -> None:
    await store.record(batch(clock.now(), ev.SubscribeDone(1), alerts=tuple((0, item) for item in alerts)))


async def test_there_is_no_memory_before_the_first_save(lives: Lives) -> None:
    store = await lives.next()
    assert await store.desk.policy_state() == ""
    assert await store.desk.told_lately(86_400.0) == ()
    assert (await store.desk.words()).silences == ()


async def test_the_state_saved_last_is_what_the_next_life_finds(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await store.desk.judged((JudgedAlert(1, "wait", "quiet_hours", "", "night", 60.0),), '{"n":1}')
    clock.advance(1)
    await store.desk.judged((), '{"n":2}')
    again = await lives.next()
    assert await again.desk.policy_state() == '{"n":2}'


@pytest.mark.requirement("OPS-04-9")
async def test_what_was_told_is_known_with_its_age_though_the_policy_had_no_time_to_save(
    lives: Lives, clock: HandClock
) -> None:
    store = await lives.next()
    await raised(store, clock, alert("a", Priority.EMERGENCY), alert("b"))
    [first, _] = await store.pending(2)
    await store.delivered(first.alert_id, "telegram")
    clock.advance(30)
    again = await lives.next()
    [told] = await again.desk.told_lately(86_400.0)
    assert (told.alert_id, told.alert, told.age_s) == (first.alert_id, first.alert, 30.0)
    assert await again.desk.told_lately(29.0) == ()
