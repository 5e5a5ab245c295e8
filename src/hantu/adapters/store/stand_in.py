"""The guard's side of two dispatchers: does a notifier live, and what has it left untold?

Invariants:
1. Nothing here waits for the database longer than ``READ_LIMIT_S``; what cannot be
   read counts as not taken, so an urgent alert is at worst told twice, with one key.
2. Whether the notifier lives is judged by its count of signs of life moving, on this
   process's own stopwatch; no clock that jumps makes it live longer.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeVar

from hantu.adapters.clock import SystemClock
from hantu.adapters.store.maintenance import reading
from hantu.adapters.store.roles import NOTIFIER, STALE_S, Role, gone, read_role
from hantu.adapters.store.timestamps import from_text
from hantu.domain.alert import Priority
from hantu.domain.errors import HantuError
from hantu.ports import PendingAlert, Presence
from hantu.telemetry import get_logger

T = TypeVar("T")
LOOK_S = 0.25
"""Real seconds between looks at the notifier's row."""
READ_ANYWAY_S = 1.0
READ_LIMIT_S = 0.15
"""Real seconds of the grace that a look at one alert may cost."""
GRACE_S = 0.7
"""Real seconds the notifier has for an urgent alert, so that what the guard sends then leaves within one."""
URGENT = (Priority.EMERGENCY, Priority.HIGH)
REMEMBERED = 1_000
MACHINE = SystemClock()
_log = get_logger(__name__)


class Waiting(Protocol):
    """The store whose waiting alerts the notifier may have delivered."""

    @property
    def healthy(self) -> bool:
        """Whether the database takes writes."""
        ...

    async def catch_up(self) -> None:
        """Take in what another process made of waiting alerts."""
        ...


class StandIn:
    """Implements ``ports.Charge`` for the guard: everything without a notifier, else only what it leaves."""

    def __init__(self, path: Path, store: Waiting) -> None:
        self._path = path
        self._store = store
        self._log_file = f"{path}-wal"
        self._role: Role | None = None
        self._alive_at = float("-inf")
        self._first_seen: dict[int, float] = {}
        self._roles, self._takes, self._stock = _OneAtATime(), _OneAtATime(), _OneAtATime()
        self.presence = Presence.NEVER
        self.turn = 0

    @property
    def whole(self) -> bool:
        """Whether no notifier lives."""
        return self.presence is not Presence.HERE

    async def ours(self, waiting: Sequence[PendingAlert], wake: Callable[[], None]) -> tuple[PendingAlert, ...]:
        """Return all without a notifier; else the urgent ones it has not taken in time."""
        if self.whole:
            return tuple(waiting)
        loop = asyncio.get_running_loop()
        now, urgent = loop.time(), [one for one in waiting if one.alert.priority in URGENT]
        seen = {one.alert_id: self._first_seen.get(one.alert_id, now) for one in urgent[:REMEMBERED]}
        for alert_id in [alert_id for alert_id in seen if alert_id not in self._first_seen]:
            loop.call_at(seen[alert_id] + GRACE_S, wake)
        self._first_seen = seen
        if self._store.healthy:
            urgent = [one for one in urgent if now >= seen.get(one.alert_id, now) + GRACE_S]
        if not urgent:
            return ()
        taken = await self._taken([one.alert_id for one in urgent])
        return tuple(one for one in urgent if one.alert_id not in taken)

    async def begin(self) -> None:
        """Look once, so that the first message of a life knows who sends."""
        await self._look()

    async def watch(self, changed: Callable[[], None]) -> None:
        """Look until canceled; ``changed`` is called when the guard has more to do than before."""
        loop = asyncio.get_running_loop()
        seen, read_at = (0, 0), float("-inf")
        while True:
            stamp = self._stamp()
            ran_out = self.presence is Presence.HERE and not self._lives(loop.time())
            if stamp != seen or ran_out or loop.time() >= read_at + READ_ANYWAY_S:
                seen, read_at = stamp, loop.time()
                before = self.presence
                await self._look()
                if self.presence is Presence.HERE or before is Presence.HERE:
                    await self._stock.run(self._store.catch_up, READ_ANYWAY_S, None)
                if before is Presence.HERE and self.whole:
                    _log.warning("알림 프로세스 %s - 감시가 알림을 직접 보냄", _WORDS[self.presence])
                    self.turn += 1
                    changed()
                elif before is not Presence.HERE and not self.whole:
                    _log.info("알림 프로세스가 알림을 보냄 - 감시는 급한 것만 대신함")
            await asyncio.sleep(LOOK_S)

    # --- leaves --------------------------------------------------------------------

    async def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        nothing: Role | None = None
        role = await self._roles.run(lambda: asyncio.to_thread(_role, self._path), LOOK_S, nothing)
        if role is not None and not role.heartbeat:
            self._role, self.presence = role, Presence.ENDED
            return
        if role is not None and self._role is None:
            wall = MACHINE.now().wall
            age = (wall - from_text(role.heartbeat)).total_seconds() if role.fresh(wall) else STALE_S
            self._alive_at = now - age
        elif role is not None and self._role is not None and role.beats != self._role.beats:
            self._alive_at = now
        self._role = role or self._role
        if self._role is not None:
            self.presence = Presence.HERE if self._lives(now) else Presence.SILENT

    def _lives(self, now: float) -> bool:
        """Whether its last sign of life is fresh and, on this machine, the process exists."""
        return self._role is not None and now < self._alive_at + STALE_S and not gone(self._role.holder)

    async def _taken(self, alert_ids: Sequence[int]) -> frozenset[int]:
        holder = self._role.holder if self._role is not None else ""
        nothing: frozenset[int] = frozenset()
        return await self._takes.run(
            lambda: asyncio.to_thread(_taken, self._path, tuple(alert_ids), holder), READ_LIMIT_S, nothing
        )

    def _stamp(self) -> tuple[int, int]:
        try:
            found = os.stat(self._log_file)  # noqa: PTH116 - asked four times a second beside the order path
        except OSError:
            return (0, 0)
        return (found.st_mtime_ns, found.st_size)


