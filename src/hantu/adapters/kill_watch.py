"""The guard's eyes on the doors of the kill switch: rows of the database, and the copy it keeps itself."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from hantu.adapters.kill_copy import KillState, copy_of, read_copy, write_copy
from hantu.adapters.kill_switch import Switch
from hantu.adapters.store.kill_rows import KillRow
from hantu.domain.commands import KillLevel, SetKill
from hantu.domain.errors import HantuError
from hantu.domain.instrument import Symbol
from hantu.engine.book import Book
from hantu.engine.inputs import SafetyBreach
from hantu.engine.switch import STRICTNESS
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")
LOOK_S: Final = 0.025
"""Real seconds between looks at whether the database changed: two numbers of its log's file."""
READ_ANYWAY_S: Final = 1.0
"""The rows are read this often even if nothing changed: a database that vanished changes nothing."""
READ_LIMIT_S: Final = 1.0
"""A read that takes longer counts as failed; it goes on and is not repeated beside itself."""
TOLD_AFTER: Final = 3
"""Failed reads until the switch is set by itself; the door counts it as active from the first."""
COPY_S: Final = 0.1
COPY_AGAIN_S: Final = 1.0

Deliver = Callable[[SetKill | SafetyBreach], None]


class Rows(Protocol):
    """Where the rows are read."""

    async def last_kill_row(self) -> int:
        """Return the number of the newest row."""
        ...

    async def kill_rows(self, after: int) -> tuple[KillRow, ...]:
        """Return newer rows that others wrote."""
        ...


class KillRows:
    """Takes what others write into ``system_state``, within a second, and says when it cannot be read."""

    def __init__(
        self,
        rows: Rows,
        database: Path,
        switch: Switch,
        deliver: Deliver,
        *,
        look_s: float = LOOK_S,
        read_anyway_s: float = READ_ANYWAY_S,
        copy_s: float = COPY_S,
    ) -> None:
        self._look_s, self._read_anyway_s, self._copy_s = look_s, read_anyway_s, copy_s
        self._rows = rows
        self._log_file = f"{database}-wal"
        self._copy = copy_of(database)
        self._switch = switch
        self._deliver = deliver
        self._after = 0
        self._failures = 0
        self._under_way: asyncio.Future[tuple[KillRow, ...]] | None = None

    async def begin(self) -> None:
        """Note which rows are known: the records are read after this.

        Raises:
            BrokenError: The records cannot be read.
        """
        self._after = await self._rows.last_kill_row()

    def compare(self, level: KillLevel, *, records_existed: bool) -> None:
        """Take from the copy what the records do not know: they are gone, or older than it.

        Without a copy there was no life before this one, and nothing is lost.
        """
        kept = read_copy(self._copy)
        if kept is None:
            return
        if STRICTNESS[kept.level] > STRICTNESS[level]:
            self._deliver(SetKill(kept.actor or "hantu", kept.level, f"기록보다 엄격한 사본: {kept.reason}"))
        elif not records_existed and level is KillLevel.OFF:
            lost = "데이터베이스가 없어져 킬 스위치의 마지막 상태를 알 수 없습니다"
            self._deliver(SafetyBreach("records_lost", Symbol(""), lost))

    async def watch(self) -> None:
        """Look until canceled."""
        loop = asyncio.get_running_loop()
        seen, read_at = self._stamp(), -self._read_anyway_s
        while True:
            stamp = self._stamp()
            if stamp != seen or loop.time() >= read_at + self._read_anyway_s:
                seen, read_at = stamp, loop.time()
                for row in await self._read():
                    self._after = row.state_id
                    self._take(row)
            await asyncio.sleep(self._look_s)

    async def keep_copy(self, book: Book) -> None:
        """Write the state beside the database whenever it changes; once more at the end."""
        kept: KillState | None = None
        broken = False
        try:
            while True:
                now = KillState(book.kill, book.kill_reason, book.kill_actor)
                if now != kept:
                    try:
                        await asyncio.to_thread(write_copy, self._copy, now)
                        kept, broken = now, False
                    except OSError as error:
                        if not broken:
                            SystemLog.error("킬 스위치 사본을 쓸 수 없음: %s", error)
                        broken = True
                        await asyncio.sleep(COPY_AGAIN_S)
                await asyncio.sleep(self._copy_s)
        finally:
            now = KillState(book.kill, book.kill_reason, book.kill_actor)
            if now != kept and not broken:
                write_copy(self._copy, now)

    # --- leaves --------------------------------------------------------------------

    async def _read(self) -> tuple[KillRow, ...]:
        if self._under_way is None:
            self._under_way = asyncio.ensure_future(self._rows.kill_rows(self._after))
        await asyncio.wait({self._under_way}, timeout=READ_LIMIT_S)
        if not self._under_way.done():
            self._failed("읽는 데 1초가 넘게 걸립니다")
            return ()
        done, self._under_way = self._under_way, None
        try:
            rows = done.result()
        except (HantuError, OSError) as error:
            self._failed(str(error))
            return ()
        if self._failures:
            SystemLog.info("킬 스위치 상태를 다시 읽을 수 있음")
        self._failures, self._switch.unreadable = 0, KillLevel.OFF
        return rows

    def _failed(self, reason: str) -> None:
        """What cannot be read counts as active, or as what the copy says if that forbids more."""
        self._failures += 1
        kept = read_copy(self._copy)
        levels = (KillLevel.ACTIVE, kept.level if kept else KillLevel.ACTIVE)
        self._switch.unreadable = max(levels, key=STRICTNESS.__getitem__)
        if self._failures == 1:
            SystemLog.error("킬 스위치 상태를 읽을 수 없음 - 켜진 것으로 봄: %s", reason)
        if self._failures == TOLD_AFTER:
            self._deliver(SafetyBreach("state_unreadable", Symbol(""), f"킬 스위치 상태를 읽을 수 없습니다: {reason}"))

    def _take(self, row: KillRow) -> None:
        first, _, second = row.actor.partition(",")
        self._deliver(SetKill(first.strip() or "database", row.level, row.reason or "데이터베이스 행", second.strip()))

    def _stamp(self) -> tuple[int, int]:
        try:
            found = os.stat(self._log_file)  # noqa: PTH116 - asked forty times a second, and the cheapest way to ask
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)
