"""Event ids: UUIDv7, so that sorting by id is sorting by the order of recording."""

import os
from collections.abc import Callable
from struct import unpack
from uuid import UUID

_COUNTER_LIMIT = 1 << 12
BLOCK = 256
"""Random numbers drawn from the system at once: each call of the system lends the interpreter's lock to other threads."""


class Draws:
    """Random numbers from the system, drawn in blocks."""

    def __init__(self) -> None:
        self._left: list[int] = []

    def __call__(self, bits: int) -> int:
        """Return the next, of at most 64 bits."""
        if not self._left:
            self._left = list(unpack(f"{BLOCK}Q", os.urandom(8 * BLOCK)))
        return self._left.pop() >> (64 - bits)


class EventIds:
    """Source of ever-increasing UUIDv7 text.

    The clock gives milliseconds; when it stands still or goes back, a counter
    and then the last millisecond go on, so no id is ever below an earlier one.
    """

    def __init__(self, randomness: Callable[[int], int] | None = None) -> None:
        self._randomness = randomness or Draws()
        self._millis = 0
        self._counter = 0

    def continue_after(self, event_id: str) -> None:
        """Make every later id greater than ``event_id`` (an id of an earlier life)."""
        value = UUID(event_id).int
        self._millis, self._counter = max((self._millis, self._counter), (value >> 80, (value >> 64) & 0xFFF))

    def next(self, millis: int) -> str:
        """Return the next id; ``millis`` is Unix time in milliseconds."""
        if millis > self._millis:
            self._millis, self._counter = millis, 0
        else:
            self._counter += 1
            if self._counter == _COUNTER_LIMIT:
                self._millis, self._counter = self._millis + 1, 0
        tail = (0b10 << 62) | self._randomness(62)
        text = f"{(self._millis << 16) | 0x7000 | self._counter:016x}{tail:016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
