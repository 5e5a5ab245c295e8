"""The performer at the end of a life: nothing begins once everything was ended."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hantu.domain import events as ev
from hantu.domain.account import Balance, Side
from hantu.domain.alert import Alert, Priority, Severity
from hantu.domain.errors import BrokenError, DeniedError, FencedError
from hantu.domain.instant import Instant
from hantu.domain.instrument import Symbol
from hantu.domain.money import Price, Quantity, Won
from hantu.domain.order import OrderRequest, OrderType, Outcome, OutcomeKind, Purpose
from hantu.engine.decision import Decision, ReadBalance, Submit
from hantu.engine.inputs import SubmitEnded
from hantu.runtime.performer import Performer

NOW = Instant(datetime(2026, 11, 23, tzinfo=UTC), 1.0)
ASKING = Decision((), (ReadBalance(),), ())


class Broker:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0
        self.seen: list[tuple[str, str]] = []

    async def submit(self, order: OrderRequest) -> Outcome:
        self.seen.append(("submit", order.token))
        return Outcome(OutcomeKind.ACCEPTED, "1")

    async def balance(self) -> Balance:
        self.asked += 1
        return Balance((), Won(0), Won(0))


class Clock:
    def now(self) -> Instant:
        return NOW


class Refusing:
    """A store that refuses every batch in one way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def record(self, _batch: Any) -> None:
        raise self._error


def performer(broker: Any, store: Any = None, told: list[Any] | None = None, **more: Any) -> Performer:
    nothing: Any = None
    clock: Any = Clock()
    words: list[Any] = [] if told is None else told
    return Performer(
        store=store, broker=broker, feed=nothing, clock=clock, alerts_of=lambda *_: (), deliver=words.append,
        on_alerts=lambda: None, on_denied=lambda error: words.append(type(error)),
        on_unrecordable=lambda _: words.append("unrecordable"), **more,
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


ORDER = OrderRequest(
    "20261123-0001", Symbol("005930"), Side.SELL, Quantity(10), Price(67_800), OrderType.LIMIT, "KRX",
    Purpose.STOP_LOSS, 1,
)  # fmt: skip
SELLING = Decision((ev.SubscribeDone(1),), (Submit(ORDER),), ())


@pytest.mark.requirement("MON-D.12")
@pytest.mark.parametrize(
    ("error", "told"),
    [
        (FencedError("another guard"), FencedError),
        (DeniedError("an order is open on record"), DeniedError),
        (BrokenError("disk"), "unrecordable"),
    ],
)
async def test_order_that_cannot_be_recorded_does_not_leave_and_the_right_one_is_told(
    error: Exception, told: str | type[Exception]
) -> None:
    words: list[Any] = []
    broker = Broker()
    acting = performer(broker, Refusing(error), words)
    acting.perform(SELLING, NOW, lambda: None)
    await acting.drain(1.0)
    assert not broker.seen
    first, ended = words
    assert first == told
    assert isinstance(ended, SubmitEnded)
    assert (ended.intent_id, ended.outcome.kind) == (ORDER.intent_id, OutcomeKind.NOT_SENT)


class Slow:
    """A store whose disk is still at work."""

    def __init__(self) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.begun = 0

    def record(self, _batch: Any) -> "asyncio.Future[None]":
        self.begun += 1
        return self.done


async def test_the_disk_has_the_intent_before_anything_else_is_done_and_the_order_leaves_after_it_is_durable() -> None:
    broker, store = Broker(), Slow()
    acting = performer(broker, store, authorize=lambda order: replace(order, token="t-1"))
    acting.perform(SELLING, NOW, lambda: None)
    assert store.begun == 1
    await asyncio.sleep(0.01)
    assert not broker.seen
    store.done.set_result(None)
    await acting.drain(1.0)
    assert broker.seen == [("submit", "t-1")]


@pytest.mark.requirement("OPS-04-1")
async def test_people_are_told_though_the_operators_screen_takes_no_line() -> None:
    """A full disk under the guard's output: the alert of the full disk itself waited for the next poll."""
    store = Slow()
    told: list[str] = []
    acting = performer(Broker(), store)
    acting._alerts_of = lambda *_: (Alert("event_log_failed", "k", Severity.CRITICAL, Priority.EMERGENCY, "s", "t"),)
    acting._on_alerts = lambda: told.append("alerted")

    def screen() -> None:
        told.append("screen")
        raise OSError(27, "File too large")

    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _loop, context: told.append(type(context["exception"]).__name__))
    acting.perform(SELLING, NOW, screen)
    store.done.set_result(None)
    await acting.drain(1.0)
    await asyncio.sleep(0)
    assert told == ["alerted", "screen", "OSError"]


async def test_nothing_is_recorded_for_a_life_that_is_over() -> None:
    store = Slow()
    acting = performer(Broker(), store)
    await acting.cancel_all()
    acting.perform(SELLING, NOW, lambda: None)
    assert store.begun == 0
