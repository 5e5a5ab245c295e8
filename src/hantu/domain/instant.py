"""One moment as the guard sees it: the calendar's time and the stopwatch's.

Deadlines and ages are measured with ``mono``; ``wall`` answers only questions
of the calendar and is what people read. A jump of the wall clock therefore
never fires or delays a timer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Instant:
    """A moment; ``wall`` is aware UTC, ``mono`` seconds from an arbitrary start."""

    wall: datetime
    mono: float

    def after(self, seconds: float) -> "Instant":
        """Return the moment ``seconds`` later on both clocks."""
        return Instant(self.wall + timedelta(seconds=seconds), self.mono + seconds)
