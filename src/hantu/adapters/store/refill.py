"""Brings back what did not fit into the outbox's memory, the most urgent first, as room appears.

Only numbers that were left out are asked for: a row whose delivery is on its way to the
database is none of them, so nothing is told twice. Reading is a thread's, nobody waits for it.
"""

import asyncio
import logging
from pathlib import Path

from hantu.adapters.store.loading import read_waiting
from hantu.adapters.store.outbox import Outbox
from hantu.domain.errors import HantuError

_log = logging.getLogger("hantu.store")

AGAIN_S = 5.0
"""Real seconds after a database that could not be read, or rows that are not there yet."""


class Refill:
    """Belongs to one outbox; all methods run in its loop."""

    def __init__(self, path: Path, outbox: Outbox) -> None:
        self._path, self._outbox = path, outbox
        self._task: asyncio.Task[None] | None = None
        self._not_before = 0.0

    def look(self) -> None:
        """Begin to read if something was left out and fits by now; returns at once."""
        left = self._outbox.left_out
        if not left or (self._task is not None and not self._task.done()):
            return
        loop = asyncio.get_running_loop()
        if self._outbox.room >= min(left, self._outbox.chunk) and loop.time() >= self._not_before:
            self._task = loop.create_task(self._read(), name="outbox refill")

    async def _read(self) -> None:
        wanted = self._outbox.take_left(min(self._outbox.chunk, self._outbox.room))
        try:
            recorded, found = await asyncio.to_thread(read_waiting, self._path, tuple(wanted))
        except HantuError as error:
            _log.warning("alerts that did not fit cannot be read now: %s", error)
            missing = list(wanted)
        else:
            self._outbox.take_in(found.all())
            # Still on their way to the database, or in the spill.
            missing = [number for number in wanted if number not in recorded]
        for number in missing:
            self._outbox.leave(number, wanted[number])
        if missing:
            self._not_before = asyncio.get_running_loop().time() + AGAIN_S
