"""The degraded mode of the store: entries go to the spill until the database has caught up.

Appends, replay and clearing follow one order: appends and the clearing run in
one thread, the replay in the writer's, and the loop alone decides when all that
was spilled has been replayed.

What neither database nor spill takes (a full disk) is kept in memory, in its
order, until one of them does: its caller was told that it is not durable, but
what happened has happened and belongs on record as soon as there is room.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from hantu.adapters.store.entries import BatchEntry, Entry
from hantu.adapters.store.entry_commit import replay_entry
from hantu.adapters.store.spill import SpillFile
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.state_rows import GUARD, audit
from hantu.adapters.store.worker import Worker

_log = logging.getLogger("hantu.store")

OnSpilled = Callable[[BaseException | None], None]

KEPT_LIMIT = 10_000
"""Entries kept in memory at most; a few kilobytes each."""


_DIGITS = str.maketrans(dict.fromkeys("-: ."))


class Spilling:
    """Appends entries in a thread of its own and replays them in the writer's."""

    def __init__(self, folder: Path, post: Callable[..., None], worker: Callable[[str], Worker] = Worker) -> None:
        """``post(function, *arguments)`` runs a function in the event loop; ``worker`` makes the thread."""
        self._file = SpillFile(folder)
        self._worker = worker("hantu-spill")
        self._post = post
        self._appended = 0
        """Entries handed to the thread; read and written in the loop only."""
        self._end = 0
        self._waiting = 0
        """Appends whose end the loop has not heard of yet."""
        self._facts: deque[tuple[Entry, OnSpilled]] = deque()
        self._notes: deque[tuple[Entry, OnSpilled]] = deque()
        """Of alerts: they come after the facts, and a long one that does not fit stands in no order's way."""
        self._lock = threading.Lock()
        """Held while what is kept in memory changes, so that its order survives."""
        self._replayed = 0
        self._damaged = 0

    def append(self, entry: Entry, on_spilled: OnSpilled) -> None:
        """Make an entry durable; ``on_spilled(error or None)`` is called in the loop.

        After an error it is called once more, with None, when the entry has become durable after all.
        """
        self._appended += 1
        self._waiting += 1

        def task() -> None:
            with self._lock:
                line = self._facts if isinstance(entry, BatchEntry) else self._notes
                if self._kept >= KEPT_LIMIT:
                    failure: OSError | None = OSError(f"{KEPT_LIMIT} entries wait already; this one is lost")
                else:
                    line.append((entry, on_spilled))
                    failure = self._append_kept()
                    # Its own fate: what waits behind it may fail all the same.
                    failure = failure if (entry, on_spilled) in line else None
            self._post(self._settled, failure, on_spilled)

        self._worker.submit(task)

    @property
    def _kept(self) -> int:
        return len(self._facts) + len(self._notes)

    def _append_kept(self) -> OSError | None:
        """Write what waits in memory, oldest first, up to the first failure. Spill thread, under the lock."""
        for line in (self._facts, self._notes):
            while line:
                entry, on_spilled = line[0]
                try:
                    end = self._file.append(entry)
                except OSError as failure:
                    return failure
                line.popleft()
                self._post(self._written, end, on_spilled)
        return None

    def _written(self, end: int, on_spilled: OnSpilled) -> None:
        self._end = end
        on_spilled(None)

    def _settled(self, error: BaseException | None, on_spilled: OnSpilled) -> None:
        self._waiting -= 1
        if error is not None:
            on_spilled(error)

    def replay(self, connection: Connection, timestamp: str) -> int:
        """Commit what has not been replayed, at last what only memory holds; return the offset reached.

        Writer's thread only.

        Raises:
            OperationalError, DatabaseError: The database does not take the write.
        """
        self._replay_file(connection, timestamp)
        if self._kept:
            with self._lock:  # nothing joins the file meanwhile: what is older than memory is in the database
                self._replay_file(connection, timestamp)
                for line in (self._facts, self._notes):
                    while line:
                        entry, on_spilled = line[0]
                        replay_entry(entry, connection)
                        line.popleft()
                        self._post(on_spilled, None)
        return self._replayed

    def _replay_file(self, connection: Connection, timestamp: str) -> None:
        for line in self._file.read(self._replayed):
            if line.entry is None:
                self._damaged += 1
                _log.error("spill line before offset %d is damaged and was skipped", line.end)
                audit(connection, "spill_line_damaged", GUARD, timestamp, f'{{"offset":{line.end}}}')
            else:
                replay_entry(line.entry, connection)
            self._replayed = line.end

    def caught_up(self, offset: int) -> bool:
        """Tell, in the loop, whether a replay up to ``offset`` has met every append."""
        return self._waiting == 0 and offset >= self._end and not self._kept

    def clear(self, keep_as: str, on_cleared: Callable[[bool], None]) -> None:
        """Remove the replayed file; ``on_cleared(nothing new was spilled)`` is called in the loop."""
        before = self._appended

        def task() -> None:
            self._clear_now(keep_as)
            self._post(cleared)

        def cleared() -> None:
            if self._appended == before:
                self._end = 0
            on_cleared(self._appended == before)

        self._worker.submit(task)

    def clear_at_start(self, keep_as: str) -> None:
        """Remove the replayed file before anything is spilled. Writer's thread only."""
        self._clear_now(keep_as)

    def pending(self) -> tuple[Entry, ...]:
        """Read every entry not yet replayed, oldest first."""
        with self._lock:
            kept = tuple(entry for entry, _ in (*self._facts, *self._notes))
            return (*(line.entry for line in self._file.read(self._replayed) if line.entry is not None), *kept)

    def stop(self, wait_s: float) -> None:
        """End the thread after what is queued and a last try of what is kept, and close the file."""
        if self._kept:
            self._worker.submit(self._last_try)
        if self._worker.stop(wait_s):
            self._file.close()
        if self._kept:
            _log.error("%d entries were never recorded: no room", self._kept)

    def _last_try(self) -> None:
        with self._lock:
            failure = self._append_kept()
        if failure is not None:
            _log.error("spill failed: %s", failure)

    def _clear_now(self, keep_as: str) -> None:
        try:
            self._file.clear(keep_as=keep_as if self._damaged else "")
        except OSError as error:
            _log.error("spill file could not be removed: %s", error)
            return
        self._replayed = 0
        self._damaged = 0


def damaged_name(at: str) -> str:
    """Return what a spill with damaged lines is kept as; ``at`` is the time of a record."""
    return f"spill-{at.translate(_DIGITS)}.damaged"
