"""What tells people waits while an order is between its decision and its bytes, and never for long."""

import asyncio
import time
from typing import Any

import pytest

from hantu.domain.alert import Priority
from hantu.domain.errors import BrokenError
from hantu.runtime import right_of_way
from hantu.runtime.dispatcher import Dispatcher
from hantu.runtime.right_of_way import LIMIT_S, RightOfWay
from tests.unit.runtime.delivery import FakeChannel, FakeClock, FakeOutbox, alert
from tests.unit.runtime.test_performer import NOW, SELLING, Broker, Refusing, Slow, performer

PATIENT_S = 30.0


def nothing() -> None:
    """Nobody waits for the end of the order."""


@pytest.fixture
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_of_way, "LIMIT_S", PATIENT_S)


async def turns(count: int = 20) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.mark.usefixtures("_patient")
async def test_whoever_pauses_goes_on_when_the_last_order_has_left() -> None:
    way, told = RightOfWay(), list[str]()
    first, second = way.taken(lambda: told.append("first")), way.taken(nothing)
    pausing = asyncio.create_task(way.pause())
    await turns()
    first()
    await turns()
    assert told == ["first"]
    assert not pausing.done()
    second()
    await turns()
    assert pausing.done()
    async with asyncio.timeout(1.0):
        await way.pause()


async def test_an_order_whose_disk_has_stopped_holds_nobody_up_for_long() -> None:
    way = RightOfWay()
    way.taken(nothing)
    began = time.monotonic()
    for _ in range(100):
        await way.pause()
    assert LIMIT_S * 0.9 <= time.monotonic() - began < 20 * LIMIT_S


@pytest.mark.usefixtures("_patient")
@pytest.mark.requirement("PR-1", "PR-2")
async def test_no_message_is_made_while_an_intent_is_on_its_way_and_then_it_is_sent() -> None:
    clock, store, broker, channel = FakeClock(), Slow(), Broker(), FakeChannel()
    outbox = FakeOutbox(clock)
    outbox.add(alert("help", Priority.EMERGENCY))
    dispatcher = Dispatcher(outbox, channel, clock)
    acting = performer(broker, store)
    acting.right_of_way = dispatcher.right_of_way
    sent_before: list[int] = []
    channel.before = lambda: sent_before.append(len(broker.seen))

    acting.perform(SELLING, NOW, nothing)
    running = asyncio.create_task(dispatcher.run())
    await turns()
    assert not channel.texts
    store.done.set_result(None)
    async with asyncio.timeout(5.0):
        while not channel.texts:
            await asyncio.sleep(0)
    running.cancel()
    assert sent_before == [1], "the order's bytes had left"


@pytest.mark.usefixtures("_patient")
@pytest.mark.parametrize("store", [Refusing(BrokenError("disk"))])
async def test_an_order_that_cannot_leave_gives_the_way_free(store: Any) -> None:
    acting = performer(Broker(), store)
    acting.perform(SELLING, NOW, nothing)
    await acting.drain(1.0)
    async with asyncio.timeout(1.0):
        await acting.right_of_way.pause()
