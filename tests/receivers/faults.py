"""Ways a channel fails, for one request or until further notice."""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum
from typing import Any


class Kind(Enum):
    DELAY = "answer truthfully, but late"
    REFUSE = "answer with this status instead"
    LIMIT = "say how long to wait, the channel's own way"
    MARKUP = "say that the markup cannot be read, the channel's own way"
    MOVED = "say that the chat has moved"
    RESET_BEFORE = "hang up before the message was read"
    RESET_AFTER = "read the message, throw it away and hang up"
    DROP_AFTER_ACCEPT = "take the message and hang up instead of saying so"
    SLOW_LORIS = "begin to answer and never come to an end"


@dataclass(frozen=True, slots=True)
class Fault:
    kind: Kind
    seconds: float = 0.0
    status: int = 0
    body: Any = ""
    """JSON object or text of the answer; for mail the text behind the code."""
    headers: tuple[tuple[str, str], ...] = ()
    moved_to: str = ""


def delay(seconds: float) -> Fault:
    return Fault(Kind.DELAY, seconds)


def refuse(status: int, body: Any = "", **headers: str) -> Fault:
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Fault(Kind.REFUSE, status=status, body=body, headers=named)


def limit(seconds: float) -> Fault:
    return Fault(Kind.LIMIT, seconds)


def markup() -> Fault:
    return Fault(Kind.MARKUP)


def moved(to: str) -> Fault:
    return Fault(Kind.MOVED, moved_to=to)


RESET_BEFORE = Fault(Kind.RESET_BEFORE)
RESET_AFTER = Fault(Kind.RESET_AFTER)
DROP_AFTER_ACCEPT = Fault(Kind.DROP_AFTER_ACCEPT)
SLOW_LORIS = Fault(Kind.SLOW_LORIS, seconds=30.0, status=200)


def slow_refusal(status: int, **headers: str) -> Fault:
    """Return a refusal whose words never end; only for HTTP."""
    named = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Fault(Kind.SLOW_LORIS, seconds=30.0, status=status, headers=named)


@dataclass
class Plan:
    """Which fault the next request meets."""

    queue: deque[Fault] = field(default_factory=deque)
    always: Fault | None = None
    met: int = 0
    """Requests that met a fault."""

    def next(self, *faults: Fault) -> None:
        """Let the next requests fail, one fault each."""
        self.queue.extend(faults)

    def take(self) -> Fault | None:
        """Return the fault of one request."""
        fault = self.queue.popleft() if self.queue else self.always
        self.met += fault is not None
        return fault
