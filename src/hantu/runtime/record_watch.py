"""Tells engine and people when the database stops taking records, and when it takes them again.

It listens to the store from its making. Entry point: ``begin`` once at the start of a life. The end is
put on record beside the guard: it is no decision, and whoever was told of the beginning is told of it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol

from hantu.alerting.rules import Context, alerts_of
from hantu.domain.errors import HantuError
from hantu.domain.events import EventLogResumed
from hantu.engine.inputs import StorageHealth
from hantu.ports import Batch, Clock
from hantu.telemetry import get_logger

SystemLog = get_logger(__name__, "system")


class Records(Protocol):
    """What of the store is used."""

    on_health: Callable[[StorageHealth], None] | None

    @property
    def epoch(self) -> int: ...
    def record(self, batch: Batch) -> Awaitable[None]: ...


class RecordWatch:
    """Watches the store of one life; all methods run in its loop."""

    def __init__(
        self,
        store: Records,
        clock: Clock,
        deliver: Callable[[StorageHealth], None],
        hint: Callable[[], None],
        left_stopped: Callable[[], bool],
    ) -> None:
        """``left_stopped``: whether an earlier life ended while nothing could be recorded; it may block."""
        self._store, self._clock, self._deliver, self._hint = store, clock, deliver, hint
        self._left_stopped = left_stopped
        store.on_health = self.changed
        self._since: float | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """End what an earlier life left: the store is open, so it takes records."""
        try:
            stopped = await asyncio.to_thread(self._left_stopped)
        except HantuError as error:
            SystemLog.warning("이전 실행의 기록 상태를 읽을 수 없음: %s", error)
            return
        if stopped and self._since is None:
            self._resumed(0.0)

    def changed(self, health: StorageHealth) -> None:
        """Take in what the store says of itself."""
        self._deliver(health)
        self._hint()
        now = self._clock.now().mono
        if not health.ok:
            self._since = now if self._since is None else self._since
        elif self._since is not None:
            lasted_s, self._since = round(now - self._since, 1), None
            self._resumed(lasted_s)

    def _resumed(self, lasted_s: float) -> None:
        fact, now = EventLogResumed(lasted_s), self._clock.now()
        alerts = tuple((0, alert) for alert in alerts_of(fact, Context(now.wall)))
        task = asyncio.ensure_future(self._record(Batch(now, (fact,), alerts, self._store.epoch)))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def _record(self, batch: Batch) -> None:
        try:
            await self._store.record(batch)
        except HantuError as error:
            # It has stopped again: the next end tells of both.
            SystemLog.warning("기록 재개를 기록하지 못함: %s", error)
            return
        SystemLog.info("이벤트 기록 재개")
        self._hint()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            SystemLog.error("기록 재개 처리 실패", exc_info=task.exception())
