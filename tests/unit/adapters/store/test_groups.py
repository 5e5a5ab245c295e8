"""What queues up behind a slow disk is committed together, and nobody's fate becomes another's."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from hantu.adapters.store.sqlite import Connection, OperationalError
from hantu.adapters.store.store import SqliteStore
from hantu.adapters.store.writer import GROUP_MAX, Job
from hantu.domain import events as ev
from hantu.domain.errors import DeniedError
from hantu.domain.session import trading_date
from tests.contract.lives import HandClock, alert, batch, intent, reached
from tests.unit.adapters.store.conftest import PATIENT, make_store


class Seen:
    """The statements that began and ended transactions, in the writer's thread."""

    def __init__(self) -> None:
        self.words: list[str] = []

    def note(self, statement: str) -> None:
        word = statement.split(" ", 1)[0]
        if word in ("BEGIN", "COMMIT", "ROLLBACK"):
            self.words.append(word)


@asynccontextmanager
async def held_up(store: SqliteStore) -> AsyncIterator[Seen]:
    """Keep the writer busy while the block queues what it wants; then let it go."""
    seen, free, busy = Seen(), threading.Event(), threading.Event()

    def wait(connection: Connection) -> None:
        busy.set()
        free.wait(10.0)
        connection.set_trace_callback(seen.note)

    store._writer.submit(Job(wait, lambda *_: None, record=False))
    await asyncio.to_thread(busy.wait, 10.0)
    yield seen
    free.set()


async def counts(store: SqliteStore, clock: HandClock) -> list[int]:
    started = await store.load(trading_date(clock.now().wall))
    return [fact.count for fact in started.facts if isinstance(fact, ev.SubscribeDone)]


def one(clock: HandClock, number: int) -> Any:
    return batch(clock.now(), ev.SubscribeDone(number), alerts=((0, alert(f"late:{number}")),))


async def test_what_waits_together_is_committed_together_and_in_order(store: SqliteStore, clock: HandClock) -> None:
    async with held_up(store) as seen:
        done = [store.record(one(clock, number)) for number in range(20)]
    await asyncio.gather(*done)
    assert seen.words == ["BEGIN", "COMMIT"]
    assert await counts(store, clock) == list(range(20))
    assert len(await store.pending(100)) == 20


async def test_a_group_has_an_end(store: SqliteStore, clock: HandClock) -> None:
    async with held_up(store) as seen:
        done = [store.record(one(clock, number)) for number in range(2 * GROUP_MAX + 1)]
    await asyncio.gather(*done)
    assert seen.words == ["BEGIN", "COMMIT"] * 3
    assert await counts(store, clock) == list(range(2 * GROUP_MAX + 1))


@pytest.mark.requirement("MON-4.1.01")
async def test_an_order_waits_for_what_was_queued_before_it_and_for_nothing_else(
    store: SqliteStore, clock: HandClock
) -> None:
    ends: list[str] = []
    async with held_up(store) as seen:
        before = [store.record(one(clock, number)) for number in range(5)]
        order = store.record(batch(clock.now(), reached(), intent(), epoch=store.epoch))
        after = [store.record(one(clock, number)) for number in range(5, 10)]
        order.add_done_callback(lambda _: ends.append(f"order after {seen.words.count('COMMIT')}"))
        after[0].add_done_callback(lambda _: ends.append("the rest"))
    await asyncio.gather(*before, order, *after)
    assert seen.words == ["BEGIN", "COMMIT"] * 2
    assert [end.split(" after")[0] for end in ends] == ["order", "the rest"]
    assert await counts(store, clock) == list(range(10))


async def test_an_order_that_is_refused_costs_those_beside_it_nothing(store: SqliteStore, clock: HandClock) -> None:
    await store.record(batch(clock.now(), reached(), intent(), epoch=store.epoch))
    async with held_up(store):
        before = [store.record(one(clock, number)) for number in range(3)]
        second = store.record(batch(clock.now(), intent("20261123-0002"), epoch=store.epoch))
        after = store.record(one(clock, 3))
    await asyncio.gather(*before, after)
    with pytest.raises(DeniedError, match="주문하지 않습니다"):
        await second
    assert store.healthy
    assert await counts(store, clock) == [0, 1, 2, 3]


@pytest.mark.requirement("DEC-8")
@pytest.mark.parametrize("written", [False, True])
async def test_a_group_the_disk_does_not_take_goes_to_the_spill_whole_and_comes_back_once(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    """Also when the commit was durable and nobody said so: what is there already is not filed again."""
    store = make_store(tmp_path, clock, PATIENT)
    await store.open()
    fails = iter([True])
    connected: Callable[[], Connection] = store._writer._connected

    class Sick:
        def __init__(self, connection: Connection) -> None:
            self._connection = connection

        def __getattr__(self, name: str) -> Any:
            return getattr(self._connection, name)

        def execute(self, statement: str, *values: Any) -> Any:
            if statement == "COMMIT" and next(fails, False):
                if written:
                    self._connection.execute(statement)
                raise OperationalError("disk I/O error")
            return self._connection.execute(statement, *values)

    async with held_up(store):
        monkeypatch.setattr(store._writer, "_connected", lambda: Sick(connected()))
        done = [store.record(one(clock, number)) for number in range(8)]
    await asyncio.gather(*done)
    assert not store.healthy, "in the spill: durable all the same"
    for _ in range(500):
        if store.healthy:
            break
        await asyncio.sleep(0.02)
    assert store.healthy
    assert await counts(store, clock) == list(range(8))
    await store.close()