_WORDS = {Presence.ENDED: "끝남", Presence.SILENT: "응답 없음", Presence.NEVER: "없음"}


class _OneAtATime:
    """Work in a thread that may hang: waited for a while, never begun again beside itself."""

    def __init__(self) -> None:
        self._task: asyncio.Future[Any] | None = None

    async def run(self, work: Callable[[], Awaitable[T]], limit_s: float, otherwise: T) -> T:
        """Return what ``work`` brings in time, else ``otherwise``; a database in trouble is told by its store."""
        if self._task is not None and not self._task.done():
            return otherwise
        task = self._task = asyncio.ensure_future(work())
        await asyncio.wait({task}, timeout=limit_s)
        if not task.done():
            task.add_done_callback(_let_go)
            return otherwise
        try:
            brought: T = task.result()
        except (HantuError, OSError):
            return otherwise
        return brought


def _let_go(task: "asyncio.Future[Any]") -> None:
    if not task.cancelled() and task.exception() is not None:
        _log.debug("late look failed: %s", task.exception())


def _role(path: Path) -> Role | None:
    with reading(path) as connection:
        return read_role(connection, NOTIFIER)


def _taken(path: Path, alert_ids: tuple[int, ...], holder: str) -> frozenset[int]:
    """Return those a channel has, has tried, or ``holder`` has marked as its own."""
    marks = ", ".join("?" * len(alert_ids))
    with reading(path) as connection:
        rows = connection.execute(
            f"""SELECT DISTINCT alert_id FROM alert_events WHERE alert_id IN ({marks})
            AND (channel <> '' OR claimed_by = ?)""",  # noqa: S608 - question marks only
            (*alert_ids, holder),
        ).fetchall()
    return frozenset(int(row[0]) for row in rows)
