"""The disk of a simulated guard: real SQLite and real files, with a mind of its own.

A commit may be slow, fail before anything is written, or fail *after* the row is
durable (the process then believes it is not); the process may die on either
side of it. All of it is decided by the plan of the day, none by the product.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from hantu.adapters.store.entries import BatchEntry, DeliveryEntry
from hantu.adapters.store.sqlite import Connection, OperationalError
from hantu.adapters.store.worker import Task
from hantu.adapters.store.writer import Job, Work, Writer
from hantu.harness.loop import current_node

COMMIT_S = (0.000_3, 0.004)
SPILL_TOO_LATE_S = (1.1, 3.0)
"""Longer than the store waits for its spill."""


@dataclass(slots=True)
class DiskFaults:
    """How often what goes wrong; probabilities per commit."""

    fail_before: float = 0.0
    fail_after: float = 0.0
    slow: float = 0.0
    slow_s: float = 1.0
    spill_slow: float = 0.0
    """Per line of the spill: it becomes durable, but later than anybody waits for it."""


@dataclass(slots=True)
class Disk:
    """Shared by every life of one day; ``on_boundary`` may kill the process that stands there."""

    rng: Random
    faults: DiskFaults = field(default_factory=DiskFaults)
    on: Callable[[], bool] = lambda: True
    """Whether faults may strike now; they end before the day does."""
    on_boundary: Callable[[str, str], bool] = lambda _where, _what: False
    """Called at a durable boundary; True when the process died there."""
    on_fault: Callable[[str], None] = lambda _name: None

    def delay(self) -> float:
        """Return virtual seconds the next write takes."""
        if self.faults.slow and self.on() and self.rng.random() < self.faults.slow:
            self.on_fault("D5 slow sync")
            return self.rng.uniform(0.1, self.faults.slow_s)
        return self.rng.uniform(*COMMIT_S)

    def run(self, work: Work, connection: Connection) -> Any:
        """Commit, or not, or without saying so.

        Raises:
            OperationalError: The commit failed, as far as the caller can tell.
        """
        if self.on():
            if self.rng.random() < self.faults.fail_before:
                self.on_fault("D1 commit fails")
                raise OperationalError("disk I/O error")
            if self.rng.random() < self.faults.fail_after:
                work(connection)
                self.on_fault("D2 commit fails, row is there")
                raise OperationalError("disk I/O error")
        return work(connection)


class LoopWriter(Writer):
    """The store's writer without a thread: the same jobs, one after the other, on virtual time."""

    def __init__(self, path: Path, idle: Callable[[Connection, bool], float], *, disk: Disk, **pauses: Any) -> None:
        super().__init__(path, idle, **pauses)
        self._disk = disk
        self._waiting: deque[Job | None] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._ended = False

    @property
    def depth(self) -> int:
        """Jobs waiting."""
        return len(self._waiting)

    def start(self) -> None:
        """Begin to take jobs."""
        self._plan()

    def submit(self, job: Job) -> None:
        """Queue a job."""
        self._put(job)

    def trip(self) -> None:
        """Let nothing queued run any more; replay until reset."""
        self._tripped = True
        self._put(None)

    def reset(self) -> None:
        """Take jobs again."""
        self._tripped = False
        self._put(None)

    def stop(self, wait_s: float) -> bool:
        """End at once with what is queued."""
        while self._waiting:
            job = self._waiting.popleft()
            if job is not None:
                self._do(job)
        self._ended = True
        if self._timer is not None:
            self._timer.cancel()
        self._drop_connection()
        return True

    def _put(self, job: Job | None) -> None:
        self._waiting.append(job)
        if len(self._waiting) == 1:
            self._plan()

    def _plan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        wait = self._disk.delay() if self._waiting else max(self._wait_s, 0.01)
        self._timer = asyncio.get_running_loop().call_later(wait, self._turn)

    def _turn(self) -> None:
        if self._ended:
            return
        if not self._waiting:
            self._be_idle()
            self._plan()
            return
        job = self._waiting.popleft()
        if job is None:
            if self._failures == 0:
                self._wait_s = 0.0
        elif job.record:
            self._record(job)
        else:
            self._do(job)
        node = current_node()
        if node is None or node.alive:
            self._plan()

    def _record(self, job: Job) -> None:
        what = _subject(job.work)
        if self._disk.on_boundary("before commit", what):
            return
        work = job.work
        job.work = lambda connection: self._disk.run(work, connection)
        self._do(job)
        self._disk.on_boundary("after commit", what)


class LoopWorker:
    """The spill's worker without a thread."""

    def __init__(self, name: str, disk: Disk) -> None:
        self._disk = disk
        self._name = name
        self._free_at = 0.0

    def submit(self, task: Task) -> None:
        """Run ``task`` a moment later, after those before it."""
        loop, disk = asyncio.get_running_loop(), self._disk
        wait = disk.rng.uniform(*COMMIT_S)
        if disk.faults.spill_slow and disk.on() and disk.rng.random() < disk.faults.spill_slow:
            disk.on_fault("D1 spill too late")
            wait = disk.rng.uniform(*SPILL_TOO_LATE_S)
        self._free_at = max(self._free_at, loop.time()) + wait
        loop.call_at(self._free_at, self._run, task)

    def stop(self, wait_s: float) -> bool:
        """Nothing is kept open."""
        return True

    def _run(self, task: Task) -> None:
        if not self._disk.on_boundary("before spill", ""):
            task()
            self._disk.on_boundary("after spill", "")


SUBJECTS = (
    ("intent_recorded", "intent"), ("order_accepted", "answer"), ("order_unresolved", "answer"),
    ("order_rejected_broker", "answer"), ("order_filled", "fill"), ("cancel_resolved", "cancel"),
)  # fmt: skip


def _subject(work: Any) -> str:
    """Return what a transaction is about, as the crash matrix names it."""
    entry = work.args[0] if getattr(work, "args", ()) else None
    if not isinstance(entry, BatchEntry):
        return "delivery" if isinstance(entry, DeliveryEntry) else ""
    kinds = {event.event_type for event in entry.events}
    return next((name for kind, name in SUBJECTS if kind in kinds), "other")
