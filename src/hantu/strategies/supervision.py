"""When a strategy is started again and when it is given up: rules without a clock of their own.

Entry points: ``begun``, ``asked``, ``answered``, ``failed``, and the questions ``hangs`` and ``due``. Moments are monotonic seconds of the
machine; limits come from the settings, so a test's minute is short.
"""

from dataclasses import dataclass
from enum import StrEnum


class JobState(StrEnum):
    """How a job is; kept in its file."""

    RUNNING = "running"
    WAITING = "waiting"
    """Failed, and to be started again after a while."""
    PAUSED = "paused"
    """Suspended by a person or a rule; only a person resumes it."""
    STOPPED = "stopped"
    """Ended by a person."""
    FAILED = "failed"
    """Given up after too many failures; only a person starts it again."""


class Start(StrEnum):
    """Who wants a start, and so what becomes of the count of restarts."""

    BY_HAND = "by_hand"
    """A person: the count begins anew."""
    AUTOMATIC = "automatic"
    """After a failure: one more."""
    AGAIN = "again"
    """The jobs process itself was started again: the count stays."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much patience there is, seconds."""

    check_s: float = 60.0
    """Between two looks at every strategy (REL-24)."""
    timeout_s: float = 300.0
    """A step without an answer for so long is a hang (REL-19)."""
    restart_wait_s: float = 60.0
    """At least between two starts (REL-22)."""
    restarts_max: int = 5
    healthy_s: float = 3_600.0
    """After so long without a failure the count begins anew (DEC-13)."""


@dataclass(slots=True)
class Supervision:
    """What is counted of one strategy."""

    limits: Limits
    state: JobState = JobState.STOPPED
    restarts: int = 0
    """Automatic starts since the count began."""
    errors: int = 0
    """Failures ever."""
    last_error: str = ""
    started_at: float = float("-inf")
    failed_at: float = float("-inf")
    asked_at: float | None = None
    """When the oldest step without an answer was given; None while none is."""

    def begun(self, now: float, how: Start) -> None:
        """Note a start."""
        if how is Start.BY_HAND:
            self.restarts = 0
        elif how is Start.AUTOMATIC:
            self.restarts += 1
        self.state, self.started_at, self.asked_at = JobState.RUNNING, now, None

    def asked(self, now: float) -> None:
        """Note that a step was given."""
        self.asked_at = now

    def answered(self) -> None:
        """Note progress: the step given was done, by the strategy's own loop."""
        self.asked_at = None

    def failed(self, now: float, why: str) -> bool:
        """Note a failure; True when it is given up, else it waits for its next start."""
        self.errors += 1
        self.last_error = why
        if now - max(self.started_at, self.failed_at) >= self.limits.healthy_s:
            self.restarts = 0
        self.failed_at, self.asked_at = now, None
        if self.restarts >= self.limits.restarts_max:
            self.state = JobState.FAILED
            return True
        self.state = JobState.WAITING
        return False

    def ended(self, state: JobState) -> None:
        """Note an end that was asked for."""
        self.state, self.asked_at = state, None

    def due(self, now: float) -> bool:
        """Tell whether it is to be started now; the caller starts it and calls ``begun``."""
        return self.state is JobState.WAITING and now >= self.next_start

    @property
    def next_start(self) -> float:
        """The earliest moment of the next automatic start: starts keep their distance, however they ended."""
        return self.started_at + self.limits.restart_wait_s

    def hangs(self, now: float) -> bool:
        """Tell whether a step has waited too long for its answer."""
        waited = 0.0 if self.asked_at is None else now - self.asked_at
        return self.state is JobState.RUNNING and waited >= self.limits.timeout_s

    def settle(self, now: float) -> None:
        """Begin the count anew after a long time of health."""
        if self.state is JobState.RUNNING and now - max(self.started_at, self.failed_at) >= self.limits.healthy_s:
            self.restarts = 0
