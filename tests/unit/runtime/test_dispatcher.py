"""Delivery with an outbox, a channel and a clock made of memory."""

import asyncio
from dataclasses import replace

import pytest

from hantu.domain.alert import Priority
from hantu.domain.errors import BrokenError, RetryableError
from hantu.runtime import dispatcher as module
from hantu.runtime.crowd import UNRECORDED_MAX
from hantu.runtime.dispatcher import BURST, Dispatcher
from hantu.telemetry import hide
from tests.unit.runtime.delivery import FakeChannel, FakeClock, FakeOutbox, alert


@pytest.fixture
def clock():
    return FakeClock()


@pytest.fixture
def outbox(clock):
    return FakeOutbox(clock)


@pytest.fixture
def channel():
    return FakeChannel()


@pytest.fixture
def console():
    return FakeChannel("console")


@pytest.fixture
def dispatcher(outbox, channel, clock, console):
    return Dispatcher(outbox, channel, clock, fallbacks=(console,))


@pytest.mark.requirement("OPS-04-1", "MON-N.01", "MON-N.02")
async def test_what_waits_is_sent_the_most_urgent_first_and_marked(dispatcher, outbox, channel):
    outbox.add(alert("normal", Priority.NORMAL))
    outbox.add(alert("high"))
    outbox.add(alert("emergency", Priority.EMERGENCY))
    await dispatcher.step()
    assert channel.texts == ["emergency", "high", "normal"]
    assert outbox.done == {3: "telegram", 2: "telegram", 1: "telegram"}
    assert dispatcher.counts.sent == 3


async def test_an_emergency_raised_while_sending_goes_before_what_already_waited(dispatcher, outbox, channel):
    outbox.add(alert("first"))
    outbox.add(alert("second"))

    def raised():
        channel.before = None
        outbox.add(alert("emergency", Priority.EMERGENCY))

    channel.before = raised
    await dispatcher.step()
    assert channel.texts == ["first", "emergency", "second"]


@pytest.mark.requirement("SVC-35")
async def test_failures_are_tried_again_after_3_10_30_60_and_60_seconds(dispatcher, outbox, channel, clock):
    outbox.add(alert("x"))
    channel.errors = [RetryableError("down")] * 6
    for wait_s in (3.0, 10.0, 30.0, 60.0, 60.0):
        await dispatcher.step()
        left = len(channel.errors)
        clock.advance(wait_s - 0.1)
        await dispatcher.step()
        assert len(channel.errors) == left
        clock.advance(0.1)
    await dispatcher.step()
    assert outbox.done == {}
    clock.advance(60.0)
    await dispatcher.step()
    assert outbox.done == {1: "telegram"}


@pytest.mark.requirement("SVC-36")
async def test_the_second_failure_also_tells_the_fallback_once(dispatcher, outbox, channel, console, clock):
    outbox.add(alert("x", Priority.EMERGENCY))
    channel.errors = [RetryableError("down")] * 4
    for _ in range(4):
        await dispatcher.step()
        clock.advance(60.0)
    assert len(console.texts) == 1
    assert outbox.done == {}


async def test_the_wait_a_channel_asks_for_holds_for_every_alert(dispatcher, outbox, channel, clock):
    outbox.add(alert("x"))
    channel.errors = [RetryableError("slow down", retry_s=20.0)]
    await dispatcher.step()
    outbox.add(alert("emergency", Priority.EMERGENCY))
    clock.advance(19.9)
    await dispatcher.step()
    assert channel.texts == []
    clock.advance(0.1)
    await dispatcher.step()
    assert channel.texts[0] == "emergency"
    assert channel.texts[1].startswith("x")


async def test_waits_are_real_seconds_also_when_the_market_runs_faster(dispatcher, outbox, channel, clock):
    clock.speed = 60.0
    outbox.add(alert("x"))
    channel.errors = [RetryableError("down")]
    await dispatcher.step()
    clock.advance(179.0)
    await dispatcher.step()
    assert channel.texts == []
    clock.advance(1.0)
    await dispatcher.step()
    assert len(channel.texts) == 1


@pytest.mark.requirement("SVC-36")
async def test_a_refusal_for_good_goes_to_the_fallback_and_is_not_repeated(dispatcher, outbox, channel, console, clock):
    outbox.add(alert("x"))
    channel.errors = [BrokenError("chat not found")]
    await dispatcher.step()
    clock.advance(3_600.0)
    await dispatcher.step()
    assert (channel.texts, console.texts, outbox.done) == ([], ["x"], {1: "console"})


