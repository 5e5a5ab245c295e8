"""What every store promises the guard, whatever it is built on."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Side
from hantu.domain.commands import KillLevel
from hantu.domain.errors import BrokenError, DeniedError, FencedError
from hantu.domain.order import IntentState
from hantu.engine.book import Book
from hantu.engine.inputs import Started
from tests.contract.lives import (
    HYNIX,
    SAMSUNG,
    HandClock,
    Lives,
    accepted,
    alert,
    batch,
    filled,
    guarded,
    intent,
    reached,
    stop_loss_filled,
)

TODAY = date(2026, 11, 23)
TOMORROW = date(2026, 11, 24)
NEXT_MORNING = datetime(2026, 11, 24, 0, 5, tzinfo=UTC)


async def test_a_first_life_starts_clean_and_empty(lives: Lives) -> None:
    store = await lives.next()

    assert await store.load(TODAY) == Started(epoch=1)


async def test_facts_come_back_in_the_order_they_were_recorded(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    facts = (guarded(), reached(), intent(), accepted(), filled(), stop_loss_filled())
    for fact in facts[:4]:
        await store.record(batch(clock.now(), fact))
    await store.record(batch(clock.now(), *facts[4:]))

    assert (await store.load(TODAY)).facts == facts


async def test_order_survives_a_clock_that_goes_back(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await store.record(batch(clock.now(), reached(), intent()))
    await store.record(batch(clock.back(2), accepted()))
    again = await lives.next()
    await again.record(batch(clock.back(2), filled()))

    assert (await again.load(TODAY)).facts == (reached(), intent(), accepted(), filled())


async def test_a_killed_life_is_told_from_one_that_ended(lives: Lives) -> None:
    first = await lives.next()
    await first.close()
    second = await lives.next()
    after_clean_end = await second.load(TODAY)
    third = await lives.next()
    after_kill = await third.load(TODAY)

    assert (after_clean_end.clean, after_kill.clean) == (True, False)
    assert (after_clean_end.epoch, after_kill.epoch) == (2, 3)


async def test_yesterdays_facts_stay_away_unless_their_intent_is_open(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await store.record(batch(clock.now(), guarded(), reached(), intent(), accepted()))
    await store.record(batch(clock.now(), reached("f2", HYNIX), intent("20261123-0002", "f2", HYNIX)))
    await store.record(batch(clock.now(), accepted("20261123-0002", "117059", HYNIX)))
    await store.record(batch(clock.now(), filled("20261123-0002", symbol=HYNIX, order_no="117059")))
    clock.turn_to(NEXT_MORNING)
    await store.record(batch(clock.now(), ev.SubscribeDone(3)))

    assert (await store.load(TOMORROW)).facts == (reached(), intent(), accepted(), ev.SubscribeDone(3))


async def test_the_korean_day_decides_what_is_today(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    clock.turn_to(datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC))
    await store.record(batch(clock.now(), ev.SubscribeDone(1)))
    clock.turn_to(datetime(2026, 11, 23, 15, 0, 0, tzinfo=UTC))
    await store.record(batch(clock.now(), ev.SubscribeDone(2)))

    assert (await store.load(TODAY)).facts == (ev.SubscribeDone(1),)
    assert (await store.load(TOMORROW)).facts == (ev.SubscribeDone(2),)


async def test_a_kill_switch_does_not_end_at_midnight(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    on = ev.KillswitchOn(KillLevel.HARD, "operator", "점검", automatic=False)
    await store.record(batch(clock.now(), on))
    clock.turn_to(NEXT_MORNING)
    assert (await store.load(TOMORROW)).facts == (on,)

    clock.turn_to(datetime(2026, 11, 23, 5, 0, tzinfo=UTC))
    await store.record(batch(clock.now(), ev.KillswitchOff("operator", "")))
    assert (await store.load(TOMORROW)).facts == ()


async def test_intent_numbers_are_never_used_twice(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await store.record(batch(clock.now(), reached(), intent("20261123-0041")))
    again = await lives.next()

    assert (await again.load(TODAY)).next_intent == 42


async def test_a_second_open_order_of_the_same_side_is_denied_whole(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await store.record(batch(clock.now(), reached(), intent()))

    with pytest.raises(DeniedError) as denied:
        await store.record(batch(clock.now(), reached("f2"), intent("20261123-0002", "f2")))
    assert not isinstance(denied.value, FencedError), "nobody has taken over: the record knows more than the caller"
    assert (await store.load(TODAY)).facts == (reached(), intent())

    buy = intent("20261123-0003", "f3", side=Side.BUY)
    other = intent("20261123-0004", "f4", HYNIX)
    cancel = intent("20261123-0005", "f1", kind="cancel")
    await store.record(batch(clock.now(), buy, other, cancel))


async def test_a_finished_order_makes_room_for_the_next(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    endings = [
        (ev.OrderRejectedBroker("20261123-0001", intent().symbol, "삼성전자", "APBK0919", "장종료", False, ""),),
        (ev.OrderNotSent("20261123-0002", intent().symbol, "삼성전자", "reset", "connect"),),
        (ev.OrderUnresolved("20261123-0003", "f1", intent().symbol, "삼성전자", "timeout", ""),
         ev.OrderAbsent("20261123-0003", intent().symbol, "no order in two lists")),
        (accepted("20261123-0004", "4"), filled("20261123-0004", 4, 4, order_no="4"),
         ev.OrderCanceled("20261123-0004", intent().symbol, 6, "answer")),
        (ev.IntentVoided("20261123-0005", "price recovered"),),
        (accepted("20261123-0006", "6"), ev.OrderExpired("20261123-0006", intent().symbol, 10)),
        (accepted("20261123-0007", "7"), filled("20261123-0007", order_no="7")),
    ]  # fmt: skip
    for number, facts in enumerate(endings, 1):
        state = IntentState.PREPARED if number == 5 else IntentState.SENDING
        await store.record(batch(clock.now(), intent(f"20261123-{number:04d}", state=state)))
        for fact in facts:
            await store.record(batch(clock.now(), fact))
    await store.record(batch(clock.now(), intent("20261123-0099")))

    assert (await store.load(TODAY)).next_intent == 100


async def test_a_partial_fill_or_partial_cancel_keeps_the_order_open(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await store.record(batch(clock.now(), intent(), accepted(), filled(quantity=3, cumulative=3)))
    await store.record(batch(clock.now(), ev.OrderCanceled("20261123-0001", intent().symbol, 2, "answer")))

    with pytest.raises(DeniedError):
        await store.record(batch(clock.now(), intent("20261123-0002")))


async def test_a_guard_that_lost_its_lease_records_no_intent(lives: Lives, clock: HandClock) -> None:
    old = await lives.next()
    new = await lives.next()

    with pytest.raises(FencedError):
        await old.record(batch(clock.now(), reached(), intent(), epoch=1))
    await old.record(batch(clock.now(), ev.SubscribeDone(1), epoch=1))
    await new.record(batch(clock.advance(1), reached(), intent(), epoch=2))

    assert (await new.load(TODAY)).facts == (ev.SubscribeDone(1), reached(), intent())


async def test_nothing_is_recorded_before_opening_or_after_closing(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await store.close()

    with pytest.raises(BrokenError):
        await store.record(batch(clock.now(), ev.SubscribeDone(1)))


async def test_a_batch_without_facts_changes_nothing(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await store.record(batch(clock.now()))

    assert (await store.load(TODAY)).facts == ()


async def test_many_at_once_are_all_recorded_in_order(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await asyncio.gather(*(store.record(batch(clock.now(), ev.SubscribeDone(n))) for n in range(200)))

    assert (await store.load(TODAY)).facts == tuple(ev.SubscribeDone(n) for n in range(200))


async def test_alerts_of_a_denied_batch_are_not_told(lives: Lives, clock: HandClock) -> None:
    store = await lives.next()
    await store.record(batch(clock.now(), intent()))
    with pytest.raises(DeniedError):
        await store.record(batch(clock.now(), intent("20261123-0002"), alerts=((0, alert()),)))

    assert await store.pending(10) == ()


@pytest.mark.requirement("OPS-05-1")
async def test_flow_whose_first_attempt_ended_yesterday_is_loaded_whole(lives: Lives, clock: HandClock) -> None:
    """Without the end of the first attempt two orders seemed open, and every start of the next day failed."""
    store = await lives.next()
    first, second = intent("20261123-0001"), replace(intent("20261123-0002"), attempt=2, parent="20261123-0001")
    canceled = ev.OrderCanceled("20261123-0001", SAMSUNG, 10, "notice")
    await store.record(batch(clock.now(), first))
    await store.record(batch(clock.advance(1), accepted("20261123-0001")))
    await store.record(batch(clock.advance(1), canceled, second))
    started = await store.load(TOMORROW)
    book = Book()
    for fact in started.facts:
        book.apply(fact)
    assert [held.record.intent_id for held in book.open_intents()] == ["20261123-0002"]
