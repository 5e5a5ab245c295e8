"""The degraded mode of the store: entries go to the spill until the database has caught up.

Appends, replay and clearing follow one order: appends and the clearing run in
one thread, the replay in the writer's, and the loop alone decides when all that
was spilled has been replayed.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from hantu.adapters.store.alert_desk import commit_policy
from hantu.adapters.store.commit import commit_delivery, replay_batch
from hantu.adapters.store.entries import BatchEntry, Entry, PolicyEntry
from hantu.adapters.store.spill import SpillFile
from hantu.adapters.store.sqlite import Connection
from hantu.adapters.store.state_rows import GUARD, audit
from hantu.adapters.store.worker import Worker

_log = logging.getLogger("hantu.store")

OnSpilled = Callable[[BaseException | None], None]


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
        self._replayed = 0
        self._damaged = 0

    def append(self, entry: Entry, on_spilled: OnSpilled) -> None:
        """Make an entry durable; ``on_spilled(error or None)`` is called in the loop."""
        self._appended += 1
        self._waiting += 1

        def task() -> None:
            try:
                end: int | None = self._file.append(entry)
                error: BaseException | None = None
            except OSError as failure:
                end, error = None, failure
            self._post(self._settled, end, error, on_spilled)

        self._worker.submit(task)

    def _settled(self, end: int | None, error: BaseException | None, on_spilled: OnSpilled) -> None:
        self._waiting -= 1
        if end is not None:
            self._end = end
        on_spilled(error)

    def replay(self, connection: Connection, timestamp: str) -> int:
        """Commit what has not been replayed; return the offset reached. Writer's thread only.

        Raises:
            OperationalError, DatabaseError: The database does not take the write.
        """
        for line in self._file.read(self._replayed):
            if line.entry is None:
                self._damaged += 1
                _log.error("spill line before offset %d is damaged and was skipped", line.end)
                audit(connection, "spill_line_damaged", GUARD, timestamp, f'{{"offset":{line.end}}}')
            elif isinstance(line.entry, BatchEntry):
                replay_batch(connection, line.entry)
            elif isinstance(line.entry, PolicyEntry):
                commit_policy(connection, line.entry)
            else:
                commit_delivery(connection, line.entry)
            self._replayed = line.end
        return self._replayed

    def caught_up(self, offset: int) -> bool:
        """Tell, in the loop, whether a replay up to ``offset`` has met every append."""
        return self._waiting == 0 and offset >= self._end

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
        """Read every entry not yet replayed."""
        return tuple(line.entry for line in self._file.read(self._replayed) if line.entry is not None)

    def stop(self, wait_s: float) -> None:
        """End the thread after what is queued and close the file."""
        if self._worker.stop(wait_s):
            self._file.close()

    def _clear_now(self, keep_as: str) -> None:
        try:
            self._file.clear(keep_as=keep_as if self._damaged else "")
        except OSError as error:
            _log.error("spill file could not be removed: %s", error)
            return
        self._replayed = 0
        self._damaged = 0
