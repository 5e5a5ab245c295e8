"""The performer at the end of a life: nothing begins once everything was ended."""

from datetime import UTC, datetime
from typing import Any

import pytest

from hantu.domain.account import Balance
from hantu.domain.instant import Instant
from hantu.domain.money import Won
from hantu.engine.decision import Decision, ReadBalance
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
