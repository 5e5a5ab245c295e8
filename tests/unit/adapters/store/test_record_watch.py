"""A database that stopped and goes on says so on record, in this life or the next one."""

import asyncio
from pathlib import Path

import pytest

from hantu.adapters.store.recoveries import left_stopped
from hantu.adapters.store.store import SqliteStore
from hantu.domain import events as ev
from hantu.engine.inputs import StorageHealth
from hantu.runtime.record_watch import RecordWatch
from tests.contract.lives import HandClock, batch
from tests.unit.adapters.store.conftest import QUICK, make_store
from tests.unit.adapters.store.test_disk_trouble import event_types, locked, until


def watch_of(store: SqliteStore, clock: HandClock, database: Path, seen: list[StorageHealth]) -> RecordWatch:
    return RecordWatch(store, clock, seen.append, lambda: None, lambda: left_stopped(database))


@pytest.mark.requirement("ALR-14", "ALR-30")
async def test_the_end_of_a_lock_is_on_record_after_all_that_waited_with_the_alert_that_ends_the_emergency(
    tmp_path: Path, database: Path, clock: HandClock
) -> None:
    store = make_store(tmp_path, clock, QUICK)
    await store.open()
    seen: list[StorageHealth] = []
    watch_of(store, clock, database, seen)
    with locked(database):
        await store.record(batch(clock.now(), ev.EventLogFailed("database is locked")))
        clock.advance(45.0)
    await until(lambda: store.healthy and "event_log_resumed" in event_types(database))
    assert [one.ok for one in seen] == [False, True], "the engine hears it as before"
    assert event_types(database) == ["event_log_failed", "event_log_resumed"]
    (end,) = await store.pending(5)
    assert (end.alert.event_type, end.alert.short) == (
        "event_log_resumed", "✅ 이벤트 기록 재개 - 45초 동안 밀린 것까지 기록함",
    )  # fmt: skip
    await store.close()


async def test_a_life_that_ended_while_nothing_was_recorded_is_ended_by_the_next(
    tmp_path: Path, database: Path, clock: HandClock
) -> None:
    first = make_store(tmp_path, clock, QUICK)
    await first.open()
    with locked(database):
        await first.record(batch(clock.now(), ev.EventLogFailed("database is locked")))
        await first.close()
    second = make_store(tmp_path, clock, QUICK)
    await second.open()
    watch = watch_of(second, clock, database, [])
    await watch.begin()
    await until(lambda: "event_log_resumed" in event_types(database))
    await watch.begin()
    await asyncio.sleep(0)
    assert event_types(database).count("event_log_resumed") == 1, "once"
    await second.close()
    third = make_store(tmp_path, clock, QUICK)
    await third.open()
    assert not left_stopped(database)
    await third.close()
