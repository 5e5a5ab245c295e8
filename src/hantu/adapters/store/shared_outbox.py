"""The outbox as a process beside the guard sees it: rows of ``alert_events``, read when they change.

Invariants:
1. Every write is one transaction of one thread, without a wait inside: nobody is
   waited for, no channel and no loop, while the write lock is held.
2. A commit does not wait for the disk (``synchronous = NORMAL``): what the power takes
   with it is a mark, and its alert is told again with the same key.
3. The order of the guard's and this process's writes is the database's; neither waits
   for the other longer than one such transaction takes.
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from hantu.adapters.store.alert_desk import AlertDesk, commit_policy
from hantu.adapters.store.commit import commit_delivery
from hantu.adapters.store.entries import DeliveryEntry, PolicyEntry
from hantu.adapters.store.loading import restore_outbox
from hantu.adapters.store.migrations import migrate
from hantu.adapters.store.outbox import Outbox
from hantu.adapters.store.roles import NOTIFIER, leave_role, renew_role, take_role
from hantu.adapters.store.sqlite import Connection, DatabaseError, connect, transaction, unusable
from hantu.adapters.store.standing_reader import StandingReader
from hantu.adapters.store.timestamps import to_text
from hantu.domain.errors import BrokenError
from hantu.ports import Clock, PendingAlert

T = TypeVar("T")
LOCK_WAIT_S = 2.0
"""Real seconds a write waits for the guard's own; it is in no hurry."""
READ_ANYWAY_S = 1.0
"""Rows are read this often even if nothing seems to have changed."""
CHECKPOINT_PAGES = 4_000
"""The guard copies the log back at 1000 pages; this process only if nobody else does."""
Stamp = tuple[int, int, int]


class SharedOutbox:
    """Implements ``ports.Outbox`` beside a guard; all methods run in one event loop."""

    def __init__(self, path: Path, clock: Clock, holder: str) -> None:
        self._path = path
        self._clock = clock
        self._holder = holder
        self._outbox = Outbox()
        self._connection: Connection | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hantu-outbox")
        self._seen: Stamp = (0, 0, 0)
        self._read_at = float("-inf")
        self._reader = StandingReader(path)
        self.desk = AlertDesk(path, clock, self._keep, self._reader)

    async def open(self, now: datetime) -> None:
        """Bring the schema up to date and take the role at ``now`` of the machine's clock.

        Raises:
            BrokenError: There is no usable database.
            DeniedError: Another notifier lives.
        """
        if not self._path.exists():
            # Never a new file: the guard would take it for records that were lost.
            raise BrokenError(
                f"데이터베이스 파일이 없습니다: {self._path}",
                next_step="`hantu run guard`나 `hantu db init`이 먼저입니다.",
            )
        await self._do(lambda connection: take_role(connection, NOTIFIER, self._holder, now))

    async def close(self) -> None:
        """Give the role back and close; a database that does not take it is left as it is."""
        try:
            await self._do(lambda connection: leave_role(connection, NOTIFIER, self._holder))
        finally:
            self._reader.close()
            await asyncio.to_thread(self._thread.shutdown)
            self._connection = None

    async def beat(self, now: datetime) -> bool:
        """Show a sign of life at ``now`` of the machine's clock; False when another has the role.

        Raises:
            BrokenError: The database does not take it.
        """
        return await self._do(lambda connection: renew_role(connection, NOTIFIER, self._holder, now))

    def changed(self) -> bool:
        """Whether somebody has written since the rows were read; two numbers of the log's file."""
        return self._stamp() != self._seen

    def forget(self) -> None:
        """Read the rows at the next question, whatever was seen."""
        self._seen = (0, 0, 0)

    async def pending(self, limit: int) -> tuple[PendingAlert, ...]:
        """Return undelivered alerts that are due.

        Raises:
            BrokenError: The rows cannot be read.
        """
        stamp, now = self._stamp(), asyncio.get_running_loop().time()
        if stamp != self._seen or now >= self._read_at + READ_ANYWAY_S:
            self._outbox = await self._do(_read)
            self._seen, self._read_at = stamp, now
        return self._outbox.pending(limit, to_text(self._clock.now().wall))

    async def claim(self, alert_ids: tuple[int, ...]) -> None:
        """Mark alerts as taken by this process before any channel has them.

        Raises:
            BrokenError: The database does not take it.
        """

        def work(connection: Connection) -> None:
            with transaction(connection):
                connection.executemany(
                    "UPDATE alert_events SET claimed_by = ? WHERE alert_id = ?",
                    [(self._holder, alert_id) for alert_id in alert_ids],
                )

        await self._do(work)

    async def delivered(self, alert_id: int, channel: str) -> None:
        """Mark one alert as accepted by a channel.

        Raises:
            BrokenError: The database does not take it.
        """
        await self._deliver(DeliveryEntry(to_text(self._clock.now().wall), alert_id, channel, sent=True))

    async def failed(self, alert_id: int, channel: str, reason: str, *, retry_s: float | None) -> None:
        """Note a failed attempt; ``retry_s`` None gives the alert up for this channel.

        Raises:
            BrokenError: The database does not take it.
        """
        now = self._clock.now().wall
        due_at = "" if retry_s is None else to_text(now + timedelta(seconds=retry_s))
        await self._deliver(DeliveryEntry(to_text(now), alert_id, channel, sent=False, reason=reason, due_at=due_at))

    async def _deliver(self, entry: DeliveryEntry) -> None:
        await self._do(lambda connection: commit_delivery(connection, entry))
        self._outbox.apply(entry)

    async def _keep(self, entry: PolicyEntry) -> None:
        await self._do(lambda connection: commit_policy(connection, entry))

    async def _do(self, work: Callable[[Connection], T]) -> T:
        """Run one piece of work in the thread of the connection; a failure begins with a new connection."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._work, work)

    def _work(self, work: Callable[[Connection], T]) -> T:
        try:
            if self._connection is None:
                self._connection = self._connected()
            return work(self._connection)
        except DatabaseError as error:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            raise unusable(self._path, error) from error

    def _connected(self) -> Connection:
        connection = connect(self._path, wait_s=LOCK_WAIT_S)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        migrate(connection, self._path)
        return connection

    def _stamp(self) -> Stamp:
        try:
            found = os.stat(f"{self._path}-wal")  # noqa: PTH116 - asked twenty times a second, the cheapest way
        except OSError:
            return (0, 0, 1)
        return (found.st_mtime_ns, found.st_size, found.st_ino)


def _read(connection: Connection) -> Outbox:
    outbox = Outbox()
    restore_outbox(connection, outbox)
    return outbox
