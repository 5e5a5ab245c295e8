"""What the store does when the database is locked, full, removed or damaged."""

import asyncio
import json
import os
import random
import resource
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import pytest_asyncio

from hantu.adapters.store.sqlite import driver
from hantu.adapters.store.store import SqliteStore, StoreTiming
from hantu.adapters.store.writer import Job
from hantu.domain import events as ev
from hantu.domain.errors import BrokenError
from hantu.domain.session import trading_date
from hantu.engine.inputs import StorageHealth
from tests.contract.lives import HandClock, accepted, alert, batch, filled, intent, reached
from tests.unit.adapters.store.conftest import QUICK, make_store

ROOT = Path(__file__).resolve().parents[4]


@pytest_asyncio.fixture
async def store(tmp_path: Path, clock: HandClock) -> AsyncIterator[SqliteStore]:
    """A store that soon loses its patience."""
    store = make_store(tmp_path, clock)
    await store.open()
    yield store
    await store.close()


@contextmanager
def locked(database: Path):
    with closing(driver.connect(str(database), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def until(condition, wait_s: float = 5.0) -> None:
    async with asyncio.timeout(wait_s):
        while not condition():
            await asyncio.sleep(0.01)


def event_types(database: Path) -> list[str]:
    with closing(driver.connect(str(database))) as plain:
        return [row[0] for row in plain.execute("SELECT event_type FROM event_log ORDER BY event_id")]


@pytest.mark.requirement("MON-3.24", "MON-E.15", "ALR-30", "ALR-38")
@pytest.mark.requirement("MON-4.1.14", "MON-D.10", "MON-D.11")
async def test_a_locked_database_delays_nobody_and_loses_nothing(
    store: SqliteStore, database: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    health: list[StorageHealth] = []
    store.on_health = health.append
    loop = asyncio.get_running_loop()
    with locked(database):
        started = loop.time()
        await store.record(batch(clock.now(), reached(), intent(), alerts=((0, alert()),), epoch=1))
        first = loop.time() - started
        started = loop.time()
        await store.record(batch(clock.now(), accepted()))
        second = loop.time() - started
        assert not store.healthy
        assert [item.alert.key for item in await store.pending(5)] == ["stop:005930"]
        await until(lambda: any(record.message.startswith("거래 기록 저장 실패 (3회): ") for record in caplog.records))
    await until(lambda: store.healthy)

    assert first < 0.5
    assert second < first
    assert [item.ok for item in health] == [False, True]
    assert any(record.message.startswith("[ERROR] Failed to log event: ") for record in caplog.records)
    await store.record(batch(clock.now(), filled()))
    assert event_types(database) == ["stop_loss_reached", "intent_recorded", "order_accepted", "order_filled"]
    assert not (database.parent / "spill" / "spill.jsonl").exists()


@pytest.mark.requirement("MON-B.05")
async def test_retries_come_a_second_apart_until_the_third_is_told(
    tmp_path: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    store = make_store(tmp_path, clock, StoreTiming(commit_deadline_s=0.05))
    await store.open()
    loop = asyncio.get_running_loop()
    started = loop.time()
    with locked(tmp_path / "hantu.db"):
        await store.record(batch(clock.now(), ev.SubscribeDone(1)))
        await until(lambda: any("거래 기록 저장 실패 (3회)" in record.message for record in caplog.records))
        # Each try waits for the lock as well, at most 0.2 s.
        assert 3.0 <= loop.time() - started <= 4.5
    await store.close()


async def test_a_commit_that_is_only_late_is_not_doubled(store: SqliteStore, database: Path, clock: HandClock) -> None:
    slow = driver.connect(str(database), isolation_level=None)
    slow.execute("BEGIN IMMEDIATE")
    asyncio.get_running_loop().call_later(0.12, slow.execute, "ROLLBACK")  # after our deadline, before the lock's

    await asyncio.gather(*(store.record(batch(clock.now(), ev.SubscribeDone(n))) for n in range(5)))
    await until(lambda: store.healthy)
    slow.close()

    with closing(driver.connect(str(database))) as plain:
        rows = plain.execute("SELECT payload_json FROM event_log ORDER BY event_id").fetchall()
    assert [json.loads(row[0])["count"] for row in rows] == [0, 1, 2, 3, 4]


async def test_a_process_killed_while_spilling_is_replayed_at_the_next_start(
    store: SqliteStore, database: Path, clock: HandClock, tmp_path: Path
) -> None:
    with locked(database):
        await store.record(batch(clock.now(), reached(), intent(), alerts=((0, alert()),), epoch=1))
        await store.delivered((await store.pending(1))[0].alert_id, "telegram")
        copy = tmp_path / "next"
        (copy / "spill").mkdir(parents=True)
        (copy / "spill" / "spill.jsonl").write_bytes((tmp_path / "spill" / "spill.jsonl").read_bytes())
    next_life = make_store(copy, clock)
    await next_life.open()

    assert (await next_life.load(trading_date(clock.now().wall))).facts == (reached(), intent())
    assert await next_life.pending(5) == ()
    await next_life.close()


async def test_what_is_still_in_the_spill_is_loaded_too(store: SqliteStore, database: Path, clock: HandClock) -> None:
    await store.record(batch(clock.now(), reached(), intent()))
    with locked(database):
        await store.record(batch(clock.advance(1), accepted()))
        started = await store.load(trading_date(clock.now().wall))

    assert started.facts == (reached(), intent(), accepted())


async def test_with_both_memories_dead_the_caller_is_told(tmp_path: Path, clock: HandClock) -> None:
    store = make_store(tmp_path, clock)
    await store.open()
    (tmp_path / "spill").write_text("a file where the folder should be")
    with locked(tmp_path / "hantu.db"), pytest.raises(BrokenError) as told:
        await store.record(batch(clock.now(), reached(), intent()))

    assert told.value.next_step
    await store.close()


@pytest.mark.requirement("MON-D.12", "MON-D.11")
async def test_what_neither_memory_took_is_recorded_in_order_once_there_is_room(
    tmp_path: Path, database: Path, clock: HandClock
) -> None:
    """A full disk: the guard goes on and sees fills; they must not be missing from the records of the day."""
    store = make_store(tmp_path, clock)
    await store.open()
    await store.record(batch(clock.now(), reached(), intent(), accepted()))
    wall = tmp_path / "spill"
    wall.write_text("a file where the folder should be")
    with locked(database):
        for facts in ((filled(),), (ev.SubscribeDone(1),), (ev.SubscribeDone(2),)):
            with pytest.raises(BrokenError):
                await store.record(batch(clock.now(), *facts, alerts=((0, alert()),)))
        assert not store.healthy
        assert await store.pending(5) == ()
    await until(lambda: store.healthy)
    recorded = ["stop_loss_reached", "intent_recorded", "order_accepted", "order_filled", "subscribe_done"]
    assert event_types(database) == [*recorded, "subscribe_done"]
    assert len(await store.pending(5)) == 3, "their alerts wait for a channel"
    wall.unlink()
    await store.close()


@pytest.mark.requirement("MON-D.12")
async def test_what_waits_in_memory_goes_into_the_spill_before_what_is_newer(
    tmp_path: Path, database: Path, clock: HandClock
) -> None:
    store = make_store(tmp_path, clock)
    await store.open()
    wall = tmp_path / "spill"
    wall.write_text("a file where the folder should be")
    with locked(database):
        with pytest.raises(BrokenError):
            await store.record(batch(clock.now(), reached(), intent()))
        wall.unlink()
        await store.record(batch(clock.now(), accepted()))
        lines = (tmp_path / "spill" / "spill.jsonl").read_text().splitlines()
        assert ["intent_recorded" in line for line in lines] == [True, False]
        started = await store.load(trading_date(clock.now().wall))
        assert started.facts == (reached(), intent(), accepted())
    await until(lambda: store.healthy)
    assert event_types(database) == ["stop_loss_reached", "intent_recorded", "order_accepted"]
    await store.close()


@pytest.mark.requirement("MON-D.10", "OPS-05-1")
async def test_what_trouble_makes_the_guard_record_comes_after_what_was_on_its_way(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    """A frozen guard woke: its doubt about an order was on its way, and the escalation overtook it in the spill."""
    told: list[asyncio.Future[None]] = []
    store.on_health = lambda health: told.append(store.record(batch(clock.now(), ev.EventLogFailed(health.reason))))
    with locked(database):
        await asyncio.gather(*(store.record(batch(clock.now(), fact)) for fact in (reached(), ev.SubscribeDone(1))))
        await asyncio.gather(*told)
        lines = (database.parent / "spill" / "spill.jsonl").read_text().splitlines()
    kinds = [json.loads(line)["entry"]["events"][0]["event_type"] for line in lines]
    assert kinds == ["stop_loss_reached", "subscribe_done", "event_log_failed"]
    await until(lambda: store.healthy)


@pytest.mark.requirement("MON-D.12")
async def test_a_long_note_that_does_not_fit_stands_in_no_intents_way(
    tmp_path: Path, database: Path, clock: HandClock
) -> None:
    """A nearly full disk: the memory of the alert policy is long, an intent is short."""
    store = make_store(tmp_path, clock)
    await store.open()
    with locked(database):
        await store.record(batch(clock.now(), reached()))
        spill = tmp_path / "spill" / "spill.jsonl"
        resource.setrlimit(resource.RLIMIT_FSIZE, (spill.stat().st_size + 2_000, resource.RLIM_INFINITY))
        try:
            with pytest.raises(BrokenError):
                await store.desk.judged((), "x" * 4_000)
            await store.record(batch(clock.now(), intent()))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        # The note may follow by now.
        assert ["intent_recorded" in line for line in spill.read_text().splitlines()][:2] == [False, True]
    await until(lambda: store.healthy)
    assert await store.desk.policy_state() == "x" * 4_000
    await store.close()


async def test_what_was_never_recorded_is_counted_at_the_end(
    tmp_path: Path, database: Path, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    store = make_store(tmp_path, clock)
    await store.open()
    (tmp_path / "spill").write_text("a file where the folder should be")
    with locked(database):
        with pytest.raises(BrokenError):
            await store.record(batch(clock.now(), reached()))
        await store.close()
    assert any("1 entries were never recorded" in record.message for record in caplog.records)


async def test_a_removed_database_is_noticed_and_not_made_anew(
    store: SqliteStore, database: Path, clock: HandClock
) -> None:
    await store.record(batch(clock.now(), ev.SubscribeDone(1)))
    kept = database.with_name("kept.db")
    for suffix in ("", "-wal", "-shm"):
        side = database.with_name(database.name + suffix)
        if side.exists():
            side.rename(kept.with_name(kept.name + suffix))
    await store.record(batch(clock.now(), ev.SubscribeDone(2)))

    assert not store.healthy
    assert not database.exists()
    for suffix in ("", "-wal", "-shm"):
        side = kept.with_name(kept.name + suffix)
        if side.exists():
            side.rename(database.with_name(database.name + suffix))
    await until(lambda: store.healthy)
    assert event_types(database) == ["subscribe_done", "subscribe_done"]


@pytest.mark.requirement("SVC-38")
@pytest.mark.parametrize("damage", ["header", "pages", "text"])
async def test_a_damaged_file_is_named_with_what_to_do(tmp_path: Path, clock: HandClock, damage: str) -> None:
    first = make_store(tmp_path, clock)
    await first.open()
    for number in range(200):
        await first.record(batch(clock.advance(1), ev.SubscribeDone(number)))
    first._lease = None  # ends without marking a clean end
    await first.close()
    database = tmp_path / "hantu.db"
    content = bytearray(database.read_bytes())
    if damage == "header":
        content[:100] = os.urandom(100)
    elif damage == "pages":
        for page in range(2, len(content) // 4096):
            content[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    else:
        content = bytearray(b"not a database at all, but long enough to be read as one" * 100)
    database.write_bytes(content)
    store = make_store(tmp_path, clock)
    with pytest.raises(BrokenError) as told:
        await store.open()

    assert str(database) in str(told.value)
    assert "백업" in told.value.next_step
    await store.close()


CHILD = """
import asyncio, resource, signal, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from hantu.domain import events as ev
from tests.contract.lives import HandClock, batch, intent, reached
from tests.unit.adapters.store.conftest import make_store

async def main(folder, mode):
    clock = HandClock()
    store = make_store(folder, clock)
    await store.open()
    if mode == "full":
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        size = (folder / "hantu.db-wal").stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20_000, size + 20_000))
    for number in range(40):
        await store.record(batch(clock.advance(1), ev.SubscribeDone(number)))
        print(number, store.healthy, flush=True)
    if mode == "kill":
        await asyncio.sleep(60)

asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
"""


def child(folder: Path, mode: str) -> "subprocess.Popen[str]":
    code = CHILD.format(root=str(ROOT))
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder), mode], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


@pytest.mark.requirement("ALR-35", "MON-D.12")
async def test_what_was_reported_as_written_survives_kill_9(tmp_path: Path, clock: HandClock) -> None:
    with child(tmp_path, "kill") as process:
        for _ in range(23):
            last = process.stdout.readline()
        process.send_signal(signal.SIGKILL)
    reported = int(last.split()[0])
    store = make_store(tmp_path, clock)
    await store.open()
    started = await store.load(trading_date(clock.now().wall))

    assert reported == 22
    assert [fact.count for fact in started.facts[: reported + 1]] == list(range(reported + 1))
    assert not started.clean
    assert store.epoch == 2
    await store.close()


async def test_a_full_disk_moves_the_record_to_the_spill(tmp_path: Path, clock: HandClock) -> None:
    with child(tmp_path, "full") as process:
        lines = process.stdout.read().split("\n")[:-1]
    assert process.returncode == 0
    assert lines[0].endswith("True")
    assert lines[-1] == "39 False"

    store = make_store(tmp_path, clock)
    await store.open()
    started = await store.load(trading_date(clock.now().wall))
    assert [fact.count for fact in started.facts] == list(range(40))
    await store.close()


async def test_a_frozen_writer_holds_up_neither_records_nor_the_end(tmp_path: Path, clock: HandClock) -> None:
    timing = StoreTiming(0.05, 2.0, QUICK.retry_pauses_s, QUICK.retry_later_s)
    store = make_store(tmp_path, clock, timing)
    await store.open()
    released = asyncio.Event()
    loop = asyncio.get_running_loop()
    thawed = asyncio.run_coroutine_threadsafe
    store._writer.submit(Job(lambda _: thawed(released.wait(), loop).result(), lambda *_: None, record=False))
    await asyncio.gather(*(store.record(batch(clock.now(), ev.SubscribeDone(n))) for n in range(3)))
    await store.record(batch(clock.now(), ev.SubscribeDone(3)))
    assert not store.healthy
    released.set()
    await until(lambda: store.healthy)

    started = await store.load(trading_date(clock.now().wall))
    assert [fact.count for fact in started.facts] == [0, 1, 2, 3]
    await store.close()


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_lock_that_comes_and_goes_neither_loses_nor_doubles_nor_reorders(
    store: SqliteStore, database: Path, clock: HandClock, seed: int
) -> None:
    chance = random.Random(seed)

    async def lock_now_and_then() -> None:
        for _ in range(5):
            await asyncio.sleep(chance.random() * 0.05)
            with closing(driver.connect(str(database), isolation_level=None, timeout=0)) as other:
                try:
                    other.execute("BEGIN IMMEDIATE")
                except driver.OperationalError:
                    continue  # the store is writing at this moment
                await asyncio.sleep(chance.random() * 0.2)
                other.execute("ROLLBACK")

    locker = asyncio.create_task(lock_now_and_then())
    records = []
    for number in range(150):
        fact = ev.SubscribeDone(number)
        records.append(asyncio.ensure_future(store.record(batch(clock.advance(0.001), fact))))
        await asyncio.sleep(chance.random() * 0.008)
    await asyncio.gather(locker, *records)
    await until(lambda: store.healthy)

    started = await store.load(trading_date(clock.now().wall))
    assert [fact.count for fact in started.facts] == list(range(150))
