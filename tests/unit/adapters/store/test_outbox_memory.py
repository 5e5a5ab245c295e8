"""The outbox in memory is bounded, and what gives way is never the most urgent."""

import asyncio
import time
from pathlib import Path

import pytest

from hantu.adapters.store.entries import AlertRow
from hantu.adapters.store.outbox import CAPACITY, Outbox
from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.domain.alert import Priority
from tests.contract.lives import HandClock, alert, batch
from tests.unit.adapters.store.conftest import PATIENT, QUICK, make_store
from tests.unit.adapters.store.test_disk_trouble import locked


def row(number: int, priority: str) -> AlertRow:
    return AlertRow(number, f"event-{number}", "stop_loss_filled", f"key-{number}", "CRITICAL", priority, "OPS-02",
                    "short", "", "2026-11-23 00:00:00.000000")  # fmt: skip


def test_a_full_outbox_drops_the_least_urgent_and_of_those_the_newest_comes_last() -> None:
    outbox = Outbox(capacity=3)
    outbox.add([row(1, "emergency"), row(2, "low"), row(3, "normal"), row(4, "high")])
    assert [waiting.alert_id for waiting in outbox.pending(10, "2026-11-23 00:00:01.000000")] == [1, 4, 3]
    assert outbox.left_out == 1


def test_of_the_least_urgent_the_newest_give_way_and_come_back_in_order() -> None:
    outbox = Outbox(capacity=2)
    outbox.add(row(number, "normal") for number in range(1, 5))
    outbox.add([row(5, "low"), row(6, "high")])
    assert list(outbox.ids()) == [1, 6]
    assert outbox.take_left(3) == {2: "normal", 3: "normal", 4: "normal"}
    assert outbox.take_left(3) == {5: "low"}
    assert outbox.left_out == 0


def test_of_one_priority_the_oldest_comes_first_even_if_it_came_back_late_and_the_newest_gives_way() -> None:
    outbox = Outbox(capacity=3)
    outbox.add([row(5, "high"), row(6, "high")])
    outbox.add([row(4, "high")])
    now = "2026-11-23 00:00:01.000000"
    assert [waiting.alert_id for waiting in outbox.pending(2, now)] == [4, 5]
    outbox.add([row(7, "high")])
    assert [waiting.alert_id for waiting in outbox.pending(10, now)] == [4, 5, 6]


def test_ten_thousand_alerts_are_taken_and_asked_for_in_no_time() -> None:
    outbox = Outbox()
    began = time.perf_counter()
    for start in range(0, 10_000, 100):
        outbox.add([row(start + number, "high") for number in range(1, 101)])
        assert len(outbox.pending(500, "2026-11-23 00:00:01.000000")) == min(500, start + 100)
    assert (len(outbox), outbox.left_out) == (CAPACITY, 10_000 - CAPACITY)
    assert time.perf_counter() - began < 2.0, (
        "each alert over the limit once cost a look at all: 11 s in the guard's loop"
    )


async def told(store: SqliteStore, most: int) -> list[str]:
    """Deliver what waits, a few at a time as a dispatcher does; return the keys in that order."""
    keys: list[str] = []
    async with asyncio.timeout(60):
        while len(keys) < most:
            for waiting in await store.pending(50):
                keys.append(waiting.alert.key)
                await store.delivered(waiting.alert_id, "telegram")
            await asyncio.sleep(0.005)
    return keys


@pytest.mark.requirement("OPS-04-9", "PR-2")
async def test_what_did_not_fit_is_told_in_the_same_life_the_most_urgent_first_and_once(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store(tmp_path, clock, PATIENT)
    monkeypatch.setattr(store._outbox, "_capacity", 100)
    await store.open()
    ranks = (Priority.NORMAL, Priority.LOW, Priority.HIGH, Priority.NORMAL, Priority.EMERGENCY)
    for number in range(700):
        item = alert(f"{ranks[number % 5]}-{number:04d}", ranks[number % 5])
        await store.record(batch(clock.now(), ev.SubscribeDone(1), alerts=((0, item),)))
    assert len(store._outbox) <= 100
    keys = await told(store, 700)
    assert len(set(keys)) == 700, "all of them, none twice"
    place = {key: at for at, key in enumerate(keys)}
    worst = max(place[key] for key in place if key.startswith("emergency"))
    assert worst < min(place[key] for key in place if key.startswith("normal")), "no emergency behind what can wait"
    await store.close()
    again = make_store(tmp_path, clock, PATIENT)
    await again.open()
    assert await again.pending(10) == ()
    await again.close()


async def test_a_restart_takes_no_more_into_memory_than_fits_and_forgets_none(tmp_path: Path, clock: HandClock) -> None:
    first = make_store(tmp_path, clock, PATIENT)
    await first.open()
    for number in range(300):
        item = alert(f"n-{number:04d}", Priority.NORMAL)
        await first.record(batch(clock.now(), ev.SubscribeDone(1), alerts=((0, item),)))
    await first.close()
    second = make_store(tmp_path, clock, PATIENT)
    second._outbox._capacity = 60
    await second.open()
    assert len(second._outbox) <= 60
    assert await told(second, 300) == [f"n-{number:04d}" for number in range(300)]
    await second.close()


async def test_rows_that_are_not_there_yet_are_asked_for_again(
    tmp_path: Path, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hantu.adapters.store.refill.AGAIN_S", 0.05)
    store = make_store(tmp_path, clock, QUICK)
    store._outbox._capacity = 50
    await store.open()
    with locked(tmp_path / "hantu.db"):
        for number in range(80):
            item = alert(f"n-{number:04d}", Priority.NORMAL)
            await store.record(batch(clock.now(), ev.SubscribeDone(1), alerts=((0, item),)))
        assert not store.healthy
        early = await told(store, 49)
        await asyncio.sleep(0.2)
        assert len(await store.pending(50)) <= 1, "the rest is in the spill alone"
    assert len({*early, *await told(store, 80 - len(early))}) == 80
    await store.close()
