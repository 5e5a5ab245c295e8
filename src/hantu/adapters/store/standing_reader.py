"""One read-only connection that stays open between the short reads of a running guard.

Opening a database costs several times what a read costs, and the guard looks for
words of people and for kill switch rows many times a second, all day.
"""

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from hantu.adapters.store.sqlite import Connection, DatabaseError, connect_readonly, file_identity, unusable


class StandingReader:
    """Reads one database; any thread may, one at a time. Between reads it holds no lock on the records."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: Connection | None = None
        self._file: tuple[int, int] | None = None
        self._turn = threading.Lock()

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give the connection for a short read; one to a file that was replaced is opened anew.

        Raises:
            BrokenError: The records cannot be read; the next read begins with a fresh connection.
        """
        with self._turn:
            try:
                yield self._current()
            except DatabaseError as error:
                self._drop()
                raise unusable(self._path, error) from error

    def close(self) -> None:
        """Close; a later read opens again."""
        with self._turn:
            self._drop()

    def _current(self) -> Connection:
        file = file_identity(self._path)
        if self._connection is None or file != self._file:
            self._drop()
            self._connection = connect_readonly(self._path, any_thread=True)
            self._file = file
        return self._connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