async def test_a_refused_emergency_is_told_elsewhere_once_and_tried_until_it_is_taken(
    dispatcher, outbox, channel, console, clock
):
    outbox.add(alert("x", Priority.EMERGENCY))
    channel.errors = [BrokenError("bot was blocked")] * 2
    for _ in range(3):
        await dispatcher.step()
        clock.advance(300.0)
    # five minutes later nobody has acknowledged it: that it lasts is told again
    assert console.texts[0] == "x"
    assert console.texts[1].startswith("x (🔁 2번째 알림")
    assert channel.texts[-1].startswith("x (지연 전달")
    assert outbox.done == {1: "telegram"}


async def test_what_was_tried_and_then_refused_waits_on_no_channel(dispatcher, outbox, channel, console, clock):
    outbox.add(alert("x"))
    channel.errors = [RetryableError("down"), BrokenError("chat not found")]
    await dispatcher.step()
    clock.advance(3.0)
    await dispatcher.step()
    assert outbox.due == {1: {}}
    assert (console.texts, outbox.done) == (["x"], {1: "console"})


async def test_an_alert_that_grows_a_day_old_while_failing_is_dropped_for_good(dispatcher, outbox, channel, clock):
    outbox.add(alert("x"))
    channel.errors = [RetryableError("down")]
    await dispatcher.step()
    clock.advance(86_401.0)
    await dispatcher.step()
    assert outbox.dropped == {1: ("telegram", "older than a day")}
    assert outbox.due == {1: {}}


async def test_a_direct_alert_that_is_refused_is_told_elsewhere_and_forgotten(dispatcher, channel, console):
    channel.errors = [BrokenError("chat not found")]
    dispatcher.post(alert("x"))
    await dispatcher.step()
    await dispatcher.step()
    assert console.texts == ["x"]
    assert (dispatcher._direct, dispatcher._unmarked) == ({}, {})


async def test_without_fallback_a_refused_alert_is_given_up_with_its_reason(outbox, channel, clock):
    outbox.add(alert("x"))
    channel.errors = [BrokenError("chat not found")]
    await Dispatcher(outbox, channel, clock).step()
    assert outbox.dropped == {1: ("telegram", "chat not found")}


async def test_any_fault_of_a_channel_is_survived(dispatcher, outbox, channel, clock):
    outbox.add(alert("x"))
    channel.errors = [ZeroDivisionError("bug")]
    await dispatcher.step()
    clock.advance(3.0)
    await dispatcher.step()
    assert channel.texts == ["x"]


async def test_a_failing_fallback_does_not_stop_the_next(outbox, channel, clock, console):
    bad = FakeChannel("bad")
    bad.errors = [OSError("gone")]
    channel.errors = [BrokenError("no")]
    outbox.add(alert("x"))
    await Dispatcher(outbox, channel, clock, fallbacks=(bad, console)).step()
    assert outbox.done == {1: "console"}


@pytest.mark.requirement("OPS-04-9")
async def test_duplicates_are_marked_with_the_reason_and_not_sent(dispatcher, outbox, channel):
    for _ in range(5):
        outbox.add(alert("x", key="same"))
    await dispatcher.step()
    assert channel.texts == ["x"]
    assert set(outbox.dropped) == {2, 3, 4, 5}
    assert outbox.dropped[2] == ("policy", "duplicate of alert 1 within 300 s")


@pytest.mark.requirement("MON-N.03")
async def test_normal_alerts_are_joined_and_every_one_is_marked(dispatcher, outbox, channel, clock):
    outbox.add(alert("하나", Priority.NORMAL, "add_buy_opportunity"))
    await dispatcher.step()
    for text in ("둘", "셋"):
        outbox.add(alert(text, Priority.NORMAL, "add_buy_opportunity"))
        clock.advance(10.0)
        await dispatcher.step()
    assert channel.texts == ["하나"]
    clock.advance(290.0)
    await dispatcher.step()
    assert channel.texts == ["하나", "둘\n셋"]
    assert set(outbox.done) == {1, 2, 3}


@pytest.mark.requirement("MON-N.09", "MON-N.04")
async def test_reconnected_closes_only_a_delivered_loss(dispatcher, outbox, channel, clock):
    outbox.add(alert("back", Priority.LOW, "reconnected", "r1"))
    await dispatcher.step()
    assert channel.texts == []
    outbox.add(alert("lost", Priority.HIGH, "connection_lost", "l2"))
    channel.errors = [RetryableError("the network is down too")]
    await dispatcher.step()
    outbox.add(alert("back", Priority.LOW, "reconnected", "r2"))
    await dispatcher.step()
    assert channel.texts == []
    clock.advance(3.0)
    await dispatcher.step()
    assert channel.texts == ["lost", "back"]


