"""The guard's durable memory on SQLite, with a spill file for when it takes no writes."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from hantu.adapters.store import lease as leases
from hantu.adapters.store.alert_desk import AlertDesk
from hantu.adapters.store.commit import has_intent
from hantu.adapters.store.entries import BatchEntry, DeliveryEntry, Entry
from hantu.adapters.store.entry_builder import EntryBuilder, no_category
from hantu.adapters.store.entry_commit import commit_entry, join_entry
from hantu.adapters.store.event_ids import EventIds
from hantu.adapters.store.kill_rows import KillRow, last_kill_row, read_kill_rows
from hantu.adapters.store.loading import (
    Owner,
    read_memory,
    read_started,
    read_waiting,
    restore_outbox,
    watchlist_of,
)
from hantu.adapters.store.migrations import migrate
from hantu.adapters.store.outbox import Outbox
from hantu.adapters.store.refill import Refill
from hantu.adapters.store.spilling import Spilling, damaged_name
from hantu.adapters.store.sqlite import Connection, DatabaseError, unusable
from hantu.adapters.store.standing_reader import StandingReader
from hantu.adapters.store.timestamps import to_text
from hantu.adapters.store.worker import Worker
from hantu.adapters.store.writer import RETRY_LATER_S, RETRY_PAUSES_S, Job, Writer
from hantu.domain.errors import BrokenError, DeniedError
from hantu.domain.events import Fact
from hantu.engine.inputs import Started, StorageHealth, WatchItem
from hantu.ports import Batch, Clock, PendingAlert

_log = logging.getLogger("hantu.store")

QUEUE_LIMIT = 2_000
OPEN_WAIT_S = 20.0
CLOSE_WAIT_S = 3.0


@dataclass(frozen=True, slots=True)
class StoreTiming:
    """How long things may take; real seconds."""

    commit_deadline_s: float = 0.3
    spill_deadline_s: float = 1.0
    retry_pauses_s: tuple[float, ...] = RETRY_PAUSES_S
    retry_later_s: float = RETRY_LATER_S


USUAL = StoreTiming()


@dataclass(frozen=True, slots=True)
class Threads:
    """What works beside the loop; a simulated disk has its own."""

    writer: Callable[..., Writer] = Writer
    worker: Callable[[str], Worker] = Worker


REAL_THREADS = Threads()


@dataclass(slots=True, eq=False)
class _Ticket:
    """One entry on its way, and who waits for it."""

    entry: Entry
    future: asyncio.Future[None]
    job: Job | None = None
    timer: asyncio.TimerHandle | None = None


class SqliteStore:
    """Implements ``ports.Store`` and ``ports.Outbox``; all methods run in one event loop.

    ``record`` returns when a batch is durable: committed, or, if the database
    does not take it within the commit deadline, in the spill. ``on_health`` is
    called in the loop when the database stops or resumes.
    """

    def __init__(
        self,
        path: Path,
        clock: Clock,
        *,
        holder: str,
        account_alias: str,
        environment: str,
        spill_dir: Path,
        category_of: Callable[[str], str] = no_category,
        ids: EventIds | None = None,
        timing: StoreTiming = USUAL,
        threads: Threads = REAL_THREADS,
    ) -> None:
        self.on_health: Callable[[StorageHealth], None] | None = None
        self._path = path
        self._reader = StandingReader(path)
        self._clock = clock
        self._holder = holder
        self._timing = timing
        self._owner = Owner(environment, account_alias)
        self._builder = EntryBuilder(
            environment=environment, account=account_alias, produced_by=holder, ids=ids or EventIds(),
            category_of=category_of,
        )  # fmt: skip
        self._outbox = Outbox()
        self._refill = Refill(path, self._outbox)
        self._spilling = Spilling(spill_dir, self._post, threads.worker)
        self._writer = threads.writer(
            path, self._idle, retry_pauses_s=timing.retry_pauses_s, retry_later_s=timing.retry_later_s
        )
        self._in_flight: dict[int, _Ticket] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._lease: leases.Lease | None = None
        self._degraded = False
        self._clearing = False

    @property
    def desk(self) -> AlertDesk:
        """What the alert policy keeps here."""
        return AlertDesk(self._path, self._clock, lambda entry: self._keep(entry, ()), self._reader)

    @property
    def healthy(self) -> bool:
        """Whether the database takes writes."""
        return not self._degraded

    @property
    def epoch(self) -> int:
        """Fencing number of this life; 0 before ``open``."""
        return self._lease.epoch if self._lease else 0

    async def open(self) -> None:
        """Bring the schema up to date, replay the spill, take the lease.

        Raises:
            BrokenError: The database cannot be used; its next step says what to do.
        """
        self._loop = asyncio.get_running_loop()
        opened: asyncio.Future[leases.Lease] = self._loop.create_future()
        self._writer.start()
        self._writer.submit(Job(self._open, partial(self._post, _resolve, opened), record=False))
        try:
            self._lease = await asyncio.wait_for(opened, OPEN_WAIT_S)
        except (DatabaseError, OSError) as error:
            raise unusable(self._path, error) from error
        finally:
            if self._lease is None:
                self._writer.stop(0)

    def record(self, batch: Batch) -> "asyncio.Future[None]":
        """Make a batch durable; the writer has it when this returns. See ``ports.Store``.

        After a BrokenError the batch may still turn up in the database: an
        intent found there that was never sent is resolved as unknown.
        """
        entry = self._builder.build(batch)
        if entry is None:
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            done.set_result(None)
            return done
        return self._keep(entry, batch.facts)

    async def load(self, trade_date: date) -> Started:
        """Read what the last life left behind, from database and spill.

        Raises:
            BrokenError: Not opened, or the records cannot be read.
        """
        lease = self._lease
        if lease is None:
            raise BrokenError("저장소가 열려 있지 않습니다.", next_step="저장소를 연 뒤에 다시 시도하세요.")
        spilled = [entry for entry in self._spilling.pending() if isinstance(entry, BatchEntry)]
        return await asyncio.to_thread(
            read_started, self._path, self._owner, trade_date, spilled, lease.epoch, lease.clean
        )

    async def watchlist(self, trade_date: date) -> tuple[WatchItem, ...]:
        """Read the selections of a day, best score first."""
        return await asyncio.to_thread(watchlist_of, self._path, trade_date)

    async def last_kill_row(self) -> int:
        """Return the number of the newest kill switch row."""
        return await asyncio.to_thread(last_kill_row, self._path)

    async def kill_rows(self, after: int) -> tuple[KillRow, ...]:
        """Return kill switch rows newer than ``after`` that others wrote."""
        rows = await asyncio.to_thread(read_kill_rows, self._reader, after)
        return tuple(row for row in rows if row.produced_by != self._holder)

    async def close(self, *, clean: bool = True) -> None:
        """Finish writing, mark a clean end unless it was none, release the lease."""
        if self._loop is None:
            return
        if self._lease is not None and not self._degraded and clean:
            ended: asyncio.Future[None] = self._loop.create_future()
            self._writer.submit(Job(self._release, partial(self._post, _resolve, ended), record=False))
            await asyncio.wait([ended], timeout=CLOSE_WAIT_S)
            if ended.done() and ended.exception() is not None:
                _log.error("clean end not marked: %s", ended.exception())
        self._reader.close()  # before the writer's, which tidies up the files when it is the last one
        await asyncio.to_thread(self._writer.stop, CLOSE_WAIT_S)
        await asyncio.to_thread(self._spilling.stop, CLOSE_WAIT_S)
        self._lease = None

    async def pending(self, limit: int) -> tuple[PendingAlert, ...]:
        """Return undelivered alerts that are due; answered from memory."""
        self._refill.look()
        return self._outbox.pending(limit, to_text(self._clock.now().wall))

    async def catch_up(self) -> None:
        """Take in what another process made of waiting alerts."""
        known = tuple(self._outbox.ids())
        if known:
            self._outbox.catch_up(*await asyncio.to_thread(read_waiting, self._path, known))

    async def delivered(self, alert_id: int, channel: str) -> None:
        """Mark one alert as accepted by a channel."""
        await self._deliver(DeliveryEntry(to_text(self._clock.now().wall), alert_id, channel, sent=True))

    async def failed(self, alert_id: int, channel: str, reason: str, *, retry_s: float | None) -> None:
        """Note a failed attempt; ``retry_s`` None gives the alert up for this channel."""
        now = self._clock.now().wall
        due_at = "" if retry_s is None else to_text(now + timedelta(seconds=retry_s))
        await self._deliver(DeliveryEntry(to_text(now), alert_id, channel, sent=False, reason=reason, due_at=due_at))

    async def _deliver(self, entry: DeliveryEntry) -> None:
        self._outbox.apply(entry)
        await self._keep(entry, ())

    def _keep(self, entry: Entry, facts: Sequence[Fact]) -> "asyncio.Future[None]":
        """Commit or spill one entry; what was queued first is durable first."""
        loop = self._loop
        if loop is None or self._lease is None:
            closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            closed.set_exception(
                BrokenError("저장소가 열려 있지 않습니다.", next_step="저장소를 연 뒤에 다시 시도하세요.")
            )
            return closed
        ticket = _Ticket(entry, loop.create_future())
        if self._degraded:
            self._spill(ticket)
        else:
            ticket.job = Job(
                partial(commit_entry, entry, facts), partial(self._post, self._committed, ticket),
                beside=partial(join_entry, entry, facts), urgent=has_intent(facts),
            )  # fmt: skip
            ticket.timer = loop.call_later(
                self._timing.commit_deadline_s, self._degrade, "기록이 제시간에 끝나지 않았습니다"
            )
            self._in_flight[id(ticket)] = ticket
            self._writer.submit(ticket.job)
            if self._writer.depth > QUEUE_LIMIT:
                self._degrade("기록 대기열이 가득 찼습니다")
        return ticket.future

    def _committed(self, ticket: _Ticket, problems: Any, error: BaseException | None) -> None:
        if error is not None and not isinstance(error, DeniedError):
            self._degrade(str(error))  # moves this ticket and all behind it to the spill
            return
        if self._in_flight.pop(id(ticket), None) is None:
            return  # a late answer: the spill has it already
        for problem in problems or ():
            _log.error("거래 기록 저장 실패 (1회): %s", problem)
        self._settle(ticket, error)

    def _degrade(self, reason: str) -> None:
        """Move everything on its way to the spill, in order, and stay there."""
        news, self._degraded = not self._degraded, True
        if news:
            self._writer.trip()
        moved, self._in_flight = self._in_flight, {}
        for ticket in moved.values():
            assert ticket.job is not None
            ticket.job.moved = True
            if ticket.timer is not None:
                ticket.timer.cancel()
            self._spill(ticket)
        if news:  # last: what is recorded because of it comes after what was on its way
            self._report(StorageHealth(ok=False, reason=reason))

    def _spill(self, ticket: _Ticket) -> None:
        assert self._loop is not None
        late = BrokenError(
            "데이터베이스와 임시 기록 파일에 모두 기록하지 못했습니다.",
            next_step="디스크 상태와 남은 공간을 확인하세요. 새 주문은 기록이 될 때까지 나가지 않습니다.",
        )
        ticket.timer = self._loop.call_later(self._timing.spill_deadline_s, self._settle, ticket, late)
        self._spilling.append(ticket.entry, partial(self._spilled, ticket, late))

    def _spilled(self, ticket: _Ticket, late: BrokenError, error: BaseException | None) -> None:
        if error is not None:
            _log.error("spill failed: %s", error)
        self._settle(ticket, late if error is not None else None)

    def _settle(self, ticket: _Ticket, error: BaseException | None) -> None:
        if ticket.timer is not None:
            ticket.timer.cancel()
        if error is None and isinstance(ticket.entry, BatchEntry):
            self._outbox.add(ticket.entry.alerts)
        if not ticket.future.done():
            _resolve(ticket.future, None, error)

    def _idle(self, connection: Connection, tripped: bool) -> float:
        """Writer's thread: replay while degraded, show a heartbeat otherwise."""
        now = self._clock.now().wall
        if not tripped:
            if self._lease is not None:
                leases.renew(connection, self._lease.epoch, now)
            return leases.HEARTBEAT_S
        if not self._clearing:
            self._clearing = True
            try:
                offset = self._spilling.replay(connection, to_text(now))
            except BaseException:
                self._clearing = False
                raise
            self._post(self._replayed, offset)
        return 0.05

    def _replayed(self, offset: int) -> None:
        if self._spilling.caught_up(offset):
            kept = damaged_name(to_text(self._clock.now().wall))
            self._spilling.clear(kept, self._cleared)
        else:
            self._clearing = False

    def _cleared(self, nothing_new: bool) -> None:
        self._clearing = False
        if nothing_new:
            self._degraded = False
            self._writer.reset()
            self._report(StorageHealth(ok=True))

    def _report(self, health: StorageHealth) -> None:
        if self.on_health is not None:
            self.on_health(health)

    def _open(self, connection: Connection) -> leases.Lease:
        """Writer's thread: everything that precedes the first record."""
        migrate(connection, self._path)
        row = connection.execute("SELECT clean FROM lease").fetchone()
        if row is not None and not row[0]:
            _require_intact(connection, self._path)
        now = self._clock.now().wall
        self._spilling.replay(connection, to_text(now))
        self._spilling.clear_at_start(damaged_name(to_text(now)))
        lease = leases.acquire(connection, self._holder, now)
        memory = read_memory(connection)
        self._builder.remember(
            flows=memory.flows, last_events=memory.last_events, last_event_id=memory.last_event_id,
            last_alert=memory.last_alert,
        )  # fmt: skip
        restore_outbox(connection, self._outbox)
        return lease

    def _release(self, connection: Connection) -> None:
        if self._lease is not None:
            leases.release(connection, self._holder, self._lease.epoch, self._clock.now().wall)

    def _post(self, function: Callable[..., None], *arguments: Any) -> None:
        """Run a function in the event loop, from any thread."""
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(function, *arguments)
        except RuntimeError as error:
            _log.warning("result after the end of the loop: %s", error)


def _resolve(future: "asyncio.Future[Any]", result: Any, error: BaseException | None) -> None:
    if future.done():
        return
    if error is not None:
        future.set_exception(error)
    else:
        future.set_result(result)


def _require_intact(connection: Connection, path: Path) -> None:
    """Check the pages after an unclean end."""
    found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    if found != "ok":
        raise unusable(path, RuntimeError(f"malformed: {found}"))
