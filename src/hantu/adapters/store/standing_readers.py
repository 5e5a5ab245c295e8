"""Read-only connections that stay open between the questions of a process that answers many people."""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hantu.adapters.store.sqlite import Connection, DatabaseError, connect_readonly, file_identity, unusable

IDLE_MAX: Final = 16
"""More wait for their next use only after a moment in which so many read at once."""
_File = tuple[int, int] | None


class StandingReaders:
    """Reads one database from any thread, several at a time. Between reads nothing holds a lock on the records."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[tuple[_File, Connection]] = []
        self._turn = threading.Lock()
        self._closed = False

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for a short read; one to a file that was replaced is not lent again.

        Raises:
            BrokenError: The records cannot be read.
        """
        file, connection = self._taken()
        whole = False
        try:
            yield connection
            # One that was left inside a transaction would go on seeing its moment, and hold up the file's clean-up.
            whole = not connection.in_transaction
        except DatabaseError as error:
            raise unusable(self._path, error) from error
        finally:
            self._put(file, connection, whole=whole)

    def close(self) -> None:
        """Close those that nobody uses now, and the others as they come back."""
        with self._turn:
            self._closed = True
            idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.close()

    def _taken(self) -> tuple[_File, Connection]:
        file = file_identity(self._path)
        while True:
            with self._turn:
                found = self._idle.pop() if self._idle else None
            if found is None:
                return file, connect_readonly(self._path, any_thread=True)
            if found[0] == file:
                return found
            found[1].close()

    def _put(self, file: _File, connection: Connection, *, whole: bool) -> None:
        with self._turn:
            kept = whole and not self._closed and len(self._idle) < IDLE_MAX
            if kept:
                self._idle.append((file, connection))
        if not kept:
            connection.close()
