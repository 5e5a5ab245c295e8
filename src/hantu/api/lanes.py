"""Threads by kind of work, so that what waits long never stands before the kill switch.

Handlers are plain functions. Short reads share the default threads; sign-ins
(slow by design), commands (they wait for the guard) and whole-trail work each have
their own, and so has the safe direction.
"""

import functools
import inspect
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final

from anyio import CapacityLimiter, to_thread

from hantu.api.policy import Pace

READERS: Final = 4
"""More would not make reads faster, but take the loop its turns."""
TURN_S: Final = 0.001
"""So long a thread keeps the interpreter while another waits for it: what the loop answers by itself waits this long
behind each reader at work. Python's own five milliseconds are for programs nobody waits for."""
THREADS: Final[Mapping[Pace, int]] = {Pace.COMMAND: 12, Pace.HEAVY: 2, Pace.SIGN_IN: 4, Pace.SAFETY: 4}


class Lanes:
    """The limits of one application."""

    def __init__(self) -> None:
        self._limits: dict[Pace, CapacityLimiter] = {}

    def of(self, pace: Pace, handler: Callable[..., Any]) -> Callable[..., Any]:
        """Return a handler that runs on the threads of its kind."""
        if pace not in THREADS or inspect.iscoroutinefunction(handler):
            return handler

        @functools.wraps(handler)
        async def moved(**given: Any) -> Any:
            limit = self._limits.setdefault(pace, CapacityLimiter(THREADS[pace]))
            return await to_thread.run_sync(functools.partial(handler, **given), limiter=limit)

        return moved


def use_few_readers() -> None:
    """Set the number of default threads, in the running loop, and how long each keeps the others waiting."""
    sys.setswitchinterval(TURN_S)
    to_thread.current_default_thread_limiter().total_tokens = READERS
