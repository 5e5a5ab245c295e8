"""The performer: what it does while the disk is at work, and that nothing begins once everything was ended."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from hantu.domain.account import Balance, Side
from hantu.domain.events import SubscribeDone
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won
from hantu.domain.order import OrderRequest, Outcome, OutcomeKind
from hantu.engine.decision import Decision, ReadBalance, Submit
from hantu.ports import Batch
from hantu.runtime.performer import Performer

NOW = Instant(datetime(2026, 11, 23, tzinfo=UTC), 1.0)
ASKING = Decision((), (ReadBalance(),), ())


class Broker:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def balance(self) -> Balance:
        self.asked += 1
        return Balance((), Won(0), Won(0))


class Clock:
    def now(self) -> Instant:
        return NOW


def performer(broker: Any) -> Performer:
    nothing: Any = None
    clock: Any = Clock()
    return Performer(
        store=nothing, broker=broker, feed=nothing, clock=clock, alerts_of=lambda *_: (), deliver=lambda _: None,
        on_alerts=lambda: None, on_fenced=lambda _: None, on_unrecordable=lambda _: None,
    )  # fmt: skip


@pytest.mark.requirement("MON-7.09")
async def test_nothing_is_asked_of_a_broker_that_is_about_to_close() -> None:
    broker = Broker()
    acting = performer(broker)
    acting.perform(ASKING, NOW, lambda: None)
    await acting.drain(1.0)
    assert broker.asked == 1
    await acting.cancel_all()
    acting.perform(ASKING, NOW, lambda: None)
    await acting.drain(1.0)
    assert broker.asked == 1


class SlowStore:
    """Makes every batch durable when told to."""

    def __init__(self) -> None:
        self.durable = asyncio.Event()

    async def record(self, _batch: Batch) -> None:
        await self.durable.wait()


class Orders:
    """Notes what is sent."""

    def __init__(self) -> None:
        self.sent: list[OrderRequest] = []

    async def submit(self, order: OrderRequest) -> Outcome:
        self.sent.append(order)
        return Outcome(OutcomeKind.ACCEPTED, order_no="1")


def selling(store: Any, orders: Any, prepare: Callable[[OrderRequest], None]) -> Performer:
    nothing: Any = None
    clock: Any = Clock()
    return Performer(
        store=store, broker=orders, feed=nothing, clock=clock, alerts_of=lambda *_: (), deliver=lambda _: None,
        on_alerts=lambda: None, on_fenced=lambda _: None, on_unrecordable=lambda _: None, prepare=prepare,
    )  # fmt: skip


ORDER = OrderRequest("20261123-0001", Symbol("005930"), Side.SELL, Quantity(1), Price(70_000))
SALE = Decision((SubscribeDone(1),), (Submit(ORDER),), ())


async def test_order_is_written_while_its_intent_is_not_durable_and_sent_after() -> None:
    store, orders, written = SlowStore(), Orders(), list[OrderRequest]()
    acting = selling(store, orders, written.append)
    acting.perform(SALE, NOW, lambda: None)
    while not written:
        await asyncio.sleep(0)
    assert (written, orders.sent) == ([ORDER], [])
    store.durable.set()
    await acting.drain(1.0)
    assert (written, orders.sent) == ([ORDER], [ORDER])


async def test_intent_durable_at_once_leaves_no_time_to_write_ahead() -> None:
    store, orders, written = SlowStore(), Orders(), list[OrderRequest]()
    store.durable.set()
    acting = selling(store, orders, written.append)
    acting.perform(SALE, NOW, lambda: None)
    await acting.drain(1.0)
    assert (written, orders.sent) == ([], [ORDER])
