"""The database as a door, the copy beside it, and what counts as what when neither can be read."""

import asyncio
import contextlib
from dataclasses import dataclass, field

import pytest

from hantu.adapters.kill_copy import KillState, copy_of, read_copy, write_copy
from hantu.adapters.kill_switch import Switch
from hantu.adapters.kill_watch import KillRows
from hantu.adapters.store.kill_rows import KillRow
from hantu.domain.commands import KillLevel, SetKill
from hantu.domain.errors import BrokenError
from hantu.engine.book import Book
from hantu.engine.inputs import SafetyBreach


@dataclass
class Rows:
    """Rows by hand; ``broken`` is what every read raises."""

    rows: list[KillRow] = field(default_factory=list)
    broken: Exception | None = None
    reads: int = 0

    async def last_kill_row(self):
        return max((row.state_id for row in self.rows), default=0)

    async def kill_rows(self, after):
        self.reads += 1
        if self.broken is not None:
            raise self.broken
        return tuple(row for row in self.rows if row.state_id > after)


@pytest.fixture
def door(tmp_path):
    rows, switch, got = Rows(), Switch(tmp_path / "KILL"), []
    return rows, switch, got, KillRows(rows, tmp_path / "hantu.db", switch, got.append)


async def watched(door, until, limit_s=8.0):
    """Let the door look until ``until()`` is true."""
    task = asyncio.create_task(door.watch())
    try:
        async with asyncio.timeout(limit_s):
            while not until():
                await asyncio.sleep(0.01)
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.mark.requirement("DEC-2")
async def test_a_row_of_another_is_taken_once_and_an_old_one_never(door):
    rows, _, got, watcher = door
    rows.rows.append(KillRow(1, KillLevel.HARD, "어제", "kim", ""))
    await watcher.begin()
    rows.rows.append(KillRow(2, KillLevel.ACTIVE, "점검", "kim", ""))
    rows.rows.append(KillRow(3, KillLevel.FLATTEN, "끝", "kim, lee", ""))
    await watched(watcher, lambda: rows.reads >= 2)
    assert got == [SetKill("kim", KillLevel.ACTIVE, "점검"), SetKill("kim", KillLevel.FLATTEN, "끝", "lee")]


@pytest.mark.requirement("DEC-3")
async def test_what_cannot_be_read_counts_as_active_at_the_door_at_once_and_is_told_when_it_lasts(door):
    rows, switch, got, watcher = door
    await watcher.begin()
    rows.broken = BrokenError("데이터베이스를 읽을 수 없습니다")
    await watched(watcher, lambda: switch.now() is KillLevel.ACTIVE)
    assert got == []
    await watched(watcher, lambda: got)
    assert [(type(one), one.check) for one in got] == [(SafetyBreach, "state_unreadable")]
    rows.broken = None
    await watched(watcher, lambda: switch.now() is KillLevel.OFF)


@pytest.mark.requirement("DEC-3")
async def test_unreadable_rows_count_as_what_the_copy_says_if_that_is_stricter(door, tmp_path):
    rows, switch, _, watcher = door
    write_copy(copy_of(tmp_path / "hantu.db"), KillState(KillLevel.HARD, "감시 이상", "kim"))
    rows.broken = OSError("disk")
    await watched(watcher, lambda: switch.now() is KillLevel.HARD)


async def test_the_copy_follows_the_book(door, tmp_path):
    *_, watcher = door
    book = Book()
    copy = copy_of(tmp_path / "hantu.db")
    task = asyncio.create_task(watcher.keep_copy(book))
    async with asyncio.timeout(5):
        while read_copy(copy) != KillState(KillLevel.OFF):
            await asyncio.sleep(0.01)
        book.kill, book.kill_reason, book.kill_actor = KillLevel.HARD, "점검", "kim"
        while read_copy(copy) != KillState(KillLevel.HARD, "점검", "kim"):
            await asyncio.sleep(0.01)
    book.kill = KillLevel.ACTIVE
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert read_copy(copy).level is KillLevel.ACTIVE, "the last change is kept at the end too"


@pytest.mark.parametrize("text", ["", "nonsense", "[]", '{"level": "x"}', "3"])
def test_a_copy_that_says_nothing_clear_counts_as_active(tmp_path, text):
    (tmp_path / "kill.state").write_text(text)
    assert read_copy(tmp_path / "kill.state").level is KillLevel.ACTIVE


@pytest.mark.requirement("DEC-3")
@pytest.mark.parametrize(
    ("kept", "level", "existed", "taken"),
    [
        (None, KillLevel.OFF, False, []),
        (KillLevel.OFF, KillLevel.OFF, True, []),
        (KillLevel.OFF, KillLevel.OFF, False, ["records_lost"]),
        (KillLevel.HARD, KillLevel.OFF, True, [KillLevel.HARD]),
        (KillLevel.HARD, KillLevel.OFF, False, [KillLevel.HARD]),
        (KillLevel.ACTIVE, KillLevel.HARD, True, []),
    ],
)
def test_a_start_takes_from_the_copy_what_the_records_lost(door, tmp_path, kept, level, existed, taken):
    _, _, got, watcher = door
    if kept is not None:
        write_copy(copy_of(tmp_path / "hantu.db"), KillState(kept, "점검", "kim"))
    watcher.compare(level, records_existed=existed)
    assert [getattr(one, "check", "") or one.level for one in got] == taken