async def test_an_accepted_alert_that_could_not_be_marked_is_not_sent_twice(dispatcher, outbox, channel):
    outbox.add(alert("x"))

    def breaks():
        outbox.broken = True

    channel.before = breaks
    await dispatcher.step()
    assert outbox.done == {}
    await dispatcher.step()
    outbox.broken = False
    await dispatcher.step()
    assert channel.texts == ["x"]
    assert outbox.done == {1: "telegram"}


@pytest.mark.requirement("ALR-30")
async def test_without_a_database_direct_alerts_are_still_sent(dispatcher, outbox, channel, clock):
    outbox.broken = True
    channel.errors = [RetryableError("down")]
    dispatcher.post(alert("[ERROR] Failed to log event: disk full", Priority.EMERGENCY, "event_log_failed"))
    await dispatcher.step()
    assert channel.texts == []
    clock.advance(3.0)
    await dispatcher.step()
    assert channel.texts == ["[ERROR] Failed to log event: disk full"]
    await dispatcher.step()
    assert len(channel.texts) == 1


async def test_direct_alerts_are_bounded_and_the_loss_is_counted(dispatcher):
    for n in range(UNRECORDED_MAX + 5):
        dispatcher.post(alert(f"a{n}"))
    assert len(dispatcher._direct) == UNRECORDED_MAX
    assert dispatcher.counts.lost == 5


async def test_a_failing_channel_is_not_hammered_when_the_outbox_cannot_note_it(dispatcher, outbox, channel):
    outbox.add(alert("x"))
    channel.errors = [RetryableError("down")] * 50

    async def refuses(*_args, **_kwargs):
        raise BrokenError("database is locked")

    outbox.failed = refuses
    for _ in range(5):
        await dispatcher.step()
    assert len(channel.errors) == 49


@pytest.mark.requirement("SVC-35")
async def test_a_late_message_says_when_its_event_was(dispatcher, outbox, channel, clock):
    outbox.add(alert("x", Priority.EMERGENCY))
    clock.advance(600.0)
    await dispatcher.step()
    assert channel.texts == ["x (지연 전달 - 발생 시각 2026-11-23 09:12:31)"]


async def test_an_event_time_that_is_none_counts_as_now(dispatcher, outbox, channel):
    number = outbox.add(alert("x", Priority.EMERGENCY))
    outbox.alerts[number] = replace(outbox.alerts[number], event_at="?")
    await dispatcher.step()
    assert channel.texts == ["x"]


async def test_secrets_do_not_leave(dispatcher, outbox, channel):
    hide("dispatchcanary")
    outbox.add(alert("❌ 주문 실패: dispatchcanary"))
    await dispatcher.step()
    assert channel.texts == ["❌ 주문 실패: ***"]


async def test_one_step_is_bounded(dispatcher, outbox, channel):
    for n in range(BURST + 3):
        outbox.add(alert(f"a{n:02d}"))
    assert await dispatcher.step() is True
    assert len(channel.texts) == BURST
    assert await dispatcher.step() is False
    assert len(channel.texts) == BURST + 3


async def test_a_hint_wakes_the_loop_and_faults_do_not_end_it(dispatcher, outbox, channel):
    task = asyncio.create_task(dispatcher.run())
    await asyncio.sleep(0)
    outbox.broken = True
    dispatcher.hint()
    for _ in range(5):
        await asyncio.sleep(0)
    outbox.broken = False
    delivered = asyncio.Event()
    channel.before = delivered.set
    outbox.add(alert("x"))
    began = asyncio.get_running_loop().time()
    dispatcher.hint()
    await asyncio.wait_for(delivered.wait(), 5)
    assert asyncio.get_running_loop().time() - began < module.POLL_S / 2
    assert not task.done()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_bug_inside_a_step_does_not_end_the_loop(dispatcher, outbox, channel, clock):
    outbox.add(alert("x"))
    real, clock.real_delay = clock.real_delay, None
    channel.errors = [RetryableError("down")]
    assert await dispatcher._guarded_step() is False
    clock.real_delay = real
    await dispatcher.step()
    clock.advance(3.0)
    await dispatcher.step()
    assert channel.texts == ["x"]


@pytest.mark.requirement("MON-7.04")
async def test_drain_sends_everything_due_and_ends(dispatcher, outbox, channel):
    for n in range(BURST * 2 + 1):
        outbox.add(alert(f"a{n:02d}"))
    await dispatcher.drain(5.0)
    assert len(channel.texts) == BURST * 2 + 1


async def test_drain_gives_up_in_time(dispatcher, outbox, channel):
    outbox.add(alert("x"))

    async def hangs(_alert):
        await asyncio.Event().wait()

    channel.send = hangs
    await asyncio.wait_for(dispatcher.drain(0.01), 5)
    assert outbox.done == {}
