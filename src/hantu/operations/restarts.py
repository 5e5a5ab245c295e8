"""Whether a process that ended is started again, and when: rules without a clock of their own.

Pure. Ends in quick succession wait longer and longer; too many of them within a while
and it is given up. ``now`` is monotonic seconds.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum


class Exit(IntEnum):
    """What a process of hantu says by ending."""

    DONE = 0
    USAGE = 2
    """Wrong configuration; another start would find the same."""
    REFUSED = 3
    """A safety rule says no; another start would find the same."""


class After(StrEnum):
    """What becomes of a process that ended by itself."""

    AGAIN = "again"
    ENDED = "ended"
    """Somebody ended it on purpose."""
    REFUSED = "refused"
    """It says no; a person has to put something right."""
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much patience there is, seconds."""

    waits_s: tuple[float, ...] = (1.0, 2.0, 5.0, 10.0, 30.0)
    """Before the first start after an end, the second, and so on; the last one for all further."""
    ends_max: int = 5
    """So many ends within ``within_s`` are too many."""
    within_s: float = 600.0


@dataclass(slots=True)
class Restarts:
    """The ends of one process."""

    limits: Limits = Limits()
    always: bool = False
    """Started again also after an end in order."""
    total: int = 0
    """Starts again, ever."""
    _ends: deque[float] = field(default_factory=deque)

    def ended(self, code: int, now: float) -> tuple[After, float]:
        """Return what becomes of it after an end with ``code``, and how long it waits before it starts again."""
        if code in (Exit.USAGE, Exit.REFUSED):
            return After.REFUSED, 0.0
        if code == Exit.DONE and not self.always:
            return After.ENDED, 0.0
        while self._ends and now - self._ends[0] > self.limits.within_s:
            self._ends.popleft()
        self._ends.append(now)
        if len(self._ends) >= self.limits.ends_max:
            return After.GIVEN_UP, 0.0
        self.total += 1
        waits = self.limits.waits_s
        return After.AGAIN, waits[min(len(self._ends), len(waits)) - 1]
