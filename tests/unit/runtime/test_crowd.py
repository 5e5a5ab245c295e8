"""A storm of alerts: the loop rests between looks, what is dropped is filed later, and what is urgent waits for neither."""

import asyncio

import pytest

from hantu.alerting.routes import Channels
from hantu.alerting.state import State, loaded
from hantu.domain import events as ev
from hantu.domain.alert import Priority
from hantu.harness.memory_store import MemoryDisk, MemoryStore
from hantu.ports import Batch
from hantu.runtime.alert_memory import LARGE, SAVE_S, AlertMemory
from hantu.runtime.crowd import CROWD, FEW, REST_MAX_S, Dropped, rest_s
from hantu.runtime.delivery import POLICY
from hantu.runtime.dispatcher import LOOK, Dispatcher
from hantu.runtime.right_of_way import RightOfWay
from tests.unit.alerting.memory import dumped
from tests.unit.runtime.delivery import FakeChannel, FakeClock, FakeOutbox, alert


def crowd(outbox: FakeOutbox, count: int) -> None:
    """Put in equal alerts, of which one is told."""
    for _ in range(count):
        outbox.add(alert("late", key="same"))


def test_few_alerts_have_no_rest_and_a_crowd_has_a_short_one():
    assert rest_s(CROWD - 1) == 0.0
    assert 0.0 < rest_s(CROWD) < rest_s(2 * CROWD) <= REST_MAX_S == rest_s(LOOK)


@pytest.mark.requirement("PR-2", "DEC-27")
async def test_an_emergency_is_told_before_a_crowd_of_equal_alerts_is_filed():
    clock = FakeClock()
    outbox, channel = FakeOutbox(clock), FakeChannel()
    crowd(outbox, 300)
    outbox.add(alert("help", Priority.EMERGENCY))
    filed = []
    channel.before = lambda: filed.append(len(outbox.dropped))
    dispatcher = Dispatcher(outbox, channel, clock)
    await dispatcher.step()
    assert channel.texts == ["help", "late (같은 알림 299회 더 있었음)"]
    assert filed == [0, 0], "nothing was filed before both were told"
    assert len(outbox.dropped) == dispatcher.counts.dropped == 299
    assert {channel for channel, _ in outbox.dropped.values()} == {POLICY}


async def test_what_cannot_be_filed_is_not_judged_or_counted_again_and_is_filed_later():
    clock = FakeClock()
    outbox, channel = FakeOutbox(clock), FakeChannel()
    crowd(outbox, 5)
    real, outbox.failed = outbox.failed, None
    dispatcher = Dispatcher(outbox, channel, clock)
    for _ in range(3):
        await dispatcher.step()
    assert (channel.texts, dispatcher.counts.dropped, outbox.dropped) == (["late"], 4, {})
    outbox.failed = real
    await dispatcher.step()
    assert sorted(outbox.dropped) == [2, 3, 4, 5]
    assert dispatcher.counts.dropped == 4


async def test_filing_gives_way_to_what_is_new_once_few_are_left():
    clock = FakeClock()
    outbox = FakeOutbox(clock)
    dropped = Dropped(outbox, RightOfWay().pause)
    for number in range(1, FEW + 51):
        outbox.add(alert("late", key="same"))
        dropped.put(number, POLICY, "duplicate")
    await dropped.file(lambda: True, pytest.fail)
    assert len(dropped) == FEW - 1
    await dropped.file(lambda: True, pytest.fail)
    assert len(dropped) == FEW - 2
    await dropped.file(lambda: False, pytest.fail)
    assert len(dropped) == 0


async def test_a_crowd_that_calls_all_the_time_is_looked_at_now_and_then():
    clock = FakeClock()
    clock.advance(12 * 3_600)
    outbox = FakeOutbox(clock)
    for number in range(2 * CROWD):
        outbox.add(alert(f"held back until the morning {number}", Priority.HIGH, "health_degraded"))
    looks = []
    real = outbox.pending

    async def pending(limit):
        looks.append(limit)
        return await real(limit)

    outbox.pending = pending
    dispatcher = Dispatcher(outbox, FakeChannel(), clock)
    running = asyncio.create_task(dispatcher.run())
    calls, end = 0, asyncio.get_running_loop().time() + 6 * rest_s(2 * CROWD)
    while asyncio.get_running_loop().time() < end:
        dispatcher.hint()
        calls += 1
        await asyncio.sleep(0)
    running.cancel()
    assert calls > 100
    assert 2 <= len(looks) <= 7


async def test_an_equal_alert_of_a_crowd_is_on_record_in_the_end():
    clock, disk = FakeClock(), MemoryDisk()
    store = MemoryStore(clock, disk)
    await store.open()
    alerts = tuple(alert("late", key="same") for _ in range(LOOK + 100))
    facts = tuple(ev.SubscribeDone(1) for _ in alerts)
    await store.record(Batch(clock.now(), facts, tuple(enumerate(alerts)), epoch=store.epoch))
    dispatcher = Dispatcher(store, FakeChannel(), clock, desk=store.desk)
    await dispatcher.drain(5.0)
    assert dispatcher.counts.sent == 1
    assert disk.alerts == {}


async def test_a_large_memory_is_written_once_a_second_or_when_asked():
    clock, disk = FakeClock(), MemoryDisk()
    store = MemoryStore(clock, disk)
    await store.open()
    memory = AlertMemory(clock, Channels("main"), store.desk)
    memory.state = State(noted=dict.fromkeys(range(1, LARGE + 2), 1.0))
    written = []
    real = memory._desk.judged

    async def judged(notes, state):
        written.append(state)
        await real(notes, state)

    memory._desk.judged = judged
    for at_once, wait_s, so_far in ((False, 0.0, 1), (False, 0.5, 1), (True, 0.0, 2), (False, SAVE_S, 3)):
        memory._dirty = True
        clock.advance(wait_s)
        await memory.save(at_once=at_once)
        assert len(written) == so_far
    assert loaded(written[-1], 2.0).noted == memory.state.noted


def test_alerts_without_a_record_are_not_written_down():
    kept = loaded(dumped(State(noted={-3: 1.0, 7: 2.0})), 5.0)
    assert kept.noted == {7: 2.0}
