"""The one thread that writes to the database; nobody waits inside it.

What has queued up meanwhile is committed together: the disk is waited for once,
not once for each. All of a group is durable before anybody hears of it; what
one of them is refused for is found by writing each alone. An order's intent
ends its group: it waits for what was queued before it, and for nothing else.

A write that fails trips the writer: from then on it takes no further jobs, so
that nothing overtakes what failed, and only tries to replay the spill until
that has caught up and its owner resets it.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from hantu.adapters.store.commit import is_storage_trouble
from hantu.adapters.store.sqlite import Connection, OperationalError, connect, file_identity, transaction
from hantu.domain.errors import BrokenError

_log = logging.getLogger("hantu.store")

LOCK_WAIT_S = 0.2
RETRY_PAUSES_S = (1.0, 1.0, 1.0)
RETRY_LATER_S = 5.0

GROUP_MAX = 64

Work = Callable[[Connection], Any]


@dataclass(slots=True)
class Job:
    """One transaction and who wants to know what became of it."""

    work: Work
    done: Callable[[Any, BaseException | None], None]
    """Called in the writer's thread with the result or the error."""
    record: bool = True
    """A record that fails trips the writer; opening and closing only report."""
    moved: bool = False
    """It is in the spill by now and will come back with the replay."""
    beside: Work | None = None
    """The same work inside a transaction that others share; None = only alone."""
    urgent: bool = False
    """An order waits for it."""


class Writer:
    """Runs jobs in order on its own connection.

    ``idle`` is called when nothing is queued and returns after how many real
    seconds it wants to be called again; while tripped, it replays the spill.
    """

    def __init__(
        self,
        path: Path,
        idle: Callable[[Connection, bool], float],
        *,
        retry_pauses_s: tuple[float, ...] = RETRY_PAUSES_S,
        retry_later_s: float = RETRY_LATER_S,
    ) -> None:
        self._path = path
        self._idle = idle
        self._retry_pauses_s = retry_pauses_s
        self._retry_later_s = retry_later_s
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._next: list[Job | None] = []
        """What was taken from the queue and not done yet: one at most. Writer's thread only."""
        self._thread = threading.Thread(target=self._run, name="hantu-store", daemon=True)
        self._connection: Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._tripped = False
        self._failures = 0
        self._stopping = False
        self._wait_s = retry_later_s

    @property
    def depth(self) -> int:
        """Jobs waiting."""
        return self._jobs.qsize()

    def start(self) -> None:
        """Begin to take jobs."""
        self._thread.start()

    def submit(self, job: Job) -> None:
        """Queue a job; its ``done`` is called unless the job is moved first."""
        self._jobs.put(job)

    def trip(self) -> None:
        """Let nothing queued run any more; replay until reset."""
        self._tripped = True
        self._jobs.put(None)

    def reset(self) -> None:
        """Take jobs again: the spill has been replayed."""
        self._tripped = False
        self._jobs.put(None)

    def stop(self, wait_s: float) -> bool:
        """End after what is queued; return whether it did within ``wait_s`` real seconds."""
        self._stopping = True
        self._jobs.put(None)
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while True:
            try:
                job = self._next.pop() if self._next else self._jobs.get(timeout=self._wait_s)
            except Empty:
                self._be_idle()
                continue
            if job is not None:
                self._do_together(self._gathered(job))
            elif self._stopping and self._jobs.empty():
                break
            elif self._failures == 0:
                self._wait_s = 0.0
        self._drop_connection()

    def _gathered(self, first: Job) -> list[Job]:
        """Return a job and those waiting behind it that may share its transaction."""
        group, last = [first], first
        while last.beside is not None and not last.urgent and len(group) < GROUP_MAX:
            try:
                following = self._jobs.get_nowait()
            except Empty:
                break
            if following is None or following.beside is None:
                self._next.append(following)
                break
            group.append(following)
            last = following
        return group

    def _do_together(self, group: list[Job]) -> None:
        """Write a group in one transaction, or each alone when one does not fit."""
        group = [job for job in group if not (job.moved or (self._tripped and job.record))]
        if len(group) < 2:
            for job in group:
                self._do(job)
            return
        try:
            with transaction(self._connected()) as connection:
                results = [job.beside(connection) for job in group if job.beside is not None]
        except Exception as error:  # noqa: BLE001 - thread boundary: whoever waits gets every error
            if not is_storage_trouble(error):
                for job in group:
                    self._do(job)
                return
            self._trouble(error)
            self._tripped = True
            for job in group:
                job.done(None, error)
            return
        for job, result in zip(group, results, strict=True):
            job.done(result, None)

    def _do(self, job: Job) -> None:
        if job.moved or (self._tripped and job.record):
            return
        try:
            result = job.work(self._connected())
        except Exception as error:  # noqa: BLE001 - thread boundary: whoever waits gets every error
            if job.record and (is_storage_trouble(error) or isinstance(error, BrokenError)):
                self._trouble(error)
                self._tripped = True
            job.done(None, error)
        else:
            job.done(result, None)

    def _be_idle(self) -> None:
        try:
            self._wait_s = self._idle(self._connected(), self._tripped)
            self._failures = 0
        except Exception as error:  # noqa: BLE001 - thread boundary: the writer outlives its disk
            self._trouble(error)

    def _trouble(self, error: Exception) -> None:
        """Choose the next pause, say so once in the log, and start from a fresh connection."""
        if self._failures == 0:
            _log.error("[ERROR] Failed to log event: %s", error, exc_info=error)
        if self._failures == len(self._retry_pauses_s):
            _log.error("거래 기록 저장 실패 (%d회): %s", self._failures, error)
        pauses = self._retry_pauses_s
        self._wait_s = pauses[self._failures] if self._failures < len(pauses) else self._retry_later_s
        self._failures += 1
        self._drop_connection()

    def _connected(self) -> Connection:
        """Return the connection, refusing a file that was removed or replaced under it."""
        if self._identity is not None and self._identity != file_identity(self._path):
            self._drop_connection()
            if file_identity(self._path) is None:
                raise OperationalError(f"database file was removed: {self._path}")
        if self._connection is None:
            if self._identity is not None and file_identity(self._path) is None:
                raise OperationalError(f"database file was removed: {self._path}")
            self._connection = connect(self._path, wait_s=LOCK_WAIT_S)
            self._identity = file_identity(self._path)
        return self._connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
