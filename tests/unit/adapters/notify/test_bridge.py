"""The dispatcher of today with the senders of every channel behind it."""

import asyncio

import pytest

from hantu.adapters.notify.bridge import SenderNotifier
from hantu.adapters.store.store import SqliteStore
from hantu.alerting.rules import Context, alerts_of
from hantu.domain.alert import Priority
from hantu.domain.delivery import Receipt, accepted, ambiguous, temporary
from hantu.domain.errors import RetryableError
from hantu.ports import Batch
from hantu.runtime.dispatcher import Dispatcher
from tests.receivers.faults import limit
from tests.receivers.town import town
from tests.unit.adapters.notify.messages import ALERTS
from tests.unit.adapters.notify.test_delivery import BY_TYPE, HandClock


class Scripted:
    """A sender that answers as it is told, and remembers what it was handed."""

    name = "scripted"

    def __init__(self, *receipts: Receipt) -> None:
        self.receipts = list(receipts)
        self.messages = []

    async def send(self, message):
        self.messages.append(message)
        return self.receipts.pop(0)

    async def aclose(self):
        pass


async def test_a_retry_keeps_its_key_and_a_new_event_gets_another():
    sender = Scripted(temporary("x"), ambiguous("y"), accepted(), accepted())
    notifier = SenderNotifier(sender)
    for _ in range(2):
        with pytest.raises(RetryableError):
            await notifier.send(ALERTS["order_failed"])
    await notifier.send(ALERTS["order_failed"])
    await notifier.send(ALERTS["order_failed"])
    first, second, third, other = (one.key for one in sender.messages)
    assert first == second == third != other
    assert len(first) == 32


async def test_sound_follows_the_priority():
    sender = Scripted(accepted(), accepted())
    notifier = SenderNotifier(sender)
    for kind in ("order_unresolved", "add_buy_opportunity"):
        await notifier.send(ALERTS[kind])
    assert [one.silent for one in sender.messages] == [False, True]
    assert [one.alert.priority for one in sender.messages] == [Priority.EMERGENCY, Priority.NORMAL]


@pytest.mark.requirement("OPS-04-5")
async def test_a_dead_telegram_is_stood_in_for_by_slack_and_gets_it_when_it_lives(tmp_path):
    clock = HandClock()
    store = SqliteStore(
        tmp_path / "hantu.db", clock, holder="test", account_alias="main", environment="local",
        spill_dir=tmp_path / "spill",
    )  # fmt: skip
    await store.open()
    async with town(tmp_path) as place:
        senders = place.senders()
        dispatcher = Dispatcher(
            store, SenderNotifier(senders["telegram"]), clock, fallbacks=(SenderNotifier(senders["slack"]),)
        )
        running = asyncio.create_task(dispatcher.run())
        await place.telegram.down()
        fact, now = BY_TYPE["order_unresolved"], clock.now()
        await store.record(Batch(now, (fact,), tuple((0, one) for one in alerts_of(fact, Context(now.wall)))))
        for _ in range(4):
            dispatcher.hint()
            await asyncio.sleep(0.1)
            clock.advance(4.0)
        assert [one.channel for one in await place.journal.until(1)] == ["slack"]
        place.telegram.plan.next(limit(5.0))
        await place.telegram.up()
        clock.advance(60.0)
        for _ in range(6):
            dispatcher.hint()
            await asyncio.sleep(0.1)
            clock.advance(6.0)
        heard = await place.journal.until(2)
        assert [one.channel for one in heard] == ["slack", "telegram"]
        assert all("주문 응답 없음" in one.text for one in heard)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        for sender in senders.values():
            await sender.aclose()
    await store.close()
