"""Alerts are told at least once, most urgent first, and not again after success."""

from hantu.domain import events as ev
from hantu.domain.alert import Priority
from tests.contract.lives import HandClock, Lives, alert, batch


async def raised(store, clock: HandClock, *alerts) -> None:
    await store.record(batch(clock.now(), ev.SubscribeDone(1), alerts=tuple((0, item) for item in alerts)))


async def keys(store, limit: int = 10) -> list[str]:
    return [item.alert.key for item in await store.pending(limit)]


async def test_the_most_urgent_come_first_then_the_oldest(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await raised(store, clock, alert("n1", Priority.NORMAL), alert("e1", Priority.EMERGENCY), alert("l", Priority.LOW))
    await raised(store, clock, alert("h", Priority.HIGH), alert("e2", Priority.EMERGENCY), alert("n2", Priority.NORMAL))

    assert await keys(store) == ["e1", "e2", "h", "n1", "n2", "l"]
    assert await keys(store, 2) == ["e1", "e2"]


async def test_an_alert_is_whole_when_it_comes_back(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await raised(store, clock, alert())
    [waiting] = await store.pending(1)

    assert waiting.alert == alert()
    assert (waiting.attempts, waiting.delivered_to) == (0, ())
    assert waiting.event_at == "2026-11-23 00:12:31.000000"


async def test_a_delivered_alert_does_not_come_back(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await raised(store, clock, alert("a"), alert("b"))
    [first, _] = await store.pending(10)
    await store.delivered(first.alert_id, "telegram")
    await store.delivered(first.alert_id, "desktop")
    again = await lives.next()

    assert await keys(store) == ["b"]
    assert await keys(again) == ["b"]


async def test_a_failed_channel_tries_again_when_its_pause_is_over(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await raised(store, clock, alert())
    [waiting] = await store.pending(1)
    await store.failed(waiting.alert_id, "telegram", "429", retry_s=5)
    assert await keys(store) == []

    clock.advance(4.9)
    assert await keys(store) == []
    clock.advance(0.1)
    [again] = await store.pending(1)
    assert again.attempts == 1
    await store.delivered(again.alert_id, "telegram")
    assert await keys(store) == []


async def test_a_retry_names_the_channels_that_have_it_already(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await raised(store, clock, alert())
    [waiting] = await store.pending(1)
    await store.failed(waiting.alert_id, "telegram", "timeout", retry_s=0)
    await store.delivered(waiting.alert_id, "desktop")
    [again] = await store.pending(1)

    assert again.delivered_to == ("desktop",)
    next_life = await lives.next()
    assert [item.delivered_to for item in await next_life.pending(1)] == [("desktop",)]


async def test_a_channel_that_gave_up_is_not_asked_again(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await raised(store, clock, alert())
    [waiting] = await store.pending(1)
    await store.failed(waiting.alert_id, "telegram", "bad token", retry_s=None)
    again = await lives.next()

    assert await keys(store) == []
    assert await keys(again) == []


async def test_an_alert_waiting_for_a_retry_outlives_the_process(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await raised(store, clock, alert("a"), alert("b"))
    [first, _] = await store.pending(2)
    await store.failed(first.alert_id, "telegram", "429", retry_s=60)
    again = await lives.next()

    assert await keys(again) == ["b"]
    clock.advance(60)
    assert [(item.alert.key, item.attempts) for item in await again.pending(2)] == [("a", 1), ("b", 0)]
    await raised(again, clock, alert("c"))
    numbers = [item.alert_id for item in await again.pending(9)]
    assert len(set(numbers)) == 3
