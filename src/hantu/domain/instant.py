"""One moment as the guard sees it: the calendar's time and the stopwatch's.

Deadlines and ages are measured with ``mono``; ``wall`` answers only questions
of the calendar and is what people read. A jump of the wall clock therefore
never fires or delays a timer.
"""

from datetime import datetime, timedelta

from hantu.domain.values import value


def utc_text(moment: datetime) -> str:
    """Return an aware UTC moment as it is stored, ``YYYY-MM-DD HH:MM:SS.ffffff``, which sorts as text."""
    # A third of the time of strftime, and an order's way has several of them.
    return moment.isoformat(" ", "microseconds")[:26]


@value
class Instant:
    """A moment; ``wall`` is aware UTC, ``mono`` seconds from an arbitrary start."""

    wall: datetime
    mono: float

    def after(self, seconds: float) -> "Instant":
        """Return the moment ``seconds`` later on both clocks."""
        return Instant(self.wall + timedelta(seconds=seconds), self.mono + seconds)
