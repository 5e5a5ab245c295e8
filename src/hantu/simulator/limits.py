"""How many calls, connections and registrations a client may make before it is punished.

Every ``now`` is in monotonic seconds of the simulated clock, so a day played
faster keeps the proportions of the real one.

Source: protocol notices of the broker, 2026-04 (18 calls per second for a real
key, 1 for a practice key, 41 registrations per session, storms are blocked).
"""

from collections import deque
from dataclasses import dataclass, field

MAX_REGISTRATIONS = 41
"""Over all TRs of one session, execution notices included."""
SUBSCRIBE_SPACING_S = 0.05
"""Requests closer than this are taken but written down."""
STORM_WINDOW_S = 60.0


@dataclass(slots=True)
class CallWindow:
    """A sliding second: at most ``limit`` calls within ``window_s`` per key."""

    limit: int
    window_s: float = 1.0
    _calls: dict[str, deque[float]] = field(default_factory=dict)

    def admit(self, key: str, now: float) -> bool:
        """Count a call of ``key`` and tell whether it is within the limit; a refused call is not counted."""
        calls = self._calls.setdefault(key, deque())
        while calls and now - calls[0] >= self.window_s:
            calls.popleft()
        if len(calls) >= self.limit:
            return False
        calls.append(now)
        return True


@dataclass(slots=True)
class StormGuard:
    """Blocks a key that connects or resubscribes in a tight loop."""

    per_minute: int
    block_s: float
    _marks: dict[str, deque[float]] = field(default_factory=dict)
    _blocked_until: dict[str, float] = field(default_factory=dict)

    def mark(self, key: str, now: float) -> bool:
        """Note one more occurrence; true when this one starts a block."""
        marks = self._marks.setdefault(key, deque())
        while marks and now - marks[0] >= STORM_WINDOW_S:
            marks.popleft()
        marks.append(now)
        if len(marks) <= self.per_minute or self.blocked(key, now):
            return False
        self._blocked_until[key] = now + self.block_s
        return True

    def blocked(self, key: str, now: float) -> bool:
        """Tell whether ``key`` is serving a block."""
        return now < self._blocked_until.get(key, now)


JITTER_S = 0.1
"""Real seconds a busy machine may hold a message back."""


@dataclass(slots=True)
class Pacing:
    """Tells calls that follow each other too closely on average.

    ``slack_s`` is how far a call may lag behind its turn: in a day played
    faster than real time, a pause of this machine bunches calls that were sent
    properly apart.
    """

    spacing_s: float
    slack_s: float = 0.0
    _due: float | None = None

    def too_fast(self, now: float) -> bool:
        """Note a call at ``now``; true when it came before its turn by more than the slack."""
        due = self._due
        self._due = max(now, due if due is not None else now) + self.spacing_s
        if due is None or now >= due - self.slack_s:
            return False
        self._due = now + self.spacing_s
        return True
